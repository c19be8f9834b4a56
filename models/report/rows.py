"""What is printed of the rows that a figure counts: firms, visits, promises, issues, lines of the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from models import clock
from models.area import Area
from models.base import db
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.issue.kinds import OutsideHandler
from models.issue.parts import IssueAssignment, SpotCheck
from models.issue.record import Issue
from models.plan.lines import PlanLine, PlanOfficer
from models.promise import Promise
from models.rules.issue import STATES
from models.rules.plan import OUTCOMES
from models.unit import Unit
from models.user import User
from models.visit.kinds import VisitKind
from models.visit.record import Visit, VisitOfficer

#: Ids per statement: SQLite takes some thousands of parameters.
CHUNK = 900
Cells = list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id, the firm that says who may see it, and what is printed."""

    row_id: int
    firm_id: int | None
    cells: Cells


#: What rows are → the headings of what is printed of them.
HEADINGS: dict[str, tuple[str, ...]] = {
    "firm": ("企业", "街镇", "A 角"),
    "visit": ("日期", "企业", "方式", "走访人员", "录入"),
    "promise": ("答复期限", "企业", "答应了什么", "责任人"),
    "issue": ("编号", "企业", "问题", "首次提出", "牵头", "时限", "状态"),
    "assignment": ("编号", "企业", "问题", "首次提出", "交给", "签收时限", "状态"),
    "spot": ("编号", "企业", "问题", "首次提出", "牵头", "抽中", "状态"),
    "plan_line": ("日期", "企业", "事项", "人员", "结果", "原因"),
}
#: Of these each row has one day, by which late ones are dated.
DATED = {"visit": 0, "issue": 3, "plan_line": 0}


def printed(of: str, ids: Sequence[int]) -> list[Row]:
    """The rows with these ids as they stand now, in the order they are printed in. A statement or two for each CHUNK of
    ids; ids that are no more there are left out."""
    found: list[tuple[Any, Row]] = []
    for start in range(0, len(ids), CHUNK):
        found += _READ[of](list(ids[start : start + CHUNK]))
    return [row for _, row in sorted(found, key=lambda pair: (pair[0], pair[1].row_id))]


def _firms(ids: list[int]) -> list[tuple[Any, Row]]:
    query = (
        select(Firm.id, Firm.name, Firm.sort_key, Area.name.label("area"), User.name.label("officer"))
        .outerjoin(Area, Area.id == Firm.area_id)
        .outerjoin(User, User.id == Firm.officer_a_id)
        .where(Firm.id.in_(ids))
        .order_by(Firm.sort_key, Firm.id)
    )
    return [
        (row.sort_key, Row(row.id, row.id, [row.name, row.area or "未定区", row.officer or ""]))
        for row in db.session.execute(query)
    ]


def _visits(ids: list[int]) -> list[tuple[Any, Row]]:
    went = select(VisitOfficer.visit_id, User.name).join(User, User.id == VisitOfficer.user_id)
    went = went.where(VisitOfficer.visit_id.in_(ids)).order_by(VisitOfficer.visit_id, VisitOfficer.user_id)
    who = _names(went)
    query = (
        select(Visit.id, Visit.visit_on, Visit.firm_id, Visit.received_at, Firm.name, VisitKind.name.label("kind"))
        .join(Firm, Firm.id == Visit.firm_id)
        .join(VisitKind, VisitKind.id == Visit.kind_id)
        .where(Visit.id.in_(ids))
        .order_by(Visit.visit_on, Visit.id)
    )
    return [
        (row.visit_on, Row(row.id, row.firm_id, [
            str(row.visit_on), row.name, row.kind, who.get(row.id, ""), str(clock.local(row.received_at).date())]))
        for row in db.session.execute(query)
    ]  # fmt: skip


