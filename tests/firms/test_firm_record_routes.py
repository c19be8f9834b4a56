"""The record page, its forms and its contacts."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.firm import Firm, writing, yearly
from models.firm.contacts import Contact, keep_until, mask_name, mask_phone
from models.firm.yearly import FirmFigure
from tests.support.browser import Browser
from tests.support.factories import (
    make_area,
    make_contact,
    make_firm,
    make_import,
    make_import_row,
    make_title,
    make_user,
    make_visit,
)
from tests.support.statements import statements


def new(name: str = "云澜启衡传感科技有限公司", **values: object) -> Firm:
    firm = writing.create(name, "测试", **values)
    db.session.commit()
    return firm


def test_the_record_says_who_what_state_and_what_ends(browser: Browser) -> None:
    officer = make_user(name="陆以宁")
    firm = new(founded_on=date(2015, 1, 1))
    writing.rename(firm, "云澜启明传感科技有限公司", date(2019, 4, 1), "登记机关")
    writing.assign_officer([firm], "A", officer.id, date(2020, 1, 1))
    make_title(firm, "hnte", date(2024, 1, 1), clock.today() + timedelta(41), number="GR1")
    yearly.record(firm.id, "operating_revenue", 2025, Decimal(4820), "企业填报")
    page = browser.sign_in(officer).get(f"/firms/{firm.id}").text
    for words in (
        "<h1>云澜启明传感科技有限公司</h1>",
        "曾用名 云澜启衡传感科技有限公司（2019-03-31 前）",
        "<b>陆以宁</b>",
        "还有 41 天",
        "4,820",
        "更名",
        "取得高新技术企业",
    ):
        assert words in page, words


def test_a_change_of_name_is_told_once(lite_browser: Browser) -> None:
    firm = new("云澜启明光学有限公司")
    lite_browser.sign_in(make_user(role="office"))
    typed = {"name": "云澜启明传感科技有限公司", "on": clock.today().isoformat()}
    lite_browser.send(f"/firms/{firm.id}/rename", typed)
    page = lite_browser.open(f"/firms/{firm.id}")
    assert "更名" in page.text and "用到" not in page.text


def test_an_earlier_day_shows_what_was_true_then(browser: Browser) -> None:
    firm = new(founded_on=date(2015, 1, 1))
    make_title(firm, "hnte", date(2024, 1, 1))
    writing.rename(firm, "云澜启明传感科技有限公司", date(2023, 4, 1), "登记机关")
    writing.set_status(firm, "moved_out", date(2026, 5, 1), "", "登记机关")
    browser.sign_in(make_user())
    then = browser.get(f"/firms/{firm.id}?on=2022-06-30").text
    assert "<h1>云澜启衡传感科技有限公司</h1>" in then and "取得高新技术企业" not in then and "迁出</span>" not in then
    now = browser.get(f"/firms/{firm.id}").text
    assert "<h1>云澜启明传感科技有限公司</h1>" in now and "取得高新技术企业" in now and "迁出</span>" in now


def test_the_record_sends_as_many_statements_for_much_as_for_little(lite_browser: Browser) -> None:
    user = make_user()
    lite_browser.sign_in(user)
    counts = []
    for size in (3, 30):
        firm = new(f"青禾第{size}号材料有限公司")
        for number in range(size):
            make_title(firm, "tech_sme", date(1990 + number, 3, 1), date(1990 + number, 12, 31))
            yearly.record(firm.id, "operating_revenue", 1990 + number, Decimal(number), "企业填报")
            make_contact(firm, name=f"人{number}", phone=f"154000{number:05d}")
            make_visit(firm, user, visit_on=date(2020, 1, 1))
        lite_browser.get(f"/firms/{firm.id}")
        with statements() as sent:
            lite_browser.get(f"/firms/{firm.id}")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_firm_is_registered_with_its_name_alone_and_once(browser: Browser) -> None:
    browser.sign_in(make_user())
    values = {"name": "云澜启衡传感科技有限公司", "capital_currency": "CNY", "care_level": ""}
    assert browser.post("/firms/new", data=values).status_code == 302
    again = browser.post("/firms/new", data=values)
    assert again.status_code == 422 and "已有同名企业" in again.text
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 1
    assert browser.post("/firms/new", data={**values, "another": "y"}).status_code == 302


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("code", "91339902MA0000592Y", "校验"),
        ("name", "", "请填企业全称"),
        ("industry_code", "9999", "没有这个行业代码"),
        ("founded_on", "2999-01-01", "成立日期不能晚于今天"),
        ("capital", "-1", "请核对数额"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_kept(
    field: str, value: str, message: str, lite_browser: Browser
) -> None:
    lite_browser.sign_in(make_user())
    values = {
        "name": "云澜启衡传感科技有限公司",
        "capital_currency": "CNY",
        "care_level": "",
        "address": "望溪路",
        field: value,
    }
    answer = lite_browser.post("/firms/new", data=values)
    assert answer.status_code == 422 and message in answer.text and "望溪路" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 0


def test_two_people_at_once_are_noticed_and_nothing_typed_is_lost(browser: Browser) -> None:
    firm, other = new(address="旧路 1 号"), make_user(name="韩述")
    browser.sign_in(make_user())
    version = re.search(r'name="version"[^>]*value="(\d+)"', browser.get(f"/firms/{firm.id}/edit").text).group(1)  # type: ignore[union-attr]
    browser.sign_in(other).post(f"/firms/{firm.id}/edit", data=edited(version, address="韩路 2 号"))
    browser.sign_in(make_user())
    answer = browser.post(f"/firms/{firm.id}/edit", data=edited(version, address="我路 3 号"))
    assert answer.status_code == 409
    assert "被韩述改过" in answer.text and "旧路 1 号 → 韩路 2 号" in answer.text and "我路 3 号" in answer.text
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', answer.text).group(1)  # type: ignore[union-attr]
    assert browser.post(f"/firms/{firm.id}/edit", data=edited(fresh, address="我路 3 号")).status_code == 302
    assert db.session.get(Firm, firm.id).address == "我路 3 号"  # type: ignore[union-attr]


def edited(version: str, **values: str) -> dict[str, str]:
    return {"version": version, "capital_currency": "CNY", "care_level": "", **values}


def test_each_form_saves_what_it_asks(browser: Browser) -> None:
    firm, officer, area = new(), make_user(), make_area("青禾街道")
    browser.sign_in(make_user(role="office"))
    day = clock.today().isoformat()
    forms = {
        "rename": {"name": "云澜启明传感科技有限公司", "on": day},
        "status": {"status": "moved_out", "on": day},
        "flags": {"flag": "abnormal", "act": "set", "on": day},
        "place": {"area_id": str(area.id), "park_id": "", "on": day},
        "officers": {"officer_a_id": str(officer.id), "officer_b_id": "", "on": day},
        "figures": {"key": "staff_total", "year": "2025", "value": "182", "source": "企业填报"},
        "tags": {"name": "低空经济"},
    }
    for page, values in forms.items():
        assert browser.get(f"/firms/{firm.id}/{page}").status_code == 200
        for _ in range(2):  # a double press is harmless
            assert browser.post(f"/firms/{firm.id}/{page}", data=values).status_code == 302, page
    row = db.session.get(Firm, firm.id)
    assert row is not None
    assert (row.name, row.status, row.area_id, row.officer_a_id) == (
        "云澜启明传感科技有限公司",
        "moved_out",
        area.id,
        officer.id,
    )
    assert [(figure.key, figure.value) for figure in db.session.scalars(select(FirmFigure))] == [
        ("staff_total", Decimal(182))
    ]
    page = browser.get(f"/firms/{firm.id}").text
    assert "经营异常名录" in page and "低空经济" in page


def test_an_officer_changes_only_firms_they_look_after(lite_browser: Browser) -> None:
    mine, theirs, officer = new("我的材料有限公司"), new("别人的材料有限公司"), make_user()
    writing.assign_officer([mine], "A", officer.id, date(2020, 1, 1))
    writing.assign_officer([theirs], "A", make_user(name="程野").id, date(2020, 1, 1))
    lite_browser.sign_in(officer)
    assert lite_browser.get(f"/firms/{mine.id}/edit").status_code == 200
    answer = lite_browser.post(f"/firms/{theirs.id}/tags", data={"name": "低空经济"})
    assert answer.status_code == 422 and "程野" in answer.text
    assert "改登记信息" not in lite_browser.get(f"/firms/{theirs.id}").text


def test_a_town_assistant_is_refused_another_towns_firm_everywhere(lite_browser: Browser) -> None:
    firm = make_firm(area="石桥镇")
    contact = make_contact(firm)
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    for url in (
        f"/firms/{firm.id}",
        f"/firms/{firm.id}/edit",
        f"/firms/{firm.id}/tags",
        f"/contacts/{contact.id}/reveal",
    ):
        assert lite_browser.get(url).status_code == 404, url
    for url in (f"/contacts/{contact.id}/call", f"/contacts/{contact.id}/export", f"/contacts/{contact.id}/delete"):
        assert lite_browser.post(url).status_code == 404, url


@pytest.mark.parametrize(
    "phone, masked",
    [("13800001234", "138****1234"), ("025-5210 1234", "025****1234"), ("52101234", "****1234"), ("110", "****")],
)
def test_a_phone_shows_its_ends_alone(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_a_name_shows_its_first_character_alone() -> None:
    assert (mask_name("张以安"), mask_name("张"), mask_name("")) == ("张**", "张", "")


def test_a_contact_is_sealed_masked_and_found_by_its_last_four(browser: Browser) -> None:
    firm = new()
    contact = make_contact(firm, name="张以安", phone="154 0000 1234")
    assert "张以安".encode() not in contact.name_sealed and b"1234" not in (contact.phone_sealed or b"")
    browser.sign_in(make_user())
    page = browser.get(f"/firms/{firm.id}").text
    assert "张**" in page and "154****1234" in page and "0000 1234" not in page and "张以安" not in page
    assert firm.name in browser.get("/firms/?tail=1234").text and firm.name not in browser.get("/firms/?tail=9999").text
    assert "尾号 1234" in browser.get("/search/suggest?q=1234").text


def test_only_the_officer_dials_and_anybody_else_says_why(browser: Browser) -> None:
    firm, officer = new(), make_user(name="陆以宁")
    writing.assign_officer([firm], "A", officer.id, date(2020, 1, 1))
    contact = make_contact(firm, name="张以安", phone="15400001234")
    browser.sign_in(officer)
    assert "15400001234" in browser.post(f"/contacts/{contact.id}/call").text
    browser.sign_in(make_user(name="韩述"))
    refused = browser.post(f"/contacts/{contact.id}/call")
    assert refused.status_code == 422 and "15400001234" not in refused.text
    assert "15400001234" not in browser.get(f"/contacts/{contact.id}/reveal").text
    assert browser.post(f"/contacts/{contact.id}/reveal", data={"reason": ""}).status_code == 422
    opened = browser.post(f"/contacts/{contact.id}/reveal", data={"reason": "核对年报"})
    assert "15400001234" in opened.text and "张以安" in opened.text
    trail = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "contact").order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.person_name, "核对年报" in entry.detail) for entry in trail] == [
        ("contact.call", "陆以宁", False),
        ("contact.reveal", "韩述", True),
    ]
    assert all("1234" not in entry.detail and "张" not in entry.detail for entry in trail)


def test_contacts_whose_time_is_over_are_listed_kept_or_deleted(browser: Browser) -> None:
    firm = new()
    over, fresh = make_contact(firm, phone="15400001111"), make_contact(firm, name="李可", phone="15400002222")
    over.keep_until = clock.today() - timedelta(1)
    browser.sign_in(make_user())
    page = browser.get("/contacts/due").text
    assert "154****1111" in page and "154****2222" not in page
    over_id, fresh_id = over.id, fresh.id
    browser.post(f"/contacts/{over_id}/keep")
    assert db.session.get(Contact, over_id).keep_until == keep_until(clock.today())  # type: ignore[union-attr]
    browser.post(f"/contacts/{fresh_id}/delete")
    assert list(db.session.scalars(select(Contact.id))) == [over_id]


def test_a_person_gets_what_is_kept_about_them_and_who_saw_it(browser: Browser) -> None:
    import io

    from openpyxl import load_workbook

    contact = make_contact(new(), name="张以安", phone="15400001234")
    browser.sign_in(make_user(name="韩述"))
    browser.post(f"/contacts/{contact.id}/reveal", data={"reason": "核对年报"})
    sheet = load_workbook(io.BytesIO(browser.post(f"/contacts/{contact.id}/export").data)).active
    lines = {str(row[0]): str(row[1]) for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert lines["姓名"] == "张以安" and "韩述 核对年报" in lines["查看联系人电话"]


def test_the_same_contact_twice_is_one(browser: Browser) -> None:
    firm = new()
    browser.sign_in(make_user())
    for _ in range(2):
        assert (
            browser.post(f"/contacts/new/{firm.id}", data={"name": "张以安", "phone": "15400001234"}).status_code == 302
        )
    assert len(Contact.list_of(firm.id)) == 1


def test_the_timeline_begins_with_the_founding_and_the_list_that_brought_the_firm(browser: Browser) -> None:
    row = make_import_row(make_import(file_name="企业登记名册.csv"), sheet="", row=18, effect="created")
    firm = make_firm(founded_on=date(2015, 3, 1), import_row_id=row.id)
    text = browser.sign_in(make_user()).open(f"/firms/{firm.id}").text
    assert "列入企业册" in text and "《企业登记名册.csv》 第 18 行" in text
    assert "2015-03-01 周日 成立" in text


def test_a_contact_sealed_with_another_key_says_so(browser: Browser) -> None:
    firm, officer = new(), make_user()
    writing.assign_officer([firm], "A", officer.id, date(2020, 1, 1))
    contact = make_contact(firm, phone="15400001234")
    contact.name_sealed = contact.name_sealed[:-1] + b"x"
    contact.phone_sealed = (contact.phone_sealed or b"")[:-1] + b"x"
    page = browser.sign_in(officer).get(f"/firms/{firm.id}").text
    assert "***" in page and "****1234" in page
    answer = browser.post(f"/contacts/{contact.id}/call")
    assert answer.status_code == 422 and "密钥不对" in answer.text
