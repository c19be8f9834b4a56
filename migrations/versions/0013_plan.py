"""The week's plan: its lines and who goes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_words", sa.Text(), nullable=False),
        sa.Column("outcome_by_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("moved_to_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(moved_to_id IS NULL) OR outcome = 'moved'", name=op.f("ck_plan_line_moved")),
        sa.CheckConstraint("firm_id IS NOT NULL OR what <> ''", name=op.f("ck_plan_line_says_what")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('done', 'moved', 'dropped')", name=op.f("ck_plan_line_outcome")
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('moved', 'dropped') OR outcome_words <> ''", name=op.f("ck_plan_line_reason")
        ),
        sa.CheckConstraint("visit_id IS NULL OR outcome = 'done'", name=op.f("ck_plan_line_visited")),
        sa.CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name=op.f("ck_plan_line_outcome_has_a_day")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_plan_line_created_by_id_user")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_plan_line_firm_id_firm")),
        sa.ForeignKeyConstraint(["moved_to_id"], ["plan_line.id"], name=op.f("fk_plan_line_moved_to_id_plan_line")),
        sa.ForeignKeyConstraint(["outcome_by_id"], ["user.id"], name=op.f("fk_plan_line_outcome_by_id_user")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_plan_line_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )
    with op.batch_alter_table("plan_line", schema=None) as batch_op:
        batch_op.create_index("ix_plan_line_firm_id", ["firm_id", "planned_on"], unique=False)
        batch_op.create_index("ix_plan_line_planned_on", ["planned_on", "id"], unique=False)
        batch_op.create_index("ix_plan_line_visit_id", ["visit_id"], unique=False)

    op.create_table(
        "plan_officer",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["plan_line.id"], name=op.f("fk_plan_officer_line_id_plan_line"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_plan_officer_user_id_user")),
        sa.PrimaryKeyConstraint("line_id", "user_id", name=op.f("pk_plan_officer")),
    )
    with op.batch_alter_table("plan_officer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_officer_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("plan_officer")
    op.drop_table("plan_line")
