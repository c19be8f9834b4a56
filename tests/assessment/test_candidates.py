"""申报候选: all at once as one by one, sorted by distance, each person's own firms, exported as shown."""

import io
import random
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask

from crm.assessing.candidates import candidates, state_of
from models import clock
from models.assessment.bridge import inputs_of
from models.assessment.card import card_of
from models.firm.record import Firm
from models.rules.assess.book import REGIMES
from models.rules.assess.shelf import shipped
from tests.assessment.test_gap_routes import nearly
from tests.support.assessment_factories import figures
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_patent, make_title, make_user
from tests.support.statements import statements

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def district(count: int) -> list[Firm]:
    """Firms with some figures, rights and titles, on and off the borders."""
    dice, found = random.Random(7), []
    for _ in range(count):
        firm = make_firm()
        sales = dice.choice((1000, 1500, 5000, 20000))
        values: dict[str, Any] = {
            "staff_total_2025": 100, "tech_staff_2025": dice.choice((9, 10, 30)), "sales_revenue_2025": sales,
            "sales_revenue_2024": sales, "sales_revenue_2023": sales, "main_revenue_2025": sales * 0.8,
            "rd_expense_2025": sales * dice.choice((2, 5, 6)) / 100, "rd_expense_2024": sales * 0.05,
            "rd_expense_2023": sales * 0.04, "total_assets_2025": 2000, "total_liabilities_2025": 1600,
            "cost_and_expense_2025": sales,
        }  # fmt: skip
        figures(firm, **{key: value for key, value in values.items() if dice.random() < 0.9})
        for _ in range(dice.randrange(4)):
            make_patent(firm, kind=dice.choice(("invention", "utility_model")))
        if dice.random() < 0.3:
            make_title(firm, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
        found.append(firm)
    return found


def test_all_at_once_says_what_each_card_says(app: Flask) -> None:
    firms, user = district(25), make_user()
    for regime in REGIMES:
        rows, _ = candidates(user, regime, TODAY, shipped())
        assert {row.firm_id for row in rows} == {firm.id for firm in firms}
        for row in rows:
            part = card_of(inputs_of([row.firm_id], TODAY)[row.firm_id], shipped()).parts[REGIMES.index(regime)]
            assert (row.verdict, list(row.short), list(row.unknown)) == (
                part.verdict, [line.key for line in part.short], [line.key for line in part.open],
            ), (regime, row)  # fmt: skip
        assert rows == sorted(rows, key=lambda row: row.distance)


@pytest.mark.parametrize(
    "verdict, short, state",
    [
        ("eligible", [], "ready"), ("unknown", [], "unknown"), ("not_eligible", ["score"], "nearly"),
        ("not_eligible", ["score", "staff_cap"], "nearly"), ("not_eligible", ["a", "b", "c"], "blocked"),
        ("not_eligible", ["compliance"], "blocked"),
    ],
)  # fmt: skip
def test_at_most_two_that_can_be_mended_are_nearly(verdict: str, short: list[str], state: str) -> None:
    assert state_of(verdict, short) == state


def test_the_page_shows_what_is_short_and_counts_who_has_no_figures(browser: Browser) -> None:
    firm = nearly(area="石桥镇")
    make_firm(area="石桥镇")
    page = browser.sign_in(make_user()).open("/candidates/?regime=tech_sme")
    assert [row[0] for row in page.rows("申报候选")] == [firm.name] and page.rows("申报候选")[0][3] == "综合评价得分"
    assert "另有 1 家近三年没有年度数据" in page.text
    page = browser.sign_in(make_user("town", area="青禾街道")).open("/candidates/?regime=tech_sme")
    assert firm.name not in page.text and "另有" not in page.text
    browser.sign_in(make_user("sysadmin")).open("/candidates/", 403)


def test_a_holder_stands_apart_and_a_filter_narrows(browser: Browser) -> None:
    firm, officer = nearly(), make_user()
    make_title(firm, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
    browser.sign_in(officer)
    assert "这里没有企业" in browser.open("/candidates/?regime=tech_sme").text
    page = browser.open("/candidates/?regime=tech_sme&state=held")
    assert "已持有，至 2026-12-31" in page.rows("申报候选")[0][0]
    assert "这里没有企业" in browser.open("/candidates/?regime=tech_sme&state=held&mine=1").text


def test_the_export_holds_what_the_page_shows(browser: Browser) -> None:
    firm = nearly()
    answer = browser.sign_in(make_user()).get("/candidates/export?regime=tech_sme&state=nearly")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[2][0] == firm.name and rows[2][4:6] == ("差 1 项", "综合评价得分") and len(rows) == 3
    assert browser.get("/candidates/export?regime=nothing&state=x").status_code == 200


def test_many_firms_cost_as_many_statements_as_few(app: Flask) -> None:
    user, counts = make_user(), []
    for more in (2, 10):
        district(more)
        with statements() as sent:
            candidates(user, "hnte", TODAY, shipped())
        counts.append(len(sent))
    assert counts[0] == counts[1]
