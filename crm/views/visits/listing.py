"""The list of visits, its saved views, its export."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, render_template, request, url_for

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.visits.base import bp
from models import audit_log, clock, setting
from models.base import db
from models.firm import Firm
from models.firm.choices import Choices
from models.rules.visit import is_late
from models.saved_view import SavedView
from models.team import Team
from models.visit import OutcomeKind
from models.visit.filters import VisitFilter
from models.visit.late import reported
from models.visit.listing import DEFAULT_SORT, PAGE_SIZE, SORTS, Parts, VisitListing, parts_of
from models.visit.offers import Offers

#: Where a view of the list is kept among saved views.
PAGE = "visits"


@dataclass(frozen=True, slots=True)
class State:
    """What the address of the list says: filter, order, page."""

    filter: VisitFilter
    sort: str
    page: int

    @classmethod
    def of_request(cls) -> "State":
        """The state that this request's address asks for; what is unreadable counts as absent."""
        sort, number = request.args.get("sort", ""), request.args.get("page", "1")
        return cls(
            VisitFilter.parse(request.args),
            sort if sort.removeprefix("-") in SORTS else "",
            int(number) if number.isascii() and number.isdigit() and int(number[:7]) > 0 else 1,
        )

    def query(self, **changes: Any) -> str:
        """The address of this list with some of its state changed; back on the first page."""
        pairs = {**self.filter.query(), "sort": self.sort, **changes}.items()
        return urlencode([(key, value) for key, value in pairs if value not in (None, "")])

    @property
    def listing(self) -> VisitListing:
        """The visits it means, for the person at this page."""
        return VisitListing(g.user, self.filter, self.sort or DEFAULT_SORT)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the list: its address, and whether it is what is shown."""

    name: str
    query: str
    current: bool
    view_id: int | None = None
    own: bool = False


def tabs(state: State, today: date) -> list[Tab]:
    """The tabs everybody has and the saved views, with the one that is shown marked."""
    month = today.replace(day=1)
    fixed = (
        ("全部", VisitFilter()),
        ("我的", VisitFilter(mine="1")),
        ("本周", VisitFilter(since=today - timedelta(days=today.weekday()))),
        ("本月", VisitFilter(since=month)),
        ("今年", VisitFilter(since=today.replace(month=1, day=1))),
        ("有待研判诉求", VisitFilter(demand="1")),
    )
    shown = state.query()
    found = [Tab(name, urlencode(chosen.query()), shown == urlencode(chosen.query())) for name, chosen in fixed]
    found += [
        Tab(view.name, view.query, shown == view.query, view.id, view.user_id == g.user.id)
        for view in SavedView.list_for(g.user, PAGE)
    ]
    return found


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """The list: filters, tabs, one page of rows."""
    state, today = State.of_request(), clock.today()
    count, firms = state.listing.counts()
    rows = state.listing.page(state.page, count)
    pages = max(1, ceil(count / PAGE_SIZE))
    frozen, parts = reported(), parts_of([row.id for row in rows])
    firm_id = state.filter.firm
    return render_template(
        "visits/index.html", state=state, f=state.filter, rows=rows, count=count, parts=parts,
        firms=firms, number=min(state.page, pages), pages=pages, tabs=tabs(state, today),
        choices=Choices.load(), offers=Offers.load(),
        firm=Firm.get_for(g.user, firm_id) if firm_id else None, only=_only(state.filter),
        late={row.id for row in rows if is_late(row.visit_on, row.received_at, frozen)}, base=url_for(".index"),
    )  # fmt: skip


def _only(narrowed: VisitFilter) -> list[str]:
    """What no control of the list shows: the team, the outcome, the experts that a figure narrowed it to."""
    team = db.session.get(Team, narrowed.team) if narrowed.team else None
    brought = db.session.get(OutcomeKind, narrowed.outcome) if narrowed.outcome else None
    along = "有专家同行的" if narrowed.experts else ""
    words = (
        f"{team.name}的" if team else "",
        f"带来{brought.name}的" if brought else "",
        f"专家{narrowed.expert}同行的" if narrowed.expert else along,
    )
    return [word for word in words if word]


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "走访日期": 12, "时间": 8, "企业名称": 36, "代码": 22, "街镇": 14, "走访人员": 20, "方式": 12, "专项行动": 18,
        "目的和服务": 24, "谈了什么": 60, "当场答复": 40, "下一步": 30, "地点": 18, "诉求数": 8, "照片数": 8, "补录": 8,
        "撤回原因": 20,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered rows as a workbook, in the order of the list."""
    state, now = State.of_request(), clock.now()
    mark = excel.watermark("走访记录", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("走访", mark, EXPORTED, _cells(state))
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="visit",
                   detail={"rows": count, "filter": state.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"走访记录_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


def _cells(state: State) -> Iterator[list[Any]]:
    frozen = reported()
    for rows, parts in state.listing.every_chunk():
        yield from (_row(row, parts, is_late(row.visit_on, row.received_at, frozen)) for row in rows)


def _row(row: Any, parts: Parts, late: bool) -> list[Any]:
    return [
        row.visit_on, row.start_time, row.firm, row.code, row.area, parts.who(row), row.kind, row.campaign,
        "、".join(parts.services.get(row.id, ())), row.text, row.answer, row.next_step, row.place,
        parts.demands.get(row.id, 0), parts.photos.get(row.id, 0), "补录" if late else "", row.withdrawn_reason,
    ]  # fmt: skip
