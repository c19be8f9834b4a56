"""The list of a batch and the list of all applications, with their export."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from flask import Response, g, render_template, request, url_for

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS, State
from models import audit_log, clock, setting
from models.application import papers
from models.application.batch import ApplicationBatch
from models.application.listing import PAGE_SIZE, deadlines_of
from models.base import db
from models.firm.choices import Choices
from models.rules.application import KINDS, STAGES


@bp.get("/batches/<int:application_batch_id>")
@needs("applications.view")
def show_batch(application_batch_id: int) -> str:
    """The firms of a batch as a list."""
    batch = ApplicationBatch.get(application_batch_id)
    return _page(State.of_request(batch=batch.id), batch)


@bp.get("/all")
@needs("applications.view")
def index_all() -> str:
    """The applications of all batches."""
    return _page(State.of_request(), None)


def _page(state: State, batch: ApplicationBatch | None) -> str:
    listing, today = state.listing, clock.today()
    rows, count = listing.look(state.page)
    pages = max(1, ceil(count / PAGE_SIZE))
    base = url_for(".show_batch", application_batch_id=batch.id) if batch else url_for(".index_all")
    return render_template(
        "applications/batch.html", batch=batch, state=state, f=state.filter, rows=rows, count=count, pages=pages,
        number=min(state.page, pages), counts=listing.stages(), deadlines=deadlines_of(rows, today), today=today,
        choices=Choices.load(), papers_have=papers.counts_of([row.id for row in rows]),
        papers_asked=papers.asked_of_types(), sort=state.sort or "firm", base=base,
        batches=[] if batch else ApplicationBatch.list_all(), **WORDS,
    )  # fmt: skip


COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "批次": 22, "首次或重新认定": 14, "阶段": 10, "到这一阶段": 12,
        "辅导干部": 10, "服务机构": 24, "预计提交": 12, "列入日期": 12, "结果日期": 12, "未通过的原因": 36,
        "下一个期限": 24,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered applications as a workbook, in the order of the list, or those ticked among them (id)."""
    state, now = State.of_request(), clock.now()
    ticked = {int(value) for value in request.args.getlist("id") if value.isascii() and value.isdigit()}
    batch = ApplicationBatch.get(state.filter.batch) if state.filter.batch else None
    title = batch.name if batch else "申报"
    mark = excel.watermark(title, g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("申报", mark, COLUMNS, _cells(state, ticked))
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="applications",
                   detail={"rows": count, "filter": state.filter.query(), "ticked": len(ticked)})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{title}_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


def _cells(state: State, ticked: set[int]) -> Iterator[list[Any]]:
    rows = list(state.listing.rows(ticked))
    next_dates = deadlines_of(rows, clock.today())
    for row in rows:
        due = next_dates[row.id]
        yield [
            row.firm, row.code, row.area or "未定区", f"{row.year} 年{row.type_name}第 {row.round} 批", KINDS[row.kind],
            STAGES[row.stage], row.stage_on, row.coach, row.agency, row.expected_on, row.entered_on, row.ended_on,
            "；".join(filter(None, (row.reason, row.reason_words))), f"{due.name} {due.on}" if due else None,
        ]  # fmt: skip
