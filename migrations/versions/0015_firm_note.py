"""Remarks of lists on firms."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "firm_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_note_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_note")),
    )
    op.create_index("ix_firm_note_firm_id", "firm_note", ["firm_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("firm_note")
