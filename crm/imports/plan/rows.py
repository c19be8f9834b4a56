"""What a plan is made of: a row, the fields it changes, the rows it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.imports.kinds import Kind, Row
from crm.imports.match import Candidate, Match
from crm.imports.recognise import Choice

#: What a person may say about a row: a firm, or one of these.
NEW, SKIP = "new", "skip"
EFFECTS = ("created", "updated", "unchanged", "held", "rejected", "skipped")


@dataclass(slots=True)
class Options:
    """What was asked for beside the file."""

    kind: str | None = None
    sheet: str | None = None
    on: date | None = None
    confirm_notice: bool = False
    #: How a person said that single sheets are to be read, by name.
    sheets: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(slots=True)
class FieldChange:
    """One field goes from old to new; label and texts are what a person reads."""

    table: str
    row_id: int
    field: str
    label: str
    old: Any
    new: Any
    #: The firm whose timeline shows it; None: that of the row.
    firm_id: int | None = None
    #: Only told to the reader: what it stands for is written another way.
    told: bool = False


@dataclass(slots=True)
class RowPlan:
    """What one row does."""

    row: Row
    match: Match
    kind: Kind
    effect: str = "unchanged"
    firm_id: int | None = None
    reason: str = ""
    changes: list[FieldChange] = field(default_factory=list)
    #: What the list says otherwise and what stays, with the reason: the loser is kept and shown.
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    decision: str | None = None
    #: Held because no firm is certain, not for what the row says.
    unmatched: bool = False

    def hold(self, reason: str, candidates: Iterable[Candidate] = ()) -> None:
        """Leave the row to a person."""
        self.effect, self.reason, self.changes = "held", reason, []
        self.match = Match("none", 0.0, None, reason, list(candidates) or self.match.candidates)

    def tell(self, table: str, label: str, new: Any) -> None:
        """Show a row that is made (`Plan.add`) as a change from nothing."""
        self.changes.append(FieldChange(table, 0, "", label, None, new, told=True))

    def reject(self, reason: str) -> None:
        """Refuse the row: what it says cannot be kept."""
        self.effect, self.reason, self.changes = "rejected", reason, []


@dataclass(slots=True)
class Draft:
    """A firm that is to be made; values are columns of firm."""

    id: int
    plan: RowPlan
    values: dict[str, Any]
    area_id: int | None = None
    area_source: str = "address"


@dataclass(slots=True)
class NewRow:
    """A row of any table that is to be made; values may hold ids below zero of firms and rows of the same plan."""

    id: int
    table: str
    values: dict[str, Any]
    plan: RowPlan


@dataclass(slots=True)
class NewName:
    """One more name of a firm, an alias or a former one; `renamed` names become its present name."""

    firm_id: int
    name: str
    plan: RowPlan
    renamed: bool = False
    kind: str = "alias"
