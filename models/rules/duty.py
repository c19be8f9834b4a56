"""What a firm must do by when because of the titles it holds (应办事项; rules.md 1.4, 1.5, 2.6, 3.5, 6 and 11).

A duty is derived for a span of days from titles, changes and a table of rules; nothing is stored of it but that it was
done. Dates that a notice of the year gives stand before the rule's own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.ladder import Grant, TitleRule, add_years, in_force, of_type, pending
from models.rules.workday import Workdays

KINDS = {
    "yearly": "每年固定日期",
    "title_end": "资质最后一天",
    "end_year": "资质到期那年",
    "change": "发生变更后",
}
WHO = {"firm": "企业", "officer": "联系干部"}
#: Where a due date on a day off goes.
SHIFTS = {"none": "不顺延", "after": "顺延到下一个工作日", "before": "提前到上一个工作日"}
#: Of whom a rule without title types speaks: firms that hold a title or are in a pool.
#: No run of days off moves a date further.
SHIFT = timedelta(days=31)
EVERY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DutyRule:
    """One line of the table. closes_on and opens_on are month and day; months counts from the change."""

    key: str
    name: str
    kind: str
    basis: str
    types: frozenset[str] = EVERY
    opens: tuple[int, int] | None = None
    closes: tuple[int, int] | None = None
    months: int = 0
    who: str = "firm"
    shift: str = "none"
    #: 待续 counts as holding: the firm files anew for the title it held.
    with_pending: bool = False
    #: A chance or a recommendation, not something whose omission costs the title.
    advisory: bool = False
    #: A title of this type makes the duty pointless.
    unless: str = ""
    #: How sure we are (rules.md): V read in the text, S secondary, M practice, 1 one source.
    confidence: str = "S"
    note: str = ""

    @property
    def binding(self) -> bool:
        """Whether it can be overdue: a chance that passed and a title that ended ask for nothing any more."""
        return not self.advisory and self.kind != "title_end"


@dataclass(frozen=True, slots=True)
class Window:
    """The dates that the notice of a year gives for a rule."""

    closes_on: date
    opens_on: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that must be reported: a new name, a move."""

    what: str
    on: date


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm as the duties see it."""

    grants: tuple[Grant, ...] = ()
    changes: tuple[Change, ...] = ()
    #: In a pool on some day; such a firm is told of what every followed firm must do.
    pooled: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do. `period` tells it from the same duty another time: the year, the title, the change."""

    rule: DutyRule
    due_on: date
    period: str
    opens_on: date | None
    basis: str
    about: str = ""
    #: Why the date may still move; empty when it will not.
    note: str = ""


def duties_of(
    firm: Firm,
    rules: Iterable[DutyRule],
    types: Mapping[str, TitleRule],
    windows: Mapping[tuple[str, int], Window],
    first: date,
    last: date,
    workdays: Workdays,
) -> list[Duty]:
    """What falls due for a firm from the first day to the last, both counted, the earliest first. windows: the dates of
    notices by rule and year; a due date on a day off moves as its rule says."""
    found: list[Duty] = []
    for rule in rules:
        for duty in _FINDERS[rule.kind](firm, rule, types, windows, first, last):
            moved = _shifted(duty, workdays)
            if first <= moved.due_on <= last:
                found.append(moved)
    return sorted(found, key=lambda duty: (duty.due_on, duty.rule.key, duty.period))


def can_fall(rule: DutyRule, windows: Mapping[tuple[str, int], Window], first: date, last: date) -> bool:
    """Whether the rule can make anybody owe something between two days: a yearly one only when its day is near."""
    if rule.kind not in ("yearly", "end_year"):
        return True
    years = range(first.year - 1, last.year + 2)
    return any(_near(_dates(rule, windows, year)[1], first, last) for year in years)


def _near(due_on: date, first: date, last: date) -> bool:
    return first - SHIFT <= due_on <= last + SHIFT


