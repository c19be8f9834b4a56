"""小升高: firms that held 科技型中小企业 and then were 高新技术企业 for the first time."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from models.base import db
from models.figures.base import Figure, Kind, Period
from models.figures.scope import AnySelect, Scope
from models.firm.record import Firm
from models.rules.ladder import GrantKind
from models.standing import TitleIssue
from models.title import TitleType

# A table, not a mapped alias: that would want every model to be imported first.
_hnte = TitleIssue.__table__.alias("climb_hnte")
H = _hnte.c

KEY = "climb.sme_to_hnte"
TEXT = (
    "期内首次获得高新技术企业，且此前（早于高企发证日）获得过科技型中小企业的企业；科技型取第一次入库登记的日期，"
    "高企取首次发证日期，重新认定不算。"
)


@dataclass(frozen=True, slots=True)
class Climb:
    """One firm's climb: both first days."""

    firm: Firm
    sme_on: date
    hnte_on: date

    @property
    def days(self) -> int:
        """Days between."""
        return (self.hnte_on - self.sme_on).days


def figures() -> list[Figure]:
    """The one figure of this kind."""
    return [Figure(KEY, "小升高", Kind.FLOW, TEXT, rows)]


def rows(period: Period, scope: Scope) -> AnySelect:
    """Select the firms that climbed in the period."""
    return _select(period, scope).with_only_columns(H.firm_id)


def count(period: Period, scope: Scope) -> int:
    """How many climbed. One statement."""
    return db.session.scalar(select(func.count()).select_from(rows(period, scope).subquery())) or 0


def climbed(period: Period, scope: Scope) -> dict[int | None, int]:
    """How many climbed by area of today. One statement."""
    query = select(Firm.area_id, func.count().label("firms")).where(Firm.id.in_(rows(period, scope)))
    return {row.area_id: row.firms for row in db.session.execute(query.group_by(Firm.area_id))}


def list_climbs(period: Period, scope: Scope, number: int = 1, size: int | None = None) -> list[Climb]:
    """The climbs of the period with both days, the latest first; a page of them, or all. One statement."""
    found = _select(period, scope).with_only_columns(H.firm_id, H.issued_on.label("hnte_on"),
                                                     _first_sme().label("sme_on")).subquery()  # fmt: skip
    query = select(Firm, found.c.sme_on, found.c.hnte_on).join(found, found.c.firm_id == Firm.id)
    query = query.order_by(found.c.hnte_on.desc(), Firm.sort_key, Firm.id)
    if size is not None:
        query = query.limit(size).offset((number - 1) * size)
    return [Climb(*row) for row in db.session.execute(query)]


def by_year(scope: Scope, last: date) -> dict[int, int]:
    """How many climbed in each year up to a day. One statement; the years are told apart here."""
    found: dict[int, int] = {}
    whole = Period(date.min, last)
    for day in db.session.scalars(_select(whole, scope).with_only_columns(H.issued_on).order_by(H.issued_on)):
        found[day.year] = found.get(day.year, 0) + 1
    return found


def _type(key: str) -> Any:
    return select(TitleType.id).where(TitleType.key == key).scalar_subquery()


def _first_sme() -> Any:
    """The first day on which the firm was granted 科技型中小企业, before it was 高新技术企业; NULL when it was not."""
    query = select(func.min(TitleIssue.issued_on)).where(
        TitleIssue.firm_id == H.firm_id, TitleIssue.type_id == _type("tech_sme"), TitleIssue.issued_on < H.issued_on
    )
    return query.correlate(_hnte).scalar_subquery()


def _select(period: Period, scope: Scope) -> AnySelect:
    """Select the first grants of 高新技术企业 in the period by firms of the district that were 科技型 before."""
    query = select(H.firm_id).select_from(_hnte).where(
        H.type_id == _type("hnte"), H.kind == GrantKind.FIRST.value, H.present, H.issued_on > period.since,
        H.issued_on <= period.on, _first_sme().is_not(None),
    )  # fmt: skip
    return scope.restrict(query, H.firm_id)
