"""Plans of firms (一企一策) and their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "firm_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        sa.Column("regime", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_on IS NULL)", name=op.f("ck_firm_plan_ended")),
        sa.CheckConstraint(
            "regime IN ('tech_sme', 'innovative_sme', 'srdi_sme', 'little_giant', 'hnte')",
            name=op.f("ck_firm_plan_regime"),
        ),
        sa.CheckConstraint("state <> 'dropped' OR ended_reason <> ''", name=op.f("ck_firm_plan_dropped_says_why")),
        sa.CheckConstraint("state IN ('open', 'reached', 'dropped')", name=op.f("ck_firm_plan_state")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_firm_plan_firm_id_firm")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_firm_plan_made_by_id_user")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_firm_plan_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_plan")),
    )
    with op.batch_alter_table("firm_plan", schema=None) as batch_op:
        batch_op.create_index("ix_firm_plan_firm_id", ["firm_id", "state"], unique=False)
        batch_op.create_index("ix_firm_plan_owner_id", ["owner_id", "state"], unique=False)

    op.create_table(
        "firm_plan_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["firm_plan.id"], name=op.f("fk_firm_plan_step_plan_id_firm_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm_plan_step")),
    )
    with op.batch_alter_table("firm_plan_step", schema=None) as batch_op:
        batch_op.create_index("ix_firm_plan_step_plan_id", ["plan_id", "position"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("firm_plan_step")
    op.drop_table("firm_plan")
