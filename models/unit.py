"""Units say who answers: own sections, other departments, towns, parks; dated membership, absence and deputy."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Index, Integer, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models import pinyin
from models.base import Key, Model, Name, SortKey, db, one_of
from models.errors import NotFound, Refused
from models.rules.tree import below, ordered
from models.user import User

UNIT_KINDS = {"section": "本局科室", "department": "区级部门", "town": "镇街", "park": "园区"}


class Unit(Model):
    """A unit in the tree of units."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint(one_of("kind", UNIT_KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name)
    sort_key: Mapped[str] = mapped_column(SortKey)
    kind: Mapped[str] = mapped_column(Key)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    head_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mailbox: Mapped[str | None] = mapped_column(String(255))
    closed_on: Mapped[date | None] = mapped_column(Date)

    head: Mapped[User | None] = relationship(User, foreign_keys=head_id)
    deputy: Mapped[User | None] = relationship(User, foreign_keys=deputy_id)

    def rename(self, name: str) -> None:
        """Give it a name, and the key that lists sort by."""
        self.name = name
        self.sort_key = pinyin.sort_key(name)

    def move_below(self, parent_id: int | None) -> None:
        """Hang it below another unit. Refused below itself or one of its own."""
        if parent_id is not None and self.id is not None and parent_id in below(_every_unit(), self.id):
            raise Refused("上级不能是它自己或它的下级")
        self.parent_id = parent_id


class Membership(Model):
    """Who belonged to which unit from when to when; open-ended while it lasts."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="from_before_to"),
        Index("ix_membership_unit_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(Name, default="")
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)

    user: Mapped[User] = relationship(User)
    unit: Mapped[Unit] = relationship(Unit)


class Absence(Model):
    """A person is away from–to; reminders, approvals and silence go to the deputy."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="from_before_to"),
        CheckConstraint("deputy_id <> user_id", name="deputy_is_another"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Name, default="")

    user: Mapped[User] = relationship(User, foreign_keys=user_id)
    deputy: Mapped[User] = relationship(User, foreign_keys=deputy_id)


def _every_unit() -> list[Unit]:
    return list(db.session.scalars(select(Unit).order_by(Unit.sort_key, Unit.id)))


def list_tree(*, closed: bool = False) -> list[tuple[Unit, int]]:
    """Every unit with its depth, as a page shows the tree; closed ones only when asked for."""
    query = select(Unit).options(joinedload(Unit.head), joinedload(Unit.deputy)).order_by(Unit.sort_key, Unit.id)
    if not closed:
        query = query.where(Unit.closed_on.is_(None))
    return ordered(db.session.scalars(query))


def get(unit_id: int) -> Unit:
    """The unit, or NotFound."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return unit


def find_by_code(code: str) -> Unit | None:
    """The unit with this code, or None."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def check_code(code: str, row: Unit) -> None:
    """Raise Refused when another unit has this code."""
    with db.session.no_autoflush:
        other = find_by_code(code)
    if other is not None and other is not row:
        raise Refused(f"代码已用于{other.name}：{code}")


def head_counts(on: date) -> dict[int, int]:
    """How many people belong to each unit on a day."""
    members = select(Membership.unit_id, Membership.user_id).where(_current(on)).distinct()
    counts: dict[int, int] = {}
    for unit_id, _ in db.session.execute(members.order_by(Membership.unit_id, Membership.user_id)):
        counts[unit_id] = counts.get(unit_id, 0) + 1
    return counts


def list_members(unit_id: int) -> list[Membership]:
    """Everybody who ever belonged to a unit: present members first, then those who left, the last one first."""
    query = select(Membership).options(joinedload(Membership.user)).where(Membership.unit_id == unit_id)
    rows = list(db.session.scalars(query.order_by(Membership.from_on, Membership.id)))
    return [row for row in rows if row.to_on is None] + sorted(
        (row for row in rows if row.to_on is not None), key=lambda row: (row.to_on or date.max, row.id), reverse=True
    )


def list_memberships(user_id: int) -> list[Membership]:
    """Where a person belongs and belonged, the latest first."""
    query = select(Membership).options(joinedload(Membership.unit)).where(Membership.user_id == user_id)
    return list(db.session.scalars(query.order_by(Membership.from_on.desc(), Membership.id.desc())))


def units_of(user_ids: list[int], on: date) -> dict[int, list[str]]:
    """The names of the units each of these people belongs to on a day; one statement for a page."""
    query = select(Membership.user_id, Unit.name).join(Membership.unit)
    query = query.where(Membership.user_id.in_(user_ids), _current(on)).order_by(Membership.from_on, Membership.id)
    found: dict[int, list[str]] = {}
    for user_id, name in db.session.execute(query):
        found.setdefault(user_id, []).append(name)
    return found


