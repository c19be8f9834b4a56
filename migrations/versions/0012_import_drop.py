"""Files dropped together know one another: import_run.drop_id is the first import of the drop."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; imports so far were dropped alone."""
    with op.batch_alter_table("import_run") as table:
        table.add_column(sa.Column("drop_id", sa.Integer(), nullable=True))
        table.create_index("ix_import_run_drop_id", ["drop_id"])


def downgrade() -> None:
    """Forget which files came together."""
    with op.batch_alter_table("import_run") as table:
        table.drop_index("ix_import_run_drop_id")
        table.drop_column("drop_id")
