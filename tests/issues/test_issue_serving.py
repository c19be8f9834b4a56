"""菜单式服务 on an issue: what is suggested, offered, settled and rated."""

import pytest

from models import clock
from models.base import db
from models.errors import Refused
from models.issue import serving
from models.issue.menu import IssueOffer
from models.standing import Standing
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.issue_factories import make_issue, make_menu_item, make_offer, make_topic

TODAY = clock.today()


@pytest.mark.usefixtures("lite_app")
def test_suggested_is_what_fits_topic_and_rung_and_was_not_offered() -> None:
    issue = make_issue(topic_id=make_topic("finance").id)
    topic = issue.topic_id
    fits = make_menu_item(name="信用贷", topic_id=topic)
    make_menu_item(name="别的专题", topic_id=make_topic("talent").id)
    make_menu_item(name="停用的", topic_id=topic, active=False)
    higher = make_menu_item(name="高企专属", topic_id=topic, rungs=frozenset({"hnte"}))
    assert [row.name for row in serving.fitting(issue, TODAY)] == ["信用贷"]
    db.session.add(Standing(firm_id=issue.firm_id, rung="hnte", rung_with_pending="hnte", from_on=TODAY, to_on=TODAY))
    db.session.flush()
    assert {row.id for row in serving.fitting(issue, TODAY)} == {fits.id, higher.id}
    serving.offer(issue, fits.id, make_user(), clock.now())
    assert [row.id for row in serving.fitting(issue, TODAY)] == [higher.id]


@pytest.mark.usefixtures("lite_app")
def test_offered_twice_is_offered_once_and_an_ended_one_takes_none() -> None:
    issue, item, officer = make_issue(), make_menu_item(), make_user()
    first = serving.offer(issue, item.id, officer, clock.now())
    assert serving.offer(issue, item.id, officer, clock.now()) is first
    ended = make_issue(state="declined", ended_on=TODAY)
    with pytest.raises(Refused, match="已经了结"):
        serving.offer(ended, item.id, officer, clock.now())


@pytest.mark.usefixtures("lite_app")
@pytest.mark.parametrize(
    ("state", "outcome", "rating", "word"),
    [
        ("proposed", "好", None, "请选"), ("accepted", " ", None, "请写结果"),
        ("accepted", "约了周三", 5, "服务过的才评分"),
        ("delivered", "谈成", 0, "1 到 5"), ("delivered", "谈成", 6, "1 到 5"), ("delivered", "字" * 2001, 5, "2000"),
    ],
)  # fmt: skip
def test_what_cannot_be_settled(state: str, outcome: str, rating: int | None, word: str) -> None:
    row = make_offer()
    with pytest.raises(Refused, match=word):
        serving.settle(row, state, outcome, rating, TODAY)
    assert row.state == "proposed"


@pytest.mark.usefixtures("lite_app")
@pytest.mark.parametrize("rating", [None, 1, 5])
def test_what_was_served_is_rated(rating: int | None) -> None:
    row = make_offer()
    serving.settle(row, "delivered", "谈成两百万", rating, TODAY)
    assert (row.state, row.rating, row.settled_on) == ("delivered", rating, TODAY)


def test_on_the_record_it_is_offered_and_settled(browser: Browser) -> None:
    issue = make_issue(make_firm(), topic_id=make_topic("finance").id, kind="demand")
    item = make_menu_item(name="信用贷银企对接", topic_id=issue.topic_id)
    browser.sign_in(make_user())
    assert "信用贷银企对接" in browser.open(f"/issues/{issue.id}").text
    page = browser.send(f"/issues/{issue.id}/offers", {"item": item.id})
    row = db.session.query(IssueOffer).one()
    where = f"/issues/{issue.id}/offers/{row.id}"
    assert where in page.links()
    page = browser.send(where, {"state": "accepted", "words": "约了周三", "rating": "5"}, 422)
    assert "服务过的才评分" in page.text and "约了周三" in page.text
    page = browser.send(where, {"state": "delivered", "words": "谈成两百万", "rating": "5"})
    assert "已服务" in page.text and "谈成两百万" in page.text and "5 分" in page.text
    assert browser.get(f"/issues/{make_issue().id}/offers/{row.id}").status_code == 404
