"""The ladder page: true counts, every number opens into exactly its firms, nobody sees another town's."""

import io
import re
from datetime import date
from urllib.parse import urlsplit

import pytest

from models.base import db
from models.figures import rungs
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.record import Firm
from models.pool import PoolType, enter
from models.title import Title, TitleType
from tests.funnel.histories import tell
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_user
from tests.support.page import Page
from tests.support.statements import statements


def kind(key: str) -> TitleType:
    return db.session.scalars(db.select(TitleType).where(TitleType.key == key)).one()


def make_holder(key: str, issued_on: date, **values: object) -> Firm:
    firm = make_firm(**values)  # type: ignore[arg-type]
    Title.award(firm, kind(key), issued_on)
    return firm


def listed(browser: Browser, link: str) -> int:
    """How many firms the list behind a link says it holds."""
    note = Page(browser.get(link)).all("span", class_="note")[0].text
    return int(re.findall(r"([\d,]+) ?家", note)[-1].replace(",", ""))


@pytest.mark.slow
@pytest.mark.parametrize("view", ["", "&view=table", "&view=matrix"])
def test_every_number_on_the_page_opens_into_exactly_its_firms(lite_browser: Browser, view: str) -> None:
    tell(21, 60)
    lite_browser.sign_in(make_user(role="office"))
    page = Page(lite_browser.get(f"/funnel/?on=2025-06-30&since=2023-12-31{view}"))
    assert page.faults() == []
    links = {}
    for node in page.all("a", class_="num"):
        number = int(re.sub(r"[^\d]", "", node.text))
        links[node.attributes["href"]] = (number, node.text[0] in "＋−")
    assert len(links) > 20
    for link, (number, is_change) in links.items():
        if not is_change:  # a difference opens into those gained and those lost
            assert listed(lite_browser, link) == number, link


def test_every_ribbon_opens_into_its_firms(lite_browser: Browser) -> None:
    tell(22, 60)
    lite_browser.sign_in(make_user(role="manager"))
    page = Page(lite_browser.get("/funnel/?on=2025-06-30&since=2023-06-30"))
    ribbons = [node for node in page.all("a") if "figure=band" in node.attributes.get("href", "")]
    assert ribbons
    numbers = [int(re.findall(r"([\d,]+) 家", node.attributes["aria-label"])[0]) for node in ribbons]
    assert [listed(lite_browser, node.attributes["href"]) for node in ribbons] == numbers
    movers = next(node for node in page.all("a") if "figure=movers" in node.attributes.get("href", ""))
    assert sum(numbers) == int(movers.text)


def test_the_board_is_as_of_a_day(lite_browser: Browser) -> None:
    make_holder("hnte", date(2022, 11, 18), name="云澜望岳材料有限公司")
    lite_browser.sign_in(make_user(role="officer"))
    column = Page(lite_browser.get("/funnel/?on=2025-11-18")).all("section", class_="hnte")[0].text
    assert "云澜望岳材料有限公司" in column and "高企 2025-11-18 到期" in column
    column = Page(lite_browser.get("/funnel/?on=2025-11-19")).all("section", class_="hnte")[0].text
    assert "云澜望岳材料有限公司" not in column and "待续 1" in column
    column = Page(lite_browser.get("/funnel/?on=2026-01-01")).all("section", class_="hnte")[0].text
    assert "待续 0" in column


def test_a_column_shows_twenty_firms_and_then_twenty_more(lite_browser: Browser) -> None:
    for number in range(45):
        make_holder("hnte", date(2024, 11, 1 + number % 20))
    lite_browser.sign_in(make_user(role="officer"))
    page = Page(lite_browser.get("/funnel/?on=2025-06-30"))
    cards = [node for node in page.all("section", class_="hnte")[0].walk() if node.tag == "li"]
    assert len(cards) == 20
    (more,) = page.links("还有 25 家，再看 20 家")
    page = Page(lite_browser.get(more))
    assert len([node for node in page.all("section", class_="hnte")[0].walk() if node.tag == "li"]) == 40
    assert page.links("还有 5 家，再看 5 家")


