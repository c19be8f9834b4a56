"""When the title of a row begins: from the row, else the batch row above it, else the table of batches, else the day a
person gave; a row that has none of these waits."""

from datetime import date
from typing import TYPE_CHECKING, Any

from models.rules import batches
from models.rules.dates import Day, Term
from models.rules.title_sources import year_in

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

NEEDS_DATE = "名单没有发证日期，批次表里也没有。请填名单日期，或在“设置→批次”里登记这一批的公告日期"


def issue_of(
    whole: "Plan", row_plan: "RowPlan", facts: "Facts", type_id: int, *, number: str = ""
) -> tuple[Day | None, date | None, str]:
    """The day of issue, the end that the table of batches gives with it, and why the row must wait instead (empty: it
    need not)."""
    row = row_plan.row
    written: Day | None = row.values.get("issued_on")
    term: Term | None = row.values.get("ends_on")
    if written is None and term is not None:
        written = term.start
    if written is not None and written.precision != "year":
        return written, None, ""
    if row.batch_on is not None:
        return _within(row.batch_on, written), None, ""
    batch = row.values.get("batch") or row.batch
    found = announced(whole, type_id, batch, year_of(row.values.get("year")) or facts.year)
    if found is not None:
        day, ends = Day(found.announced_on), found.ends_on
    elif whole.options.on is not None:
        day, ends = Day(whole.options.on), None
    else:
        return written, None, ""
    year = year_in(number)
    if year is not None and abs(day.first.year - year) > 1:
        return None, None, f"编号是 {year} 年的，{'批次表' if found else '填的名单日期'}却是 {day.first}，请核对日期"
    return _within(day, written), ends, ""


def announced(whole: "Plan", type_id: int, batch: str, year: int | None) -> batches.Announced | None:
    """The row of the table of batches that a list means."""
    by_type: dict[int, list[batches.Announced]] = whole.store.setdefault("batches", {})
    if type_id not in by_type:
        known = (one for one in whole.batches if one.type_id == type_id)
        by_type[type_id] = [batches.Announced(one.name, one.announced_on, one.ends_on) for one in known]
    return batches.find(by_type[type_id], batch, year)


def wait(whole: "Plan", row_plan: "RowPlan", reason: str = NEEDS_DATE) -> None:
    """Hold a row whose firm is known until somebody says when; the plan remembers which sheet needs a date."""
    match = row_plan.match
    row_plan.hold(reason)
    whole.drop_draft(row_plan)
    if row_plan.firm_id is not None:
        # The firm is certain, only the day is not: the report goes on saying which firm it is.
        row_plan.match = match
    sheets: dict[str, set[str]] = whole.store.setdefault("needs_date", {})
    sheets.setdefault(row_plan.row.sheet, set()).add(row_plan.row.values.get("batch") or row_plan.row.batch)


def needs_date(whole: "Plan") -> dict[str, list[str]]:
    """The sheets that have rows without a date, each with the batches they name (empty text: no batch)."""
    found: dict[str, Any] = whole.store.get("needs_date", {})
    return {sheet: sorted(names) for sheet, names in found.items()}


def _within(day: Day, year: Day | None) -> Day:
    """The day, unless the row gives another year: then all that is known is the year."""
    return year if year is not None and year.first.year != day.first.year else day


def year_of(written: Any) -> int | None:
    digits = str(written or "")[:4]
    return int(digits) if digits.isdigit() and digits.startswith("20") else None
