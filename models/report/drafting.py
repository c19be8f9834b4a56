"""What may be done to an edition: drafted, edited, handed in, sent back, signed, issued. The only writer of reports."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from models import calendar, clock, setting
from models.base import db
from models.errors import Refused
from models.report import composing, late, template
from models.report.composing import Beside, Composed
from models.report.content import packed
from models.report.counting import rows_of
from models.report.reading import may_edit
from models.report.record import Report, ReportFigure, ReportPrint, ReportReader, ReportRow, ReportSection
from models.report.rows import HEADINGS, Row
from models.rules import report as rules
from models.rules.report import KINDS, OF_UNITS, Span
from models.rules.report_words import stored
from models.unit import Unit
from models.user import User

#: Rows written per statement.
CHUNK = 1_000
#: How far ahead something may be drafted.
AHEAD = 35
#: The longest text of a section.
LONGEST = 20_000
SWITCHES = ("report_ranking", "report_praise", "report_warning")
#: Units that a bureau's first edition goes to.
SENT_TO = {"week": ("section",)}
SENT_TO_ALL = ("section", "town", "park")


def find(kind: str, period: str, unit_id: int | None) -> Report | None:
    """The edition of a period, the bureau's or a unit's; None when nobody drafted it. One statement."""
    query = select(Report).where(Report.kind == kind, Report.period == period, Report.owner == (unit_id or 0))
    return db.session.scalar(query)


def draft(found: Span, unit: Unit | None, by: User | None, at: datetime) -> Report:
    """A new draft with its first texts and the distribution list of the one before; the caller commits. Refused when
    there is one already, for a period too far ahead, or for a unit where the kind has no parts."""
    today, workdays = clock.local(at).date(), calendar.load()
    if unit is not None and found.kind not in OF_UNITS:
        raise Refused(f"{KINDS[found.kind]}由全局编，不分科室")
    if (found.first - today).days > AHEAD:
        raise Refused(f"{found.words}还早，到时候再起草")
    there = f"{found.title}已有草稿，请打开它"
    if find(found.kind, found.key, unit.id if unit else None) is not None:
        raise Refused(there)
    whose = f"{setting.get('bureau_name')}{unit.name if unit else ''}"
    report = Report(
        kind=found.kind, period=found.key, first_on=found.first, last_on=found.last, owner=unit.id if unit else 0,
        unit_id=unit.id if unit else None, title=_title(found, whose)[:200], drafted_at=at,
        drafted_by_id=by.id if by else None, late=rules.is_missed(found, today, workdays),
    )  # fmt: skip
    on = {key: setting.get(key) == "yes" for key in SWITCHES}
    report.sections = [
        ReportSection(position=position, key=part.key, heading=part.heading, text="\n".join(part.lines))
        for position, part in enumerate(
            template.sections_of(found.kind, of_unit=unit is not None, switches=on), 1
        )
    ]  # fmt: skip
    try:
        db.session.add(report)
        db.session.flush()
    except IntegrityError as error:  # somebody drafted it in this very moment
        db.session.rollback()
        raise Refused(there) from error
    _send_to_the_same(report)
    return report


def edit(report: Report, title: str, texts: Mapping[str, str], version: int, user: User) -> None:
    """Take edited texts, by section; the caller commits. Refused unless it is a draft this person may edit, when
    somebody saved meanwhile, or when a text names a number that is none."""
    if not may_edit(report, user):
        raise Refused("这一期现在不能改：已交审或已签发，或不归您编")
    _same_version(report, version)
    counter = composing.counter_for(report, report.last_on)
    names = composing.slot_names(report, counter, [row.text for row in report.sections])
    kept: dict[str, str] = {}
    for row in report.sections:
        kept[row.key], unknown = stored(texts.get(row.key, row.text).replace("\r\n", "\n").strip(), names)
        if unknown:
            raise Refused(f"“{row.heading}”里没有这个数：{unknown[0]}。请从旁边的数里挑，或去掉花括号")
        if len(kept[row.key]) > LONGEST:
            raise Refused(f"“{row.heading}”太长，最多 {LONGEST:,} 字")
    if not title.strip():
        raise Refused("请写标题")
    report.title = title.strip()[:200]
    for row in report.sections:
        row.text = kept[row.key]
    report.version += 1


def move(report: Report, to: str, version: int, user: User, at: datetime, words: str = "") -> None:
    """Hand in, send back (with a reason) or sign; the caller commits. Refused for what models/rules/report.py does not
    allow this person. Issuing is `issue`."""
    _check(report, to, version, user)
    if to == "drafted" and not words.strip():
        raise Refused("请写退回的原因")
    if to == "in_review":
        if not may_edit(report, user):
            raise Refused("这一期不归您编，不能代交")
        report.submitted_at, report.submitted_by_id, report.returned_words = at, user.id, ""
    elif to == "signed":
        report.signed_at, report.signed_by_id = at, user.id
    else:
        report.returned_words = words.strip()
        report.signed_at = report.signed_by_id = None
    report.state = to
    report.version += 1


def issue_fault(report: Report, on: date) -> str:
    """Why it cannot be issued on a day, in an officer's words; empty when it can."""
    first = rules.issue_from(report.span, calendar.load())
    return f"{report.name}最早 {first} 签发，数字到期末才全" if on < first else ""


