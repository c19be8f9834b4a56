"""What a line of the week's plan may become: done, moved to another day with a reason, dropped with one."""

from datetime import date, timedelta

from models.rules.workday import Workdays

#: Outcome → its word on the page; an open line has none.
OUTCOMES = {"done": "已落实", "moved": "已顺延", "dropped": "已取消"}
#: (from, to): what is not here cannot happen. A done line opens again when its visit is taken back.
MOVES = frozenset({("", "done"), ("", "moved"), ("", "dropped"), ("done", ""), ("dropped", "")})
#: A visit ticks off what was planned for its week, or for the two weeks before it and not done.
LATE = timedelta(days=14)
#: How far ahead a plan may reach.
FURTHEST = timedelta(days=366)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def sunday_of(day: date) -> date:
    """The Sunday of a day's week."""
    return monday_of(day) + timedelta(days=6)


def ticks(planned_on: date, visit_on: date) -> bool:
    """Whether a visit on a day does what was planned for another."""
    return visit_on - LATE <= planned_on <= sunday_of(visit_on)


def day_fault(planned_on: date, today: date) -> str | None:
    """Why nothing can be planned for a day, in an officer's words; None when it can: from this week's Monday on."""
    if planned_on < monday_of(today):
        return "这一天已经过去了，去过的请直接记走访"
    if planned_on > today + FURTHEST:
        return "计划日期太远，请核对年份"
    return None


def move_fault(planned_on: date, to_on: date, today: date) -> str | None:
    """Why a line cannot be moved to a day; None when it can: to a later day that is not over."""
    if to_on <= planned_on:
        return f"顺延要改到 {planned_on} 之后"
    if to_on < today:
        return "顺延的日期已经过去，请改到今天或以后"
    return day_fault(to_on, today)


def state_word(outcome: str, planned_on: date, today: date) -> str:
    """How a line stands on a day: its outcome, or whether its day is over."""
    if outcome:
        return OUTCOMES[outcome]
    return "没做" if planned_on < today else "今天" if planned_on == today else "待办"


def plan_week(on: date, workdays: Workdays) -> tuple[date, date]:
    """The Monday of the week whose plan is due by this day, and the day it is due: the last working day before that
    Monday. A week in which nobody works needs no plan."""
    monday = monday_of(on) + timedelta(days=21)
    while True:
        due_on = workdays.on_or_before(monday - timedelta(days=1))
        if due_on <= on and workdays.working_days(monday, sunday_of(monday)):
            return monday, due_on
        monday -= timedelta(days=7)
