"""Notes which firms' kept results no longer hold, in the transaction that changes what they rest on.

Changes through the session are seen by a listener; who writes by set statements (the import engine, an undo, a merge)
calls ``mark`` itself with the firms that ``touches`` says."""

from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from models.assessment.judgement import FirmJudgement
from models.assessment.kept import AssessmentStale, forget, mark
from models.base import among, db
from models.firm.record import Firm
from models.firm.status import FirmFlag
from models.firm.yearly import FirmFigure
from models.patent import Patent, PatentOwner
from models.title import Title, TitleType

#: Rows of these say something of a firm that an assessment reads; of the firm itself these fields do.
ROWS = (FirmFigure, FirmJudgement, FirmFlag, PatentOwner, Title)
ROW_TABLES = frozenset(row.__tablename__ for row in ROWS)
FIELDS = frozenset({"founded_on", "industry_code", "status", "merged_into_id"})
#: From so many firms on, all are judged anew: that is one mark.
MANY = 5_000


def touches(table: str, field: str | None = None) -> bool:
    """Whether a change of this field (None: of the row) of a table changes what an assessment reads of its firm."""
    return table in ROW_TABLES or (table == "firm" and field in FIELDS)


def mark_touched(firm_ids: set[int], patent_ids: set[int] | None = None) -> None:
    """Mark these firms and the owners of these rights; the caller commits."""
    firms = set(firm_ids)
    if patent_ids:
        firms |= _owners(sorted(patent_ids))
    mark(sorted(firms) if len(firms) <= MANY else None)


def settle_merge(kept_id: int, gone_id: int) -> None:
    """Two firms became one, or one became two again: both are judged anew. The caller commits."""
    forget([gone_id])
    mark([kept_id, gone_id])


def _owners(patent_ids: list[int]) -> set[int]:
    owners = select(PatentOwner.firm_id).where(among(PatentOwner.patent_id, patent_ids)).distinct()
    return {firm_id for firm_id in db.session.scalars(owners) if firm_id is not None}


@event.listens_for(Session, "after_flush")
def _note(session: Session, context: UOWTransaction) -> None:
    firms: set[int | None] = set()
    patents: set[int] = set()
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, ROWS):
            firms |= _firms_of(row)
        elif isinstance(row, Firm) and row not in session.new and _matters(row):
            firms.add(row.id)
        elif isinstance(row, Patent) and row not in session.new:
            patents.add(row.id)
        elif isinstance(row, TitleType) and row not in session.new:
            firms.add(None)
    if patents:
        owners = select(PatentOwner.firm_id).where(PatentOwner.patent_id.in_(sorted(patents))).distinct()
        firms |= set(session.connection().execute(owners.where(PatentOwner.firm_id.is_not(None))).scalars())
    if firms:
        marks = [{"firm_id": firm_id} for firm_id in sorted(firms, key=lambda one: one or 0)]
        session.connection().execute(insert(AssessmentStale), marks)


def _firms_of(row: Any) -> set[int | None]:
    """The firm of a row, and the one it was taken from."""
    history = inspect(row).attrs.firm_id.history
    return {firm_id for firm_id in (row.firm_id, *(history.deleted or ())) if firm_id is not None}


def _matters(firm: Firm) -> bool:
    return any(inspect(firm).attrs[name].history.has_changes() for name in FIELDS)
