"""What the owners of members are told: a next step that falls due, a firm that stands still."""

from datetime import date

from sqlalchemy import select

from models.base import db
from models.firm.record import Firm
from models.pool.filters import stands_still
from models.pool.kinds import PoolType
from models.pool.listing import Happened, line_of
from models.pool.record import PoolMember
from models.rules.pool import still_since
from models.rules.reminder import HORIZON, Due


def due_reminders(on: date) -> list[Due]:
    """Next steps due within the horizon or overdue, and members that stand still since the day given; each for the
    owner, or who looks after the firm. A fixed number of statements."""
    running = select(PoolMember, Firm.name, Firm.officer_a_id).join(Firm, Firm.id == PoolMember.firm_id)
    running = running.where(PoolMember.running_on(on), Firm.merged_into_id.is_(None))
    found = []
    steps = running.where(PoolMember.next_step != "", PoolMember.next_on <= on + HORIZON)
    for member, name, officer_id in db.session.execute(steps.order_by(PoolMember.next_on, PoolMember.id)):
        words = f"{name}的下一步：{member.next_step[:80]}"
        found += _due("pool-next", member, officer_id, member.next_on or on, words)
    rows = db.session.execute(running.where(stands_still(on, PoolType.list_all())).order_by(PoolMember.id)).all()
    happened = Happened.of([member for member, _, _ in rows], on)
    for member, name, officer_id in rows:
        moved = line_of(member, happened, None, on).moved_on
        months = member.type.still_months
        words = f"{name}在{member.type.name}已有 {months} 个月没有动静，请定下一步"
        found += _due("pool-still", member, officer_id, still_since(moved, months), words)
    return found


def _due(rule: str, member: PoolMember, officer_id: int | None, due_on: date, words: str) -> list[Due]:
    person = member.owner_id or officer_id
    if person is None:
        return []
    path = f"/pool/{member.id}"
    return [
        Due(rule, "pool_member", member.id, person, str(due_on), due_on, member.firm_id, words, f"{path}/edit", path)
    ]
