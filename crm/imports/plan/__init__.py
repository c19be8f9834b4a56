"""Stage 5: the plan of a file. Kinds say by its methods what their rows do; nothing is written."""

from crm.imports.plan.making import as_json, make_plan, plan_rows
from crm.imports.plan.rows import EFFECTS, NEW, SKIP, Draft, FieldChange, NewName, NewRow, Options, RowPlan
from crm.imports.plan.whole import Plan

__all__ = [
    "EFFECTS",
    "NEW",
    "SKIP",
    "Draft",
    "FieldChange",
    "NewName",
    "NewRow",
    "Options",
    "Plan",
    "RowPlan",
    "as_json",
    "make_plan",
    "plan_rows",
]
