"""The list of all issues, its tabs with counts, its export."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from flask import Response, g, render_template, request, url_for

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.issues.base import bp
from crm.views.issues.state import State, tabs
from models import audit_log, clock, setting
from models.base import db
from models.firm import Firm
from models.firm.choices import Choices
from models.issue import lights
from models.issue.filters import BUNDLE_NAMES, OVERDUE
from models.issue.listing import BY_KEY, COLUMNS, DEFAULT_SORT, PAGE_SIZE, chips_of, number_of
from models.issue.offers import IssueOffers
from models.rules.issue import FLOWS, STATES
from models.rules.issue_kinds import CHANNELS, KINDS, OUTCOMES
from models.rules.workday import ASSUMED

#: Names that the pages show for identifiers, and the pairs their filters offer.
WORDS: dict[str, Any] = {
    "states": STATES, "flows": FLOWS, "kinds": KINDS, "channels": CHANNELS, "outcomes": OUTCOMES,
    "state_choices": [*BUNDLE_NAMES.items(), *STATES.items()], "light_choices": list(lights.LIGHTS.items()),
    "overdue_choices": list(OVERDUE.items()), "flow_choices": [(key, flow.name) for key, flow in FLOWS.items()],
    "number_of": number_of,
}  # fmt: skip


@bp.get("/")
@needs("issues.view")
def index() -> str:
    """The list: filters, tabs, one page of rows."""
    state = State.of_request()
    listing = state.listing
    rows, count = listing.look(state.page)
    pages = max(1, ceil(count / PAGE_SIZE))
    firm_id = state.filter.firm
    offers = IssueOffers.load()
    return render_template(
        "issues/index.html", state=state, f=state.filter, rows=rows, count=count, number=min(state.page, pages),
        pages=pages, tabs=tabs(state), choices=Choices.load(), offers=offers, chips=chips_of(rows, listing.on),
        on=listing.on, columns=[BY_KEY[key] for key in state.columns], keys=state.columns, all_columns=COLUMNS,
        firm=Firm.get_for(g.user, firm_id) if firm_id else None, only=_only(state, offers),
        headings={column.key: column.name for column in COLUMNS}, sort=state.sort or DEFAULT_SORT,
        kept=state.kept(), kept_all=state.kept(everything=True), base=url_for(".index"),
        firms_at=url_for("firms.index"), **WORDS,
    )  # fmt: skip


def _only(state: State, offers: IssueOffers) -> list[str]:
    """What no control of the list shows."""
    asked = state.filter
    words = (
        f"属于“{offers.name_of('group', asked.group) or '没有归类'}”的" if asked.group is not None else "",
        f"{offers.name_of('person', asked.raised_by)}登记的" if asked.raised_by else "",
        f"{offers.name_of('outside', asked.outside)}经办的" if asked.outside else "",
        "提级过的" if asked.up else "",
        "重办的" if asked.again else "",
    )
    return [word for word in words if word]


@bp.get("/tabs")
@needs("issues.view")
def counted_tabs() -> str:
    """The tabs with their counts, fetched after the page: a count of each must not hold up the first rows."""
    state = State.of_request()
    return render_template("issues/_views.html", tabs=tabs(state, counted=True), state=state, counted=True)


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "编号": 12, "企业名称": 36, "代码": 22, "街镇": 14, "事项": 30, "企业原话": 60, "问题或需求": 10, "类别": 10,
        "流程": 8, "专题": 10, "来源": 10, "首次提出": 12, "登记人": 10, "状态": 12, "灯": 16, "牵头单位": 22,
        "责任人": 10, "牵头领导": 10, "解决措施": 40, "交办日期": 12, "原时限": 12, "现时限": 12, "期限说明": 20,
        "延期次数": 8, "轮次": 8, "办理结果": 12, "做了什么": 40, "了结日期": 12, "了结说明": 30,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("issues.export")
def export() -> Response:
    """Exactly the filtered rows as a workbook in the order of the list, or those among them that were ticked (ids)."""
    state, now = State.of_request(), clock.now()
    ticked = {int(value) for value in request.args.getlist("id") if value.isascii() and value.isdigit()}
    mark = excel.watermark("问题清单（全部）", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("问题", mark, EXPORTED, _cells(state, ticked))
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="issue",
                   detail={"rows": count, "filter": state.filter.query(), "ticked": len(ticked)})  # fmt: skip
    db.session.commit()
    return web.download(data, f"问题清单_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


def _cells(state: State, ticked: set[int]) -> Iterator[list[Any]]:
    listing = state.listing
    for rows in listing.every_chunk(ticked):
        found = chips_of(rows, listing.on)
        yield from (_row(row, "、".join(chip.word for chip in found[row.id])) for row in rows)


def _row(row: Any, light: str) -> list[Any]:
    flow = row.flow or row.class_flow
    return [
        number_of(row), row.firm, row.code, row.area, row.title, row.words, KINDS[row.kind], row.class_name,
        FLOWS[flow].name if flow else "", row.topic, CHANNELS[row.channel], row.raised_on, row.raised_by,
        STATES[row.state], light, row.unit, row.handler, row.leader, row.measures, row.dispatched_on,
        row.first_due_on, row.due_on, "" if row.due_known else ASSUMED, row.extensions, row.round,
        OUTCOMES.get(row.outcome or "", ""), row.result, row.over_on, row.end_reason,
    ]  # fmt: skip
