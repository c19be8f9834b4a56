"""What each source said of a title."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Titles known before have no rows: what stands of them counts as said by their source."""
    op.create_table(
        "title_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_precision", sa.String(length=40), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ends_vague", sa.Boolean(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_title_source_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_source")),
    )
    op.create_index("ix_title_source_title_id", "title_source", ["title_id"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("title_source")
