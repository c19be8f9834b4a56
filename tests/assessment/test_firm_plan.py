"""一企一策: saved from a trial, with owner and days; its steps and its end."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.assessment.plan import Aim, Draft, FirmPlan
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from models.user import User
from tests.assessment.test_gap_routes import nearly
from tests.support.assessment_factories import make_firm_plan
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def make(firm: Firm, by: User, **values: object) -> FirmPlan:
    draft = {"regime": "tech_sme", "aims": [Aim("rd_expense_2025", "20", "30")], "owner_id": by.id, "due_on": TODAY}
    return FirmPlan.make(firm, Draft(**draft | values), "tech_sme-2017", by, clock.now(), TODAY)  # type: ignore[arg-type]


def test_a_plan_needs_a_day_that_is_left_and_something_to_do(app: Flask) -> None:
    firm, by = make_firm(), make_user()
    with pytest.raises(Refused, match="不能早于今天"):
        make(firm, by, due_on=date(2026, 11, 21))
    with pytest.raises(Refused, match="不能晚于总的完成日期"):
        make(firm, by, steps=[("补审计", date(2026, 11, 23))])
    with pytest.raises(Refused, match="至少写一个"):
        make(firm, by, aims=[], steps=[(" ", None)])
    plan = make(firm, by, steps=[("补审计", TODAY)])
    assert (plan.aims, plan.late(TODAY), plan.late(date(2026, 11, 23))) == (
        [Aim("rd_expense_2025", "20", "30")], False, True,
    )  # fmt: skip


def test_one_open_plan_for_each_title(app: Flask) -> None:
    firm, by = make_firm(), make_user()
    first = make(firm, by)
    with pytest.raises(Refused, match="已有一份进行中"):
        make(firm, by)
    make(firm, by, regime="hnte")
    with pytest.raises(Refused, match="为什么不做了"):
        first.end("dropped", " ", TODAY)
    first.end("dropped", "企业不愿申报", TODAY)
    with pytest.raises(Refused, match="已经结束"):
        first.end("reached", "", TODAY)
    make(firm, by)


def test_a_trial_is_saved_worked_on_and_ended(browser: Browser) -> None:
    firm, officer = nearly(), make_user(name="陆以宁")
    browser.sign_in(officer)
    page = browser.open(f"/firms/{firm.id}/gap?rd_expense_2025=30")
    address = f"/firms/{firm.id}/plans/new?rd_expense_2025=30"
    assert address in page.links()
    assert "20 万元 → 30 万元" in browser.open(address).text
    typed = {"regime": "tech_sme", "owner_id": str(officer.id), "due_on": "2027-05-31", "step_1": "补记研发费用",
             "due_1": "2027-03-31"}  # fmt: skip
    assert "不能早于今天" in browser.send(address, typed | {"due_on": "2026-01-01", "due_1": ""}, 422).text
    page = browser.send(address, typed)
    plan = db.session.scalars(select(FirmPlan)).one()
    assert page.rows("要改的数") == [["研发费用", "20 万元", "20 万元", "30 万元"]]
    assert "陆以宁" in page.text and "2027-05-31" in page.text and plan.rule_version == "tech_sme-2017"
    page = browser.send(f"/firms/{firm.id}/plans/{plan.id}/steps/{plan.steps[0].id}")
    assert "2026-11-22 办了" in page.text and "办了 1 / 1" in page.text
    assert "进行中，陆以宁，2027-05-31 前，办了 1/1 步" in browser.open(f"/firms/{firm.id}/gap").text
    assert "请选结果" in browser.send(f"/firms/{firm.id}/plans/{plan.id}/end", {}, 422).text
    page = browser.send(f"/firms/{firm.id}/plans/{plan.id}/end", {"state": "reached"})
    assert "已达成" in page.text


def test_a_plan_asked_for_by_title_begins_with_what_is_missing(browser: Browser) -> None:
    firm = nearly()
    browser.sign_in(make_user()).open(f"/firms/{firm.id}/plans/new?regime=tech_sme")
    assert "研发费用 +10 万元" in browser.get(f"/firms/{firm.id}/plans/new?regime=tech_sme").text


def test_another_firms_plan_and_another_towns_firm_are_not_there(browser: Browser) -> None:
    firm, plan = make_firm(area="石桥镇"), make_firm_plan()
    browser.sign_in(make_user())
    browser.open(f"/firms/{firm.id}/plans/{plan.id}", 404)
    other = make_firm_plan(firm)
    browser.open(f"/firms/{firm.id}/plans/{other.id}")
    browser.sign_in(make_user("town", area="青禾街道")).open(f"/firms/{firm.id}/plans/{other.id}", 404)
    browser.send(f"/firms/{firm.id}/plans/{other.id}/steps/{other.steps[0].id}", status=404)
    browser.sign_in(make_user("auditor")).open(f"/firms/{firm.id}/plans/{other.id}", 403)
