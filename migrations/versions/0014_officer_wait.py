"""People named as looking after a firm who have no account yet, and which account a name means."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "officer_wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("import_row_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("position IN ('A', 'B')", name=op.f("ck_officer_wait_position")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_officer_wait_firm_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_wait")),
        sa.UniqueConstraint("firm_id", "position", name=op.f("uq_officer_wait_firm_id_position")),
    )
    op.create_index("ix_officer_wait_name", "officer_wait", ["name"])
    op.create_table(
        "officer_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_officer_name_user_id_user")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_officer_name_decided_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_name")),
        sa.UniqueConstraint("name", name=op.f("uq_officer_name_name")),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("officer_name")
    op.drop_table("officer_wait")
