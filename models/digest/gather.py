"""What every digest of a week is made from, read once for the whole bureau: a fixed number of statements, however many
people are written to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from models import calendar, duty
from models.base import among, db
from models.digest import batches
from models.digest.batches import BatchWeek, Coached
from models.digest.firms import FirmAt, firm_of, with_firm
from models.digest.readers import Reader
from models.duty import FirmDuty
from models.figures import flow
from models.figures.base import Period
from models.firm.record import Firm
from models.issue import lights, queues
from models.issue.parts import IssueAssignment, IssueSlip
from models.issue.record import ENDED, Issue
from models.plan import PlanLine, PlanOfficer
from models.promise import Promise
from models.rules import digest as rules
from models.rules.ladder import Move, TitleState
from models.rules.plan import monday_of, sunday_of
from models.rules.workday import Workdays
from models.standing import StandingTitle
from models.title import TitleType
from models.unit import Unit, unit_ids_on
from models.visit import coverage


@dataclass(frozen=True, slots=True)
class IssuePart:
    """An issue that lies with somebody and is new, late, nearly so or due this week; an assisting part that wants an
    answer."""

    person_id: int
    issue_id: int
    title: str
    state: str
    lead: bool
    due_on: date | None
    sign_due_on: date | None
    firm: FirmAt


@dataclass(frozen=True, slots=True)
class Told:
    """A promise to a firm that is due by Sunday or late."""

    id: int
    person_id: int
    words: str
    due_on: date
    firm: FirmAt


@dataclass(frozen=True, slots=True)
class Line:
    """A line of this week's plan, or one of last week with what became of it."""

    id: int
    people: tuple[int, ...]
    planned_on: date
    words: str
    outcome: str
    firm: FirmAt | None


@dataclass(frozen=True, slots=True)
class Ending:
    """A title that came this many days near to its last day since the last digest."""

    title: str
    ends_on: date
    stage: int
    firm: FirmAt


@dataclass(frozen=True, slots=True)
class Moved:
    """A firm that changed its rung since the last digest."""

    step: flow.Step
    firm: FirmAt


@dataclass(frozen=True, slots=True)
class Unseen:
    """A firm that was last seen on a day, longer ago than its care level allows since the last digest."""

    last_on: date
    level: str
    days: int
    firm: FirmAt


@dataclass
class Gathered:
    """Everything of one week; ``since`` is the day of the digest before."""

    since: date
    on: date
    workdays: Workdays
    parts: list[IssuePart] = field(default_factory=list)
    #: Open issues past their day, by the unit that leads: name, how many, how many slips without an answer.
    red_units: list[tuple[int, str, int, int]] = field(default_factory=list)
    #: Late or nearly late issues, wherever they lie: for who looks after an area.
    lit: list[tuple[Issue, FirmAt]] = field(default_factory=list)
    promises: list[Told] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    duties: list[tuple[FirmDuty, FirmAt]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)
    batches: list[BatchWeek] = field(default_factory=list)
    coached: list[Coached] = field(default_factory=list)
    #: What waits for the office, a supervisor and a reviewer, by the page it is decided on and the queue's key.
    waiting: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Unit of a person, by person.
    unit_of: dict[int, str] = field(default_factory=dict)


def gather(since: date, on: date) -> Gathered:
    """What became due, changed or moved after ``since`` up to ``on``. A fixed number of statements."""
    found = Gathered(since, on, calendar.load())
    found.parts = list(_parts(on))
    found.red_units = _red_units(on)
    found.waiting = _waiting(on)
    found.lit = _lit(on)
    found.promises = list(_promises(on))
    found.lines = _lines(PlanLine.planned_on.between(monday_of(on) - timedelta(days=7), sunday_of(on)))
    found.duties = _duties(on, select(Firm.id).where(Firm.merged_into_id.is_(None)))
    found.endings = list(_endings(since, on))
    found.moved = _moved(since, on)
    found.unseen = list(_unseen(since, on))
    found.batches = batches.weeks(since, on)
    found.coached = list(batches.coached(on))
    found.unit_of = _units({person for line in found.lines for person in line.people}, on)
    return found


