"""The list of firms, its tabs, its export."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, g, render_template, request, url_for

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.firms.base import bp
from models import audit_log, clock, setting
from models.assessment.card import NAMES
from models.assessment.kept import STATE_NAMES, Assessed
from models.base import db
from models.figures import registry
from models.figures.base import Period
from models.firm.choices import Choices
from models.firm.filters import DATA, ENDS_WITHIN, FirmFilter
from models.firm.listing import BY_KEY, COLUMNS, DEFAULT_COLUMNS, PAGE_SIZE, Listing, former_names
from models.firm.matching import explain
from models.firm.record import CARE_LEVELS, STATUSES
from models.firm.status import FLAGS
from models.rules.industry import DIVISIONS, SECTIONS, industry_name
from models.rules.ladder import BOARD, RUNG_NAMES, Rung
from models.saved_view import SavedView

#: Where a view of the list is kept among saved views.
PAGE = "firms"
#: Parts of the filter that the form of filters has no control for.
UNSEEN = ("tail", "figure", "since", "assessed")


@dataclass(frozen=True, slots=True)
class State:
    """What the address of the list says: filter, order, columns, page."""

    filter: FirmFilter
    sort: str
    columns: tuple[str, ...]
    page: int

    @classmethod
    def of_request(cls) -> "State":
        """The state that this request's address asks for; what is unreadable counts as absent."""
        chosen = tuple(key for key in request.args.getlist("col") if key in BY_KEY)
        number = request.args.get("page", "1")
        sort = request.args.get("sort", "")
        return cls(
            FirmFilter.parse(request.args),
            sort if sort.removeprefix("-") in BY_KEY else "",
            ("name", *(key for key in chosen if key != "name")) if chosen else DEFAULT_COLUMNS,
            int(number) if number.isascii() and number.isdigit() and int(number[:7]) > 0 else 1,
        )

    def query(self, **changes: Any) -> str:
        """The address of this list with some of its state changed; back on the first page unless a page is named."""
        pairs = list({**self.filter.query(), "sort": self.sort, **changes}.items())
        if self.columns != DEFAULT_COLUMNS:
            pairs += [("col", key) for key in self.columns]
        return urlencode([(key, value) for key, value in pairs if value not in (None, "")])

    def kept(self, everything: bool = False) -> list[tuple[str, str]]:
        """What the filter form carries along unseen; everything but the columns for the form that chooses these."""
        if everything:
            return [*self.filter.query().items(), *([("sort", self.sort)] if self.sort else [])]
        unseen = {name: value for name, value in self.filter.query().items() if name in UNSEEN}
        columns = [("col", key) for key in self.columns] if self.columns != DEFAULT_COLUMNS else []
        return [*unseen.items(), *([("sort", self.sort)] if self.sort else []), *columns]


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """The list: filters, tabs, one page of rows."""
    state, today = State.of_request(), clock.today()
    listing = Listing(g.user, state.filter, today, state.sort)
    rows, count = listing.look(state.page)
    narrowed = state.filter.is_set or state.filter.q
    pages = max(1, ceil(count / PAGE_SIZE))
    found = {}
    if listing.wanted and rows:
        formers = former_names([row.id for row in rows])
        found = {row.id: explain(state.filter.q, row.name, formers.get(row.id, ()), row.code) for row in rows}
    number = min(state.page, pages)
    return render_template(
        "firms/index.html", state=state, rows=rows, found=found, count=count, number=number, pages=pages,
        narrowed=narrowed, total=Listing(g.user, FirmFilter(), today).count() if narrowed else count,
        on=listing.on, period=Period.up_to(listing.on, state.filter.since), tabs=tabs(state),
        figure=registry.find(state.filter.figure) if state.filter.figure else None, choices=Choices.load(),
        columns=[BY_KEY[key] for key in state.columns], keys=state.columns, all_columns=COLUMNS,
        headings={column.key: column.name for column in COLUMNS}, base=url_for("firms.index"),
        assessed=Assessed.parse(state.filter.assessed), title_names=NAMES, assessed_names=STATE_NAMES,
        as_of=f"?on={state.filter.on}" if state.filter.on else "", kept=state.kept(),
        kept_all=state.kept(everything=True), **WORDS,
    )  # fmt: skip


