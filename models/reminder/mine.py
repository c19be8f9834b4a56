"""What was told to one person: the list, the bell, and marking as read."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import joinedload

from models.base import db
from models.firm.record import Firm
from models.reminder.record import Reminder
from models.rules.reminder_table import RULES
from models.user import User

SOFT = [rule.key for rule in RULES if rule.soft]
STATES = {"new": "没看过", "open": "还没了结", "all": "全部"}


def count_new(user: User) -> int:
    """How many a person has not opened and are still due: the number at the bell. One cheap statement."""
    query = select(func.count(Reminder.id)).where(Reminder.recipient_id == user.id, *_is("new"))
    return db.session.scalar(query) or 0


def read_all(user: User, at: datetime) -> int:
    """Mark everything that is new as read; how many. The caller commits."""
    statement = update(Reminder).where(Reminder.recipient_id == user.id, *_is("new")).values(read_at=at)
    done = db.session.scalars(statement.returning(Reminder.id).execution_options(synchronize_session=False))
    return len(done.all())


@dataclass(frozen=True, slots=True)
class MyReminders:
    """A person's reminders in one state; those not opened first, then by the day they are due."""

    user: User
    state: str
    today: date

    def counts(self) -> dict[str, int]:
        """How many there are in each state. One statement."""
        columns = [func.count(Reminder.id).filter(*_is(state)).label(state) for state in STATES]
        row = db.session.execute(select(*columns).where(Reminder.recipient_id == self.user.id)).one()
        return dict(zip(STATES, row, strict=True))

    def look(self, number: int, size: int) -> tuple[list[Reminder], int, int]:
        """A page of them, the number of that page, and the count of all."""
        query = Reminder.mine(self.user).where(*_is(self.state))
        total = db.session.scalar(query.with_only_columns(func.count())) or 0
        number = min(max(number, 1), max(1, -(-total // size)))
        rows = db.session.scalars(self._ordered(query).limit(size).offset((number - 1) * size))
        return list(rows), number, total

    def _ordered(self, query: Select[Reminder]) -> Select[Reminder]:
        settled = case((Reminder.settled_on.is_(None), 0), else_=1)
        opened = case((Reminder.read_at.is_(None), 0), else_=1)
        names = [joinedload(column).load_only(User.name).lazyload(User.roles)
                 for column in (Reminder.person, Reminder.about)]  # fmt: skip
        query = query.options(*names, joinedload(Reminder.firm).load_only(Firm.name))
        # A nudge without a clock stands after what is due.
        soft = case((Reminder.rule.in_(SOFT), 1), else_=0)
        return query.order_by(settled, opened, soft, Reminder.due_on, Reminder.id)


def _is(state: str) -> list[ColumnElement[bool]]:
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "new": [Reminder.settled_on.is_(None), Reminder.read_at.is_(None)],
        "open": [Reminder.settled_on.is_(None)],
    }
    return conditions.get(state, [Reminder.id.is_not(None)])
