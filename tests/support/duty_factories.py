"""Factories of duties: rules, notices of a year, and what was done."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from models import clock
from models.base import db
from models.duty import DutyDone, DutyRule, DutyWindow
from models.firm.record import Firm
from tests.support.factories import make_firm


def make_duty_rule(key: str = "hnte_report", **values: Any) -> DutyRule:
    """The rule of duty with this key, made when it is not there."""
    row = db.session.scalar(select(DutyRule).where(DutyRule.key == key))
    if row is None:
        defaults: dict[str, Any] = {"key": key, "name": "高新技术企业年报", "kind": "yearly", "closes": "05-31"}
        row = DutyRule(**{**defaults, **values})
        db.session.add(row)
        db.session.flush()
    return row


def make_duty_window(**values: Any) -> DutyWindow:
    """The notice of a year, which gives other dates."""
    year = values.setdefault("year", (db.session.scalar(select(func.max(DutyWindow.year))) or 2026) + 1)
    defaults: dict[str, Any] = {"closes_on": date(year, 6, 26), "basis": "当年通知"}
    row = DutyWindow(rule_id=make_duty_rule().id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_duty_done(firm: Firm | None = None, **values: Any) -> DutyDone:
    """A firm filed its report."""
    firm = firm or make_firm()
    defaults: dict[str, Any] = {"rule_key": "hnte_report", "period": "2026", "done_on": date(2026, 5, 20),
                                "how": "看过回执", "noted_at": clock.now()}  # fmt: skip
    row = DutyDone(firm_id=firm.id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row
