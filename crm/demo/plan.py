"""The week's plan of the demo district: what each officer has for this week and the next, and one thing left undone."""

import random
from datetime import date, timedelta
from typing import Any

from models.rules.plan import monday_of

WHY = ("看研发费用归集", "核对高企申报材料", "回访用电扩容", "讲加计扣除新口径", "了解融资需求", "看新产线投产")
#: Weekdays of this week and the next on which somebody goes somewhere.
DAYS = (1, 3, 4, 8, 10)


def add_plan(rng: random.Random, district: Any, today: date, ids: Any) -> None:
    """Append lines for every officer; those of days gone by are done but for one in four."""
    firms: dict[int, list[int]] = {}
    for firm in district.rows["firm"]:
        if firm["officer_a_id"]:
            firms.setdefault(firm["officer_a_id"], []).append(firm["id"])
    monday = monday_of(today)
    for officer, own in sorted(firms.items()):
        for offset in DAYS:
            on = monday + timedelta(days=offset)
            done = on < today and rng.random() < 0.75
            line_id = district.add(
                "plan_line", firm_id=rng.choice(own), planned_on=on, what=rng.choice(WHY), place="",
                outcome="done" if done else None, outcome_on=on if done else None,
                outcome_words="电话里办好了" if done else "", outcome_by_id=officer if done else None,
                created_by_id=officer,
            )  # fmt: skip
            district.rows.setdefault("plan_officer", []).append({"line_id": line_id, "user_id": officer})
