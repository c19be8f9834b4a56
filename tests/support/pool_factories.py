"""Factories of pools: kinds with stages, reasons for leaving, members."""

import itertools
from datetime import date
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.pool import PoolExit, PoolMember, PoolStage, PoolType
from models.title import TitleType
from models.training import Training
from tests.support.factories import make_firm, make_pool_type

_number = itertools.count(1)


def make_exit(key: str = "given_up", **values: Any) -> PoolExit:
    """A reason for leaving, found again by its key."""
    row = db.session.scalar(select(PoolExit).where(PoolExit.key == key))
    if row is None:
        row = PoolExit(**{"key": key, "name": key, "graduated": key == "graduated", **values})
        db.session.add(row)
        db.session.flush()
    return row


def make_stage(kind: PoolType | None = None, name: str = "", **values: Any) -> PoolStage:
    """A stage of a kind of pool."""
    number = next(_number)
    kind = kind or make_pool_type()
    row = PoolStage(type_id=kind.id, name=name or f"阶段{number}", **{"position": number, **values})
    db.session.add(row)
    db.session.flush()
    db.session.refresh(kind)
    return row


def make_member(
    firm: Firm | None = None, kind: PoolType | None = None, target: str = "hnte", **values: Any
) -> PoolMember:
    """A firm is in a pool since the beginning of 2026, to become 高新技术企业."""
    kind = kind or make_pool_type()
    target_id = db.session.scalar(select(TitleType.id).where(TitleType.key == target))
    defaults: dict[str, Any] = {"from_on": date(2026, 1, 1), "target_type_id": target_id, "created_at": clock.now()}
    row = PoolMember(firm_id=(firm or make_firm()).id, type_id=kind.id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_training(target: str | None = "hnte", **values: Any) -> Training:
    """A session for 高新技术企业 in March 2026."""
    target_id = db.session.scalar(select(TitleType.id).where(TitleType.key == target)) if target else None
    defaults: dict[str, Any] = {"title": "高企申报培训", "held_on": date(2026, 3, 10), "created_at": clock.now()}
    row = Training(target_type_id=target_id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row
