"""Tables made from others: never edited, not in a backup, made anew after a restore."""

from models.base import db


def tables() -> frozenset[str]:
    """Their names."""
    return frozenset()


def rebuild() -> None:
    """Make all of them anew from the records. The caller commits."""
    db.session.flush()
