"""审计: the trail, for the auditor alone."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, g, render_template, request, send_file

from crm import trail
from crm.access import needs
from crm.documents import excel
from models import audit_log, clock, setting
from models.audit import AuditEntry
from models.audit_log import ACTS, Asked
from models.base import db

bp = Blueprint("audit", __name__, url_prefix="/audit")

PER_PAGE = 100
HEADINGS = {"编号": 10, "时间": 20, "人员": 14, "做了什么": 18, "结果": 8, "对象": 16, "网络地址": 18, "详情": 60}


@bp.get("/")
@needs("audit.view")
def index() -> str:
    """The entries that were asked for, the newest first."""
    asked = _asked()
    found = db.paginate(audit_log.select_entries(asked), per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    return render_template(
        "audit/index.html",
        found=found,
        asked=asked,
        acts=ACTS,
        subjects=audit_log.SUBJECTS,
        detail=_detail,
        sealed=audit_log.last_sealed_at(),
    )


@bp.get("/export")
@needs("audit.export")
def export() -> Response:
    """Exactly these entries as a workbook, or as CSV with ?format=csv; the export is an entry of its own."""
    asked, now = _asked(), clock.now()
    entries = db.session.scalars(audit_log.select_entries(asked).execution_options(yield_per=1000))
    rows = (_cells(entry) for entry in entries)
    if request.args.get("format") == "csv":
        data, count = _csv(rows)
        kind, ending = "text/csv; charset=utf-8", "csv"
    else:
        columns = [excel.Column(heading, width) for heading, width in HEADINGS.items()]
        mark = excel.watermark("审计记录", g.user.name, clock.local(now), setting.get("bureau_name"))
        data, count = excel.workbook("审计记录", mark, columns, rows)
        kind, ending = excel.MEDIA_TYPE, "xlsx"
    trail.note("export", subject="audit_entry", detail={"rows": count, **asked.described()})
    db.session.commit()
    name = f"审计记录_{clock.local(now):%Y%m%d_%H%M}.{ending}"
    return send_file(io.BytesIO(data), kind, as_attachment=True, download_name=name, max_age=0)


def _asked() -> Asked:
    arguments = request.args
    return Asked(
        person=arguments.get("person", "").strip(),
        act=arguments.get("act", ""),
        subject=arguments.get("subject", ""),
        since=_day(arguments.get("since", "")),
        until=_day(arguments.get("until", "")),
        failed="failed" in arguments,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _cells(entry: AuditEntry) -> list[Any]:
    return [
        entry.id,
        clock.local(entry.at).replace(tzinfo=None),
        entry.person_name,
        ACTS.get(entry.act, entry.act),
        "成功" if entry.succeeded else "失败",
        _subject(entry),
        entry.address,
        _detail(entry),
    ]


def _subject(entry: AuditEntry) -> str:
    name = audit_log.SUBJECTS.get(entry.subject, entry.subject)
    return f"{name} {entry.subject_id}" if entry.subject_id else name


def _detail(entry: AuditEntry) -> str:
    """The opaque detail as a line to read."""
    found = json.loads(entry.detail)
    return "；".join(f"{audit_log.DETAILS.get(key, key)}：{_plain(value)}" for key, value in found.items())


def _plain(value: Any) -> str:
    return "、".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _csv(rows: Iterable[list[Any]]) -> tuple[bytes, int]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    count = 0
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        count += 1
    return out.getvalue().encode("utf-8-sig"), count


def _written(cell: Any) -> Any:
    """A cell as CSV keeps it: no text that another program takes for a formula."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return excel.safe(cell) if isinstance(cell, str) else cell
