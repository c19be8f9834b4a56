"""The pages of 规则版本: read by all staff, written by the office; nothing typed is lost; drafts change nothing."""

import io
from datetime import date

import pytest

from models import clock
from models.base import db
from models.rule_book import RuleBook, shelf
from models.rules.assess.shelf import shipped
from tests.support.book_factories import EASY_AGE, book_text, make_book, put_book
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.page import Page
from tests.support.statements import statements

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def office(lite_browser: Browser) -> Browser:
    return lite_browser.sign_in(make_user(role="office"))


def typed(**values: object) -> dict[str, object]:
    return {"version": "hnte-2027", "effective_from": "2026-12-01", "effective_to": "", "why": "省里发了新通知",
            "text": book_text("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE), **values}  # fmt: skip


def test_the_shelf_shows_every_version_and_which_one_holds(office: Browser) -> None:
    put_book("hnte-2027", "hnte-2016", date(2026, 11, 1))
    make_book("hnte-2028")
    page = office.open("/books/")
    rows = {row[0].split()[0]: row for row in page.rows("高新技术企业的版本")}
    assert list(rows) == ["hnte-2028", "hnte-2027", "hnte-2016"]
    assert [rows[name][1] for name in rows] == ["草稿", "在用", "已被替代"]
    assert "已核原文" in rows["hnte-2027"][4]
    for book in shipped().books:
        assert book.version in page.text


def test_one_version_says_each_condition_and_bracket_with_source_and_sureness(office: Browser) -> None:
    page = office.open("/books/tech_sme-2017")
    rows = {row[0]: row for row in page.rows("条件")}
    assert rows["职工总数"] == ["职工总数", "职工总数不超过 500 人", "115号 第六条", "已核原文"]
    assert "凭记忆，待核" in page.text and "Ⅱ类不低于 4 项，得 24 分" in page.text
    assert "国科发政〔2017〕115号" in page.text


def test_the_text_is_given_as_it_is(office: Browser) -> None:
    row = make_book()
    assert office.get(f"/books/{row.version}/text").get_data(as_text=True) == row.text
    assert 'version = "hnte-2016"' in office.get("/books/hnte-2016/text").get_data(as_text=True)


def test_a_copy_is_a_draft_that_changes_nothing(browser: Browser) -> None:
    office = browser.sign_in(make_user(role="office"))
    page = office.open("/books/new?from=hnte-2016")
    assert page.field("版本名").attributes["value"] == "hnte-2026"
    assert 'version = "hnte-2026"' in page.field("正文").text
    page = office.send("/books/new?from=hnte-2016", typed())
    assert "已存为草稿 hnte-2027" in page.text and "还没有启用" in page.text
    assert RuleBook.get("hnte-2027").based_on == "hnte-2016" and shelf() is shipped()


def test_the_fields_win_over_the_text_where_they_were_changed(office: Browser) -> None:
    office.send(
        "/books/new?from=hnte-2016", typed(version="自定-1", effective_from="2027-01-01", effective_to="2027-12-31")
    )
    row = RuleBook.get("自定-1")
    assert (row.effective_from, row.effective_to) == (date(2027, 1, 1), date(2027, 12, 31))
    assert 'version = "自定-1"' in row.text and "effective_to = 2027-12-31" in row.text
    text = row.text.replace("effective_from = 2027-01-01", "effective_from = 2027-02-01")
    office.send("/books/自定-1/edit", typed(version="自定-1", effective_from="2027-01-01", effective_to="", text=text))
    row = RuleBook.get("自定-1")
    assert (row.effective_from, row.effective_to) == (date(2027, 2, 1), None)


def test_a_file_is_taken_as_it_is(office: Browser) -> None:
    for name, data in (("a", book_text("file-1").encode("utf-8-sig")), ("b", book_text("file-2").encode("gb18030"))):
        form = {"why": "兄弟单位给的", "version": "", "text": "", "upload": (io.BytesIO(data), f"{name}.toml")}
        page = office.send("/books/new", form, content_type="multipart/form-data")
        assert "已存为草稿" in page.text
    assert {row.version for row in RuleBook.list_all()} == {"file-1", "file-2"}
    assert "注册成立满一年" in office.open("/books/file-2").text


@pytest.mark.parametrize(
    "values, words",
    [
        ({"text": typed()["text"].replace("at_least = 30\n", "at_leest = 30\n")}, "没有“at_leest”这一项"),  # type: ignore[attr-defined]
        ({"text": "regime = "}, "第 1 行：不是正确的"),
        ({"text": ""}, "请写正文"),
        ({"why": ""}, "请写为什么"),
        ({"version": "hnte-2016"}, "已经有名为 hnte-2016 的版本"),
        ({"version": "a b"}, "版本名只能用"),
        ({"effective_to": "2026-11-30"}, "截止日期不能早于生效日期"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(office: Browser, values: dict[str, object], words: str) -> None:
    page = office.send("/books/new?from=hnte-2016", typed(**values), 422)
    assert words in page.text
    sent = typed(**values)
    assert page.field("正文").text.split() == str(sent["text"]).split()
    assert page.field("为什么要有这个版本").text == sent["why"]
    assert page.field("从哪天起生效").attributes["value"] == sent["effective_from"]
    assert RuleBook.list_all() == []


def test_the_wrong_line_is_shown_with_its_number(office: Browser) -> None:
    text = str(typed()["text"]).replace("at_least = 30\n", "at_leest = 30\n")
    page = office.send("/books/new", typed(text=text), 422)
    number = text.splitlines().index("at_leest = 30") + 1
    assert f"第 {number} 行，条件 age：没有“at_leest”这一项" in page.text
    assert [str(number), "at_leest = 30 写错的一行"] in page.rows("写错的那一行和上下几行")


def test_a_file_that_is_wrong_stands_in_the_form(office: Browser) -> None:
    data = book_text("file-1").replace("at_least = 365", "at_least = 一年").encode()
    form = {"why": "兄弟单位给的", "upload": (io.BytesIO(data), "a.toml")}
    page = office.send("/books/new", form, 422, content_type="multipart/form-data")
    assert "at_least = 一年" in page.field("正文").text and "等号后面的值写得不对" in page.text


def test_the_difference_is_by_condition_with_old_and_new(office: Browser) -> None:
    make_book("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE)
    page = office.open("/books/compare?old=hnte-2016&new=hnte-2027")
    assert page.rows("不同的 1 处") == [
        ["注册成立满一年 条件", "要求 改动", "注册至今不低于 365 天", "注册至今不低于 30 天", "32号 第十一条（一）"]
    ]
    assert "都一样" in office.open("/books/compare?old=hnte-2016&new=hnte-2016").text
    assert "不是同一项资质" in office.open("/books/compare?old=tech_sme-2017&new=hnte-2016").text
    assert office.get("/books/compare?old=nothing&new=hnte-2016").status_code == 404


def test_a_draft_is_changed_and_thrown_away_and_its_history_says_so(office: Browser) -> None:
    office.send("/books/new?from=hnte-2016", typed())
    office.send("/books/hnte-2027/edit", typed(text=book_text("hnte-2027", "hnte-2016", date(2026, 12, 1))))
    page = office.open("/books/hnte-2027")
    assert "改正文" in page.text and "照 hnte-2016 改" in page.text
    page = office.send("/books/hnte-2027/discard")
    assert "已删除草稿 hnte-2027" in page.text and RuleBook.list_all() == []


def test_a_version_in_force_is_not_edited(office: Browser) -> None:
    put_book()
    assert "修改" not in [node.text for node in office.open("/books/hnte-2027").all("a")]
    page = office.send("/books/hnte-2027/edit", typed(), 422)
    assert "只有草稿可以修改" in page.text
    assert office.post("/books/hnte-2027/discard").status_code == 422 or RuleBook.find("hnte-2027")


@pytest.mark.parametrize("role, sees, writes", [
    ("officer", True, False), ("office", True, True), ("manager", True, True), ("town", True, False),
    ("handler", False, False), ("sysadmin", False, False), ("auditor", False, False),
])  # fmt: skip
def test_who_sees_and_who_writes(lite_browser: Browser, role: str, sees: bool, writes: bool) -> None:
    make_book()
    browser = lite_browser
    browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
    assert browser.get("/books/hnte-2027").status_code == (200 if sees else 403)
    assert browser.get("/books/new").status_code == (200 if writes else 403)
    if sees:
        links = browser.open("/books/").links("照此起草")
        assert bool(links) == writes


def test_the_card_names_document_and_version(office: Browser) -> None:
    firm = make_firm()
    page = office.open(f"/firms/{firm.id}/gap")
    assert "国科发火〔2016〕32号" in page.text and page.links("hnte-2016") == ["/books/hnte-2016"]
    assert browser_version(office, "2026-03-31") == "srdi_sme-2022" and browser_version(office) == "srdi_sme-2026"


def browser_version(office: Browser, on: str = "") -> str:
    firm = make_firm()
    page: Page = office.open(f"/firms/{firm.id}/gap" + (f"?on={on}" if on else ""))
    return next(one for one in ("srdi_sme-2022", "srdi_sme-2026") if page.links(one))


def test_the_shelf_costs_the_same_for_many_versions(office: Browser) -> None:
    counts = []
    for wanted in (3, 30):
        for number in range(len(RuleBook.list_all()), wanted):
            make_book(f"hnte-n{number}")
        db.session.commit()
        office.open("/books/")
        with statements() as sent:
            office.open("/books/")
        counts.append(len(sent))
    assert counts[0] == counts[1]