def test_a_town_sees_its_own_firms_in_every_view_and_in_the_export(lite_browser: Browser) -> None:
    make_holder("hnte", date(2024, 11, 1), name="云澜青禾仪表有限公司", area="青禾街道")
    make_holder("hnte", date(2024, 11, 1), name="云澜石桥仪表有限公司", area="石桥镇")
    pool = db.session.scalars(db.select(PoolType).where(PoolType.key == "cultivation_pool")).one()
    enter([make_firm(area="石桥镇").id], pool, date(2024, 1, 1))
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    other = make_area("石桥镇").id
    for view in ("board", "table", "matrix"):
        page = Page(lite_browser.get(f"/funnel/?on=2025-06-30&view={view}"))
        assert "石桥仪表" not in page.text
        note = page.all("span", class_="note")[0].text
        assert note.startswith("板上 1 家")
    assert "板上 0 家" in Page(lite_browser.get(f"/funnel/?on=2025-06-30&area={other}")).text
    rows = exported(lite_browser, "/funnel/export?on=2025-06-30")
    assert ["梯级", "高新技术企业", 1] in [row[:3] for row in rows]
    assert ["梯级", "潜力企业", 0] in [row[:3] for row in rows]


def exported(browser: Browser, url: str) -> list[list[object]]:
    from openpyxl import load_workbook

    answer = browser.get(url)
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]


def test_the_tables_by_area_and_industry_add_up(lite_browser: Browser) -> None:
    tell(23, 50)
    whole = rungs.tally(Period.up_to(date(2025, 6, 30)), Scope())
    lite_browser.sign_in(make_user(role="office"))
    page = Page(lite_browser.get("/funnel/?on=2025-06-30&view=table"))
    for caption in ("按街镇", "按行业"):
        rows = page.rows(caption)
        assert len(rows) > 2
        for column, rung in enumerate(("hnte", "srdi", "tech_sme", "potential", "registered"), 1):
            assert sum(int(row[column].replace(",", "")) for row in rows) == whole[f"rung.{rung}"]


def test_the_page_takes_the_same_statements_for_few_firms_and_for_many(lite_browser: Browser) -> None:
    user = make_user(role="office")
    for view in ("board", "table", "matrix"):
        numbers = []
        for seed, firms in ((31, 3), (32, 30)):
            tell(seed, firms)
            lite_browser.sign_in(user)
            with statements() as sent:
                lite_browser.get(f"/funnel/?on=2025-06-30&since=2023-06-30&view={view}")
            numbers.append(len(sent))
        assert numbers[0] == numbers[1] <= 32, view


def test_an_empty_district_says_what_to_do(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    assert "这一天梯队里没有企业" in Page(lite_browser.get("/funnel/")).text


@pytest.mark.parametrize(
    "query",
    ["on=yesterday", "on=2025-02-30&since=x", "since=2999-01-01", "area=-1", "n_hnte=9999999999", "industry=%25"],
)
def test_an_address_nobody_can_read_is_taken_as_absent(lite_browser: Browser, query: str) -> None:
    lite_browser.sign_in(make_user(role="office"))
    assert Page(lite_browser.get(f"/funnel/?{query}")).status == 200


def test_filters_and_days_travel_with_every_link(lite_browser: Browser) -> None:
    make_holder("hnte", date(2024, 11, 1), area="青禾街道")
    area = make_area("青禾街道").id
    lite_browser.sign_in(make_user(role="office"))
    page = Page(lite_browser.get(f"/funnel/?on=2025-06-30&since=2024-06-30&area={area}"))
    for node in page.all("a", class_="num"):
        query = urlsplit(node.attributes["href"]).query
        assert f"area={area}" in query and "on=2025-06-30" in query and "since=2024-06-30" in query
