"""The pages of 应办事项: whose firms, by date, done with a word, and the table the office keeps."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from models import clock, duty
from models.base import db
from models.duty import DutyDone, DutyRule
from models.duty_list import DutyFilter, DutyListing
from models.errors import Refused
from models.firm.record import Firm
from models.user import User
from tests.support.browser import Browser
from tests.support.duty_factories import make_duty_window
from tests.support.factories import make_firm, make_title, make_user
from tests.support.statements import statements

TODAY = date(2027, 4, 1)


@pytest.fixture(autouse=True)
def at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    duty.seed_defaults()


def holder(officer: User | None = None, **values: Any) -> Firm:
    firm = make_firm(officer_a_id=officer.id if officer else None, **values)
    make_title(firm, "hnte", issued_on=date(2024, 10, 28), ends_on=date(2027, 10, 28))
    return firm


def test_an_officer_sees_the_own_firms_first_and_all_on_demand(browser: Browser) -> None:
    officer = make_user(role="officer")
    holder(officer, name="云澜长亭纺织有限公司")
    holder(name="云澜渔湾食品股份有限公司")
    page = browser.sign_in(officer).open("/duties/?rule=hnte_report")
    assert [row[0] for row in page.rows("应办事项")] == ["云澜长亭纺织有限公司"]
    page = browser.open("/duties/?rule=hnte_report&who=all")
    assert len(page.rows("应办事项")) == 2


def test_a_town_sees_its_own_area_alone(browser: Browser) -> None:
    holder(name="云澜长亭纺织有限公司", area="石桥街道")
    holder(name="云澜渔湾食品股份有限公司", area="溪口街道")
    page = browser.sign_in(make_user(role="town", area="石桥街道")).open("/duties/?rule=hnte_report&who=all")
    assert [row[0] for row in page.rows("应办事项")] == ["云澜长亭纺织有限公司 石桥街道"]


def test_done_needs_a_word_and_takes_the_firm_off_the_list(browser: Browser) -> None:
    officer = make_user(role="officer")
    firm = holder(officer)
    db.session.commit()
    address = f"/duties/{firm.id}/done/hnte_report/2027"
    page = browser.sign_in(officer).open(address)
    assert page.faults() == []
    page = browser.send(address, {"done_on": "2027-04-01", "how": ""}, 422)
    assert "怎么知道已办" in page.text
    browser.post(address, data={"done_on": "2027-04-01", "how": "看过系统回执"})
    assert db.session.scalars(db.select(DutyDone.how)).all() == ["看过系统回执"]
    assert browser.open("/duties/?rule=hnte_report&state=done").rows("应办事项")
    assert "这段时间没有没办的事项" in browser.open("/duties/?rule=hnte_report").text


def test_another_duty_of_the_firm_is_not_found(browser: Browser) -> None:
    officer = make_user(role="officer")
    firm = holder(officer)
    db.session.commit()
    browser.sign_in(officer)
    for path in ("ladder_update/2027", "hnte_report/1999", "nothing/2027"):
        assert browser.get(f"/duties/{firm.id}/done/{path}").status_code == 404


def test_the_office_moves_a_date_for_a_year_and_the_list_follows(browser: Browser) -> None:
    holder()
    page = browser.sign_in(make_user(role="office")).open("/duties/notices/new")
    rule = DutyRule.list_all()[3]
    assert rule.key == "hnte_report"
    values = {"rule_id": str(rule.id), "year": "2027", "closes_on": "2026-06-26", "basis": "某通知"}
    assert page.faults() == []
    assert "截止日期应在 2027 年" in browser.send("/duties/notices/new", values).text
    browser.post("/duties/notices/new", data={**values, "closes_on": "2027-06-26"})
    assert "已经登记过通知" in browser.send("/duties/notices/new", {**values, "closes_on": "2027-06-26"}).text
    rows = browser.open("/duties/?rule=hnte_report&who=all").rows("应办事项")
    assert "2027-06-26" in rows[0][2]


@pytest.mark.parametrize("closes, right", [("06-30", True), ("13-01", False), ("6-30", False), ("", False)])
def test_a_rule_takes_a_day_of_the_year(browser: Browser, closes: str, right: bool) -> None:
    rule = DutyRule.list_all()[3]
    held = {"name": rule.name, "types": ["hnte"], "who": "firm", "shift": "none", "active": "y", "closes": closes}
    browser.sign_in(make_user(role="office"))
    browser.post(f"/duties/table/{rule.id}", data=held)
    db.session.expire_all()
    assert (DutyRule.get(rule.id).closes == closes) is right


@pytest.mark.parametrize(
    "on, key, state, shown",
    [
        (date(2027, 6, 1), "hnte_report", "overdue", True),
        (date(2027, 5, 31), "hnte_report", "overdue", False),
        (date(2027, 5, 31), "hnte_report", "open", True),
        (date(2027, 10, 28), "hnte_end", "open", True),
        (date(2027, 10, 29), "hnte_end", "open", False),
        (date(2027, 10, 29), "hnte_end", "all", True),
        (date(2027, 7, 15), "deduction_july", "open", True),
        (date(2027, 7, 16), "deduction_july", "overdue", False),
    ],
)
def test_only_what_binds_can_be_overdue(app: Flask, on: date, key: str, state: str, shown: bool) -> None:
    holder()
    listing = DutyListing(make_user(role="office"), DutyFilter(state, "all", 30, key), on)
    assert (listing.look(1, 50)[1] > 0) is shown


def test_thirty_firms_cost_as_many_statements_as_three(browser: Browser) -> None:
    browser.sign_in(make_user(role="office"))

    def cost(number: int) -> int:
        for _ in range(number):
            holder()
        db.session.commit()
        browser.open("/duties/?who=all")
        with statements() as seen:
            browser.open("/duties/?who=all")
        return len(seen)

    assert cost(3) == cost(27)


def test_a_second_notice_of_a_year_is_refused_when_one_is_corrected(app: Flask) -> None:
    window = make_duty_window()
    window.check()
    twin = make_duty_window()
    twin.rule_id = window.rule_id
    twin.year = window.year
    with pytest.raises(Refused, match="已经登记过通知"):
        twin.check()
    twin.year = window.year + 1
