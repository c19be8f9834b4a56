"""The distribution list of an edition."""

from dataclasses import dataclass

from sqlalchemy import select

from models.base import db
from models.report.record import Report, ReportReader
from models.unit import UNIT_KINDS, Unit
from models.user import Role, User

#: Names shown before the rest is counted.
NAMED = 6


@dataclass(frozen=True, slots=True)
class Held:
    """Who gets it: ids of units and of people."""

    units: list[int]
    people: list[int]


def held(report: Report) -> Held:
    """Who an edition is sent to. One statement."""
    query = select(ReportReader.unit_id, ReportReader.user_id).where(ReportReader.report_id == report.id)
    rows = db.session.execute(query.order_by(ReportReader.id)).all()
    return Held([row[0] for row in rows if row[0]], [row[1] for row in rows if row[1]])


def words(report: Report) -> str:
    """Who gets it, in a line. One statement."""
    query = (
        select(Unit.name, User.name)
        .select_from(ReportReader)
        .outerjoin(Unit, Unit.id == ReportReader.unit_id)
        .outerjoin(User, User.id == ReportReader.user_id)
        .where(ReportReader.report_id == report.id)
        .order_by(ReportReader.unit_id, ReportReader.id)
    )
    names = [unit or person for unit, person in db.session.execute(query)]
    if not names:
        return "还没有定"
    return "、".join(names[:NAMED]) + (f" 等 {len(names)} 处" if len(names) > NAMED else "")


def choices() -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Every open unit, and every person in use who may read reports, by name. Two statements."""
    units = select(Unit).where(Unit.closed_on.is_(None)).order_by(Unit.kind, Unit.sort_key, Unit.id)
    people = select(User).where(User.active, User.roles.any(Role.name.in_(("officer", "office", "manager", "town"))))
    return (
        [(row.id, f"{row.name}（{UNIT_KINDS[row.kind]}）") for row in db.session.scalars(units)],
        [(row.id, row.name) for row in db.session.scalars(people.order_by(User.sort_key, User.id))],
    )
