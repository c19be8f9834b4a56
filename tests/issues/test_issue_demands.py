"""Demands of visits and of the old log: raised, kept as history, dropped; one click each, or many at once."""

import pytest
from sqlalchemy import func, select

from models.base import db
from models.issue import Issue
from models.rules.issue_topic import guess
from models.visit import VisitDemand
from tests.support.browser import Browser
from tests.support.factories import make_area, make_demand, make_firm, make_user, make_visit
from tests.support.issue_story import make_cast, topic_of


@pytest.mark.parametrize(
    ("category", "words", "topic"),
    [
        ("融资需求", "缺人", "finance"), ("", "想贷 300 万", "finance"), ("", "缺流动资金", "finance"),
        ("人才招聘", "", "talent"), ("用地用房", "", "site"), ("用工", "", "labour"), ("", "专利被侵权", "ip"),
        ("", "高企申报材料怎么写", "policy"), ("", "没有销路", "market"), ("", "想找高校合作", "technology"),
        ("", "", "other"), ("其他", "说不清", "other"),
    ],
)  # fmt: skip
def test_the_topic_that_words_point_to(category: str, words: str, topic: str) -> None:
    assert guess(category, words) == topic


def old_matter(**values: object) -> VisitDemand:
    """An open matter that came with the old visit log."""
    return make_demand(make_visit(make_firm()), **{"import_row_id": 1, "handling": "in_hand", **values})


def states(*rows: VisitDemand) -> list[str]:
    return [db.session.get_one(VisitDemand, row.id).state for row in rows]


def test_one_click_each_for_the_old_log(browser: Browser) -> None:
    office = make_user("office")
    taken, kept, dropped = old_matter(category="融资需求"), old_matter(settled_on=None), old_matter()
    browser.sign_in(office)
    page = browser.open("/visits/demands")
    assert all(word in page.text for word in ("接管", "留作历史", "不再办理"))
    browser.send("/issues/demands/take", {"only": taken.id, "state": "to_review"})
    browser.send("/issues/demands/history", {"only": kept.id})
    browser.send("/issues/demands/drop", {"only": dropped.id})
    issue = db.session.scalars(select(Issue)).one()
    assert (issue.demand_id, issue.words, issue.channel, issue.topic_id) == (
        taken.id, taken.words, "import", topic_of("finance").id,
    )  # fmt: skip
    assert states(taken, kept, dropped) == ["raised", "kept", "kept"]
    assert issue.number in browser.open(f"/issues/{issue.id}").text
    assert f"/issues/{issue.id}" in browser.open("/visits/demands?state=raised").links()


def test_many_at_once_and_what_is_refused_stays(lite_browser: Browser) -> None:
    rows = [old_matter() for _ in range(3)]
    lite_browser.sign_in(make_user("office"))
    lite_browser.send("/issues/demands/take", {"only": rows[0].id})
    page = lite_browser.send("/issues/demands/take", {"id": [row.id for row in rows]})
    assert "2 条立为问题" in page.text and "1 条没有办" in page.text
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 3
    assert "请先勾选" in lite_browser.send("/issues/demands/take", {}).text


def test_nobody_settles_what_they_do_not_see_or_may_not_change(lite_browser: Browser) -> None:
    row = old_matter()
    make_area("青禾街道")
    lite_browser.sign_in(make_user("town", area="青禾街道")).send("/issues/demands/take", {"only": row.id})
    lite_browser.sign_in(make_user()).send("/issues/demands/history", {"only": row.id})
    assert states(row) == ["to_review"] and db.session.scalars(select(Issue)).all() == []


def test_a_visit_offers_to_raise_each_demand_and_leads_to_the_issue(lite_browser: Browser) -> None:
    cast = make_cast()
    visit = make_visit(cast.firm, cast.officer)
    demand = make_demand(visit)
    page = lite_browser.sign_in(cast.officer).open(f"/visits/{visit.id}")
    assert f"/issues/new?demand={demand.id}" in page.links() and f"/issues/new?visit={visit.id}" in page.links()
    lite_browser.send("/issues/demands/take", {"only": demand.id, "visit": visit.id})
    issue = db.session.scalars(select(Issue)).one()
    page = lite_browser.open(f"/visits/{visit.id}")
    assert f"/issues/{issue.id}" in page.links() and f"/issues/new?demand={demand.id}" not in page.links()
