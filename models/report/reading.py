"""Who may read which edition, and which of its rows: what a reader may not see does not exist for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from models.base import db
from models.errors import NotFound
from models.figures.scope import AnySelect
from models.firm.record import Firm
from models.report.record import Report, ReportFigure, ReportReader, ReportRow
from models.report.rows import Row
from models.rules.report import COMPILE, DRAFT, SIGN
from models.unit import Membership, unit_ids_on
from models.user import User

PAGE_SIZE = 50
#: What somebody must be allowed to see for the rows of each kind.
NEEDED = {"firm": "firms.view", "visit": "visits.view", "promise": "visits.view", "plan_line": "visits.view",
          "issue": "issues.view", "assignment": "issues.view", "spot": "issues.view"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of an annex as one person sees it; `hidden`: how many of the printed rows they do not see."""

    rows: list[Row]
    count: int


def visible_to(user: User, on: date) -> AnySelect:
    """Select the editions this person may read on a day: all for who compiles or signs; of the others those of their
    own unit, and the issued ones that were sent to them or to their unit."""
    query: AnySelect = select(Report)
    if "reports.view" not in user.permissions:
        return query.where(false())
    if {COMPILE, SIGN} & user.permissions:
        return query
    units = _units_of(user, on)
    sent = select(ReportReader.report_id).where(or_(ReportReader.user_id == user.id, ReportReader.unit_id.in_(units)))
    return query.where(or_(Report.unit_id.in_(units), and_(Report.state == "issued", Report.id.in_(sent))))


def get_for(user: User, report_id: int, on: date) -> Report:
    """The edition, or NotFound when it does not exist for this person."""
    found: Report | None = db.session.scalar(visible_to(user, on).where(Report.id == report_id))
    if found is None:
        raise NotFound
    return found


def own_unit(user: User, on: date) -> int | None:
    """The unit this person drafts for on a day; None without one."""
    return unit_ids_on([user.id], on).get(user.id)


def may_edit(report: Report, user: User) -> bool:
    """Whether this person may edit it now: a draft of their own unit, or any for who compiles."""
    if report.state != "drafted":
        return False
    if COMPILE in user.permissions:
        return True
    return DRAFT in user.permissions and report.unit_id is not None and report.unit_id in _member_of(user)


def figures_of(report_id: int) -> list[ReportFigure]:
    """The printed figures of an issued edition in their order. One statement."""
    query = select(ReportFigure).where(ReportFigure.report_id == report_id)
    return list(db.session.scalars(query.order_by(ReportFigure.position)))


def figure_of(report_id: int, slot: str) -> ReportFigure:
    """One printed figure, or NotFound."""
    query = select(ReportFigure).where(ReportFigure.report_id == report_id, ReportFigure.slot == slot)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def rows_of(report_id: int, slot: str, of: str, user: User | None, number: int = 1, *, about: str = "",
            size: int = PAGE_SIZE) -> Rows:  # fmt: skip
    """A page of the rows printed under a slot, those that this person may see (None: all). Two statements."""
    query = select(ReportRow).where(ReportRow.report_id == report_id, ReportRow.slot == slot, ReportRow.about == about)
    query = query.where(_seen(of, user))
    count = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = db.session.scalars(query.order_by(ReportRow.position, ReportRow.id).limit(size).offset((number - 1) * size))
    return Rows([Row(row.row_id, row.firm_id, json.loads(row.cells)) for row in page], count)


def seen(rows: Sequence[Row], of: str, user: User | None) -> list[Row]:
    """Those rows of a draft that this person may see. One statement at most."""
    if user is None:
        return list(rows)
    if NEEDED[of] not in user.permissions:
        return []
    if Firm.all_visible_to(user):
        return list(rows)
    wanted = {row.firm_id for row in rows if row.firm_id is not None}
    visible: set[int] = set()
    ids = sorted(wanted)
    for start in range(0, len(ids), 900):
        part = ids[start : start + 900]
        visible |= set(db.session.scalars(Firm.visible_to(user).with_only_columns(Firm.id).where(Firm.id.in_(part))))
    return [row for row in rows if row.firm_id in visible]


def _seen(of: str, user: User | None) -> ColumnElement[bool]:
    """The condition that a person may see a printed row; a merged firm is seen by who sees what it became."""
    if user is None:
        return true()
    if NEEDED[of] not in user.permissions:
        return false()
    if Firm.all_visible_to(user):
        return true()
    visible = Firm.visible_to(user).with_only_columns(Firm.id)
    merged = Firm.__table__.alias("merged")
    twice = Firm.__table__.alias("twice")
    once = select(merged.c.id).where(merged.c.merged_into_id.in_(visible))
    again = select(twice.c.id).where(twice.c.merged_into_id.in_(once))
    return or_(ReportRow.firm_id.in_(visible), ReportRow.firm_id.in_(once), ReportRow.firm_id.in_(again))


def _units_of(user: User, on: date) -> AnySelect:
    return select(Membership.unit_id).where(
        Membership.user_id == user.id, Membership.from_on <= on,
        or_(Membership.to_on.is_(None), Membership.to_on >= on),
    )  # fmt: skip


def _member_of(user: User) -> set[int]:
    query = select(Membership.unit_id).where(Membership.user_id == user.id, Membership.to_on.is_(None))
    return set(db.session.scalars(query))