def date_in(year: int, month_day: tuple[int, int]) -> date:
    """The day in a year; 29 February is the 28th where there is none."""
    return add_years(date(2024, *month_day), year - 2024)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the end of that month where there is no such day."""
    whole = day.year * 12 + day.month - 1 + months
    first = date(whole // 12, whole % 12 + 1, 1)
    following = date((whole + 1) // 12, (whole + 1) % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def _yearly(
    firm: Firm, rule: DutyRule, types: Mapping[str, TitleRule], windows: Mapping[tuple[str, int], Window],
    first: date, last: date,
) -> Iterator[Duty]:  # fmt: skip
    for year in range(first.year - 1, last.year + 1):
        opens_on, due_on, basis, note = _dates(rule, windows, year)
        if not _concerned(firm, rule, types, due_on) or _filed(firm, rule, year, due_on):
            continue
        yield Duty(rule, due_on, str(year), opens_on, basis, f"{year} 年", note)


def _filed(firm: Firm, rule: DutyRule, year: int, due_on: date) -> bool:
    """Whether the title that the filing of a year brings is there already."""
    if rule.key != "tech_sme_filing":
        return False
    return any(g.ends_on is not None and g.ends_on.year == year for g in of_type(firm.grants, "tech_sme"))


def _title_end(
    firm: Firm, rule: DutyRule, types: Mapping[str, TitleRule], windows: Mapping[tuple[str, int], Window],
    first: date, last: date,
) -> Iterator[Duty]:  # fmt: skip
    if not any(one.ends_on is not None and _near(one.ends_on, first, last) for one in firm.grants):
        return
    for grant in _ending(firm.grants, rule):
        assert grant.ends_on is not None
        about = f"{grant.issued_on} 至 {grant.ends_on}"
        yield Duty(rule, grant.ends_on, f"{grant.type} {grant.ends_on}", None, rule.basis, about, rule.note)


def _end_year(
    firm: Firm, rule: DutyRule, types: Mapping[str, TitleRule], windows: Mapping[tuple[str, int], Window],
    first: date, last: date,
) -> Iterator[Duty]:  # fmt: skip
    for grant in _ending(firm.grants, rule):
        assert grant.ends_on is not None
        opens_on, due_on, basis, note = _dates(rule, windows, grant.ends_on.year)
        yield Duty(rule, due_on, str(grant.ends_on.year), opens_on, basis, f"{grant.ends_on} 到期", note)


def _change(
    firm: Firm, rule: DutyRule, types: Mapping[str, TitleRule], windows: Mapping[tuple[str, int], Window],
    first: date, last: date,
) -> Iterator[Duty]:  # fmt: skip
    for change in firm.changes:
        if any(grant.type in rule.types and in_force(grant, change.on) for grant in firm.grants):
            due_on = add_months(change.on, rule.months)
            yield Duty(rule, due_on, f"{change.what} {change.on}", change.on, rule.basis,
                       f"{change.on} {change.what}", rule.note)  # fmt: skip


_FINDERS = {"yearly": _yearly, "title_end": _title_end, "end_year": _end_year, "change": _change}


def _dates(rule: DutyRule, windows: Mapping[tuple[str, int], Window], year: int) -> tuple[date | None, date, str, str]:
    """First day, due day, basis and doubt of a rule in a year."""
    window = windows.get((rule.key, year))
    if window is not None:
        return window.opens_on, window.closes_on, window.basis or rule.basis, ""
    assert rule.closes is not None, rule.key
    opens_on = date_in(year, rule.opens) if rule.opens else None
    return opens_on, date_in(year, rule.closes), rule.basis, rule.note


def _concerned(firm: Firm, rule: DutyRule, types: Mapping[str, TitleRule], on: date) -> bool:
    """Whether a firm holds on a day what the rule speaks of; a rule without types speaks of every followed firm."""
    if rule.unless and any(g.type == rule.unless and in_force(g, on) for g in firm.grants):
        return False
    held = [g for g in firm.grants if not rule.types or g.type in rule.types]
    if any(in_force(g, on) for g in held):
        return True
    if rule.with_pending:
        return any(key in types and pending(types[key], firm.grants, on) for key in rule.types)
    return firm.pooled and not rule.types


def _ending(grants: Sequence[Grant], rule: DutyRule) -> Iterator[Grant]:
    """The titles of a rule that end without one of the same type after them, and were not revoked."""
    for key in sorted(rule.types):
        for grant in of_type(grants, key):
            if grant.ends_on is None or grant.last_day < grant.ends_on:
                continue
            if not any(other.last_day > grant.last_day for other in of_type(grants, key)):
                yield grant


def _shifted(duty: Duty, workdays: Workdays) -> Duty:
    if duty.rule.shift == "none":
        return duty
    move = workdays.on_or_after if duty.rule.shift == "after" else workdays.on_or_before
    due_on = move(duty.due_on)
    doubt = "" if workdays.knows(duty.due_on, due_on) else "暂按法定节假日推算"
    note = "；".join(filter(None, (duty.note, doubt)))
    return Duty(duty.rule, due_on, duty.period, duty.opens_on, duty.basis, duty.about, note)
