"""The filters of the list of issues: read from the address of the page, turned into conditions, written back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, false, or_, select

from models.area import subtree
from models.firm import search
from models.firm.names import FirmSearch
from models.firm.record import Firm
from models.issue import lights
from models.issue.record import ENDED, STATES, Issue, assigned_to
from models.rules.issue import IN_HAND, PROPOSED
from models.rules.issue_kinds import CHANNELS, FLOWS, KINDS
from models.user import User
from models.visit.record import Visit

#: What a filter means when it asks for issues that have none.
NONE = 0
#: Several states under one word, beside the states themselves.
BUNDLES: dict[str, tuple[str, ...]] = {
    "open": tuple(state for state in STATES if state not in ENDED),
    "waiting": ("registered", "admitted", "objected"),
    "in_hand": IN_HAND,
    "proposed": PROPOSED,
    "ended": ENDED,
}
BUNDLE_NAMES = {"open": "在办", "waiting": "待交办", "in_hand": "承办中", "proposed": "已申请办结", "ended": "已了结"}
OVERDUE = {"now": "按现时限逾期", "first": "按原时限逾期"}


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What the list is narrowed to. Every field is a parameter of the address; an unreadable one counts as absent."""

    #: A firm by any part of its name, initials or code.
    q: str = ""
    #: A part of the firm's words, the title, the measures or the result.
    words: str = ""
    #: A state, or a key of BUNDLES.
    state: str = ""
    light: str = ""
    #: The day for which lights and 逾期 are shown.
    on: date | None = None
    overdue: str = ""
    class_id: int | None = None
    flow: str = ""
    topic: int | None = None
    kind: str = ""
    channel: str = ""
    unit: int | None = None
    handler: int | None = None
    outside: int | None = None
    area: int | None = None
    park: int | None = None
    campaign: int | None = None
    firm: int | None = None
    group: int | None = None
    raised_by: int | None = None
    #: Given to oneself, as lead or assisting.
    mine: str = ""
    #: 重办: in the second round or a later one.
    again: str = ""
    #: 提级.
    up: str = ""
    #: Both days of each period are counted.
    raised_from: date | None = None
    raised_to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        values: dict[str, Any] = {}
        for item in fields(cls):
            value = _read(str(item.type), args.get(item.name, "").strip())
            known = KNOWN.get(item.name)
            if value not in (None, "") and (known is None or value in known):
                values[item.name] = value
        return cls(**values)

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter; only those that are set."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}

    def without(self, *names: str) -> Self:
        """The same filter with these fields cleared."""
        cleared: dict[str, Any] = {item.name: item.default for item in fields(self) if item.name in names}
        return replace(self, **cleared)

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list; the day alone does not."""
        return bool(self.without("on").query())

    def conditions(self, user: User, today: date) -> list[ColumnElement[bool]]:
        """What an issue must meet beside being visible."""
        return [*self._plain(), *self._lit(self.on or today), *self._elsewhere(), *self._people(user), *self._dated()]

    def _plain(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(Issue.state.in_(BUNDLES.get(self.state, (self.state,))))
        for column, text in ((Issue.kind, self.kind), (Issue.channel, self.channel), (Issue.flow, self.flow)):
            if text:
                found.append(column == text)
        numbers = ((Issue.class_id, self.class_id), (Issue.topic_id, self.topic), (Issue.group_id, self.group),
                   (Issue.firm_id, self.firm))  # fmt: skip
        found += [_is(column, wanted) for column, wanted in numbers if wanted is not None]
        if self.words:
            texts = (Issue.words, Issue.title, Issue.measures, Issue.result)
            found.append(or_(*(text.contains(self.words, autoescape=True) for text in texts)))
        if self.again:
            found.append(Issue.round > 1)
        if self.up:
            found.append(Issue.level > 0)
        return found

    def _lit(self, on: date) -> list[ColumnElement[bool]]:
        found = [lights.shows(self.light, on)] if self.light else []
        if self.overdue:
            found.append(lights.shows("red", on) if self.overdue == "now" else lights.was_overdue(on))
        return found

    def _elsewhere(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, wanted in ((Firm.area_id, self.area), (Firm.park_id, self.park)):
            if wanted is not None:
                there = column.is_(None) if wanted == NONE else column.in_(sorted(subtree([wanted])))
                found.append(Issue.firm_id.in_(select(Firm.id).where(there)))
        if self.campaign is not None:
            found.append(Issue.visit_id.in_(select(Visit.id).where(_is(Visit.campaign_id, self.campaign))))
        if self.q:
            wanted_words = search.patterns(self.q)
            firms = select(FirmSearch.firm_id).where(search.matches(wanted_words)) if wanted_words else None
            found.append(false() if firms is None else Issue.firm_id.in_(firms))
        return found

    def _people(self, user: User) -> list[ColumnElement[bool]]:
        numbers = ((Issue.lead_unit_id, self.unit), (Issue.handler_id, self.handler), (Issue.outside_id, self.outside),
                   (Issue.raised_by_id, self.raised_by))  # fmt: skip
        found = [_is(column, wanted) for column, wanted in numbers if wanted is not None]
        if self.handler == NONE:
            found.append(Issue.outside_id.is_(None))
        if self.mine:
            found.append(Issue.id.in_(assigned_to(user.id)))
        return found

    def _dated(self) -> list[ColumnElement[bool]]:
        periods = ((Issue.raised_on, self.raised_from, self.raised_to), (Issue.due_on, self.due_from, self.due_to),
                   (Issue.closed_on, self.closed_from, self.closed_to))  # fmt: skip
        found: list[ColumnElement[bool]] = []
        for column, first, last in periods:
            if first is not None:
                found.append(column >= first)
            if last is not None:
                found.append(column <= last)
        return found


#: What the fields that name a thing may hold.
KNOWN: dict[str, Mapping[str, Any] | tuple[str, ...]] = {
    "state": (*STATES, *BUNDLES), "light": lights.LIGHTS, "overdue": OVERDUE, "flow": FLOWS, "kind": KINDS,
    "channel": CHANNELS,
}  # fmt: skip


def _is(column: Any, wanted: int) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_(None) if wanted == NONE else column == wanted
    return found


def _read(kind: str, text: str) -> Any:
    """A value of this type, or None when the text is none."""
    if "date" in kind:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    if "int" in kind:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return text[:100]
