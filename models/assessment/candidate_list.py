"""申报候选: the kept results of one title, narrowed to whom a person sees, counted and paged by the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from typing import Any, Self

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import aliased

from models.area import Area
from models.assessment.kept import STATE_NAMES, STEP, Assessed, AssessmentResult
from models.base import db
from models.firm.filters import FirmFilter
from models.firm.record import Firm
from models.rules.assess.book import REGIMES
from models.user import User

#: What narrows the list, of all that narrows the list of firms.
FIRM_FILTERS = ("area", "park", "industry", "officer", "mine", "pool")
CHUNK = 2_000
#: Results are written by set statements: what the session still holds of them may be old.
FRESH = {"populate_existing": True}
Officer = aliased(User)


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What the list is narrowed to; an unreadable value counts as absent."""

    regime: str = "hnte"
    state: str = "nearly"
    gap: int | None = None
    points: int | None = None
    firms: FirmFilter = field(default_factory=FirmFilter)

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        regime, state = args.get("regime", ""), args.get("state", "")
        asked = Assessed.parse(".".join((
            regime if regime in REGIMES else "hnte", state if state in STATE_NAMES else "nearly", args.get("gap", ""),
            args.get("points", ""),
        ))) or Assessed()  # fmt: skip
        firms = FirmFilter.parse({name: args.get(name, "") for name in FIRM_FILTERS})
        return cls(asked.regime, asked.state, asked.gap, asked.points, firms)

    @property
    def assessed(self) -> Assessed:
        """Which results it asks for."""
        return Assessed(self.regime, self.state, self.gap, self.points)

    @property
    def as_firms(self) -> FirmFilter:
        """The same firms as a filter of the list of firms: what is done there with many is done from here too."""
        return replace(self.firms, assessed=self.assessed.words)

    def query(self, **other: Any) -> dict[str, str]:
        """The parameters that mean this filter, with others in their place; None takes one away."""
        own: dict[str, Any] = {"regime": self.regime, "state": self.state, "gap": self.gap, "points": self.points}
        pairs = {**own, **self.firms.query(), **other}
        return {name: str(value) for name, value in pairs.items() if value not in (None, "")}


@dataclass(frozen=True)
class CandidateListing:
    """The candidates a person sees for one title, nearest first."""

    user: User
    filter: CandidateFilter
    today: date

    def counts(self) -> dict[tuple[str, int], int]:
        """How many firms there are by state and number of failing conditions, whatever state and gap are asked for."""
        query = self._of_regime(AssessmentResult.state, AssessmentResult.shorts, func.count().label("firms"))
        query = query.where(*self.filter.assessed.conditions(with_state=False))
        query = query.group_by(AssessmentResult.state, AssessmentResult.shorts)
        return {(row.state, row.shorts): row.firms for row in db.session.execute(query)}

    def points(self) -> dict[tuple[str, int], int]:
        """How many firms have so many points, by tens and by being held or not; those whose points are not sure are in
        none of them."""
        held = AssessmentResult.held != ""
        query = self._of_regime(held.label("held"), AssessmentResult.total, func.count().label("firms"))
        query = query.where(AssessmentResult.total.is_not(None)).group_by(held, AssessmentResult.total)
        found: dict[tuple[str, int], int] = {}
        for row in db.session.execute(query):
            key = ("held" if row.held else "open", row.total // STEP * STEP)
            found[key] = found.get(key, 0) + row.firms
        return found

    def without(self) -> int:
        """How many active firms have no figure of the years that count, so that nothing can be said of them."""
        query = self._firms().with_only_columns(func.count(), maintain_column_froms=True)
        judged = exists().where(AssessmentResult.firm_id == Firm.id, AssessmentResult.regime == self.filter.regime)
        return db.session.scalar(query.where(Firm.status == "active", ~judged)) or 0

    def look(self, number: int, size: int, count: int) -> Sequence[Row[Any]]:
        """A page of rows: the result, the firm, names of area and officer. One statement."""
        number = min(max(number, 1), max(1, ceil(count / size)))
        return db.session.execute(self._rows().limit(size).offset((number - 1) * size)).all()

    def every_row(self) -> Iterator[Row[Any]]:
        """All rows in order for an export: one statement, fetched in chunks."""
        yield from db.session.execute(self._rows().execution_options(yield_per=CHUNK))

    def count(self) -> int:
        """How many rows there are."""
        return db.session.scalar(self._narrowed(func.count())) or 0

    def ids(self, among: Sequence[int] | None = None) -> list[int]:
        """The firms of the list in its order, or those of the given ones that are in it."""
        query = self._narrowed(AssessmentResult.firm_id)
        if among is not None:
            query = query.where(AssessmentResult.firm_id.in_(among))
        return list(db.session.scalars(query.order_by(*_ORDER)))

    def _firms(self) -> Select[Any]:
        return Firm.visible_to(self.user).where(*self.filter.firms.conditions(self.user, self.today))

    def _of_regime(self, *columns: Any) -> Select[Any]:
        query = select(*columns).select_from(AssessmentResult)
        query = query.where(AssessmentResult.regime == self.filter.regime)
        if Firm.all_visible_to(self.user) and not self.filter.firms.query():
            return query
        return query.where(AssessmentResult.firm_id.in_(self._firms().with_only_columns(Firm.id)))

    def _narrowed(self, *columns: Any) -> Select[Any]:
        return self._of_regime(*columns).where(*self.filter.assessed.conditions())

    def _rows(self) -> Select[Any]:
        query = self._narrowed(
            AssessmentResult, Firm.id.label("firm_id"), Firm.name, Firm.code, Area.name.label("area"),
            Officer.name.label("officer"),
        )  # fmt: skip
        query = query.join(Firm, Firm.id == AssessmentResult.firm_id).outerjoin(Area, Area.id == Firm.area_id)
        return query.outerjoin(Officer, Officer.id == Firm.officer_a_id).order_by(*_ORDER).execution_options(**FRESH)


_ORDER = (AssessmentResult.distance, AssessmentResult.firm_id)