def join(user_id: int, unit_id: int, post: str, on: date) -> Membership:
    """Make somebody a member from a day on. Refused for one who is a member already."""
    if db.session.scalar(
        select(Membership.id).where(
            Membership.user_id == user_id, Membership.unit_id == unit_id, Membership.to_on.is_(None)
        )
    ):
        raise Refused("此人已在这个单位")
    row = Membership(user_id=user_id, unit_id=unit_id, post=post, from_on=on)
    db.session.add(row)
    db.session.flush()
    return row


def get_membership(membership_id: int) -> Membership:
    """The membership, or NotFound."""
    row = db.session.get(Membership, membership_id)
    if row is None:
        raise NotFound
    return row


def leave(row: Membership, on: date) -> None:
    """End a membership; `on` is its last day. Refused before its first day."""
    if on < row.from_on:
        raise Refused("离开日期不能早于进入日期")
    row.to_on = on


def move_to(user_id: int, unit_id: int | None, post: str, on: date) -> None:
    """Make one unit a person's only one from a day on; the others end the day before."""
    stays = False
    for row in list_memberships(user_id):
        if row.to_on is not None:
            continue
        if row.unit_id == unit_id:
            stays, row.post = True, post
        elif row.from_on >= on:
            db.session.delete(row)
        else:
            row.to_on = on - timedelta(days=1)
    if unit_id is not None and not stays:
        db.session.add(Membership(user_id=user_id, unit_id=unit_id, post=post, from_on=on))
    db.session.flush()


def acting_for(user_id: int, on: date) -> int:
    """Who acts for a person on a day: the person, or the deputy while absent, or the deputy's deputy.

    When everybody in the chain stands in for the others, nobody is there: the person is returned.
    """
    return last_deputy(user_id, deputies_on(on))


def acted_for(user_id: int, on: date) -> frozenset[int]:
    """Everybody this person acts for on a day, because they are away. One statement."""
    deputies = deputies_on(on)
    return frozenset(absent for absent in deputies if last_deputy(absent, deputies) == user_id)


def acting_all(on: date) -> dict[int, int]:
    """Everybody who is away on a day, and who acts for them (acting_for). One statement."""
    deputies = deputies_on(on)
    return {absent: last_deputy(absent, deputies) for absent in deputies}


def deputies_on(on: date) -> dict[int, int]:
    """Who is away on a day, and their deputies. One statement."""
    query = select(Absence.user_id, Absence.deputy_id).where(Absence.from_on <= on, Absence.to_on >= on)
    absences = db.session.execute(query.order_by(Absence.from_on, Absence.id)).all()
    return {absent: deputy for absent, deputy in absences}  # noqa: C416  the rows are not pairs to mypy


def last_deputy(user_id: int, deputies: dict[int, int]) -> int:
    """Who acts for a person when these are away: the end of the chain of deputies; in a circle the person."""
    seen, now = {user_id}, user_id
    while now in deputies:
        now = deputies[now]
        if now in seen:
            return user_id
        seen.add(now)
    return now


def list_absences(since: date, user_id: int | None = None) -> list[Absence]:
    """Absences that end on this day or later, the earliest first; of one person, when asked for."""
    query = select(Absence).options(joinedload(Absence.user), joinedload(Absence.deputy)).where(Absence.to_on >= since)
    if user_id is not None:
        query = query.where(or_(Absence.user_id == user_id, Absence.deputy_id == user_id))
    return list(db.session.scalars(query.order_by(Absence.from_on, Absence.id)))


def get_absence(absence_id: int) -> Absence:
    """The absence, or NotFound."""
    row = db.session.get(Absence, absence_id)
    if row is None:
        raise NotFound
    return row


def check_absence(row: Absence) -> None:
    """Raise Refused when the person is absent on one of the days already, or has no other as deputy."""
    if row.deputy_id == row.user_id:
        raise Refused("代理人不能是本人")
    if row.to_on < row.from_on:
        raise Refused("结束日期不能早于开始日期")
    clash = select(Absence.id).where(
        Absence.user_id == row.user_id, Absence.from_on <= row.to_on, Absence.to_on >= row.from_on
    )
    if row.id is not None:
        clash = clash.where(Absence.id != row.id)
    with db.session.no_autoflush:
        if db.session.scalar(clash.limit(1)):
            raise Refused("这几天已登记过外出，请改原来那条")


def _current(on: date) -> ColumnElement[bool]:
    return (Membership.from_on <= on) & or_(Membership.to_on.is_(None), Membership.to_on >= on)


def unit_ids_on(user_ids: Sequence[int], on: date) -> dict[int, int]:
    """The unit each of these people belonged to on a day; of several the one joined last. One statement."""
    query = select(Membership.user_id, Membership.unit_id).where(Membership.user_id.in_(user_ids), _current(on))
    rows = db.session.execute(query.order_by(Membership.from_on, Membership.id))
    return {user_id: unit_id for user_id, unit_id in rows}  # noqa: C416  the rows are not pairs to mypy
