"""What a firm's own page tells of training and of its stages in pools."""

from sqlalchemy import select

from models.base import db
from models.firm.timeline import Event
from models.pool.kinds import PoolStage, PoolType
from models.pool.record import PoolMember, PoolStep
from models.rules.training import ANSWERS
from models.training.record import TrainingFirm


def events(firm_id: int) -> list[Event]:
    """The sessions it was invited to or came to, and each stage it reached in a pool. Two statements."""
    found = [
        Event(row.training.held_on, f"申报培训：{row.training.title}", _came(row), at=row.created_at)
        for row in TrainingFirm.of_firm(firm_id)
        if not row.training.called_off
    ]
    steps = select(PoolStep.reached_on, PoolStep.note, PoolStep.created_at, PoolStage.name, PoolType.name.label("pool"))
    steps = steps.join(PoolStage, PoolStage.id == PoolStep.stage_id).join(PoolType, PoolType.id == PoolStage.type_id)
    steps = steps.join(PoolMember, PoolMember.id == PoolStep.member_id).where(PoolMember.firm_id == firm_id)
    return found + [
        Event(step.reached_on, f"{step.pool}：{step.name}", step.note, at=step.created_at)
        for step in db.session.execute(steps.order_by(PoolStep.reached_on, PoolStep.id))
    ]


def _came(row: TrainingFirm) -> str:
    if row.people is not None:
        return f"到场 {row.people} 人" if row.people else "没有来"
    return f"邀请，{ANSWERS[row.answer]}" if row.invited_on else "现场来的"
