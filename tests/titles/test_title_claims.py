"""What a ledger marks without date and number is shown with its source, and counts nowhere."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from models import clock, standing
from models.base import db
from models.firm import profile, writing
from models.standing import Standing
from models.title import Title
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_import, make_import_row, make_title_claim, make_user


def test_the_record_shows_a_claim_as_such(lite_browser: Browser) -> None:
    firm = writing.create("云澜启衡传感科技有限公司", "测试")
    run = make_import(file_name="培育台账.xlsx")
    row = make_import_row(run, sheet="台账", row=7)
    make_title_claim(firm, "srdi_sme", "省级", level="provincial", import_row_id=row.id)
    make_title_claim(firm, "tech_sme", "√", claimed_on=date(2025, 3, 1))
    db.session.commit()
    page = lite_browser.sign_in(make_user(role="office")).get(f"/firms/{firm.id}").text
    shown = ("台账自报", "专精特新中小企业", "省级", "《培育台账.xlsx》 台账 第 7 行", "√，2025-03-01", "还没有资质")
    for words in shown:
        assert words in page, words


def test_a_claim_counts_nowhere(lite_app: Flask) -> None:
    firm = make_firm()
    make_title_claim(firm, "hnte", "是")
    standing.refresh({firm.id})
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(Title)) == 0
    assert set(db.session.scalars(select(Standing.rung).where(Standing.firm_id == firm.id))) == {"registered"}


def test_a_claim_of_a_later_day_is_not_on_an_earlier_record(lite_app: Flask) -> None:
    firm, user = make_firm(), make_user(role="office")
    make_title_claim(firm, "hnte", "是", claimed_on=date(2025, 3, 1))
    db.session.commit()
    assert [len(profile.load(user, firm.id, day).claims) for day in (date(2025, 2, 28), date(2025, 3, 1))] == [0, 1]
    assert clock.today() > date(2025, 3, 1)
