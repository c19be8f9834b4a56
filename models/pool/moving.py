"""What happens to members of a pool: entering, a new stage, the next step, another owner, leaving, coming back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from models import clock
from models.base import among, db
from models.errors import Refused
from models.firm.record import Firm
from models.pool.kinds import PoolExit, PoolStage, PoolType
from models.pool.record import PoolMember, PoolStep
from models.rules.pool import stage_fault
from models.user import User


def enter(firm_ids: Sequence[int], kind: PoolType, on: date, by: User | None = None, **values: Any) -> int:
    """Put firms into a pool from a day on; who is in it stays as it is. They begin in its first stage, with its target
    unless another is given. How many came in; the caller commits."""
    inside = members_on(firm_ids, kind, on)
    stage, now = kind.first_stage, clock.now()
    values["target_type_id"] = values.get("target_type_id") or kind.target_type_id
    made = [
        PoolMember(firm_id=firm_id, type_id=kind.id, from_on=on, created_at=now, stage_id=stage and stage.id,
                   stage_on=on if stage else None, **values)
        for firm_id in firm_ids
        if firm_id not in inside
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    if stage is not None:
        who = by.id if by else None
        db.session.add_all(
            PoolStep(member_id=one.id, stage_id=stage.id, reached_on=on, person_id=who, created_at=now) for one in made
        )
        db.session.flush()
    return len(made)


def leave(firm_ids: Sequence[int], kind: PoolType, on: date, reason: PoolExit, note: str = "") -> int:
    """Take firms out of a pool: ``on`` is their last day in it. How many left; the caller commits.

    Raises Refused when a firm came in later than that day.
    """
    inside = members_on(firm_ids, kind, on)
    for member in inside.values():
        end(member, on, reason, note)
    db.session.flush()
    return len(inside)


def end(member: PoolMember, on: date, reason: PoolExit, note: str = "") -> None:
    """Its stay ends: ``on`` is the last day. Refused when it came in later, or left before; the caller commits."""
    if member.from_on > on:
        raise Refused(f"有企业 {member.from_on} 才入库，出库日期不能早于这一天")
    if member.to_on is not None and member.to_on < on:
        raise Refused(f"这家企业 {member.to_on} 已经出库")
    member.to_on, member.exit_id = on, reason.id
    member.exit_reason = f"{reason.name}：{note.strip()}"[:200] if note.strip() else reason.name


def come_back(member: PoolMember) -> None:
    """Leaving was a mistake: the stay goes on. Refused when the firm is in the pool again; the caller commits."""
    if member.to_on is None:
        return
    if _again(member):
        raise Refused("这家企业后来又入了这个库，不用恢复")
    member.to_on, member.exit_id, member.exit_reason = None, None, ""
    db.session.flush()


def _again(member: PoolMember) -> bool:
    """Whether the firm has another stay in the pool from that one's last day on."""
    query = select(PoolMember.id).where(
        PoolMember.firm_id == member.firm_id, PoolMember.type_id == member.type_id, PoolMember.id != member.id,
        or_(PoolMember.to_on.is_(None), PoolMember.to_on >= (member.to_on or member.from_on)),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def reach(member: PoolMember, stage: PoolStage, on: date, by: User, today: date, note: str = "") -> bool:
    """The member reaches a stage on a day; one that leads out ends the stay. Whether anything changed: it stands there
    already says no. Refused for a stage of another pool, or a day that cannot be; the caller commits."""
    if stage.type_id != member.type_id:
        raise Refused("这个阶段不是这个库的，请刷新后再选")
    if member.stage_id == stage.id:
        return False
    fault = stage_fault(ended=member.to_on, since=member.stage_on, entered=member.from_on, on=on, today=today)
    if fault:
        raise Refused(fault)
    member.stage_id, member.stage_on = stage.id, on
    db.session.add(PoolStep(member_id=member.id, stage_id=stage.id, reached_on=on, note=note.strip()[:200],
                            person_id=by.id, created_at=clock.now()))  # fmt: skip
    if stage.exit is not None:
        end(member, on, stage.exit, stage.name)
    db.session.flush()
    return True


@dataclass(frozen=True, slots=True)
class Next:
    """The next step and its day."""

    words: str
    on: date | None


def set_next(member: PoolMember, step: Next, today: date) -> bool:
    """Say the next step; the same words and day change nothing. Whether anything changed; the caller commits."""
    if (member.next_step, member.next_on) == (step.words.strip(), step.on):
        return False
    member.next_step, member.next_on, member.next_set_on = step.words.strip(), step.on, today
    return True


def members_on(firm_ids: Collection[int], kind: PoolType, on: date) -> dict[int, PoolMember]:
    """The members among these firms whose stay lasts, or will last, on that day, by firm."""
    query = select(PoolMember).where(
        among(PoolMember.firm_id, list(firm_ids)),
        PoolMember.type_id == kind.id,
        or_(PoolMember.to_on.is_(None), PoolMember.to_on >= on),
    )
    return {
        member.firm_id: member
        for member in db.session.scalars(query.order_by(PoolMember.from_on.desc(), PoolMember.id))
    }


def held(user_id: int) -> list[tuple[int, int, str]]:
    """The stays that last and that a person is the owner of: stay, firm, what it is in words. One statement."""
    query = select(PoolMember.id, PoolMember.firm_id, PoolType.name, Firm.name.label("firm"))
    query = query.join(PoolType, PoolType.id == PoolMember.type_id).join(Firm, Firm.id == PoolMember.firm_id)
    query = query.where(PoolMember.owner_id == user_id, PoolMember.to_on.is_(None), Firm.merged_into_id.is_(None))
    rows = db.session.execute(query.order_by(Firm.sort_key, Firm.id, PoolMember.id))
    return [(row.id, row.firm_id, f"{row.name}：{row.firm}"[:200]) for row in rows]


def hand_over(member_ids: Sequence[int], taker: User) -> None:
    """Give these stays to another owner; the caller commits."""
    query = select(PoolMember).where(among(PoolMember.id, list(member_ids))).order_by(PoolMember.id)
    for member in db.session.scalars(query):
        member.owner_id = taker.id
    db.session.flush()
