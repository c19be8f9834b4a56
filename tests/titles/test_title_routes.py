"""Titles on a firm: recorded, corrected, confirmed, revoked; each moves the ladder at once and is logged."""

from datetime import date

import pytest
from sqlalchemy import select

from models.base import db
from models.change import Change
from models.figures import registry, rungs
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.record import Firm
from models.title import Title, TitleType
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_title, make_user
from tests.support.page import Page


def kind(key: str) -> TitleType:
    return db.session.scalars(select(TitleType).where(TitleType.key == key)).one()


def on_rung(rung: str, day: date) -> int:
    return rungs.tally(Period.up_to(day), Scope())[f"rung.{rung}"]


@pytest.fixture
def firm(lite_browser: Browser) -> Firm:
    firm = make_firm(name="云澜听涛检测有限公司")
    lite_browser.sign_in(make_user(role="officer"))
    return firm


def record(browser: Browser, firm_id: int, **values: object) -> Page:
    data = {"type_id": kind("hnte").id, "issued_on": "2024-11-10", **values}
    return Page(browser.post(f"/titles/new?firm_id={firm_id}", data=data, follow_redirects=True))


def test_a_title_is_recorded_with_the_last_day_its_type_gives(lite_browser: Browser, firm: Firm) -> None:
    form = Page(lite_browser.get(f"/titles/new?firm_id={firm.id}"))
    assert form.faults() == [] and form.heading == "登记资质"
    page = record(lite_browser, firm.id, number="GR202433000001")
    assert page.heading == "高新技术企业" and "2027-11-10" in page.text and "已登记高新技术企业" in page.text
    assert on_rung("hnte", date(2027, 11, 10)) == 1
    assert on_rung("hnte", date(2027, 11, 11)) == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"issued_on": "2999-01-01"}, "发证日期不能晚于今天"),
        ({"issued_on": ""}, "请填发证日期"),
        ({"ends_on": "2024-11-09"}, "有效期至不能早于发证日期"),
    ],
)
def test_contradicting_dates_are_refused_and_what_was_typed_is_kept(
    lite_browser: Browser, firm: Firm, values: dict[str, str], message: str
) -> None:
    page = record(lite_browser, firm.id, number="GR202433000009", **values)
    assert message in page.text
    assert page.field("证书或入库编号").attributes["value"] == "GR202433000009"
    assert db.session.scalars(select(Title)).all() == []


def test_the_same_title_is_not_recorded_twice(lite_browser: Browser, firm: Firm) -> None:
    record(lite_browser, firm.id)
    assert "已经登记过" in record(lite_browser, firm.id).text
    assert len(db.session.scalars(select(Title)).all()) == 1


def test_a_notice_counts_only_once_it_is_confirmed(lite_browser: Browser, firm: Firm) -> None:
    page = record(lite_browser, firm.id, provisional="y")
    assert "公示中" in page.text
    assert on_rung("hnte", date(2024, 12, 1)) == 0
    title = db.session.scalars(select(Title)).one()
    assert Page(lite_browser.get(f"/titles/{title.id}/confirm")).faults() == []
    early = Page(lite_browser.post(f"/titles/{title.id}/confirm", data={"issued_on": "2024-11-09"}))
    assert "公告日期不能早于公示日期" in early.text
    lite_browser.post(f"/titles/{title.id}/confirm", data={"issued_on": "2024-12-05", "number": "GR202433000002"})
    title = db.session.scalars(select(Title)).one()
    assert (title.noticed_on, title.issued_on, title.ends_on) == (
        date(2024, 11, 10),
        date(2024, 12, 5),
        date(2027, 12, 5),
    )
    assert on_rung("hnte", date(2024, 12, 4)) == 0
    assert on_rung("hnte", date(2024, 12, 5)) == 1
    assert "已经确认过" in Page(lite_browser.post(f"/titles/{title.id}/confirm", data={"issued_on": "2024-12-06"})).text


def test_a_revoked_title_ends_on_that_day_and_the_log_says_who_did_it(lite_browser: Browser, firm: Firm) -> None:
    record(lite_browser, firm.id)
    title = db.session.scalars(select(Title)).one()
    assert (
        "请写撤销的原因"
        in Page(lite_browser.post(f"/titles/{title.id}/revoke", data={"revoked_on": "2025-06-01"})).text
    )
    lite_browser.post(f"/titles/{title.id}/revoke", data={"revoked_on": "2025-06-01", "reason": "两年未报年报"})
    assert on_rung("hnte", date(2025, 5, 31)) == 1
    assert on_rung("hnte", date(2025, 6, 1)) == 0
    changed = db.session.scalars(select(Change).where(Change.table_name == "title", Change.field == "revoked_on")).one()
    assert (changed.old, changed.new, changed.firm_id) == (None, "2025-06-01", firm.id)
    assert changed.person_id is not None
    page = Page(lite_browser.get(f"/titles/{title.id}"))
    assert page.faults() == [] and "已撤销，自 2025-06-01 起" in page.text


