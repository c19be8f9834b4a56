"""The list page: scope, search, filters, order, columns, export; and the search box of every page."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from models import clock, pinyin
from models.audit import AuditEntry
from models.base import db
from models.firm import Firm, search
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.names import FirmName
from models.firm.tags import FirmTag, Tag
from models.setting import Setting
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_title, make_user, make_visit
from tests.support.statements import statements


def known(name: str, area: str | None = None, formers: tuple[str, ...] = (), **values: object) -> Firm:
    """A firm that the search finds."""
    firm = make_firm(name, area=area, sort_key=pinyin.sort_key(name), **values)
    db.session.add_all(FirmName(firm_id=firm.id, name=former, match_key=former) for former in formers)
    db.session.flush()
    search.refresh([firm.id])
    return firm


def names(browser: Browser, url: str) -> list[str]:
    """The names in the table of a list page, in order."""
    from html.parser import HTMLParser

    found: list[str] = []

    class Reader(HTMLParser):
        inside = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "a" and ("class", "name") in attrs:
                self.inside = True
                found.append("")

        def handle_endtag(self, tag: str) -> None:
            if tag == "a":
                self.inside = False

        def handle_data(self, data: str) -> None:
            if self.inside:
                found[-1] += data

    answer = browser.get(url)
    assert answer.status_code == 200, answer.status_code
    Reader().feed(answer.text)
    return found


def test_a_town_assistant_sees_the_firms_of_their_area_only(browser: Browser) -> None:
    known("青禾微纳材料", area="青禾街道")
    other = known("石桥精密铸造", area="石桥镇")
    browser.sign_in(make_user(role="town", areas=[make_area("青禾街道")]))
    assert names(browser, "/firms/") == ["青禾微纳材料"]
    assert names(browser, "/firms/?q=石桥") == []
    assert browser.get(f"/firms/{other.id}").status_code == 404
    assert other.name not in browser.get("/search/suggest?q=石桥").text
    assert exported(browser, "/firms/export") == ["青禾微纳材料"]
    assert exported(browser, f"/firms/export?id={other.id}") == []


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "auditor", "handler"])
def test_an_administrator_sees_no_firm(role: str, lite_browser: Browser) -> None:
    firm = known("青禾微纳材料")
    lite_browser.sign_in(make_user(role=role))
    for url in ("/firms/", f"/firms/{firm.id}", "/firms/export", "/search/?q=青禾", "/search/suggest?q=青禾"):
        assert lite_browser.get(url).status_code == 403


def test_a_match_is_marked_and_explained(lite_browser: Browser) -> None:
    known("云澜启衡传感科技")
    known("澄明光电", formers=("启虹光学",))
    lite_browser.sign_in(make_user())
    page = lite_browser.get("/firms/?q=qh").text
    assert "云澜<mark>启衡</mark>传感科技" in page and "首字母 YL<mark>QH</mark>CGKJ" in page
    assert "曾用名 <mark>启虹</mark>光学" in page
    assert "<b>2</b> 家" in page


def test_enter_opens_the_first_hit_and_no_hit_goes_to_the_list(lite_browser: Browser) -> None:
    firm = known("启衡传感")
    known("云澜启衡电子")
    lite_browser.sign_in(make_user())
    assert lite_browser.get("/search/?q=启衡").location == f"/firms/{firm.id}"

    assert "没有符合的企业" in lite_browser.get("/search/?q=没有这家", follow_redirects=True).text
    assert lite_browser.get("/search/").status_code == 302


def test_filters_narrow_the_list(browser: Browser) -> None:
    officer, today = make_user(), clock.today()
    north = make_area("青禾街道")
    part = make_area("青禾一社区", parent=north)
    tag = Tag(name="低空经济", sort_key="di kong jing ji")
    db.session.add(tag)
    firm = known(
        "青禾甲材料", industry_code="2659", care_level="A", founded_on=date(2018, 5, 1), officer_a_id=officer.id
    )
    firm.area_id = part.id
    known("石桥乙铸造", industry_code="6513", status="moved_out", unverified=True, founded_on=date(2001, 1, 1))
    db.session.flush()
    db.session.add(FirmTag(firm_id=firm.id, tag_id=tag.id))
    make_visit(firm, officer, visit_on=today - timedelta(10))
    browser.sign_in(officer)
    only_first = [f"area={north.id}", f"tag={tag.id}", f"officer={officer.id}", "founded_from=2018-05-01"]
    only_first += ["industry=C", "industry=26", "care=A", "mine=1", "status=active"]
    only_second = [
        "area=0",
        "industry=I",
        "care=none",
        "unverified=1",
        "status=moved_out",
        "officer=0",
        "founded_to=2018-04-30",
        "not_seen=11",
    ]
    shown = {query: names(browser, f"/firms/?{query}") for query in only_first + only_second}
    assert [query for query in only_first if shown[query] != ["青禾甲材料"]] == []
    assert [query for query in only_second if shown[query] != ["石桥乙铸造"]] == []
    assert len(names(browser, "/firms/?area=x&founded_from=2018-13-01&page=0&sort=nothing&col=nothing&rung=")) == 2


def test_the_rung_is_that_of_the_day_asked_for(browser: Browser) -> None:
    firm = known("青禾甲材料")
    make_title(firm, "tech_sme", date(2020, 3, 1), date(2023, 12, 31))
    make_title(firm, "hnte", date(2024, 1, 1), date(2099, 1, 1))
    browser.sign_in(make_user())
    assert names(browser, "/firms/?rung=hnte") == ["青禾甲材料"]
    assert names(browser, "/firms/?rung=hnte&on=2023-12-31") == []
    assert names(browser, "/firms/?rung=tech_sme&on=2023-12-31") == ["青禾甲材料"]


def test_a_ladder_figure_opens_into_its_firms(browser: Browser) -> None:
    firm = known("青禾甲材料")
    known("石桥乙铸造")
    make_title(firm, "hnte", date(2024, 1, 1))
    browser.sign_in(make_user())
    assert names(browser, "/firms/?figure=rung.hnte&on=2024-05-01") == ["青禾甲材料"]
    assert browser.get("/firms/?figure=nobody.knows").status_code == 404


def test_columns_and_order_come_from_the_address(browser: Browser) -> None:
    known("青禾", code="91339902MA7QH5C31D", code_kind="uscc", founded_on=date(2010, 1, 1))
    known("石桥", founded_on=None)
    known("安岭", founded_on=date(2020, 1, 1))
    browser.sign_in(make_user())
    assert names(browser, "/firms/") == ["安岭", "青禾", "石桥"]
    assert names(browser, "/firms/?sort=-name") == ["石桥", "青禾", "安岭"]
    assert names(browser, "/firms/?sort=founded_on") == ["青禾", "安岭", "石桥"]
    assert names(browser, "/firms/?sort=-founded_on") == ["安岭", "青禾", "石桥"]
    page = browser.get("/firms/?col=code").text
    assert "91339902MA7QH5C31D" in page and "上次走访</a></th>" not in page
    for key in ("place", "rung", "ends_on", "officers", "visited_on", "care_level", "status", "industry", "capital"):
        assert len(names(browser, f"/firms/?sort=-{key}&col={key}")) == 3


def test_the_list_sends_as_many_statements_for_thirty_firms_as_for_three(lite_browser: Browser) -> None:
    user = make_user()
    lite_browser.sign_in(user)
    counts = []
    for wanted in (3, 30):
        while len(db.session.scalars(select(Firm.id)).all()) < wanted:
            known(
                f"青禾第{len(db.session.scalars(select(Firm.id)).all())}号材料", area="青禾街道", officer_a_id=user.id
            )
        for url in ("/firms/", "/firms/?q=qh", "/search/suggest?q=青禾", "/firms/tabs"):
            lite_browser.get(url)
            with statements() as sent:
                lite_browser.get(url)
            counts.append((url, len(sent)))
    assert counts[:4] == counts[4:]


def exported(browser: Browser, url: str) -> list[str]:
    """The names in the workbook that this address gives."""
    answer = browser.get(url)
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.data)).active
    return [str(row[0]) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_the_export_holds_exactly_the_filtered_rows_and_leaves_a_trace(browser: Browser) -> None:
    known("青禾微纳材料", code="91339902MA7QH5C31D", code_kind="uscc")
    known("石桥精密铸造")
    user = make_user(name="陆以宁")
    browser.sign_in(user)
    assert exported(browser, "/firms/export?q=qh") == ["青禾微纳材料"]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None and (entry.act, entry.person_id, '"rows": 1' in entry.detail) == ("export", user.id, True)
    sheet = load_workbook(io.BytesIO(browser.get("/firms/export").data)).active
    assert "陆以宁" in sheet["A1"].value and str(clock.local(clock.now()).year) in sheet["A1"].value
    assert [sheet["B3"].value, sheet["B3"].data_type] == ["91339902MA7QH5C31D", "s"]


def test_an_address_without_a_page_shows_the_last_one(lite_browser: Browser) -> None:
    known("青禾")
    lite_browser.sign_in(make_user())
    assert names(lite_browser, "/firms/?page=900") == ["青禾"]


def test_an_empty_list_says_why(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    assert "还没有企业" in lite_browser.get("/firms/").text


def test_the_kept_count_of_all_firms_follows_every_change(app: Flask) -> None:
    officer = make_user()
    today = date(2026, 5, 1)

    def counted() -> int:
        return Listing(officer, FirmFilter(), today).count()

    kept, gone = make_firm(), make_firm()
    db.session.commit()
    assert (counted(), counted()) == (2, 2)
    make_firm()
    db.session.commit()
    assert counted() == 3
    gone.merged_into_id = kept.id
    db.session.commit()
    assert counted() == 2


def test_a_search_among_all_firms_gives_the_same_page_as_one_that_is_narrowed_too(browser: Browser) -> None:
    for number in range(12):
        known(
            f"{'青禾' * (number % 3)}云澜{'启衡' if number % 2 else '青禾'}第{number}号材料",
            founded_on=date(2015, 1, 1),
        )
    browser.sign_in(make_user())
    for query in ("青禾", "qh", "云澜", "4", "qinghe"):
        quick = names(browser, f"/firms/?q={query}")
        assert quick == names(browser, f"/firms/?q={query}&founded_from=2000-01-01")
        assert quick == names(browser, f"/firms/?q={query}&page=7")
        assert f"<b>{len(quick)}</b> 家" in browser.get(f"/firms/?q={query}").text


def test_an_officer_sees_only_their_own_firms_when_the_bureau_says_so(browser: Browser) -> None:
    officer, other = make_user(), make_user()
    known("青禾甲材料", officer_a_id=officer.id)
    known("青禾乙材料", officer_b_id=officer.id)
    theirs = known("青禾丙材料", officer_a_id=other.id)
    browser.sign_in(officer)
    assert len(names(browser, "/firms/?q=青禾")) == 3
    db.session.add(Setting(key="officer_scope", value="assigned"))
    db.session.commit()
    for url in ("/firms/", "/firms/?q=青禾", "/firms/?q=qh&sort=-name"):
        assert sorted(names(browser, url)) == ["青禾乙材料", "青禾甲材料"]
    assert browser.get(f"/firms/{theirs.id}").status_code == 404
    assert sorted(exported(browser, "/firms/export")) == ["青禾乙材料", "青禾甲材料"]
    assert theirs.name not in browser.get("/search/suggest?q=青禾").text
    browser.sign_in(make_user(role=("officer", "office")))
    assert len(names(browser, "/firms/")) == 3


@pytest.mark.parametrize(
    ("figure", "said"),
    [("title.hnte.new", "2023-12-31 次日至 2024-12-31"), ("title.hnte.in_force", "截至 2024-12-31")],
)
def test_a_figure_that_opens_names_its_period_or_its_day(lite_browser: Browser, figure: str, said: str) -> None:
    page = lite_browser.sign_in(make_user()).open(f"/firms/?figure={figure}&since=2023-12-31&on=2024-12-31")
    assert said in page.text
