"""Which issues a list, an edition or a figure speaks of: what the person may see, narrowed by what the address says."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, Self

from sqlalchemy import ColumnElement, select

from models.area import Area
from models.base import db
from models.figures.scope import AnySelect, Scope
from models.firm.record import Firm
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.record import Issue
from models.rules.issue_kinds import KINDS
from models.unit import Unit
from models.user import User

#: Name in the address, as in models/issue/filters.py, → field; the rest cannot be asked for there.
NUMBERS = {
    "area": "area_id", "park": "park_id", "topic": "topic_id", "class_id": "class_id", "unit": "unit_id",
    "handler": "person_id", "outside": "outside_id",
}  # fmt: skip


@dataclass(frozen=True)
class IssueScope(Scope):
    """The issues this person may see (None: the command line, all of them), narrowed.

    Class, topic, unit and person are those of today, the unit and the person being the lead's; 0 means that none is
    given. ``today``: the present day when the caller knows it; what stands on it need not be looked up in the trace.
    """

    topic_id: int | None = None
    class_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    outside_id: int | None = None
    kind: str = ""
    today: date | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str], user: User, today: date) -> Self:
        """What an address asks for; what is unreadable counts as absent."""
        found: dict[str, Any] = {}
        for name, field in NUMBERS.items():
            text = args.get(name, "").strip()
            if text.isascii() and text.isdigit() and len(text) < 10:
                found[field] = int(text)
        kind = args.get("kind", "")
        return cls(user=user, today=today, kind=kind if kind in KINDS else "", **found)

    @classmethod
    def of(cls, scope: Scope) -> "IssueScope":
        """The same scope, able to narrow issues."""
        if isinstance(scope, IssueScope):
            return scope
        return cls(**{item.name: getattr(scope, item.name) for item in fields(Scope)})

    def query(self) -> dict[str, str]:
        """The scope as parameters of an address, in an order that never changes; empty ones left out."""
        found = {name: getattr(self, field) for name, field in NUMBERS.items()}
        return {name: str(value) for name, value in {**found, "kind": self.kind}.items() if value not in (None, "")}

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        passed = ("user", "today", "trees")
        return any(getattr(self, item.name) not in (None, "") for item in fields(self) if item.name not in passed)

    @cached_property
    def issue_conditions(self) -> list[ColumnElement[bool]]:
        """What an issue must meet, its unit and person left aside."""
        found: list[ColumnElement[bool]] = []
        if self.user is not None and not ("issues.view" in self.user.permissions and Firm.all_visible_to(self.user)):
            found.append(Issue.id.in_(Issue.visible_to(self.user).with_only_columns(Issue.id)))
        if self.conditions:
            found.append(Issue.firm_id.in_(select(Firm.id).where(*self.conditions)))
        if self.topic_id is not None:
            found.append(Issue.topic_id == self.topic_id)
        if self.class_id is not None:
            found.append(Issue.class_id.is_(None) if self.class_id == 0 else Issue.class_id == self.class_id)
        if self.kind:
            found.append(Issue.kind == self.kind)
        return found

    def held_by(self, unit: Any, user: Any, outside: Any) -> list[ColumnElement[bool]]:
        """What the columns of a unit and its person must meet."""
        found: list[ColumnElement[bool]] = []
        for column, wanted in ((unit, self.unit_id), (user, self.person_id), (outside, self.outside_id)):
            if wanted is not None:
                found.append(column.is_(None) if wanted == 0 else column == wanted)
        if self.person_id == 0:
            found.append(outside.is_(None))
        return found

    def issues(self, query: AnySelect) -> AnySelect:
        """A query over issues, narrowed."""
        lead = self.held_by(Issue.lead_unit_id, Issue.handler_id, Issue.outside_id)
        return query.where(*self.issue_conditions, *lead)

    def words(self) -> str:
        """The filters in words, for a heading; empty for the whole bureau. A statement for each that is set."""
        rows: tuple[tuple[Any, int | None, str], ...] = (
            (Area, self.area_id, "未定区"), (Area, self.park_id, "不在园区"), (IssueTopic, self.topic_id, ""),
            (IssueClass, self.class_id, "未分类"), (Unit, self.unit_id, "未交办"), (User, self.person_id, "未交办"),
            (OutsideHandler, self.outside_id, ""),
        )  # fmt: skip
        said = []
        for model, key, none in rows:
            if key is not None:
                row = db.session.get(model, key) if key else None
                said.append(row.name if row is not None else none)
        return "、".join(filter(None, [*said, KINDS.get(self.kind, "")]))
