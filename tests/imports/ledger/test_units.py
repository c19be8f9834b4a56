"""Yuan in a column of 万元: told only where the rest of the row leaves no doubt."""

from decimal import Decimal

import pytest

from crm.imports.kinds.ledger.units import doubtful

REVENUE, RESEARCH = ("operating_revenue", 2024), ("rd_expense", 2024)
BEFORE, RESEARCH_BEFORE = ("operating_revenue", 2023), ("rd_expense", 2023)
YUAN, PERHAPS, AS_WRITTEN = True, False, None


def verdict(staff: int | None, written: dict[str, float], place: tuple[str, int] = REVENUE) -> bool | None:
    places = {"revenue": REVENUE, "research": RESEARCH, "before": BEFORE, "research_before": RESEARCH_BEFORE}
    figures = {places[name]: Decimal(str(value)) for name, value in written.items()}
    return doubtful(figures, [], Decimal(staff) if staff else None).get(place)


@pytest.mark.parametrize(
    ("written", "staff", "expected"),
    [
        # Everything else in the row is ten thousand times smaller.
        ({"revenue": 12_000_000, "before": 1_100, "research": 60}, 40, YUAN),
        # A good year: fifty times the year before, with the staff for it.
        ({"revenue": 55_000, "before": 1_100, "research": 2_600}, 400, AS_WRITTEN),
        # A firm that began to sell: the other years differ, staff and research do not.
        ({"revenue": 8_000, "before": 10, "research": 400}, 60, AS_WRITTEN),
        # Nothing but the staff speaks, and one voice is not enough.
        ({"revenue": 12_000_000}, 40, PERHAPS),
        # Nothing speaks at all.
        ({"revenue": 12_000_000}, None, AS_WRITTEN),
        # A large firm is large in everything.
        ({"revenue": 160_000, "before": 158_000, "research": 7_400}, 2_700, AS_WRITTEN),
        # Two of a row in yuan confirm each other, against the year before and the staff.
        ({"revenue": 3_116_000, "before": 400, "research": 93_000, "research_before": 31}, 21, YUAN),
        # A small firm: few yuan are still many.
        ({"revenue": 311_738, "before": 42.5, "research": 0.94, "research_before": 1}, 18, YUAN),
    ],
)
def test_what_the_row_says_of_revenue(written: dict[str, float], staff: int | None, expected: bool | None) -> None:
    assert verdict(staff, written) is expected


@pytest.mark.parametrize(
    ("written", "staff", "expected"),
    [
        ({"research": 676_486, "revenue": 2_255, "research_before": 224}, 63, YUAN),
        ({"research": 41_257, "revenue": 82, "research_before": 11}, 19, YUAN),
        # Before it sells anything a firm may spend many times what it earns.
        ({"research": 900, "revenue": 95, "research_before": 400}, 60, AS_WRITTEN),
    ],
)
def test_what_the_row_says_of_research(written: dict[str, float], staff: int | None, expected: bool | None) -> None:
    assert verdict(staff, written, RESEARCH) is expected


def test_a_cell_that_names_its_unit_is_believed() -> None:
    figures = {REVENUE: Decimal(12_000_000), BEFORE: Decimal(1_100), RESEARCH: Decimal(60)}
    assert doubtful(figures, [REVENUE], Decimal(40)) == {}