def issue(report: Report, version: int | None, user: User | None, at: datetime) -> Composed:
    """Freeze it: a copy of every number, text, table and row as they are at this moment; the caller commits. Refused
    before its day, or unless signed; the command line (without a person) issues a draft, too."""
    if user is not None:
        _check(report, "issued", version if version is not None else -1, user)
    elif report.issued:
        raise Refused("这一期已经签发")
    today = clock.local(at).date()
    fault = issue_fault(report, today)
    if fault:
        raise Refused(fault)
    made = composing.compose(report, today)
    report.state, report.issued_at, report.issued_by_id = "issued", at, user.id if user else None
    report.version += 1
    try:
        db.session.add(ReportPrint(report_id=report.id, content=packed(made.content)))
        db.session.add_all(_figure(report, made, place, name) for place, name in enumerate(made.slots, 1))
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Refused("这一期刚由别人签发，请刷新后看") from error
    for name in made.slots:
        _keep(report, name, rows_of(made.figure(name)))
    for one in made.followed:
        _keep(report, f"{one.slot}@{late.LATE}", late.rows_late(one), one.about)
        _keep(report, f"{one.slot}@{late.GONE}", gone_rows(report, one), one.about)
    return made


def gone_rows(report: Report, one: late.Followed) -> list[Row]:
    """What was printed of the rows that went since an earlier edition, each with why it went."""
    earlier = find(report.kind, one.about, report.unit_id)
    return [] if earlier is None else printed_gone(earlier, one.slot, one.of, one.gone)


def printed_gone(earlier: Report, slot: str, of: str, gone: Iterable[int]) -> list[Row]:
    """Rows that an edition counted and that count no more, as they were printed, each with why; rows that came late and
    went again were never printed there and say only why."""
    ids = sorted(gone)
    cells, why = late.kept_cells(earlier.id, slot, ids), late.why_gone(of, ids, earlier)
    found = [Row(row.row_id, row.firm_id, [*json.loads(row.cells), why[row.row_id]]) for row in cells.values()]
    empty = [""] * len(HEADINGS[of])
    return found + [Row(row_id, None, [*empty, why[row_id]]) for row_id in ids if row_id not in cells]


def explain(report: Report, words: str) -> None:
    """Keep what the bureau says about what came later (差异说明); the caller commits. The edition itself stays."""
    if not report.issued:
        raise Refused("签发以后才写差异说明")
    report.difference_words = words.strip()[:LONGEST]


def send_to(report: Report, unit_ids: Sequence[int], user_ids: Sequence[int]) -> None:
    """Send it to these units and people and to nobody else; the caller commits."""
    query = select(ReportReader).where(ReportReader.report_id == report.id).order_by(ReportReader.id)
    held = {(row.unit_id, row.user_id): row for row in db.session.scalars(query)}
    wanted = {(unit_id, None) for unit_id in unit_ids} | {(None, user_id) for user_id in user_ids}
    for gone in held.keys() - wanted:
        db.session.delete(held[gone])
    db.session.add_all(
        ReportReader(report_id=report.id, unit_id=unit_id, user_id=user_id)
        for unit_id, user_id in sorted(wanted - held.keys(), key=lambda pair: (pair[0] or 0, pair[1] or 0))
    )
    db.session.flush()


def _send_to_the_same(report: Report) -> None:
    query = select(Report.id).where(
        Report.kind == report.kind, Report.owner == report.owner, Report.first_on < report.first_on
    )
    before = db.session.scalar(query.order_by(Report.first_on.desc(), Report.id).limit(1))
    if before is not None:
        rows = db.session.execute(
            select(ReportReader.unit_id, ReportReader.user_id).where(ReportReader.report_id == before)
        ).all()
        send_to(report, [row[0] for row in rows if row[0]], [row[1] for row in rows if row[1]])
    elif report.unit_id is None:
        kinds = SENT_TO.get(report.kind, SENT_TO_ALL)
        units = select(Unit.id).where(Unit.kind.in_(kinds), Unit.closed_on.is_(None)).order_by(Unit.id)
        send_to(report, list(db.session.scalars(units)), [])


def _title(found: Span, whose: str) -> str:
    if found.kind == "week":
        return f"{whose}周安排（{found.days_words}）"
    if found.kind == "quarter":
        return f"关于{found.words}企业梯度培育工作情况的通报"
    return f"{whose}关于{found.words}企业梯度培育工作情况的汇报"


def _check(report: Report, to: str, version: int, user: User) -> None:
    if not rules.may_move(report.state, to, user.permissions):
        raise Refused("这一期现在不能这样办，请刷新后再看")
    _same_version(report, version)


def _same_version(report: Report, version: int) -> None:
    if report.version != version:
        raise Refused("这一期刚被别人改过，您写的还在框里，请先看新的一份再存")


def _figure(report: Report, made: Composed, place: int, name: str) -> ReportFigure:
    one, beside = made.figure(name), made.beside.get(name, Beside())
    return ReportFigure(
        report_id=report.id, position=place, slot=name, key=one.figure.key, name=made.counter.name(name),
        unit=one.figure.unit, kind=one.figure.kind, of=one.figure.of, definition=one.figure.definition,
        value=one.value, whole=one.whole, words=one.words, on_words=one.on_words,
        sentence=one.sentence(composing.where(report)), before_words=beside.before, before_change=beside.change,
        year_words=beside.year, growth=beside.growth, target_words=beside.target, done_words=beside.done,
    )  # fmt: skip


def _keep(report: Report, name: str, rows: Sequence[Row], about: str = "") -> None:
    start = 0 if not about else _kept(report.id, name)
    for first in range(0, len(rows), CHUNK):
        db.session.execute(insert(ReportRow), [
            {"report_id": report.id, "slot": name, "position": start + first + place, "row_id": row.row_id,
             "firm_id": row.firm_id, "about": about, "cells": json.dumps(row.cells, ensure_ascii=False)}
            for place, row in enumerate(rows[first : first + CHUNK], 1)
        ])  # fmt: skip


def _kept(report_id: int, name: str) -> int:
    query = select(func.count()).where(ReportRow.report_id == report_id, ReportRow.slot == name)
    return db.session.scalar(query) or 0
