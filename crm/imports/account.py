"""The import report of contracts.md, told again from what is kept of an import; and what an undo leaves, in words."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Select, select

from crm.imports.plan import EFFECTS
from models.base import db
from models.firm import Firm
from models.firm.words import TABLES
from models.importing import ImportProblem, ImportRow, ImportRun
from models.task import Task
from models.user import User

SHEET_KEYS = ("name", "kind", "header_rows", "columns")


def report_of(run: ImportRun, firms: Select[Firm]) -> dict[str, Any]:
    """The report of an import as it stands now; `firms` selects those this person may see: of others no code is told.
    Seconds are those of its last task. Three statements."""
    counts = {effect: json.loads(run.counts).get(effect, 0) for effect in EFFECTS}
    seen = firms.with_only_columns(Firm.id, Firm.code).subquery()
    rows = select(ImportRow.sheet, ImportRow.row, seen.c.code, ImportRow.how, ImportRow.score).outerjoin(
        seen, seen.c.id == ImportRow.firm_id
    )
    problems = select(
        ImportProblem.sheet, ImportProblem.row, ImportProblem.column, ImportProblem.value, ImportProblem.message
    )
    refused = [message for message in run.message.split("；") if message]
    return {
        "id": run.id,
        "file": run.file_name,
        "sha256": run.sha256,
        "kind": run.kind,
        "sheets": [{key: sheet[key] for key in SHEET_KEYS} for sheet in json.loads(run.sheets)],
        "rows": run.total,
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"] + counts["skipped"],
        "held": counts["held"],
        "rejected": counts["rejected"],
        "problems": [{"sheet": "", "row": None, "column": "", "value": "", "message": message} for message in refused]
        + _dicts(problems.where(ImportProblem.import_id == run.id).order_by(ImportProblem.id)),
        "matches": _dicts(rows.where(ImportRow.import_id == run.id).order_by(ImportRow.id)),
        "seconds": _seconds(run),
    }


@dataclass(frozen=True, slots=True)
class Left:
    """Something that an undo leaves: what it is, the firm it belongs to (none: of no firm, or of one that this person
    may not see), and why."""

    what: str
    firm_id: int | None
    firm: str
    reason: str


def told(user: User, kept: Sequence[Mapping[str, Any]]) -> list[Left]:
    """What an undo leaves, in words. One statement for each table and one for the firms."""
    ids: dict[str, list[int]] = {}
    for one in kept:
        ids.setdefault(one["table"], []).append(one["id"])
    owners = {(table, row_id): firm_id for table, rows in ids.items() for row_id, firm_id in _owners(table, rows)}
    query = Firm.visible_to(user).with_only_columns(Firm.id, Firm.name)
    names = dict(db.session.execute(query.where(Firm.id.in_(set(owners.values())))).all())
    found = []
    for one in kept:
        firm_id = owners.get((one["table"], one["id"]))
        seen = firm_id if firm_id in names else None
        found.append(Left(TABLES.get(one["table"], "记录"), seen, names.get(firm_id or 0, ""), one["reason"]))
    return found


def _owners(name: str, row_ids: Sequence[int]) -> list[tuple[int, int]]:
    """The firm of each of these rows of a table; nothing for a table whose rows belong to none."""
    table = db.metadata.tables.get(name)
    if table is None or (name != "firm" and "firm_id" not in table.c):
        return []
    owner = table.c.id if name == "firm" else table.c.firm_id
    rows = db.session.execute(select(table.c.id, owner).where(table.c.id.in_(row_ids)))
    return [(row_id, firm_id) for row_id, firm_id in rows if firm_id is not None]


def _dicts(query: Executable) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]


def _seconds(run: ImportRun) -> float | None:
    task = db.session.get(Task, run.task_id) if run.task_id else None
    if task is None or task.started_at is None or task.ended_at is None:
        return None
    return round((task.ended_at - task.started_at).total_seconds(), 3)
