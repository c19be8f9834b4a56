"""When a member stands still, and when it can reach a stage: both sides of each border."""

from datetime import date, timedelta

import pytest

from models.rules.pool import last_moved, stage_fault, stands_still, still_since

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("moved", "months", "first_still"),
    [
        (date(2026, 8, 22), 3, date(2026, 11, 22)),
        (date(2026, 1, 31), 1, date(2026, 3, 1)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
    ],
)
def test_a_member_stands_still_when_its_months_are_over(moved: date, months: int, first_still: date) -> None:
    assert still_since(moved, months) == first_still
    assert stands_still(moved, first_still, months)
    assert not stands_still(moved, first_still - DAY, months)


def test_the_latest_movement_counts() -> None:
    assert last_moved([date(2026, 1, 1), None, date(2026, 3, 1), date(2026, 2, 1)]) == date(2026, 3, 1)
    assert last_moved([None]) is None


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("ended", "since", "on", "word"),
    [
        (None, date(2026, 5, 1), date(2026, 5, 1), None),
        (None, date(2026, 5, 1), date(2026, 4, 30), "不能早于这一天"),
        (None, None, date(2026, 1, 1), None),
        (None, None, date(2025, 12, 31), "才入库"),
        (None, None, TODAY, None),
        (None, None, TODAY + DAY, "不能晚于今天"),
        (date(2026, 6, 1), None, date(2026, 5, 1), "已经出库"),
    ],
)
def test_a_stage_has_a_day_that_can_be(ended: date | None, since: date | None, on: date, word: str | None) -> None:
    fault = stage_fault(ended=ended, since=since, entered=date(2026, 1, 1), on=on, today=TODAY)
    assert fault is None if word is None else fault is not None and word in fault
