"""The whole database as plain values, to compare before and after."""

from typing import Any

from sqlalchemy import select

from models.all import db

#: The record of what was done, and what counts saves.
RECORDS = frozenset(
    {"import_run", "import_row", "import_problem", "change", "audit_entry", "audit_seal", "task", "stored_file",
     "standing_change", "assessment_stale"}
)  # fmt: skip
COUNTERS = frozenset({"version", "updated_at"})


def whole() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in the order of their values, without the records and counters of having changed."""
    db.session.expire_all()
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name not in RECORDS:
            columns = [column for column in table.columns if column.name not in COUNTERS]
            found[table.name] = sorted((tuple(row) for row in db.session.execute(select(*columns))), key=repr)
    return found
