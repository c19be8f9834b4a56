"""看板: issues by state, moved by button, by key and by drag."""

from flask import g, render_template, request, url_for

from crm.access import needs
from crm.views.issues.base import bp
from crm.views.issues.doing import DOINGS
from crm.views.issues.listing import WORDS
from crm.views.issues.record import ELSEWHERE
from models import clock
from models.firm.choices import Choices
from models.issue import board as boards
from models.issue.filters import IssueFilter
from models.issue.offers import IssueOffers
from models.rules.issue import EVENTS

#: The most cards of a column on one page; what is beyond is in the list.
MOST = 300


@bp.get("/board")
@needs("issues.view")
def board() -> str:
    """Columns with true counts and the first cards of each."""
    narrowed, today = IssueFilter.parse(request.args).without("state", "light", "on", "overdue"), clock.today()
    sizes = {column.key: _size(f"n_{column.key}") for column in boards.COLUMNS}
    return render_template(
        "issues/board.html", board=boards.load(g.user, narrowed, clock.now(), today, sizes), columns=boards.COLUMNS,
        f=narrowed, query=narrowed.query(), offers=IssueOffers.load(), choices=Choices.load(), events=EVENTS,
        doings=DOINGS.keys() | ELSEWHERE.keys(), step=boards.CARDS, month=today.replace(day=1),
        base=url_for(".board"), issues_at=url_for(".index"), **WORDS,
    )  # fmt: skip


def _size(name: str) -> int:
    asked = request.args.get(name, boards.CARDS, type=int)
    return min(max(asked, boards.CARDS), MOST)
