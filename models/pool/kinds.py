"""What the office keeps of pools: their kinds, the stages of a kind, why firms leave, how many a year is to bring."""

from collections.abc import Mapping
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.area import Area
from models.base import Key, Model, Name, db
from models.errors import NotFound, Refused
from models.rules.pool import EXITS, STAGES, STILL_MONTHS
from models.rules.title_types import POOL_TYPES
from models.title import TitleType


class PoolType(Model):
    """A kind of pool; members of a cultivation pool stand on 潜力企业 while they hold no ladder title."""

    __tablename__ = "pool_type"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    makes_potential: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    #: What its members are to reach, where nothing else is said of one.
    target_type_id: Mapped[int | None] = mapped_column(ForeignKey("title_type.id"))
    #: A member for which nothing happened so many months stands still.
    still_months: Mapped[int] = mapped_column(Integer, default=STILL_MONTHS)

    target: Mapped[TitleType | None] = relationship(TitleType)
    stages: Mapped[list["PoolStage"]] = relationship(
        "PoolStage", order_by="PoolStage.position, PoolStage.id", back_populates="type"
    )

    @classmethod
    def begin(cls) -> "PoolType":
        """A new kind with an identifier of its own."""
        return cls(key=f"pool_{uuid4().hex[:12]}")

    @classmethod
    def list_all(cls) -> list["PoolType"]:
        """Every kind in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def list_active(cls) -> list["PoolType"]:
        """The types a firm can enter, in the order the office gave them."""
        return list(db.session.scalars(select(cls).where(cls.active).order_by(cls.position, cls.id)))

    @classmethod
    def get(cls, type_id: int) -> "PoolType":
        """The type, or NotFound."""
        found = db.session.get(cls, type_id)
        if found is None:
            raise NotFound
        return found

    @property
    def first_stage(self) -> "PoolStage | None":
        """Where a firm that enters stands; None for a kind without stages."""
        return next((stage for stage in self.stages if stage.active), None)


class PoolStage(Model):
    """One stage of a kind of pool (入库, 辅导, 备案 …); one with an exit ends the stay of who reaches it."""

    __tablename__ = "pool_stage"
    __table_args__ = (Index("ix_pool_stage_type_id", "type_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("pool_type.id"))
    name: Mapped[str] = mapped_column(Name)
    position: Mapped[int] = mapped_column(Integer, default=0)
    exit_id: Mapped[int | None] = mapped_column(ForeignKey("pool_exit.id"))
    active: Mapped[bool] = mapped_column(default=True)

    type: Mapped[PoolType] = relationship(PoolType, back_populates="stages")
    exit: Mapped["PoolExit | None"] = relationship("PoolExit", lazy="joined")

    @classmethod
    def get(cls, stage_id: int) -> "PoolStage":
        """The stage, or NotFound."""
        found = db.session.get(cls, stage_id)
        if found is None:
            raise NotFound
        return found


class PoolExit(Model):
    """Why a firm leaves a pool; `graduated`: it reached what it was in the pool for."""

    __tablename__ = "pool_exit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    graduated: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def begin(cls) -> "PoolExit":
        """A new reason with an identifier of its own."""
        return cls(key=f"exit_{uuid4().hex[:12]}")

    @classmethod
    def list_all(cls) -> list["PoolExit"]:
        """Every reason in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def list_active(cls) -> list["PoolExit"]:
        """The reasons that can still be given."""
        return [row for row in cls.list_all() if row.active]

    @classmethod
    def get(cls, exit_id: int) -> "PoolExit":
        """The reason, or NotFound."""
        found = db.session.get(cls, exit_id)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def graduation(cls) -> "PoolExit":
        """The reason a firm leaves by that reached its target. Refused when the office keeps none."""
        found = next((row for row in cls.list_active() if row.graduated), None)
        if found is None:
            raise Refused("没有“毕业”这类出库原因，请先在培育库设置里加一个")
        return found


class PoolPlan(Model):
    """How many firms a pool is to bring to its target in a year: of one area, or (area none) of the whole district."""

    __tablename__ = "pool_plan"
    __table_args__ = (
        CheckConstraint("number >= 0", name="number"),
        Index("ix_pool_plan_type_id", "type_id", "year", "area_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("pool_type.id"))
    year: Mapped[int] = mapped_column(Integer)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int] = mapped_column(Integer)

    area: Mapped[Area | None] = relationship(Area)

    @classmethod
    def numbers(cls, type_id: int, year: int) -> dict[int | None, int]:
        """The plan of a year by area; the key None is the district's."""
        query = select(cls.area_id, cls.number).where(cls.type_id == type_id, cls.year == year)
        return {row.area_id: row.number for row in db.session.execute(query)}

    @classmethod
    def keep(cls, type_id: int, year: int, numbers: Mapping[int | None, int | None]) -> None:
        """Make these the numbers of a year; None takes one away, an area not named stays. The caller commits."""
        query = select(cls).where(cls.type_id == type_id, cls.year == year)
        held = {row.area_id: row for row in db.session.scalars(query.order_by(cls.id))}
        for area_id, number in numbers.items():
            row = held.get(area_id)
            if number is None and row is not None:
                db.session.delete(row)
            elif number is not None and row is not None:
                row.number = number
            elif number is not None:
                db.session.add(cls(type_id=type_id, year=year, area_id=area_id, number=number))
        db.session.flush()


def seed_defaults() -> None:
    """Add the default kinds, stages and reasons that are missing. The caller commits."""
    held = set(db.session.scalars(select(PoolType.key)))
    reasons = set(db.session.scalars(select(PoolExit.key)))
    for position, row in enumerate(EXITS):
        if row.key not in reasons:
            db.session.add(PoolExit(key=row.key, name=row.name, graduated=row.graduated, position=position))
    db.session.flush()
    targets = {kind.key: kind.id for kind in TitleType.list_all()}
    exits = {row.key: row.id for row in PoolExit.list_all()}
    for position, kind in enumerate(POOL_TYPES):
        if kind.key in held:
            continue
        made = PoolType(key=kind.key, name=kind.name, makes_potential=kind.cultivation, position=position,
                        target_type_id=targets.get(kind.target or ""))  # fmt: skip
        db.session.add(made)
        db.session.flush()
        for place, (name, leads) in enumerate(STAGES.get(kind.key, ())):
            db.session.add(PoolStage(type_id=made.id, name=name, position=place, exit_id=exits.get(leads)))
    db.session.flush()
