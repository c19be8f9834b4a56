"""Stage 5: what every row would do, without doing it: effect, changes old → new, problems, new firms and rows."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crm.imports.kinds import MASK, Row
from crm.imports.match import Match
from crm.imports.plan.rows import FieldChange, Options, RowPlan
from crm.imports.plan.whole import Plan
from crm.imports.read import ImportRefused
from crm.imports.recognise import Table
from models.change_log import text_of
from models.firm.names import NAME_KINDS
from models.firm.record import CARE_LEVELS, STATUSES
from models.rules.application import STAGES
from models.rules.industry import industry_name

#: Identifiers that a reader sees as words.
WORDS = {
    ("firm", "status"): STATUSES,
    ("firm", "care_level"): CARE_LEVELS,
    ("firm_name", "kind"): NAME_KINDS,
    ("application", "stage"): STAGES,
    ("title", "issued_precision"): {"day": "到日", "month": "到月", "year": "到年"},
}
#: Tables of persons: that a value of theirs changes is told, the value is not.
SEALED_TABLES = frozenset({"contact"})


def make_plan(
    tables: Iterable[Table],
    rows_of: Callable[[Table], Iterable[Row]],
    options: Options,
    decisions: Mapping[tuple[str, int], str],
    progress: Callable[[int, int, str], None] = lambda done, total, message: None,
) -> Plan:
    """Match and plan every row of these tables. Reads the database, writes nothing."""
    tables = list(tables)
    plan = Plan(options, decisions, [table.kind for table in tables])
    for table in tables:
        plan.tables.append(table)
        plan.rows += [RowPlan(row, Match("none"), table.kind) for row in rows_of(table)]
        table.rows = []
    if not plan.rows:
        raise ImportRefused("文件里没有数据行")
    progress(0, len(plan.rows), "认企业")
    plan.match_rows(plan.rows)
    plan.load()
    plan_rows(plan, plan.rows, progress)
    return plan


def plan_rows(
    plan: Plan, rows: list[RowPlan], progress: Callable[[int, int, str], None] = lambda done, total, message: None
) -> None:
    """Say of each matched row what it does."""
    facts = {table.sheet: table.facts for table in plan.tables}
    for number, row_plan in enumerate(rows):
        if number % 5_000 == 0:
            progress(number, len(rows), "比对")
        if row_plan.effect == "unchanged" and row_plan.firm_id is not None:
            assert row_plan.kind.plan is not None
            row_plan.kind.plan(plan, row_plan, facts[row_plan.row.sheet])
    if plan.heard:
        plan.keep_names(rows)
    plan.drop_idle_drafts()


def as_json(plan: Plan, row_plan: RowPlan) -> str:
    """What is kept of a row's plan: changes in words, what was kept, the batch; enough to plan it again alone."""
    row = row_plan.row
    kept: dict[str, Any] = {}
    if row_plan.changes:
        kept["changes"] = [[c.label, _shown(plan, c, c.old), _shown(plan, c, c.new)] for c in row_plan.changes]
    if row_plan.kept:
        kept["kept"] = row_plan.kept
    if row_plan.unmatched:
        kept["unmatched"] = True
    if row.batch:
        kept["batch"] = row.batch
    if row.batch_on:
        kept["batch_on"] = [row.batch_on.first.isoformat(), row.batch_on.precision]
    return json.dumps(kept, ensure_ascii=False) if kept else "{}"


def _shown(plan: Plan, change: FieldChange, value: Any) -> str:
    if change.table in SEALED_TABLES:
        return MASK if value not in (None, "") else ""
    if value is not None and (change.field, value) in plan.words:
        return plan.words[change.field, value]
    if change.field == "area_id" and value is not None:
        return plan.places.names.get(value, "")
    if isinstance(value, bool):
        return "是" if value else "否"
    if change.field == "industry_code" and value:
        return industry_name(value)
    if (names := WORDS.get((change.table, change.field))) and value in names:
        return names[value]
    return text_of(value) or ""
