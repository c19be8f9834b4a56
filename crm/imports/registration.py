"""The registration status of firms as lists give it: the column of the firm and its dated entries, kept in step."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from crm.imports import state
from models.base import among, db
from models.firm.status import FirmStatus

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: The open entry of a firm: number of the row and its first day.
Open = tuple[int, date | None]


def load(whole: "Plan", firm_ids: Iterable[int]) -> None:
    """Read the open entries of these firms."""
    found: dict[int, Open] = whole.store.setdefault("statuses", {})
    for chunk in state.chunks(sorted({firm_id for firm_id in firm_ids if firm_id > 0} - found.keys())):
        query = select(FirmStatus.firm_id, FirmStatus.id, FirmStatus.from_on).where(
            among(FirmStatus.firm_id, chunk), FirmStatus.to_on.is_(None)
        )
        found |= {firm_id: (row_id, day) for firm_id, row_id, day in db.session.execute(query.order_by(FirmStatus.id))}


def set_status(
    whole: "Plan", row_plan: "RowPlan", status: str, day: date | None, *, reason: str = "", source: str
) -> str:
    """The row's firm has this status from a day on (None, for firms made here: as far back as anybody knows); the one
    it has already changes nothing. Returns why that cannot be, empty when it can."""
    firm_id = row_plan.firm_id
    assert firm_id is not None
    if firm_id < 0:
        values = whole.drafts[firm_id].values
        if values.get("status", "active") == status:
            values["status"] = status
            return ""
        values["status"] = status
    else:
        firm = whole.firms[firm_id]
        if firm.status == status:
            return ""
        current: Open | None = whole.store["statuses"].get(firm_id)
        if current is not None and current[1] is not None and day is not None and current[1] >= day:
            return f"现在的登记状态从 {current[1]} 开始，新状态的日期 {day} 要晚于这一天，请核对"
        whole.change(row_plan, "firm", firm_id, "status", "登记状态", firm.status, status)
        firm.status = status
        if current is not None and day is not None:
            last = day - timedelta(days=1)
            whole.change(row_plan, "firm_status", current[0], "to_on", "原状态到", None, last)
    _add(whole, row_plan, status, day, reason, source)
    return ""


def _add(whole: "Plan", row_plan: "RowPlan", status: str, day: date | None, reason: str, source: str) -> None:
    assert row_plan.firm_id is not None
    values = {"firm_id": row_plan.firm_id, "status": status, "from_on": day, "to_on": None}
    row_id = whole.add(row_plan, "firm_status", values | {"reason": reason[:200], "source": source})
    whole.store.setdefault("statuses", {})[row_plan.firm_id] = (row_id, day)
