"""Applications go over with the rest of a person's work."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

NAME = "ck_handover_item_kind"


def upgrade() -> None:
    """Allow the kind."""
    _allow("kind IN ('firm', 'promise', 'plan_line', 'contact', 'issue', 'pool', 'application')")


def downgrade() -> None:
    """Such items leave the lists of handovers; the applications stay with whom they went to."""
    op.execute("DELETE FROM handover_item WHERE kind = 'application'")
    _allow("kind IN ('firm', 'promise', 'plan_line', 'contact', 'issue', 'pool')")


def _allow(condition: str) -> None:
    with op.batch_alter_table("handover_item", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), condition)
