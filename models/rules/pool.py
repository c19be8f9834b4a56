"""Pools: the reasons for leaving and the stages a bureau begins with, and when a member stands still."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.rules.duty import add_months

#: Months without any movement after which a member stands still, where a kind of pool says nothing else.
STILL_MONTHS = 3


@dataclass(frozen=True, slots=True)
class DefaultExit:
    """One reason for leaving; ``graduated``: the firm reached what it was in the pool for."""

    key: str
    name: str
    graduated: bool = False


EXITS: tuple[DefaultExit, ...] = (
    DefaultExit("graduated", "毕业", graduated=True),
    DefaultExit("moved_pool", "调出"),
    DefaultExit("moved_out", "迁出"),
    DefaultExit("given_up", "放弃"),
    DefaultExit("closed", "注销停业"),
    DefaultExit("mistake", "录错"),
)
#: Stages by kind of pool, with the reason that the last ones lead out by. Ordinary pools need none: they tell a firm's
#: way by its gaps and next step.
STAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "listing_pool": (
        ("入库", ""), ("辅导", ""), ("备案", ""), ("在审", ""), ("上市", "graduated"), ("撤回", "given_up"),
    ),
    "sme_to_hnte": (("摸底", ""), ("辅导", ""), ("补材料", ""), ("可申报", "")),
}  # fmt: skip


def still_limit(on: date, months: int) -> date:
    """The last day a movement may lie on for its member to stand still on a day: a movement a day later is enough."""
    return add_months(on, -months)


def last_moved(days: Iterable[date | None]) -> date | None:
    """The day of the latest movement, None without any."""
    return max((day for day in days if day is not None), default=None)


def stands_still(moved_on: date, on: date, months: int) -> bool:
    """Whether a member whose latest movement is that day stands still on a day: n months have gone by in full.

    A movement is: entering, a new stage, another next step, a visit, a step of the firm's application.
    """
    return moved_on <= still_limit(on, months)


def still_since(moved_on: date, months: int) -> date:
    """The first day on which a member stands still that does not move any more."""
    day = add_months(moved_on, months)
    # The end of a short month comes before the same day of the month: 31 January and one month.
    return day if stands_still(moved_on, day, months) else date.fromordinal(day.toordinal() + 1)


def stage_fault(*, ended: date | None, since: date | None, entered: date, on: date, today: date) -> str | None:
    """Why a member cannot reach a stage on a day, in an officer's words; None when it can."""
    if ended is not None:
        return f"这家企业 {ended} 已经出库，不再换阶段"
    if on > today:
        return "换阶段的日期不能晚于今天"
    if on < entered:
        return f"这家企业 {entered} 才入库，换阶段不能早于这一天"
    if since is not None and on < since:
        return f"现在的阶段从 {since} 起，新阶段不能早于这一天"
    return None