#: Names that the page shows for identifiers, and the pairs its filters offer.
WORDS: dict[str, Any] = {
    "rungs": RUNG_NAMES, "statuses": STATUSES, "care_levels": CARE_LEVELS, "flags": FLAGS, "ends_within": ENDS_WITHIN,
    "industry_name": industry_name,
    "rung_choices": [*((rung, RUNG_NAMES[rung]) for rung in BOARD), (Rung.REGISTERED, "在册（不在梯队）")],
    "care_choices": [*CARE_LEVELS.items(), ("none", "未定")],
    "industry_choices": [
        ("none", "未填"), *SECTIONS.items(), *((key, f"{key} {name}") for key, name in DIVISIONS.items()),
    ],
    "data_choices": DATA,
    "not_seen_choices": [(days, f"{days} 天") for days in (30, 60, 90, 180)],
}  # fmt: skip


#: Tabs everybody has: name and filter.
TABS = (
    ("全部", FirmFilter()),
    ("我的企业", FirmFilter(mine="1")),
    ("60 天内到期", FirmFilter(ends_within=60)),
    ("60 天没去过", FirmFilter(mine="1", not_seen=60)),
    ("未定区", FirmFilter(area=0)),
    ("待核实", FirmFilter(unverified="1")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the list: its address, whether it is what is shown, and its count once somebody asked."""

    name: str
    query: str
    current: bool
    view_id: int | None = None
    own: bool = False
    count: int | None = None


def tabs(state: State, counted: bool = False) -> list[Tab]:
    """The tabs everybody has and the saved views, with the one that is shown marked."""
    shown = state.query()
    found = [Tab(name, urlencode(chosen.query()), shown == urlencode(chosen.query())) for name, chosen in TABS]
    found += [
        Tab(view.name, view.query, shown == view.query, view.id, view.user_id == g.user.id)
        for view in SavedView.list_for(g.user, PAGE)
    ]
    return [replace(tab, count=_count(tab)) for tab in found] if counted else found


def _count(tab: Tab) -> int:
    return Listing(g.user, FirmFilter.parse(dict(parse_qsl(tab.query))), clock.today()).count()


@bp.get("/tabs")
@needs("firms.view")
def counted_tabs() -> str:
    """The tabs with their counts, fetched after the page: a count of each must not hold up the first rows."""
    state = State.of_request()
    return render_template("firms/_tabs.html", tabs=tabs(state, counted=True), state=state, counted=True)


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered rows as a workbook, or those among them that were ticked (ids)."""
    state, now = State.of_request(), clock.now()
    listing = Listing(g.user, state.filter, clock.today(), state.sort)
    ticked = {int(value) for value in request.args.getlist("id") if value.isascii() and value.isdigit()}
    rows = (cells(row) for row in listing.every_row() if not ticked or row.id in ticked)
    mark = excel.watermark("企业名单", g.user.name, clock.local(now), f"{setting.get('bureau_name')}")
    data, count = excel.workbook("企业", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="firm",
                   detail={"rows": count, "filter": state.filter.query(), "ticked": len(ticked)})  # fmt: skip
    db.session.commit()
    name = f"企业名单_{clock.local(now):%Y%m%d_%H%M}.xlsx"
    return web.download(data, name, excel.MEDIA_TYPE)


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业名称": 36, "代码": 22, "街镇": 14, "园区": 16, "梯级": 16, "最近到期": 12, "A 角": 10, "B 角": 10,
        "上次走访": 12, "培育层级": 10, "登记状态": 10, "行业": 24, "成立日期": 12, "注册资本（万元）": 16, "币种": 8,
        "企业类型": 24, "注册地址": 48,
    }.items()
)  # fmt: skip


def cells(row: Any) -> list[Any]:
    """A row of the list as the export writes it."""
    return [
        row.name, row.code, row.area, row.park, RUNG_NAMES.get(row.rung, "") if row.rung else "", row.ends_on,
        row.officer_a, row.officer_b, row.visited_on, CARE_LEVELS.get(row.care_level or "", ""), STATUSES[row.status],
        industry_name(row.industry_code), row.founded_on, row.capital, row.capital_currency, row.kind, row.address,
    ]  # fmt: skip
