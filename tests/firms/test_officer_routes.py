"""认责任人: names in a ledger without an account, decided with one click."""

from datetime import UTC, datetime

from models import people
from models.base import db
from models.firm import Firm
from models.firm.officer_waits import OfficerWait
from models.people import NewPerson
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.page import Page


def wait(name: str, count: int = 2) -> list[int]:
    firms = [make_firm().id for _ in range(count)]
    db.session.add_all(
        OfficerWait(firm_id=firm_id, position="A", name=name, created_at=datetime(2026, 1, 5, tzinfo=UTC))
        for firm_id in firms
    )
    db.session.flush()
    return firms


def officers(firm_ids: list[int]) -> list[str]:
    db.session.expire_all()
    return [firm.officer_a.name if firm.officer_a else "" for firm in Firm.list_by_ids(firm_ids)]


def test_one_click_gives_every_firm_its_officer(lite_browser: Browser) -> None:
    firms, other = wait("陆未"), wait("甘以宁", 1)
    meant = make_user(name="陆一未").id
    lite_browser.sign_in(make_user(role="office"))
    assert "台账里写了责任人" in Page(lite_browser.get("/")).text
    page = Page(lite_browser.get("/officers/"))
    assert page.faults() == []
    assert len(page.rows("等着认的名字")) == 2
    assert "陆未：2 家" in Page(lite_browser.get("/officers/?name=陆未")).text
    answer = lite_browser.post("/officers/decide", data={"name": "陆未", "user_id": str(meant)}, follow_redirects=True)
    assert "2 家企业有了联系干部" in Page(answer).text
    assert officers(firms + other) == ["陆一未", "陆一未", ""]
    again = lite_browser.post("/officers/decide", data={"name": "陆未", "user_id": str(meant)}, follow_redirects=True)
    assert "已经有人认过" in Page(again).text


def test_without_an_account_nothing_is_decided(lite_browser: Browser) -> None:
    firms = wait("陆未", 1)
    lite_browser.sign_in(make_user(role="office"))
    page = Page(lite_browser.post("/officers/decide", data={"name": "陆未", "user_id": ""}, follow_redirects=True))
    assert "请选这个名字是哪个账号" in page.text
    assert officers(firms) == [""]


def test_an_account_that_is_made_takes_its_firms(lite_browser: Browser) -> None:
    firms = wait("陆未")
    at = datetime(2026, 2, 1, tzinfo=UTC)
    user = people.create(NewPerson(name="陆未", email="wei@tidu.example"), at, at.date(), proposed=("officer",))
    db.session.commit()
    assert officers(firms) == ["", ""], "without a role nobody looks after firms"
    people.grant_roles(user, ("officer",))
    db.session.commit()
    assert officers(firms) == ["陆未", "陆未"]


def test_an_officer_may_not_say_who_is_meant(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="officer"))
    assert lite_browser.get("/officers/").status_code == 403
