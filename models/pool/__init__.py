"""Pools (培育后备库, 小升高, 上市培育 …): their kinds and stages, and the firms in them."""

from models.pool.kinds import PoolExit, PoolPlan, PoolStage, PoolType, seed_defaults
from models.pool.moving import enter, leave
from models.pool.record import PoolMember, PoolStep

__all__ = ["PoolExit", "PoolMember", "PoolPlan", "PoolStage", "PoolStep", "PoolType", "enter", "leave",
           "seed_defaults"]  # fmt: skip
