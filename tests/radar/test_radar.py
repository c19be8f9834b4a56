"""到期预警: what ends without a successor, what a renewal would find, and whose ticket to 专精特新 ends too early."""

import io
import re
from datetime import date

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from models import clock, radar
from models.base import db
from models.duty import DutyRule, DutyWindow
from models.firm.record import Firm
from models.rules.ticket import Window, next_window, warned
from models.seed import seed_defaults
from tests.assessment.test_gap_routes import nearly
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_title, make_user
from tests.support.statements import statements

TODAY = date(2026, 11, 22)
YEAR_END, SPRING = date(2026, 12, 31), Window(date(2027, 4, 1))


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.mark.parametrize(
    "held, ends_on",
    [
        ({"tech_sme": YEAR_END}, YEAR_END),
        ({}, None),  # no ticket at all is no ticket that ends
        ({"innovative_sme": date(2027, 1, 1)}, None),
        ({"tech_sme": YEAR_END, "innovative_sme": date(2027, 4, 1)}, None),  # holds on the day it opens
        ({"tech_sme": YEAR_END, "innovative_sme": date(2027, 3, 31)}, date(2027, 3, 31)),
        ({"tech_sme": YEAR_END, "hnte": date(2028, 1, 1)}, YEAR_END),  # hnte is no ticket of the ladder
        ({"tech_sme": YEAR_END, "srdi_sme": date(2027, 1, 1)}, None),
        ({"tech_sme": YEAR_END, "little_giant": date(2027, 1, 1)}, None),
    ],
)
def test_only_a_number_that_ends_before_the_window_is_warned_of(held: dict[str, date], ends_on: date | None) -> None:
    assert warned(held, SPRING) == ends_on


def test_a_number_that_lasts_until_the_window_is_enough() -> None:
    assert warned({"tech_sme": YEAR_END}, Window(YEAR_END)) is None
    assert warned({"tech_sme": YEAR_END}, Window(date(2027, 1, 1))) == YEAR_END


@pytest.mark.parametrize(
    "on, notices, opens_on, announced",
    [
        (date(2026, 4, 1), {}, date(2026, 4, 1), False), (date(2026, 4, 2), {}, date(2027, 4, 1), False),
        (date(2026, 4, 2), {2026: date(2026, 6, 1)}, date(2026, 6, 1), True),
        (date(2026, 6, 2), {2026: date(2026, 6, 1)}, date(2027, 4, 1), False),
        (date(2026, 11, 22), {2027: date(2027, 2, 20)}, date(2027, 2, 20), True),
    ],
)  # fmt: skip
def test_a_notice_stands_before_the_usual_day(
    on: date, notices: dict[int, date], opens_on: date, announced: bool
) -> None:
    assert next_window((4, 1), notices, on) == Window(opens_on, announced)


def district() -> dict[str, Firm]:
    """Firms whose title ends soon, ends later, is followed, waits, is but a number, or stands beside a safer one."""
    firms = {name: make_firm(name=f"云澜{name}公司", area="石桥镇") for name in
             ("soon", "later", "followed", "waits", "number", "safe")}  # fmt: skip
    make_title(firms["soon"], "hnte", date(2024, 1, 5), date(2027, 1, 5))
    make_title(firms["later"], "hnte", date(2024, 9, 5), date(2027, 9, 5))
    make_title(firms["followed"], "hnte", date(2023, 12, 1), date(2026, 12, 1))
    make_title(firms["followed"], "hnte", date(2026, 11, 10), date(2029, 11, 10))
    make_title(firms["waits"], "hnte", date(2023, 10, 1), date(2026, 10, 1))
    make_title(firms["number"], "tech_sme", date(2026, 8, 1), YEAR_END)
    make_title(firms["safe"], "tech_sme", date(2026, 8, 1), YEAR_END)
    make_title(firms["safe"], "innovative_sme", date(2025, 3, 1), date(2028, 2, 28))
    db.session.commit()
    return firms


def names(browser: Browser, address: str, caption: str) -> list[str]:
    page = browser.open(address)
    return [row[0].removeprefix("云澜").removesuffix("公司") for row in page.rows(caption)]


