"""Claims of titles: what a ledger says a firm holds without date and number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "title_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("written", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_title_claim_firm_id_firm")),
        sa.ForeignKeyConstraint(["type_id"], ["title_type.id"], name=op.f("fk_title_claim_type_id_title_type")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_claim")),
        sa.UniqueConstraint(
            "firm_id", "type_id", "source", "written", name=op.f("uq_title_claim_firm_id_type_id_source_written")
        ),
    )
    op.create_index("ix_title_claim_type_id", "title_claim", ["type_id"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("title_claim")