def gather_for(reader: Reader, on: date) -> Gathered:
    """What lies with one person and what waits for them today, for a page: nothing of the whole register is gone
    through. A fixed number of statements."""
    people = sorted({reader.id, *reader.acts_for})
    found = Gathered(on, on, calendar.load())
    found.parts = list(_parts(on, people))
    found.promises = list(_promises(on, people))
    found.lines = _lines(and_(PlanLine.planned_on.between(monday_of(on), sunday_of(on)), PlanLine.is_of(people)))
    cared = or_(Firm.officer_a_id.in_(people), Firm.officer_b_id.in_(people))
    found.duties = _duties(on, select(Firm.id).where(Firm.merged_into_id.is_(None), cared))
    found.coached = list(batches.coached(on, people))
    if "bureau" in reader.parts:
        found.red_units, found.waiting = _red_units(on), _waiting(on)
    if "area" in reader.parts:
        found.lit = _lit(on)
    return found


def _parts(on: date, people: Sequence[int] | None = None) -> Iterable[IssuePart]:
    soon = or_(
        Issue.state == "dispatched", lights.shows("red", on), lights.shows("yellow", on), Issue.due_on <= sunday_of(on)
    )
    lead = and_(IssueAssignment.role == "lead", soon)
    assist = and_(IssueAssignment.role == "assist", IssueAssignment.answered_at.is_(None))
    query = with_firm(
        IssueAssignment.user_id, Issue.id, Issue.title, Issue.state, IssueAssignment.role, Issue.due_on,
        IssueAssignment.due_on.label("own_due"), IssueAssignment.sign_due_on,
    )  # fmt: skip
    query = query.join(Issue, Issue.id == IssueAssignment.issue_id).join(Firm, Firm.id == Issue.firm_id)
    query = query.where(IssueAssignment.user_id.is_not(None), IssueAssignment.ended_at.is_(None))
    query = query.where(Issue.state.not_in(ENDED), or_(lead, assist)).order_by(Issue.due_on, Issue.id)
    if people is not None:
        query = query.where(IssueAssignment.user_id.in_(people))
    for row in db.session.execute(query):
        due_on = row.due_on if row.role == "lead" else row.own_due or row.due_on
        yield IssuePart(
            row.user_id, row.id, row.title, row.state, row.role == "lead", due_on, row.sign_due_on, firm_of(row)
        )


def _red_units(on: date) -> list[tuple[int, str, int, int]]:
    open_slips = (
        select(IssueSlip.issue_id, func.count().label("slips"))
        .where(IssueSlip.answered_on.is_(None))
        .group_by(IssueSlip.issue_id)
        .subquery()
    )
    query = (
        select(Unit.id, Unit.name, func.count(), func.coalesce(func.sum(open_slips.c.slips), 0))
        .select_from(Issue)
        .join(Unit, Unit.id == Issue.lead_unit_id)
        .outerjoin(open_slips, open_slips.c.issue_id == Issue.id)
        .where(lights.shows("red", on))
        .group_by(Unit.id, Unit.name, Unit.sort_key)
        .order_by(Unit.sort_key, Unit.id)
    )
    return [(unit_id, name, count, int(slips)) for unit_id, name, count, slips in db.session.execute(query)]


def _waiting(on: date) -> dict[tuple[str, str], int]:
    every = {"desk": queues.desk(on), "supervise": queues.supervise(on), "review": queues.review()}
    conditions = {(page, key): condition for page, queue in every.items() for key, condition in queue.items()}
    counts = db.session.execute(select(*(func.count(Issue.id).filter(one) for one in conditions.values()))).one()
    return {key: count for key, count in zip(conditions, counts, strict=True) if count}


def _lit(on: date) -> list[tuple[Issue, FirmAt]]:
    query = with_firm(Issue).join(Firm, Firm.id == Issue.firm_id)
    query = query.where(or_(lights.shows("red", on), lights.shows("yellow", on)))
    return [(row[0], firm_of(row)) for row in db.session.execute(query.order_by(Issue.due_on, Issue.id))]


def _promises(on: date, people: Sequence[int] | None = None) -> Iterable[Told]:
    query = with_firm(Promise.id, Promise.person_id, Promise.words, Promise.due_on)
    query = query.join(Firm, Firm.id == Promise.firm_id)
    query = query.where(Promise.open_on(on), Promise.due_on <= sunday_of(on)).order_by(Promise.due_on, Promise.id)
    if people is not None:
        query = query.where(Promise.person_id.in_(people))
    for row in db.session.execute(query):
        yield Told(row.id, row.person_id, row.words, row.due_on, firm_of(row))


