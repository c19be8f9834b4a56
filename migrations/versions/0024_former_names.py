"""A name that a firm bore before, nobody knows until when, is a kind of its own: a register that still has it does not
make it the present name."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME = "ck_firm_name_kind"


def upgrade() -> None:
    """Allow the kind; names kept so far as what a firm is called stay so."""
    _allow("kind IN ('registered', 'former', 'alias')")


def downgrade() -> None:
    """Such names become again what the firm is called."""
    op.execute("UPDATE firm_name SET kind = 'alias' WHERE kind = 'former'")
    _allow("kind IN ('registered', 'alias')")


def _allow(condition: str) -> None:
    with op.batch_alter_table("firm_name", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(NAME), type_="check")
        batch_op.create_check_constraint(op.f(NAME), condition)
