"""企业填报 that waits for an officer, and firms whose figures are older than a year."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from models.base import db
from models.firm.record import Firm
from models.firm_input.record import FirmInput
from models.firm_input.stale import firms_with_old_figures
from models.rules.firm_input import OPEN, WITH_FIRM
from models.rules.reminder import HORIZON, Due


def due_reminders(on: date) -> list[Due]:
    """What was handed in and waits for a review, what the firm did not fill in by its day, and once a quarter how many
    firms of an officer have no figures of the last accounting year. Two statements."""
    return [*_requests(on), *_old_figures(on)]


def _requests(on: date) -> list[Due]:
    """For A 角 of the firm; without one for who asked."""
    query = select(FirmInput, Firm.name, Firm.officer_a_id).join(Firm, Firm.id == FirmInput.firm_id)
    query = query.where(FirmInput.state.in_(OPEN)).order_by(FirmInput.due_on, FirmInput.id)
    found = []
    for row, name, officer_id in db.session.execute(query):
        path, person_id = f"/firm-inputs/{row.id}", officer_id or row.asked_by_id
        if person_id is None:
            continue
        if row.state in WITH_FIRM and row.due_on < on + HORIZON:
            words = f"{name}没有在 {row.due_on} 前填年度数据，请打电话问，或再发一次"
            found.append(Due("firm-input-late", "firm_input", row.id, person_id, str(row.due_on),
                             row.due_on + timedelta(days=1), row.firm_id, words, path))  # fmt: skip
        elif row.submitted_on is not None and row.state == "submitted":
            words = f"{name} {row.submitted_on} 填好了年度数据，请审核，采用以后才算数"
            found.append(Due("firm-input-review", "firm_input", row.id, person_id, f"第{row.round}次", row.submitted_on,
                             row.firm_id, words, path))  # fmt: skip
    return found


def _old_figures(on: date) -> list[Due]:
    """One matter for each officer: a list of a hundred firms is one sentence. Firms being asked are left out."""
    asked = select(FirmInput.firm_id).where(FirmInput.ended_on.is_(None))
    query = select(Firm.officer_a_id, func.count()).where(
        Firm.status == "active", Firm.merged_into_id.is_(None), Firm.officer_a_id.is_not(None),
        Firm.id.in_(firms_with_old_figures(on)), Firm.id.not_in(asked),
    ).group_by(Firm.officer_a_id).order_by(Firm.officer_a_id)  # fmt: skip
    quarter = (on.month - 1) // 3
    begins, year = date(on.year, 3 * quarter + 1, 1), on.year - 1
    rows: list[Any] = list(db.session.execute(query))
    return [
        Due("figures-old", "user", person_id, person_id, f"{on.year}-Q{quarter + 1}", begins, None,
            f"您联系的企业中有 {number} 家还没有 {year} 年的数据，请企业补数", "/firms/?data=old&mine=1",
            "/firms/?data=old")
        for person_id, number in rows
    ]  # fmt: skip
