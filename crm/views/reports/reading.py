"""Editions as they are read: the list, the document, its numbers, what came later, on paper and as files."""

from math import ceil
from typing import Any

from flask import Response, g, render_template, request

from crm import web
from crm.access import needs
from crm.documents import excel, report_excel, report_word
from crm.views.reports.base import bp
from models import audit_log, calendar, clock, setting
from models.base import db
from models.errors import NotFound
from models.figures.base import chinese_day
from models.report import drafting, listing, opening, readers, reading, since
from models.report.record import Report
from models.rules import report as rules
from models.rules.report import COMPILE, KINDS, SIGN, STATES

ENDINGS = {"docx": report_word.MEDIA_TYPE, "xlsx": report_excel.MEDIA_TYPE}


@bp.get("/")
@needs("reports.view")
def index() -> str:
    """Every period of a kind and where it stands."""
    today = clock.today()
    kind = request.args.get("kind", "month")
    kind = kind if kind in KINDS else "month"
    return render_template(
        "reports/index.html", shelf=listing.shelf(g.user, kind, today, page_number()), kinds=KINDS, states=STATES,
        counts=listing.counts(g.user, today), inbox=listing.inbox(g.user, today),
        own_unit=reading.own_unit(g.user, today),
    )  # fmt: skip


@bp.get("/<int:report_id>")
@needs("reports.view")
def show(report_id: int) -> str:
    """The edition as it prints, its numbers, what it is compared with, and what came later."""
    today = clock.today()
    report = reading.get_for(g.user, report_id, today)
    found = opening.opened(report, today)
    return render_template(
        "reports/show.html", report=report, content=found.content, numbers=found.numbers, main=found.main,
        lists=shown_lists(found), states=STATES, steps=steps_of(report), may_send=COMPILE in g.user.permissions,
        sent_to=readers.words(report), differences=since.changed(report) if report.issued else [],
        issue_from=rules.issue_from(report.span, calendar.load()),
    )  # fmt: skip


@bp.get("/<int:report_id>/paper")
@needs("reports.view")
def paper(report_id: int) -> str:
    """The document alone, for printing."""
    report = reading.get_for(g.user, report_id, clock.today())
    found = opening.opened(report, clock.today())
    return render_template(
        "reports/paper.html", report=report, content=found.content, numbers=found.numbers, lists=shown_lists(found)
    )


@bp.get("/<int:report_id>/rows")
@needs("reports.view")
def rows(report_id: int) -> str:
    """One number: what it means, as of when, and the rows it counts that this person may see."""
    report = reading.get_for(g.user, report_id, clock.today())
    found = opening.opened(report, clock.today())
    one, number = found.number(request.args.get("slot", "")), page_number()
    shown = found.rows(one.slot, g.user, number)
    return render_template(
        "reports/rows.html", report=report, one=one, rows=shown, number=number,
        pages=max(1, ceil(shown.count / reading.PAGE_SIZE)), headings=opening.headings(one.of),
    )  # fmt: skip


@bp.get("/<int:report_id>/since")
@needs("reports.view")
def since_then(report_id: int) -> str:
    """The reconciliation of an issued edition: 汇报数 ＋ 补录 − 撤回 ＝ 今天数, each with its rows."""
    report = reading.get_for(g.user, report_id, clock.today())
    if not report.issued:
        raise NotFound
    found = since.differences(report)
    chosen = next((one for one in found if one.slot == request.args.get("slot")), None)
    shown = since.rows_of(report, chosen, g.user) if chosen else None
    told = [("late", "补录", shown.late, ""), ("gone", "撤回、更正", shown.gone, "原因"),
            ("today", "今天数", shown.today, "")] if shown else []  # fmt: skip
    return render_template(
        "reports/since_then.html", report=report, differences=found, chosen=chosen, chosen_rows=told,
        headings=opening.headings(chosen.of) if chosen else (),
    )  # fmt: skip


@bp.get("/<int:report_id>/download.<ending>")
@needs("reports.view")
def download(report_id: int, ending: str) -> Response:
    """The document as Word, or its figures and rows as a workbook; only rows this person may see."""
    if ending not in ENDINGS:
        raise NotFound
    now = clock.now()
    report = reading.get_for(g.user, report_id, clock.today())
    found = opening.opened(report, clock.today())
    mark = excel.watermark(report.name, g.user.name, clock.local(now), setting.get("bureau_name"))
    if ending == "docx":
        lists = opening.lists(found, g.user)
        data, count = _word(report, found, lists, mark), sum(map(len, lists.values()))
    else:
        annexes = opening.annexes(found, g.user)
        data, count = report_excel.workbook(found.content, mark, opening.figure_lines(found), annexes)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="report",
                   detail={"rows": count, "filter": f"{report.kind} {report.period} {ending}"})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{report.name}.{ending}", ENDINGS[ending])


def _word(report: Report, found: opening.Opened, lists: Any, mark: str) -> bytes:
    """The document; who signed it and when it was issued stand there once it is."""
    signer = report.signed_by.name if report.issued and report.signed_by else ""
    dated = chinese_day(clock.local(report.issued_at).date()) if report.issued_at else ""
    return report_word.document(found.content, lists, [mark], signer=signer, dated=dated)


def shown_lists(found: opening.Opened) -> dict[str, reading.Rows]:
    """The rows of each list that stand in the document."""
    return {one.slot: found.listed(one, g.user) for part in found.content.parts for one in part.lists}


def steps_of(report: Report) -> dict[str, bool]:
    """Which buttons this person has here."""
    held = g.user.permissions
    return {
        "edit": reading.may_edit(report, g.user),
        "submit": reading.may_edit(report, g.user) and rules.may_move(report.state, "in_review", held),
        "sign": rules.may_move(report.state, "signed", held),
        "issue": rules.may_move(report.state, "issued", held)
        and not drafting.issue_fault(report, clock.today()),
        "back": rules.may_move(report.state, "drafted", held),
        "see": SIGN in held,
    }  # fmt: skip


def page_number() -> int:
    """The page of a list that the address asks for."""
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