def test_titles_end_in_the_months_asked_for_unless_they_are_followed(browser: Browser) -> None:
    district()
    browser.sign_in(make_user())
    assert names(browser, "/radar/?months=12", "即将到期") == ["number", "safe", "soon", "later"]
    assert names(browser, "/radar/?months=3", "即将到期") == ["number", "safe", "soon"]
    assert names(browser, "/radar/?month=2027-01", "即将到期") == ["soon"]
    assert names(browser, "/radar/?group=hnte", "即将到期") == ["soon", "later"]
    assert names(browser, "/radar/?tab=pending", "待续") == ["waits"]
    assert names(browser, "/radar/?tab=ticket", "专精特新入口将断") == ["number"]


def test_a_renewal_is_judged_by_todays_figures(browser: Browser) -> None:
    firm = nearly()
    make_title(firm, "tech_sme", date(2026, 8, 1), YEAR_END)
    row = browser.sign_in(make_user()).open("/radar/").rows("即将到期")[0]
    assert "差一两项" in row[5] and "综合评价得分" in row[5]
    assert browser.open("/radar/?verdict=nearly").rows("即将到期") != []
    assert "这里没有" in browser.open("/radar/?verdict=ready").text


def test_each_bar_opens_into_its_titles(browser: Browser) -> None:
    district()
    page, opened = browser.sign_in(make_user()).open("/radar/"), 0
    for link in page.all("a"):
        count = re.fullmatch(r".* (\d+) 项", link.attributes.get("aria-label", ""))
        if count:
            assert f"共 {count[1]} 项" in browser.open(link.attributes["href"]).text
            opened += 1
    assert opened == 4
    assert sum(int(row[-1]) for row in page.rows("今后各月到期的资质")) == 4


def test_a_town_sees_and_exports_its_own_alone(browser: Browser) -> None:
    firms = district()
    make_title(make_firm(name="青禾的公司", area="青禾街道"), "hnte", date(2024, 1, 6), date(2027, 1, 6))
    db.session.commit()
    browser.sign_in(make_user("town", area="青禾街道"))
    page = browser.open("/radar/")
    assert [row[0] for row in page.rows("即将到期")] == ["青禾的公司"]
    assert firms["soon"].name not in page.text and "待续 0" in page.text
    assert sum(int(row[-1]) for row in page.rows("今后各月到期的资质")) == 1
    answer = browser.get("/radar/export?months=12")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[2:]] == ["青禾的公司"]
    browser.sign_in(make_user("sysadmin")).open("/radar/", 403)


def test_the_office_says_when_the_window_opens(browser: Browser) -> None:
    seed_defaults()
    firms = district()
    rule = db.session.scalars(select(DutyRule).where(DutyRule.key == radar.WINDOW_RULE)).one()
    assert not rule.active and radar.window_after(TODAY) == SPRING
    assert radar.ticket_of(firms["number"].id, TODAY) == (YEAR_END, SPRING)
    assert radar.ticket_of(firms["safe"].id, TODAY) is None
    db.session.add(DutyWindow(rule_id=rule.id, year=2026, opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 20)))
    db.session.commit()
    assert radar.window_after(TODAY) == Window(date(2026, 12, 1), True)
    assert radar.ticket_of(firms["number"].id, TODAY) is None
    assert "这里没有" in browser.sign_in(make_user()).open("/radar/?tab=ticket").text


def test_the_card_and_the_record_say_that_the_ticket_ends(browser: Browser) -> None:
    firms = district()
    browser.sign_in(make_user())
    for address in (f"/firms/{firms['number'].id}", f"/firms/{firms['number'].id}/gap"):
        assert "入口只有科技型编号，2026-12-31 到期" in browser.open(address).text
    assert "入口只有" not in browser.open(f"/firms/{firms['safe'].id}/gap").text


def test_many_titles_cost_as_many_statements_as_few(browser: Browser, app: Flask) -> None:
    browser.sign_in(make_user())
    counts = []
    for more in (3, 27):
        for _ in range(more):
            make_title(make_firm(), "hnte", date(2024, 1, 5), date(2027, 1, 5))
        db.session.commit()
        browser.open("/radar/")
        with statements() as sent:
            browser.open("/radar/")
        counts.append(len(sent))
    assert counts[0] == counts[1]
