"""Handovers of an officer's work to another."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("for_giver_reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_handover_decided")),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_handover_two_people")),
        sa.CheckConstraint("state IN ('proposed', 'done', 'refused', 'withdrawn')", name=op.f("ck_handover_state")),
        sa.ForeignKeyConstraint(["giver_id"], ["user.id"], name=op.f("fk_handover_giver_id_user")),
        sa.ForeignKeyConstraint(["taker_id"], ["user.id"], name=op.f("fk_handover_taker_id_user")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_handover_proposed_by_id_user")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_handover_decided_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_giver_id", "handover", ["giver_id"])
    op.create_index("ix_handover_taker_id", "handover", ["taker_id"])
    op.create_table(
        "handover_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("print", sa.String(length=400), nullable=False),
        sa.CheckConstraint("kind IN ('firm', 'promise', 'plan_line', 'contact')", name=op.f("ck_handover_item_kind")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_handover_item_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_item_handover_id_handover"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_item")),
    )
    op.create_index("ix_handover_item_firm_id", "handover_item", ["firm_id"])
    op.create_index("ix_handover_item_handover_id", "handover_item", ["handover_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("handover_item")
    op.drop_table("handover")
