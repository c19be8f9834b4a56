"""The list of editions: every period of a kind with where it stands, 缺报 included and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import calendar
from models.base import db
from models.figures.scope import AnySelect
from models.report.composing import month_from
from models.report.reading import own_unit, visible_to
from models.report.record import Report
from models.rules import report as rules
from models.rules.report import COMPILE, KINDS, LATE, MISSED, OF_UNITS, SIGN, STATES, Span
from models.unit import Membership, Unit
from models.user import User

#: Periods on one page, the latest first.
PAGE_SIZE = 12


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose editions: the bureau's (None) or a unit's."""

    unit_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One period of one owner: its edition, or what became of it without one."""

    span: Span
    owner: Owner
    report: Report | None
    due_on: date
    missed: bool

    @property
    def word(self) -> str:
        """Where it stands, in a word."""
        if self.report is not None:
            return STATES[self.report.state]
        return MISSED if self.missed else "未起草"

    @property
    def late_word(self) -> str:
        """补报 for one drafted after it was missed."""
        return LATE if self.report is not None and self.report.late else ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list: entries by period, and how many periods were missed since the first edition."""

    kind: str
    entries: list[Entry]
    missed: int
    number: int
    pages: int


def owners(user: User, kind: str, on: date) -> list[Owner]:
    """Whose editions of a kind this person sees a line for: of who compiles or signs the bureau and every own section
    with people, of an officer the bureau and the own unit. Two statements at most."""
    found = [Owner(None, "全局")]
    if kind not in OF_UNITS:
        return found
    if {COMPILE, SIGN} & user.permissions:
        return [*found, *(Owner(unit.id, unit.name) for unit in sections(on))]
    own = own_unit(user, on)
    unit = db.session.get(Unit, own) if own is not None else None
    return [*found, Owner(unit.id, unit.name)] if unit is not None and unit.kind == "section" else found


def sections(on: date) -> list[Unit]:
    """The own sections with people on a day that lie below another one, by name: those that report. Where there is only
    the bureau itself, nobody reports to it. One statement."""
    peopled = select(Membership.unit_id).where(
        Membership.from_on <= on, (Membership.to_on.is_(None)) | (Membership.to_on >= on)
    )
    query = select(Unit).where(
        Unit.kind == "section", Unit.parent_id.is_not(None), Unit.id.in_(peopled),
        (Unit.closed_on.is_(None)) | (Unit.closed_on > on),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(Unit.sort_key, Unit.id)))


def shelf(user: User, kind: str, on: date, number: int = 1) -> Shelf:
    """A page of the periods of a kind, the latest first: each with the bureau's edition and the units' parts. What was
    before the first edition is not asked for. A fixed number of statements."""
    workdays, start, whose = calendar.load(), month_from(), owners(user, kind, on)
    first = db.session.scalar(select(func.min(Report.first_on)).where(Report.kind == kind))
    # A week is planned ahead; what looks back is drafted while it runs.
    last = on + timedelta(days=7) if kind == "week" else on
    spans = list(rules.spans_between(kind, min(first or last, last), last, start))[::-1]
    pages = max(1, -(-len(spans) // PAGE_SIZE))
    number = min(max(number, 1), pages)
    shown = spans[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    found = _found(visible_to(user, on).where(Report.kind == kind, Report.period.in_([one.key for one in shown])))
    entries = [
        Entry(one, owner, found.get((one.key, owner.unit_id or 0)), rules.draft_due(one, workdays),
              rules.is_missed(one, on, workdays))
        for one in shown for owner in whose
    ]  # fmt: skip
    drafted = db.session.execute(select(Report.period, Report.owner).where(Report.kind == kind))
    there = {(row[0], row[1]) for row in drafted}
    if not {COMPILE, SIGN} & user.permissions:
        # Who only reads sees no line for what was not sent to them, unless nobody wrote it.
        entries = [one for one in entries if one.report or (one.span.key, one.owner.unit_id or 0) not in there]
    begun = _begun(kind)
    late = [one for one in spans if rules.is_missed(one, on, workdays)]
    missed = sum(
        (one.key, owner.unit_id or 0) not in there
        for one in late for owner in whose if one.first >= begun.get(owner.unit_id or 0, first or one.first)
    )  # fmt: skip
    return Shelf(kind, entries, missed, number, pages)


def inbox(user: User, on: date) -> Sequence[Report]:
    """The editions that wait for this person: handed in for who signs, sent back or open drafts of the own unit."""
    if SIGN in user.permissions:
        wanted = visible_to(user, on).where(Report.state.in_(("in_review", "signed")))
    else:
        wanted = visible_to(user, on).where(Report.state == "drafted")
    query = wanted.options(joinedload(Report.unit)).order_by(Report.first_on.desc(), Report.owner, Report.id)
    return list(db.session.scalars(query.limit(PAGE_SIZE)))


def counts(user: User, on: date) -> dict[str, int]:
    """How many editions of each kind this person may read. One statement."""
    rows = visible_to(user, on).subquery()
    found = db.session.execute(select(rows.c.kind, func.count()).group_by(rows.c.kind))
    return {**dict.fromkeys(KINDS, 0), **{row[0]: row[1] for row in found}}


def _found(query: AnySelect) -> dict[tuple[str, int], Report]:
    rows = db.session.scalars(query.options(joinedload(Report.unit)).order_by(Report.first_on.desc(), Report.id))
    return {(row.period, row.owner): row for row in rows}


def _begun(kind: str) -> dict[int, date]:
    query = select(Report.owner, func.min(Report.first_on)).where(Report.kind == kind).group_by(Report.owner)
    return {row[0]: row[1] for row in db.session.execute(query)}
