"""What would go out on a day, if nobody did anything until then; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models import timetable
from models.reminder import ledger
from models.reminder.ledger import Setting
from models.reminder.sources import SOURCES
from models.rules.reminder import CHANNELS, REASONS
from models.rules.reminder_plan import New
from models.rules.reminder_table import JOBS, Rule, of_job
from models.rules.timetable import moments


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One reminder that would be raised, and each door with why it would not go through it (empty: it would)."""

    one: New
    rule: Rule
    person: str
    recipient: str
    words: str
    doors: tuple[tuple[str, str], ...]

    @property
    def channels(self) -> list[str]:
        """The doors it would go through."""
        return [channel for channel, reason in self.doors if not reason]

    @property
    def doors_words(self) -> str:
        """The doors as a page writes them."""
        return "、".join(
            CHANNELS[channel] + (f"（不发：{REASONS[reason]}）" if reason else "") for channel, reason in self.doors
        )


def rules_of(on: date) -> frozenset[str]:
    """The keys of the rules that the timetable raises on a day, as it is set now."""
    found: set[str] = set()
    known = timetable.known()
    for line in timetable.lines():
        if not line.paused and line.entry.name in JOBS and moments(line.when, on, on, known):
            found |= of_job(line.entry.name)
    return frozenset(found)


def foresee(on: date, *, server: bool) -> list[Foreseen]:
    """What the timetable would raise on a day, by person, the first due first."""
    keys = rules_of(on)
    if not keys:
        return []
    now = ledger.load(on, ledger.moment_of(on), server=server)
    found = [
        one for source in SOURCES if source.rules & keys for one in _of(ledger.foresee(source, keys, now).new, now)
    ]
    return sorted(found, key=lambda row: (row.recipient, row.one.due.due_on, row.rule.key, row.one.due.record_id))


def _of(new: list[New], now: Setting) -> Iterator[Foreseen]:
    names = now.staff.people.names
    for one in new:
        rule = now.rules[one.due.rule]
        doors = [("app", "left" if one.recipient_id is None else "")]
        if one.recipient_id is not None:
            doors.append(("mail", ledger.reason_of(one, now)))
            if "robot" in rule.facts.channels and one.due.rule in now.robots:
                doors.append(("robot", ""))
        yield Foreseen(
            one, rule, names.get(one.person_id, ""), names.get(one.recipient_id or 0, ""), one.words(names),
            tuple(doors),
        )  # fmt: skip