def _promises(ids: list[int]) -> list[tuple[Any, Row]]:
    query = (
        select(Promise.id, Promise.due_on, Promise.firm_id, Promise.words, Firm.name, User.name.label("person"))
        .join(Firm, Firm.id == Promise.firm_id)
        .join(User, User.id == Promise.person_id)
        .where(Promise.id.in_(ids))
        .order_by(Promise.due_on, Promise.id)
    )
    return [
        (row.due_on, Row(row.id, row.firm_id, [str(row.due_on), row.name, row.words, row.person]))
        for row in db.session.execute(query)
    ]


def _issues(ids: list[int]) -> list[tuple[Any, Row]]:
    return _of_issues(Issue, ids, Issue.due_on)


def _assignments(ids: list[int]) -> list[tuple[Any, Row]]:
    return _of_issues(IssueAssignment, ids, IssueAssignment.sign_due_on)


def _spots(ids: list[int]) -> list[tuple[Any, Row]]:
    return _of_issues(SpotCheck, ids, SpotCheck.drawn_on)


def _of_issues(owner: Any, ids: list[int], day: Any) -> list[tuple[Any, Row]]:
    unit_id = IssueAssignment.unit_id if owner is IssueAssignment else Issue.lead_unit_id
    held, outside = aliased(Unit), aliased(OutsideHandler)
    query: AnySelect = select(
        owner.id.label("row_id"), Issue.year, Issue.serial, Issue.words, Issue.firm_id, Issue.raised_on, Issue.state,
        day.label("due_on"), Firm.name.label("firm"), func.coalesce(held.name, outside.name).label("held"),
    )  # fmt: skip
    query = query.select_from(owner)
    if owner is not Issue:
        query = query.join(Issue, Issue.id == owner.issue_id)
    outside_id = IssueAssignment.outside_id if owner is IssueAssignment else Issue.outside_id
    query = (
        query.join(Firm, Firm.id == Issue.firm_id)
        .outerjoin(held, held.id == unit_id)
        .outerjoin(outside, outside.id == outside_id)
        .where(owner.id.in_(ids))
        .order_by(Issue.raised_on, owner.id)
    )
    return [
        (row.raised_on, Row(row.row_id, row.firm_id, [
            f"{row.year}-{row.serial:04d}", row.firm, row.words, str(row.raised_on), row.held or "未交办",
            str(row.due_on or ""), STATES[row.state]]))
        for row in db.session.execute(query)
    ]  # fmt: skip


def _plan_lines(ids: list[int]) -> list[tuple[Any, Row]]:
    who = _names(select(PlanOfficer.line_id, User.name).join(User, User.id == PlanOfficer.user_id)
                 .where(PlanOfficer.line_id.in_(ids)).order_by(PlanOfficer.line_id, PlanOfficer.user_id))  # fmt: skip
    query = (
        select(PlanLine.id, PlanLine.planned_on, PlanLine.firm_id, PlanLine.what, PlanLine.outcome,
               PlanLine.outcome_words, Firm.name)
        .outerjoin(Firm, Firm.id == PlanLine.firm_id)
        .where(PlanLine.id.in_(ids))
        .order_by(PlanLine.planned_on, PlanLine.id)
    )  # fmt: skip
    return [
        (row.planned_on, Row(row.id, row.firm_id, [
            str(row.planned_on), row.name or "", row.what, who.get(row.id, ""),
            OUTCOMES[row.outcome] if row.outcome else "", row.outcome_words]))
        for row in db.session.execute(query)
    ]  # fmt: skip


def _names(query: AnySelect) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for row_id, name in db.session.execute(query):
        found.setdefault(row_id, []).append(name)
    return {row_id: "、".join(names) for row_id, names in found.items()}


_READ: dict[str, Callable[[list[int]], list[tuple[Any, Row]]]] = {
    "firm": _firms, "visit": _visits, "promise": _promises, "issue": _issues, "assignment": _assignments,
    "spot": _spots, "plan_line": _plan_lines,
}  # fmt: skip
