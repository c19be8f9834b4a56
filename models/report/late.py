"""What came after an edition was issued: 补录 (rows of its days that were not there) and 撤回 (rows that are no more).

The rows of a period's days now = those of its issued edition ＋ 补录 − 撤回; the next edition prints what none has
printed yet. Only flows of rows that have one date are reconciled; stocks are never added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from models.base import db
from models.figures.base import Kind
from models.report.counting import Counter
from models.report.record import Report, ReportFigure, ReportRow
from models.report.rows import DATED, Row, printed
from models.rules.report_words import Reconciled, reconcile, split
from models.rules.visit import Reported
from models.visit import late as visit_late
from models.visit.record import Visit

#: How many issued editions back the next one looks for what came late.
BACK = 12
#: Suffixes of the slots under which an edition keeps what came late for earlier ones.
LATE, GONE = "late", "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of an issued edition against its days as they are now."""

    slot: str
    name: str
    unit: str
    of: str
    rows: Reconciled


@dataclass(frozen=True, slots=True)
class Followed:
    """What an edition prints of an earlier one: rows of a figure that came late or went."""

    about: str
    slot: str
    name: str
    unit: str
    of: str
    late: frozenset[int]
    gone: frozenset[int]


def is_reconciled(slot: str, kind: str, of: str) -> bool:
    """Whether a printed figure has rows of one date each: a flow of its own period, of no single area or unit."""
    _, when, place = split(slot)
    return kind == Kind.FLOW and of in DATED and not when and not place


def differences(report: Report, counter: Counter) -> list[Difference]:
    """Every reconciled figure of an issued edition, as it was printed against now. A statement or two for each."""
    return [
        Difference(figure.slot, figure.name, figure.unit, figure.of, reconcile(kept, now))
        for figure, kept, now in _both(report, counter)
    ]


def followed(earlier: Sequence[tuple[Report, Counter]], printing: Iterable[Report] = ()) -> list[Followed]:
    """What of these issued editions no later edition has printed yet; `earlier` with a counter for each."""
    told = _told([report for report, _ in earlier], [one.id for one in printing])
    found = []
    for report, counter in earlier:
        for figure, kept, now in _both(report, counter):
            known = (kept | told.get((report.period, figure.slot, LATE), frozenset())) - told.get(
                (report.period, figure.slot, GONE), frozenset()
            )
            came, went = frozenset(now - known), frozenset(known - now)
            if came or went:
                found.append(Followed(report.period, figure.slot, figure.name, figure.unit, figure.of, came, went))
    return found


def issued_before(report: Report) -> list[Report]:
    """The last issued editions of the same kind and owner before this one, the earliest first. One statement."""
    query = select(Report).where(
        Report.kind == report.kind, Report.owner == report.owner, Report.state == "issued",
        Report.last_on < report.first_on,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Report.first_on.desc(), Report.id).limit(BACK)))[::-1]


def kept_ids(report_id: int, slots: Sequence[str]) -> dict[str, frozenset[int]]:
    """The row ids an issued edition printed under each of these slots. One statement."""
    query = select(ReportRow.slot, ReportRow.row_id).where(
        ReportRow.report_id == report_id, ReportRow.slot.in_(slots), ReportRow.about == ""
    )
    found: dict[str, set[int]] = {slot: set() for slot in slots}
    for slot, row_id in db.session.execute(query):
        found[slot].add(row_id)
    return {slot: frozenset(ids) for slot, ids in found.items()}


def kept_cells(report_id: int, slot: str, ids: Iterable[int]) -> dict[int, ReportRow]:
    """Some printed rows of an edition by the id they counted. One statement."""
    query = select(ReportRow).where(
        ReportRow.report_id == report_id, ReportRow.slot == slot, ReportRow.row_id.in_(list(ids)), ReportRow.about == ""
    )
    return {row.row_id: row for row in db.session.scalars(query.order_by(ReportRow.position))}


def rows_late(found: Difference | Followed) -> list[Row]:
    """What is printed of the late rows of a figure."""
    return printed(found.of, sorted(found.rows.late if isinstance(found, Difference) else found.late))


def why_gone(of: str, ids: Iterable[int], until: Report) -> dict[int, str]:
    """Why printed rows count no more, in words. One statement for visits, none for the rest."""
    wanted = list(ids)
    if of != "visit" or not wanted:
        return dict.fromkeys(wanted, "更正")
    query = select(Visit.id, Visit.visit_on, Visit.withdrawn_reason).where(Visit.id.in_(wanted)).order_by(Visit.id)
    told = {}
    for visit_id, visit_on, reason in db.session.execute(query):
        outside = not until.first_on <= visit_on <= until.last_on
        told[visit_id] = f"撤回：{reason}" if reason else f"更正：日期改为 {visit_on}" if outside else "更正"
    return {row_id: told.get(row_id, "原导入已撤回") for row_id in wanted}


def _both(report: Report, counter: Counter) -> list[tuple[ReportFigure, frozenset[int], frozenset[int]]]:
    query = select(ReportFigure).where(ReportFigure.report_id == report.id).order_by(ReportFigure.position)
    figures = [one for one in db.session.scalars(query) if is_reconciled(one.slot, one.kind, one.of)]
    kept = kept_ids(report.id, [one.slot for one in figures])
    found = []
    for figure in figures:
        now = counter.get(figure.slot)
        if now is not None:
            found.append((figure, kept[figure.slot], frozenset(now.ids)))
    return found


def _told(earlier: Sequence[Report], but: Sequence[int]) -> dict[tuple[str, str, str], frozenset[int]]:
    """What later editions of the same kind and owner printed about each of these: (period, slot, late or gone)."""
    if not earlier:
        return {}
    query = (
        select(ReportRow.about, ReportRow.slot, ReportRow.row_id)
        .join(Report, Report.id == ReportRow.report_id)
        .where(Report.kind == earlier[0].kind, Report.owner == earlier[0].owner, ReportRow.about != "",
               Report.id.not_in(list(but)))
        .order_by(Report.first_on, ReportRow.id)
    )  # fmt: skip
    found: dict[tuple[str, str, str], set[int]] = {}
    for about, slot, row_id in db.session.execute(query):
        key, _, how = slot.rpartition("@")
        other = GONE if how == LATE else LATE
        # A row that went and came back (or the other way round) stands where the last edition put it.
        found.setdefault((about, key, other), set()).discard(row_id)
        found.setdefault((about, key, how), set()).add(row_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _frozen() -> list[Reported]:
    """The periods that the bureau printed: a visit written after one of them is 补录."""
    query = select(Report.last_on, Report.issued_at).where(
        Report.state == "issued", Report.owner == 0, Report.kind != "week"
    )
    return [Reported(until, at) for until, at in db.session.execute(query.order_by(Report.id)) if at is not None]


visit_late.SOURCES.append(_frozen)
