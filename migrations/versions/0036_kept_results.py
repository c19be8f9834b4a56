"""Kept results of the assessment of all firms, the last pass over all of them, and marks of what changed since."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "assessment_pass",
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("judged_for", sa.Date(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("regime", name=op.f("pk_assessment_pass")),
    )
    op.create_table(
        "assessment_result",
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("as_new", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=False),
        sa.Column("shorts", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("held", sa.String(length=200), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("judged_for", sa.Date(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'nearly', 'blocked', 'unknown', 'held')", name=op.f("ck_assessment_result_state")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firm.id"], name=op.f("fk_assessment_result_firm_id_firm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("firm_id", "regime", name=op.f("pk_assessment_result")),
    )
    op.create_index(
        "ix_assessment_result_regime", "assessment_result", ["regime", "state", "distance", "firm_id"], unique=False
    )
    op.create_table(
        "assessment_stale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["firm_id"], ["firm.id"], name=op.f("fk_assessment_stale_firm_id_firm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_stale")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assessment_stale_firm_id", "assessment_stale", ["firm_id"], unique=False)


def downgrade() -> None:
    """Take the tables away."""
    for name in ("assessment_stale", "assessment_result", "assessment_pass"):
        op.drop_table(name)
