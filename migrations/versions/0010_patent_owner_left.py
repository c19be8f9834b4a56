"""The first day on which a right is no longer an owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has left a right that is there already."""
    with op.batch_alter_table("patent_owner", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Forget who left."""
    with op.batch_alter_table("patent_owner", schema=None) as batch_op:
        batch_op.drop_column("left_on")
