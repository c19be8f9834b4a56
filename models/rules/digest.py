"""每周要情: what a digest holds, in which order, and the one thing its subject says. Promise 16: only what changed or
needs the reader, shorter when there is less, none when there is nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.mail_act import Wanted

#: A section of one digest shows so many rows; the rest is a number with a link.
SHOWN = 6
#: Sections in the order of a mail: what needs the reader stands before what only changed.
ORDER = (
    "decide", "issues", "promises", "plan", "duties", "red_units", "batches", "moves", "ending", "unseen", "plan_done",
)  # fmt: skip
#: A title is named when it comes this near to its last day, once each; days.
ENDING_STAGES = (90, 60, 30, 7)
#: Duties are named this long before they fall due; days.
DUTY_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Item:
    """One row: a sentence, where it opens, and its light when a clock runs (red, yellow, or none)."""

    words: str
    path: str
    light: str = ""
    #: What the chip says beside the colour: 逾期 3 天, 11-27 截止.
    chip: str = ""
    #: What stands in small print beneath.
    note: str = ""
    #: What its link says: the act it leads to.
    verb: str = "查看"
    #: What can be done from the mail itself, and to which record (models/rules/mail_act.py).
    act: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one kind, the most pressing first. ``total`` counts what is shown and what is not."""

    key: str
    title: str
    items: tuple[Item, ...]
    total: int
    #: Where all of them stand.
    path: str
    #: The sentence for a subject, without a full stop; empty when the section is never the one thing that matters.
    headline: str = ""

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.items)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one person is told on a day."""

    person_id: int
    name: str
    on: date
    sections: tuple[Section, ...]

    @property
    def empty(self) -> bool:
        """Nothing changed and nothing needs the reader: no mail."""
        return not self.sections

    @property
    def subject(self) -> str:
        """The one thing that matters most, as a sentence without its full stop; "" for an empty one."""
        return next((section.headline for section in self.sections if section.headline), "")


def section(key: str, title: str, items: Sequence[Item], path: str, headline: str = "") -> Section:
    """A section that shows the first rows and counts the rest."""
    return Section(key, title, tuple(items[:SHOWN]), len(items), path, headline)


def digest(person_id: int, name: str, on: date, sections: Iterable[Section]) -> Digest:
    """The digest of a person: sections without rows fall away, the others stand in ORDER."""
    held = sorted((one for one in sections if one.total), key=lambda one: ORDER.index(one.key))
    return Digest(person_id, name, on, tuple(held))


def due_light(due_on: date, on: date) -> tuple[str, str]:
    """Light and chip of something with a day, in calendar days: red past it, yellow within three days."""
    days = (due_on - on).days
    if days < 0:
        return "red", f"逾期 {-days} 天"
    if days == 0:
        return "yellow", "今天到期"
    return ("yellow" if days <= 3 else ""), f"{due_on:%m-%d} 前"


def stage_reached(ends_on: date, since: date, on: date) -> int | None:
    """The nearest stage of ENDING_STAGES that a last day came to after ``since`` up to ``on``; None for none."""
    reached = [days for days in ENDING_STAGES if since < ends_on - timedelta(days=days) <= on]
    return min(reached, default=None)


def crossed(last_on: date, interval: int, since: date, on: date) -> bool:
    """Whether a firm last seen on a day went beyond its interval (days) after ``since`` up to ``on``."""
    return since < last_on + timedelta(days=interval + 1) <= on


def counted(parts: Sequence[tuple[int, str]]) -> str:
    """A headline of counts: 2 件问题逾期，1 项承诺今天到期; zeros fall away."""
    return "，".join(f"{number} {words}" for number, words in parts if number)
