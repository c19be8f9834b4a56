"""Tables made from others: never edited, not in a backup, made anew after a restore."""

from models import standing
from models.assessment import kept
from models.base import db
from models.firm import search
from models.firm.names import FirmSearch


def tables() -> frozenset[str]:
    """Their names."""
    every = (FirmSearch, *standing.INDEX, standing.StandingChange, *kept.TABLES)
    return frozenset(table.__tablename__ for table in every)


def rebuild() -> None:
    """Make all of them anew from the records. The caller commits."""
    db.session.flush()
    search.rebuild()
    standing.refresh()
    # Judged anew when somebody looks, or by the worker.
    kept.clear()
