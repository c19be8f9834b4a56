"""`flask --app crm duties` and what it asks of the database."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from models import clock, duty
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from tests.support.factories import make_firm, make_title, make_user
from tests.support.statements import statements as counting


def asked(app: Flask, *options: str) -> Any:
    answer = app.test_cli_runner().invoke(args=["duties", "--json", *options])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.fixture
def firm(app: Flask) -> Firm:
    duty.seed_defaults()
    firm = make_firm(name="云澜石桥铸造有限公司", code="91990101000000027G", code_kind="uscc")
    make_title(firm, "hnte", issued_on=date(2024, 10, 28), ends_on=date(2027, 10, 28))
    db.session.commit()
    return firm


def test_the_command_prints_the_duties_of_the_contract(app: Flask, firm: Firm) -> None:
    rows = asked(app, "--on", "2027-05-01", "--until", "2027-05-31", "--firm", "91990101000000027G")
    assert [(row["firm"], row["duty"], row["due_on"], row["who"], row["basis"]) for row in rows] == [
        (firm.code, "hnte_report", "2027-05-31", "firm", "国科发火〔2016〕32号 第十三条"),
        (firm.code, "tax_settlement", "2027-05-31", "firm", "企业所得税法；国家税务总局 财政部公告2023年第11号"),
    ]  # fmt: skip


def test_an_unknown_code_and_turned_days_are_refused(app: Flask, firm: Firm) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["duties", "--firm", "9199"]).exit_code == 1
    assert runner.invoke(args=["duties", "--on", "2027-05-02", "--until", "2027-05-01"]).exit_code == 2


def test_what_was_noted_as_done_is_left_out_and_noted_once(app: Flask, firm: Firm) -> None:
    note = duty.DutyDone.note
    officer, now, today = make_user(), clock.now(), date(2027, 5, 20)
    for how, done_on, says in (("", today, "怎么知道"), ("看过回执", date(2027, 5, 21), "晚于今天")):
        with pytest.raises(Refused, match=says):
            note(firm, "hnte_report", "2027", done_on, how, officer, now, today)
    note(firm, "hnte_report", "2027", today, "看过回执", officer, now, today)
    db.session.commit()
    assert [row["duty"] for row in asked(app, "--on", "2027-05-01", "--until", "2027-05-31")] == ["tax_settlement"]
    with pytest.raises(Refused, match="已经记为办理"):
        note(firm, "hnte_report", "2027", today, "看过回执", officer, now, today)


def test_many_firms_ask_as_much_of_the_database_as_one(app: Flask, firm: Firm) -> None:
    def statements() -> int:
        db.session.rollback()
        with counting() as seen:
            duty.list_due(db.select(Firm.id), date(2027, 1, 1), date(2027, 12, 31))
        return len(seen)

    once = statements()
    for _ in range(20):
        make_title(make_firm(), "hnte", issued_on=date(2024, 10, 28), ends_on=date(2027, 10, 28))
    db.session.commit()
    assert statements() == once


def test_a_firm_that_left_the_district_owes_us_nothing(app: Flask, firm: Firm) -> None:
    firm.status = "moved_out"
    db.session.flush()
    assert duty.list_due(db.select(Firm.id), date(2027, 1, 1), date(2027, 12, 31)) == []
