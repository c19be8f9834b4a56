"""Rows for assessments: figures of a firm, what somebody judged."""

from datetime import date
from decimal import Decimal
from typing import Any

from models import clock
from models.assessment.judgement import FirmJudgement
from models.assessment.plan import FirmPlan, FirmPlanStep
from models.base import db
from models.firm import yearly
from models.firm.record import Firm
from tests.support.factories import make_firm, make_user


def make_judgement(firm: Firm | None = None, key: str = "market_position_ok", **values: Any) -> FirmJudgement:
    """Somebody said yes."""
    defaults: dict[str, Any] = {
        "answer": "yes", "why": "看过行业协会证明", "said_on": date(2026, 5, 1), "created_at": clock.now(),
    }  # fmt: skip
    if "said_by_id" not in values:
        defaults["said_by_id"] = make_user().id
    row = FirmJudgement(firm_id=(firm or make_firm()).id, key=key, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def figures(firm: Firm, **values: float | str) -> None:
    """Yearly figures by name and year: rd_expense_2025=300."""
    for name, value in values.items():
        key, year = name.rsplit("_", 1)
        yearly.record(firm.id, key, int(year), Decimal(str(value)), "企业填报", source_on=date(2026, 3, 1))


def make_firm_plan(firm: Firm | None = None, **values: Any) -> FirmPlan:
    """An open plan towards hnte with one step."""
    defaults: dict[str, Any] = {
        "regime": "hnte", "made_on": date(2026, 3, 1), "due_on": date(2026, 9, 1), "created_at": clock.now(),
    }  # fmt: skip
    plan = FirmPlan(firm_id=(firm or make_firm()).id, **{**defaults, **values})
    db.session.add(plan)
    db.session.flush()
    db.session.add(FirmPlanStep(plan_id=plan.id, position=0, words="补一份专项审计"))
    db.session.flush()
    return plan
