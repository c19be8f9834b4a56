"""Two years of the week's plan for the bench: the demo district plans two weeks only."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from models.base import db
from models.firm import Firm
from models.plan import PlanLine, PlanOfficer

#: Weeks before and after today that the lines are spread over, five days each.
WEEKS = range(-102, 2)
CHUNK = 5_000


def fill_plan(count: int, now: datetime, today: date) -> None:
    """Add that many lines, each of one of the officers of a firm; of those of days gone by 3 in 100 are still open.

    The caller commits.
    """
    rng = random.Random(2)
    cared = select(Firm.id, Firm.officer_a_id).where(Firm.officer_a_id.is_not(None)).order_by(Firm.id).limit(20_000)
    firms = db.session.execute(cared).all()
    last = db.session.scalar(select(func.coalesce(func.max(PlanLine.id), 0))) or 0
    monday = today - timedelta(days=today.weekday())
    lines: list[dict[str, Any]] = []
    officers: list[dict[str, Any]] = []
    for line_id in range(last + 1, last + 1 + (count if firms else 0)):
        firm_id, officer_id = rng.choice(firms)
        on = monday + timedelta(weeks=rng.choice(WEEKS), days=rng.randrange(5))
        done = on < today and rng.random() > 0.03
        lines.append(
            {"id": line_id, "firm_id": firm_id, "planned_on": on, "what": "看新产线投产", "place": "",
             "outcome": "done" if done else None, "outcome_on": on if done else None,
             "outcome_words": "电话里办好了" if done else "", "outcome_by_id": officer_id if done else None,
             "created_by_id": officer_id, "created_at": now}
        )  # fmt: skip
        officers.append({"line_id": line_id, "user_id": officer_id})
    for table, rows in ((PlanLine.__table__, lines), (PlanOfficer.__table__, officers)):
        for start in range(0, len(rows), CHUNK):
            db.session.execute(insert(table), rows[start : start + CHUNK])  # type: ignore[arg-type]
    if lines and db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT setval(pg_get_serial_sequence('plan_line', 'id'), max(id)) FROM plan_line"))
