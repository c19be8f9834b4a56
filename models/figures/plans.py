"""What was planned for a week and what became of it: by the day a line was planned for, whatever became of it when."""

from sqlalchemy import ColumnElement, select

from models.figures.base import Figure, Kind, Period, Rows
from models.figures.scope import AnySelect, Scope
from models.figures.units import firms_only, members, of_unit
from models.plan.lines import PlanLine, PlanOfficer


def figures() -> list[Figure]:
    """plan.planned, plan.done, plan.put_off, plan.undone (rows: lines of the plan)."""

    def made(key: str, name: str, text: str, *met: ColumnElement[bool]) -> Figure:
        return Figure(f"plan.{key}", name, Kind.FLOW, text, _rows(*met), unit="项", of="plan_line")

    return [
        made("planned", "周安排项数", "安排日期在期内的事项；顺延的在原来那天和新的那天各算一项。"),
        made("done", "周安排落实", "安排日期在期内、已落实的事项，记了走访的自动算落实。", PlanLine.outcome == "done"),
        made("put_off", "周安排顺延或取消", "安排日期在期内、写明原因后顺延或取消的事项。",
             PlanLine.outcome.in_(("moved", "dropped"))),
        made("undone", "周安排没有落实", "安排日期在期内、还没有落实，也没有顺延或取消的事项。", PlanLine.is_open()),
    ]  # fmt: skip


def _rows(*met: ColumnElement[bool]) -> Rows:
    def rows(period: Period, scope: Scope) -> AnySelect:
        query: AnySelect = select(PlanLine.id).where(
            PlanLine.planned_on > period.since, PlanLine.planned_on <= period.on, *met
        )
        unit_id = of_unit(scope)
        if unit_id is not None:
            query = query.where(PlanLine.id.in_(select(PlanOfficer.line_id).where(
                PlanOfficer.user_id.in_(members(unit_id, period.on)))))  # fmt: skip
        return firms_only(scope).restrict(query, PlanLine.firm_id)

    return rows
