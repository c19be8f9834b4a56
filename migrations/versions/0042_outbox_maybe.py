"""A mail may have been sent by the process of before a restore: a state of its own."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BEFORE = "state IN ('waiting', 'running', 'sent', 'failed', 'bounced', 'skipped'"


def upgrade() -> None:
    """Allow the state."""
    _allow(f"{BEFORE}, 'maybe')")


def downgrade() -> None:
    """Such mails are not sent."""
    op.execute("UPDATE outbox SET state = 'skipped', letter_sealed = NULL WHERE state = 'maybe'")
    _allow(f"{BEFORE})")


def _allow(condition: str) -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_outbox_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_outbox_state"), condition)
