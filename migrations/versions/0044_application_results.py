"""What published lists said of batches of applications."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "application_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('notice', 'announcement')", name=op.f("ck_application_result_kind")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_application_result_batch_id_application_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_result")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_application_result_batch_id", "application_result", ["batch_id", "said_on"], unique=False)
    op.add_column("application", sa.Column("waits_result_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("application", "waits_result_id")
    op.drop_table("application_result")
