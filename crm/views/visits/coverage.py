"""走访覆盖: which of the firms that are looked after were visited, by officer and by area; every number opens."""

from math import ceil

from flask import Response, abort, g, render_template, request, url_for

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.visits.base import bp
from models import audit_log, clock, setting, unit
from models.base import db
from models.firm.choices import Choices
from models.firm.record import CARE_LEVELS
from models.visit.coverage import PAGE_SIZE, PARTS, Coverage, CoverageFilter


def _coverage() -> Coverage:
    return Coverage(g.user, CoverageFilter.parse(request.args, clock.today()))


def _part() -> str:
    part = request.args.get("part", "assigned")
    if part not in PARTS:
        abort(404)
    return part


@bp.get("/coverage")
@needs("visits.view")
def coverage() -> str:
    """The numbers of a period: together, by officer, by area."""
    found = _coverage()
    return render_template("visits/coverage.html", f=found.filter, table=found.table(), choices=Choices.load(),
                           units=unit.list_tree(), base=url_for(".coverage"))  # fmt: skip


@bp.get("/coverage/firms")
@needs("visits.view")
def covered_firms() -> str:
    """The firms behind one number: when and by whom each was last visited, how many days over."""
    found, part = _coverage(), _part()
    number = max(request.args.get("page", 1, type=int), 1)
    rows, count = found.look(part, number)
    pages = max(1, ceil(count / PAGE_SIZE))
    return render_template(
        "visits/coverage_firms.html", f=found.filter, part=part, parts=PARTS, rows=rows, count=count, pages=pages,
        number=min(number, pages), choices=Choices.load(), units=unit.list_tree(), levels=CARE_LEVELS,
        base=url_for(".covered_firms"),
    )  # fmt: skip


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业名称": 36, "代码": 22, "街镇": 14, "培育层级": 10, "联系干部": 16, "期内走访次数": 12, "上次走访": 12,
        "上次谁去的": 20, "超过间隔（天）": 14, "说明": 14,
    }.items()
)  # fmt: skip


@bp.get("/coverage/export")
@needs("firms.export")
def export_coverage() -> Response:
    """Exactly the firms behind one number as a workbook."""
    found, part, now = _coverage(), _part(), clock.now()
    rows = (
        [row.name, row.code, row.area, CARE_LEVELS.get(row.care_level or "", ""), row.officers, row.calls, row.last_on,
         row.last_by, row.over or None, row.word()]
        for row in found.every_row(part)
    )  # fmt: skip
    title = f"走访覆盖 {PARTS[part]} {found.filter.since} 至 {found.filter.until}"
    mark = excel.watermark(title, g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("走访覆盖", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="coverage",
                   detail={"rows": count, "filter": {"part": part, **found.filter.query()}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"走访覆盖_{PARTS[part]}_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)