def _lines(wanted: ColumnElement[bool]) -> list[Line]:
    query = with_firm(PlanLine.id, PlanLine.planned_on, PlanLine.what, PlanLine.outcome, PlanOfficer.user_id)
    query = query.join(PlanOfficer, PlanOfficer.line_id == PlanLine.id).outerjoin(Firm, Firm.id == PlanLine.firm_id)
    query = query.where(wanted)
    rows: dict[int, list[Row[Any]]] = {}
    for row in db.session.execute(query.order_by(PlanLine.planned_on, PlanLine.id, PlanOfficer.user_id)):
        rows.setdefault(row.id, []).append(row)
    return [
        Line(line_id, tuple(row.user_id for row in held), held[0].planned_on, held[0].what, held[0].outcome or "",
             firm_of(held[0]) if held[0].firm_id else None)
        for line_id, held in rows.items()
    ]  # fmt: skip


def _duties(on: date, of: Select[int]) -> list[tuple[FirmDuty, FirmAt]]:
    rows = duty.list_due(of, on, on + timedelta(days=rules.DUTY_AHEAD), done=False)
    firms = _firms({row.firm_id for row in rows})
    return [(row, firms[row.firm_id]) for row in rows if row.firm_id in firms]


def _endings(since: date, on: date) -> Iterable[Ending]:
    held = StandingTitle.__table__.c
    reached = [
        and_(held.to_on > since + timedelta(days=days), held.to_on <= on + timedelta(days=days))
        for days in rules.ENDING_STAGES
    ]
    query = with_firm(TitleType.short_name, held.to_on)
    query = query.select_from(StandingTitle).join(TitleType, TitleType.id == held.type_id)
    query = query.join(Firm, Firm.id == held.firm_id)
    query = query.where(held.state == TitleState.IN_FORCE.value, held.from_on <= on, or_(*reached))
    for row in db.session.execute(query.order_by(held.to_on, Firm.sort_key, Firm.id)):
        stage = rules.stage_reached(row.to_on, since, on)
        if stage is not None:
            yield Ending(row.short_name, row.to_on, stage, firm_of(row))


def _moved(since: date, on: date) -> list[Moved]:
    steps = flow.movers(Period(since, on))
    firms = _firms(steps)
    return [
        Moved(step, firms[firm_id])
        for firm_id, step in sorted(steps.items())
        if firm_id in firms and step.move is not Move.UNCHANGED
    ]


def _unseen(since: date, on: date) -> Iterable[Unseen]:
    """Firms somebody looks after whose interval ran out since: a narrow band of last visits for each care level."""
    last = coverage.last_visits(on)
    days = coverage.intervals()
    bands = [
        and_(
            Firm.care_level == level,
            last.c.last_on > since - timedelta(days=interval + 1), last.c.last_on <= on - timedelta(days=interval + 1),
        )
        for level, interval in days.items()
    ]  # fmt: skip
    query = with_firm(Firm.care_level, last.c.last_on).select_from(Firm).join(last, last.c.firm_id == Firm.id)
    query = query.where(Firm.merged_into_id.is_(None), Firm.status == "active", or_(*bands))
    query = query.where(or_(Firm.officer_a_id.is_not(None), Firm.officer_b_id.is_not(None)))
    for row in db.session.execute(query.order_by(last.c.last_on, Firm.sort_key, Firm.id)):
        yield Unseen(row.last_on, row.care_level, days[row.care_level], firm_of(row))


def _firms(ids: Iterable[int]) -> dict[int, FirmAt]:
    """These firms by id. One statement, however many."""
    query = with_firm().where(among(Firm.id, sorted(ids) or [0]), Firm.merged_into_id.is_(None)).order_by(Firm.id)
    return {row.firm_id: firm_of(row) for row in db.session.execute(query)}


def _units(people: set[int], on: date) -> dict[int, str]:
    every = db.session.execute(select(Unit.id, Unit.name).order_by(Unit.id))
    names = {unit_id: name for unit_id, name in every}  # noqa: C416  the rows are not pairs to mypy
    return {person: names[unit_id] for person, unit_id in unit_ids_on(sorted(people), on).items()}
