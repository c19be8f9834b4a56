"""The filters of the visit list: read from the address of the page, turned into conditions, written back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, or_, select

from models.area import subtree
from models.firm import search
from models.firm.names import FirmSearch
from models.firm.record import Firm
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.outcomes import VisitOutcome
from models.visit.record import Visit, VisitCompanion, VisitOfficer, visit_purpose, visit_service

#: What a filter means when it asks for visits (or firms) that have none.
NONE = 0


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What the list is narrowed to. Every field is a parameter of the address; an unreadable one counts as absent."""

    q: str = ""
    #: Both days are counted.
    since: date | None = None
    until: date | None = None
    firm: int | None = None
    officer: int | None = None
    unit: int | None = None
    area: int | None = None
    park: int | None = None
    kind: int | None = None
    service: int | None = None
    campaign: int | None = None
    team: int | None = None
    #: Only those that brought something of this kind.
    outcome: int | None = None
    #: Only those an expert came along to; one by name.
    experts: str = ""
    expert: str = ""
    #: Only kinds that count as 走访.
    counts: str = ""
    #: Only visits one took part in.
    mine: str = ""
    #: Only those with a demand that waits for review.
    demand: str = ""
    #: Those taken back, instead of those that stand.
    withdrawn: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        values: dict[str, Any] = {}
        for item in fields(cls):
            value = _read(str(item.type), args.get(item.name, "").strip())
            if value not in (None, ""):
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
        """Whether anything narrows the list."""
        return bool(self.query())

    def conditions(self, user: User) -> list[ColumnElement[bool]]:
        """What a visit must meet beside being visible."""
        found = [Visit.withdrawn_at.is_not(None) if self.withdrawn else Visit.counted()]
        for column, wanted in ((Firm.area_id, self.area), (Firm.park_id, self.park)):
            if wanted is not None:
                there = column.is_(None) if wanted == NONE else column.in_(sorted(subtree([wanted])))
                found.append(Visit.firm_id.in_(select(Firm.id).where(there)))
        if self.q:
            wanted_words = search.patterns(self.q)
            firms = select(FirmSearch.firm_id).where(search.matches(wanted_words)) if wanted_words else None
            found.append(Visit.id.is_(None) if firms is None else Visit.firm_id.in_(firms))
        return [*found, *self._plain(), *self._people(user), *self._parts()]

    def _plain(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.since:
            found.append(Visit.visit_on >= self.since)
        if self.until:
            found.append(Visit.visit_on <= self.until)
        if self.firm is not None:
            found.append(Visit.firm_id == self.firm)
        if self.kind is not None:
            found.append(Visit.kind_id == self.kind)
        if self.counts:
            found.append(Visit.is_visit())
        if self.campaign is not None:
            found.append(Visit.campaign_id.is_(None) if self.campaign == NONE else Visit.campaign_id == self.campaign)
        return found

    def _people(self, user: User) -> list[ColumnElement[bool]]:
        there = select(VisitOfficer.visit_id)
        found: list[ColumnElement[bool]] = []
        if self.officer is not None:
            found.append(Visit.id.in_(there.where(VisitOfficer.user_id == self.officer)))
        if self.unit is not None:
            found.append(Visit.id.in_(there.where(VisitOfficer.unit_id == self.unit)))
        if self.mine:
            found.append(Visit.id.in_(there.where(VisitOfficer.user_id == user.id)))
        return found

    def _parts(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.service is not None:
            links = (
                select(table.c.visit_id).where(table.c.service_id == self.service)
                for table in (visit_purpose, visit_service)
            )
            found.append(or_(*(Visit.id.in_(link) for link in links)))
        if self.team is not None:
            found.append(Visit.team_id.is_(None) if self.team == NONE else Visit.team_id == self.team)
        if self.outcome is not None:
            found.append(Visit.id.in_(select(VisitOutcome.visit_id).where(VisitOutcome.kind_id == self.outcome)))
        if self.experts or self.expert:
            along = select(VisitCompanion.visit_id).where(VisitCompanion.kind == "expert")
            named = VisitCompanion.name == self.expert
            found.append(Visit.id.in_(along.where(named) if self.expert else along))
        if self.demand:
            found.append(Visit.id.in_(select(VisitDemand.visit_id).where(VisitDemand.state == "to_review")))
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
