"""What a run of the rules would write: new reminders, those that go up, those that are settled. Pure, so that the run,
the preview of tomorrow and the search say the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.rules import reminder as rules
from models.rules.reminder import LEVELS, Due, RuleFacts
from models.rules.workday import Workdays

#: (rule, table, record, whose matter, period): a matter, whatever its stage and level.
Key = tuple[str, str, int, int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What the ledger holds of one reminder already."""

    id: int
    key: Key
    person_id: int
    stage: int
    level: int
    raised_on: date
    settled: bool = False
    left: bool = False


@dataclass(frozen=True)
class People:
    """Who there is on a day."""

    present: frozenset[int]
    #: Who is away, and who acts for them.
    acting: Mapping[int, int]
    names: Mapping[int, str]
    #: The heads of the units around a person, the smallest unit first.
    heads: Mapping[int, Sequence[int | None]]
    managers: Sequence[int]

    def above(self, person_id: int) -> tuple[int, ...]:
        """Who is above a person (rules.above)."""
        return rules.above(person_id, self.heads.get(person_id, ()), self.managers)


@dataclass(frozen=True, slots=True)
class New:
    """One reminder to write."""

    due: Due
    stage: int
    level: int
    person_id: int
    recipient_id: int | None
    why: str

    @property
    def period(self) -> str:
        """Its period in the ledger."""
        return rules.period_key(self.due.period, self.stage, self.level)

    @property
    def path(self) -> str:
        """Where its reader deals with it."""
        return self.due.above_path or self.due.path if self.level else self.due.path

    def words(self, names: Mapping[int, str]) -> str:
        """What its reader is told: one who is above, or who stands in, whose matter it is."""
        if self.level:
            return f"{names.get(self.due.person_id, '')}的事项 {self.due.due_on} 到期，还没有办：{self.due.words}"
        if self.why == "deputy":
            return f"代{names.get(self.person_id, '')}办：{self.due.words}"
        return self.due.words


@dataclass
class Plan:
    """What a run would write."""

    new: list[New] = field(default_factory=list)
    #: Rows whose matter is no longer due, and rows whose matter is due once more.
    settled: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    #: Rows whose matter went up.
    went_up: list[int] = field(default_factory=list)


def plan(
    dues: Iterable[Due], rows: Iterable[Row], facts: Mapping[str, RuleFacts], people: People, workdays: Workdays,
    on: date,
) -> Plan:  # fmt: skip
    """What a run on a day writes, from what is due and what was told. Rules that are switched off raise nothing; what
    they raised before stays as it is."""
    held: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        held[row.key].append(row)
    found, seen = Plan(), set()
    for due in dues:
        mine = held.get(due.key, [])
        seen.add(due.key)
        found.again += [row.id for row in mine if row.settled]
        rule = facts[due.rule]
        if rule.active:
            _stage(found, due, mine, rule, people, workdays, on)
            _go_up(found, due, mine, rule, people, workdays, on)
    found.settled = [row.id for key, mine in held.items() if key not in seen for row in mine if not row.settled]
    return found


def _stage(
    found: Plan, due: Due, mine: list[Row], rule: RuleFacts, people: People, workdays: Workdays, on: date
) -> None:
    """The stage whose day has come and that was not told."""
    stage = rules.stage_reached(due.due_on, on, rule.stages, rule.unit, workdays)
    if stage is None or rules.is_told(stage, {row.stage for row in mine if row.level == 0}):
        return
    recipient_id, why = rules.handed_to(due.person_id, people.present, people.acting)
    found.new.append(New(due, stage, 0, due.person_id, recipient_id, why))
    if recipient_id is None and not any(row.level for row in mine):
        # Whoever left acts no more: the person above hears at once.
        found.new += _upper(due, stage, 1, (due.person_id,), people)


def _go_up(
    found: Plan, due: Due, mine: list[Row], rule: RuleFacts, people: People, workdays: Workdays, on: date
) -> None:
    """What was told at a level and not done in time is told one level above."""
    for level in range(LEVELS):
        told = [row for row in mine if row.level == level]
        if not told or any(row.level == level + 1 for row in mine):
            continue
        since = min(row.raised_on for row in told)
        if rules.escalates(since, due.due_on, on, rule.escalate_after, workdays):
            upper = _upper(due, min(row.stage for row in told), level + 1, [row.person_id for row in told], people)
            found.new += upper
            found.went_up += [row.id for row in told if upper]


def _upper(due: Due, stage: int, level: int, people_below: Iterable[int], people: People) -> list[New]:
    above = dict.fromkeys(one for person_id in people_below for one in people.above(person_id))
    return [New(due, stage, level, one, *rules.handed_to(one, people.present, people.acting)) for one in above]
