"""What a visit brought: so many of a kind the office edits, summed by team and by campaign."""

from collections.abc import Mapping

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Model, Name, db
from models.errors import Refused
from models.rules.outcome import LARGEST, OUTCOMES
from models.visit.kinds import Choice
from models.visit.record import Visit


class OutcomeKind(Choice, Model):
    """A kind of result: 了解需求, 现场解决, 达成协议, 培训人次 …"""

    __tablename__ = "outcome_kind"

    #: The word after its number: 项, 人次, 件.
    unit: Mapped[str] = mapped_column(Name, default="项")


class VisitOutcome(Model):
    """One visit brought so many of one kind."""

    __tablename__ = "visit_outcome"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        Index("ix_visit_outcome_visit_id", "visit_id", "kind_id", unique=True),
        Index("ix_visit_outcome_kind_id", "kind_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("outcome_kind.id"))
    number: Mapped[int]

    kind: Mapped[OutcomeKind] = relationship(OutcomeKind, lazy="joined")

    @classmethod
    def list_of(cls, visit_id: int) -> list["VisitOutcome"]:
        """What one visit brought, in the order of the kinds."""
        query = select(cls).join(cls.kind).where(cls.visit_id == visit_id)
        return list(db.session.scalars(query.order_by(OutcomeKind.position, OutcomeKind.id)))


def set_outcomes(visit: Visit, numbers: Mapping[int, int]) -> None:
    """Write what the visit brought: kind → number, none or 0 takes it away; kinds not named stay. The caller commits.

    Refused for a visit that was taken back and for a number no visit brings.
    """
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，不能再改")
    held = {row.kind_id: row for row in VisitOutcome.list_of(visit.id)}
    for kind_id, number in numbers.items():
        if not 0 <= number <= LARGEST:
            raise Refused(f"请填 0 到 {LARGEST:,}")
        row = held.get(kind_id)
        if row is not None and number:
            row.number = number
        elif row is not None:
            db.session.delete(row)
        elif number:
            db.session.add(VisitOutcome(visit_id=visit.id, kind_id=kind_id, number=number))
    db.session.flush()


def seed_defaults() -> None:
    """Add the default kinds that are missing. The caller commits."""
    held = set(db.session.scalars(select(OutcomeKind.key)))
    for position, row in enumerate(OUTCOMES):
        if row.key not in held:
            db.session.add(OutcomeKind(key=row.key, name=row.name, unit=row.unit, position=position))
    db.session.flush()
