"""The right to see the timetable and to run an entry by hand."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

RIGHT, ROLES = "timetable.run", ("office", "sysadmin")


def upgrade() -> None:
    """A database in use gets the right a new bureau begins with."""
    _give(lambda held, name: held | {RIGHT} if name in ROLES else held)


def downgrade() -> None:
    """Nobody has it."""
    _give(lambda held, name: held - {RIGHT})


def _give(rights: Callable[[set[str], str], set[str]]) -> None:
    bind = op.get_bind()
    role = sa.table("role", sa.column("name", sa.String), sa.column("permissions", sa.Text))
    for name, permissions in bind.execute(sa.select(role.c.name, role.c.permissions).order_by(role.c.name)).all():
        new = " ".join(sorted(rights(set(permissions.split()), name)))
        op.execute(sa.update(role).where(role.c.name == name).values(permissions=new))
