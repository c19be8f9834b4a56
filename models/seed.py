"""The rows every database holds from its first day. Each feature adds its own; running it again changes nothing."""

from sqlalchemy import select

from models import pool, title
from models.base import db
from models.rules.access import ROLES
from models.user import Role


def seed_defaults() -> None:
    """Add the default rows that are missing; rows an administrator edited stay as they are. The caller commits."""
    held = set(db.session.scalars(select(Role.name)))
    for name, permissions in ROLES.items():
        if name not in held:
            db.session.add(Role(name=name, permissions=permissions))
    title.seed_defaults()
    pool.seed_defaults()
    db.session.flush()