def test_a_correction_moves_the_ladder(lite_browser: Browser, firm: Firm) -> None:
    record(lite_browser, firm.id)
    title = db.session.scalars(select(Title)).one()
    page = Page(lite_browser.get(f"/titles/{title.id}/edit"))
    assert page.field("发证日期").attributes["value"] == "2024-11-10"
    data = {"type_id": title.type_id, "issued_on": "2023-11-10", "ends_on": ""}
    lite_browser.post(f"/titles/{title.id}/edit", data=data)
    assert on_rung("hnte", date(2023, 11, 10)) == 1
    assert on_rung("hnte", date(2026, 11, 11)) == 0


def test_another_towns_title_does_not_exist(lite_browser: Browser) -> None:
    firm = make_firm(area="石桥镇")
    title = Title.award(firm, kind("hnte"), date(2024, 11, 10))
    title_id = title.id
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    assert lite_browser.get(f"/titles/{title_id}").status_code == 404


def test_a_changed_window_is_computed_anew_and_a_rule_nobody_reads_is_refused(lite_browser: Browser) -> None:
    firm = make_firm()
    Title.award(firm, kind("hnte"), date(2022, 11, 18))
    lite_browser.sign_in(make_user(role="office"))
    hnte = kind("hnte")
    page = Page(lite_browser.get(f"/types/{hnte.id}/edit"))
    assert page.faults() == []
    data = {"name": hnte.name, "short_name": hnte.short_name, "rung": "hnte", "level": "national", "validity": "+3y",
            "renewal_window": "06-30+1y", "position": "3", "active": "y"}  # fmt: skip
    day = Period.up_to(date(2026, 6, 30))
    assert rungs.tally(day, Scope())["rung_waiting.hnte"] == 0
    assert kind("hnte").validity == "+3y"
    assert "有 1 处要改" in Page(lite_browser.post(f"/types/{hnte.id}/edit", data={**data, "validity": "three"})).text
    lite_browser.post(f"/types/{hnte.id}/edit", data=data)
    assert rungs.tally(day, Scope())["rung_waiting.hnte"] == 1
    assert "次年 6 月 30 日" in Page(lite_browser.get("/types/")).text


def test_a_new_type_and_a_new_pool_can_be_used_at_once(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    data = {"key": "unicorn_seed", "name": "种子独角兽", "short_name": "种独", "rung": "potential", "level": "city",
            "validity": "+2y", "renewal_window": "none", "position": "60", "active": "y"}  # fmt: skip
    assert "种子独角兽" in Page(lite_browser.post("/types/new", data=data, follow_redirects=True)).text
    twice = Page(lite_browser.post("/types/new", data=data))
    assert "已有同名" in twice.text
    pool = {"name": "未来产业培育库", "makes_potential": "y", "position": "9", "active": "y", "still_months": "3"}
    assert "未来产业培育库" in Page(lite_browser.post("/types/pools/new", data=pool, follow_redirects=True)).text
    assert "title.unicorn_seed.in_force" in registry.all_figures()


def test_a_whole_notice_is_confirmed_at_once_from_its_list(lite_browser: Browser) -> None:
    office = make_user(role="office")
    for number in range(3):
        make_title(make_firm(), issued_on=date(2025, 11, 6), provisional=True, noticed_on=date(2025, 11, 6 + number))
    make_title(make_firm(), issued_on=date(2024, 11, 6), ends_on=date(2027, 11, 6))
    lite_browser.sign_in(office)
    query = "figure=title.hnte.provisional&on=2025-11-20"
    page = Page(lite_browser.get(f"/firms/?{query}"))
    assert "确认已公告" in page.text and "3 家" in page.all("span", class_="note")[0].text
    data = {"back": query, "everything": "1"}
    assert Page(lite_browser.post("/titles/confirm", data=data)).faults() == []
    data |= {"type_id": str(kind("hnte").id), "issued_on": "2025-11-07"}
    early = Page(lite_browser.post("/titles/confirm", data=data))
    assert "公告日期不能早于公示日期" in early.text and on_rung("hnte", date(2025, 12, 31)) == 1
    lite_browser.post("/titles/confirm", data={**data, "issued_on": "2025-12-01"})
    assert (on_rung("hnte", date(2025, 11, 30)), on_rung("hnte", date(2025, 12, 1))) == (1, 4)


def test_an_officer_changes_titles_only_of_firms_they_may_change(lite_browser: Browser) -> None:
    other = make_user(role="officer")
    firm = make_firm(officer_a_id=other.id)
    title = make_title(firm, issued_on=date(2025, 11, 6), provisional=True)
    title_id, firm_id = title.id, firm.id
    lite_browser.sign_in(make_user(role="officer"))
    for url in (
        f"/titles/new?firm_id={firm_id}",
        *(f"/titles/{title_id}/{act}" for act in ("edit", "confirm", "revoke")),
    ):
        assert lite_browser.get(url).status_code == 422, url
    data = {"id": [str(firm_id)], "everything": "0", "type_id": str(kind("hnte").id), "issued_on": "2025-12-01"}
    page = Page(lite_browser.post("/titles/confirm", data=data, follow_redirects=True))
    assert "1 家不由您联系" in page.text
    assert on_rung("hnte", date(2025, 12, 1)) == 0
    lite_browser.sign_in(make_user(role="office"))
    assert lite_browser.get(f"/titles/{title_id}/edit").status_code == 200
