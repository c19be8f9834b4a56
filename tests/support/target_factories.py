"""Factories of targets."""

from datetime import date
from decimal import Decimal
from typing import Any

from models import clock
from models.rules.target import Goal
from models.target.record import Target, Whose, put


def make_target(
    figure_key: str = "title.hnte.new", low: int | str = 20, whose: Whose | None = None, **values: Any
) -> Target:
    """A target of the whole bureau for 2026, or of an area or an officer."""
    given: dict[str, Any] = {"year": 2026, "kind": "number", "high": None, "on": date(2026, 1, 15), "reason": "责任书",
                             "by": None, **values}  # fmt: skip
    goal = Goal(given["kind"], Decimal(low), given["high"])
    row = put(given["year"], figure_key, whose or Whose(), goal, on=given["on"], reason=given["reason"],
              by=given["by"], at=clock.now())  # fmt: skip
    assert row is not None
    return row
