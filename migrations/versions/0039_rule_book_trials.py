"""Drafts of the rules tried on all firms: each verdict by both versions, each condition whose answer changes."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

VERDICTS = "('eligible', 'not_eligible', 'unknown')"
ANSWERS = "('yes', 'no', 'unknown')"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rule_book_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("old_version", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("firms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_rule_book_trial_asked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["book_id"], ["rule_book.id"], name=op.f("fk_rule_book_trial_book_id_rule_book"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_rule_book_trial_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_book_trial")),
    )
    with op.batch_alter_table("rule_book_trial", schema=None) as batch_op:
        batch_op.create_index("ix_rule_book_trial_book_id", ["book_id", "id"], unique=False)
    _rows("rule_book_trial_firm", VERDICTS, ["old", "new"])
    _rows("rule_book_trial_change", ANSWERS, ["key", "old", "new"])


def _rows(name: str, words: str, names: list[str]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("firm_id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.String(length=40), nullable=False) for column in names),
        sa.CheckConstraint(f"old IN {words}", name=op.f(f"ck_{name}_old")),
        sa.CheckConstraint(f"new IN {words}", name=op.f(f"ck_{name}_new")),
        sa.ForeignKeyConstraint(
            ["trial_id"], ["rule_book_trial.id"], name=op.f(f"fk_{name}_trial_id_rule_book_trial"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(f"ix_{name}_trial_id", ["trial_id", *names], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("rule_book_trial_change")
    op.drop_table("rule_book_trial_firm")
    op.drop_table("rule_book_trial")
