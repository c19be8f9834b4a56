"""People a list names as looking after a firm for whom there is no account yet, or two: the firm waits for them.

The rest of the row is written; as soon as one account answers to the name, or somebody says which one is meant, the
firm gets its officer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Integer, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models import clock
from models.base import Key, Model, Moment, Name, db, one_of
from models.change import Change
from models.change_log import Actor, acting
from models.errors import NotFound
from models.firm import writing
from models.firm.officers import POSITIONS
from models.firm.record import Firm
from models.user import Role, User

#: Who can be A 角 or B 角.
CARING_ROLES = ("officer", "office", "manager")


class OfficerWait(Model):
    """A firm waits for the person whom a list names as its A 角 or B 角."""

    __tablename__ = "officer_wait"
    __table_args__ = (
        UniqueConstraint("firm_id", "position"),
        CheckConstraint(one_of("position", POSITIONS), name="position"),
        Index("ix_officer_wait_name", "name"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    position: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(Name)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)


class OfficerName(Model):
    """Somebody said which account a name in a list means; the next list that writes it so is understood."""

    __tablename__ = "officer_name"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A name that firms wait for: how many, and the accounts it may mean (two of the name, or none)."""

    name: str
    firms: int
    accounts: tuple[User, ...]


@dataclass(slots=True)
class Officers:
    """The accounts a name in a list can mean: those decided for before, then by name, then by staff number."""

    decided: Mapping[str, int]
    named: Mapping[str, list[int]]
    numbered: Mapping[str, int]
    names: Mapping[int, str]

    @classmethod
    def load(cls) -> "Officers":
        """Every active account that can look after a firm. Two statements."""
        query = select(User.id, User.name, User.staff_number).where(
            User.active, User.roles.any(Role.name.in_(CARING_ROLES))
        )
        named: dict[str, list[int]] = {}
        numbered, names = {}, {}
        for user_id, name, number in db.session.execute(query.order_by(User.id)):
            named.setdefault(spelling(name), []).append(user_id)
            names[user_id] = name
            if number:
                numbered[spelling(number)] = user_id
        decided = {
            name: user_id
            for name, user_id in db.session.execute(select(OfficerName.name, OfficerName.user_id))
            if user_id in names
        }
        return cls(decided, named, numbered, names)

    def find(self, written: str) -> int | None:
        """The one account a name or staff number means; None for nobody and for two of the name."""
        key = spelling(written)
        if key in self.decided:
            return self.decided[key]
        found = self.named.get(key, [])
        return found[0] if len(found) == 1 else None if found else self.numbered.get(key)

    def why(self, written: str) -> str:
        """Why nobody was found, in an officer's words."""
        count = len(self.named.get(spelling(written), ()))
        return (
            f"有 {count} 个叫这个名字的账号，要有人认是哪一个"
            if count
            else "还没有叫这个名字的干部账号，建了账号就补上"
        )


def spelling(name: str) -> str:
    """A name as it is compared: without spaces, in lower case."""
    return "".join(name.split()).lower()


def list_waiting(user: User) -> list[Waiting]:
    """The names that firms this person may see wait for, the most wanted first. A fixed number of statements."""
    query = select(OfficerWait.name, func.count()).where(_visible(user)).group_by(OfficerWait.name)
    counts = db.session.execute(query.order_by(func.count().desc(), OfficerWait.name)).all()
    officers = Officers.load()
    wanted = {user_id for name, _ in counts for user_id in officers.named.get(spelling(name), ())}
    users = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(wanted)))}
    return [
        Waiting(name, count, tuple(users[one] for one in officers.named.get(spelling(name), ())))
        for name, count in counts
    ]


def firms_waiting(user: User, name: str) -> list[Firm]:
    """The firms of those this person may see that wait for a name, by their names."""
    waiting = select(OfficerWait.firm_id).where(OfficerWait.name == name)
    query = Firm.visible_to(user).where(Firm.id.in_(waiting))
    return list(db.session.scalars(query.order_by(Firm.sort_key, Firm.id)))


def count_waiting(user: User) -> int:
    """How many firms this person may see wait for an officer."""
    return db.session.scalar(select(func.count()).select_from(OfficerWait).where(_visible(user))) or 0


def _visible(user: User) -> ColumnElement[bool]:
    return OfficerWait.firm_id.in_(Firm.visible_to(user).with_only_columns(Firm.id))


def decide(name: str, user_id: int, by_id: int, at: datetime, on: date) -> int:
    """The name means this account: the firms that wait for it get their officer from a day on, and the next list is
    understood. How many firms; raises NotFound when nobody waits or the account cannot look after firms. The caller
    commits."""
    officers = Officers.load()
    if user_id not in officers.names:
        raise NotFound
    waits = list(db.session.scalars(select(OfficerWait).where(OfficerWait.name == name).order_by(OfficerWait.id)))
    if not waits:
        raise NotFound
    known = db.session.scalar(select(OfficerName).where(OfficerName.name == spelling(name)))
    if known is None:
        known = OfficerName(name=spelling(name))
        db.session.add(known)
    known.user_id, known.decided_by_id, known.decided_at = user_id, by_id, at
    _assign(waits, {name: user_id}, by_id, on)
    return len(waits)


def try_again(on: date, by_id: int | None = None) -> int:
    """Give every waiting firm its officer that one account answers to by now; how many. Run when an account is made,
    gets a role or another name. The caller commits."""
    waiting = list(db.session.scalars(select(OfficerWait).order_by(OfficerWait.id)))
    if not waiting:
        return 0
    officers = Officers.load()
    found = {name: user_id for name in {row.name for row in waiting} if (user_id := officers.find(name)) is not None}
    ready = [row for row in waiting if row.name in found]
    _assign(ready, found, by_id, on)
    return len(ready)


def _assign(waits: Iterable[OfficerWait], found: Mapping[str, int], by_id: int | None, on: date) -> None:
    """Each in the name of the import row that asked for it, so that undoing the import takes it back."""
    rows = list(waits)
    typed = _typed([row.firm_id for row in rows])
    firms = {firm.id: firm for firm in Firm.list_by_ids([row.firm_id for row in rows])}
    for row in rows:
        firm = firms[row.firm_id]
        with acting(Actor("import", by_id, row.import_row_id, clock.now())):
            field = f"officer_{row.position.lower()}_id"
            if getattr(firm, field) is None or (firm.id, field) not in typed:
                writing.assign_officer([firm], row.position, found[row.name], on)
            db.session.delete(row)
            db.session.flush()


def _typed(firm_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Firm and field of the officers that a person chose: no list takes them away."""
    fields = [f"officer_{position.lower()}_id" for position in POSITIONS]
    query = select(Change.row_id, Change.field).where(
        Change.table_name == "firm", Change.source == "form", Change.field.in_(fields), Change.row_id.in_(firm_ids)
    )
    return {(row_id, field) for row_id, field in db.session.execute(query) if field}
