"""What the bench does with issues: the list, a narrowed list and the board; the same for ours and the bare routes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from crm.demo.generate import Size
from models import clock
from models.base import db
from models.firm import Firm
from models.issue import Issue
from tests.benchmarks.clients import Act
from tests.benchmarks.districts import District, analyze, district
from tests.benchmarks.filled_issues import fill_issues

#: name: (most times the bare route may be surpassed, most growth from a tenth of the issues); None: not asked.
AIMS: dict[str, tuple[float | None, float | None]] = {
    "issues, first page": (1.5, 2.0),
    "issues, narrowed": (1.5, 2.0),
    "issues, board": (1.0, 2.0),
    "three lists": (1.5, 2.0),
    "three lists, past": (None, None),
    "figures of issues": (None, None),
    "times of issues": (None, None),
}
#: So far back lies the day that a list is asked for.
PAST = timedelta(days=60)


@contextmanager
def filled(kind: str, name: str, size: Size, count: int, folder: Path) -> Iterator[tuple[District, dict[str, int]]]:
    """A district with that many issues more, and the last id of each table of theirs."""
    with district(kind, name, size, folder) as made:
        with made.app.app_context():
            held = fill_issues(count, clock.now(), clock.today())
            db.session.commit()
            analyze()
            db.session.remove()
        yield made, held


def acts(made: District) -> dict[str, Act]:
    """What a client does for each line of the table: the narrowed list is the red ones of the most frequent topic in
    the area with most issues."""
    with made.app.app_context():
        topic = select(Issue.topic_id).group_by(Issue.topic_id).order_by(func.count().desc()).limit(1)
        area = select(Firm.area_id).join(Issue, Issue.firm_id == Firm.id).where(Firm.area_id.is_not(None))
        area = area.group_by(Firm.area_id).order_by(func.count().desc()).limit(1)
        narrowed = urlencode({"light": "red", "topic": db.session.scalar(topic), "area": db.session.scalar(area)})
        db.session.remove()
    past = clock.today() - PAST
    return {
        "issues, first page": lambda client, number: client.get("/issues/"),
        "issues, narrowed": lambda client, number: client.get(f"/issues/?{narrowed}"),
        "issues, board": lambda client, number: client.get("/issues/board"),
        "three lists": lambda client, number: client.get("/issues/lists/responsibility"),
        "three lists, past": lambda client, number: client.get(f"/issues/lists/problem?on={past}"),
        "figures of issues": lambda client, number: client.get("/issues/figures"),
        "times of issues": lambda client, number: client.get("/issues/figures/times"),
    }
