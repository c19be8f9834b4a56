"""调度: queues whose counts are their lists, suggestions, each act of the office, many at once."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.base import db
from models.issue import Issue, queues
from models.issue.acts import desk, handling
from models.issue.acts.actor import Actor
from models.issue.suggesting import suggested
from models.issue.trace import IssueMove
from tests.issues import histories
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_unit, make_user
from tests.support.issue_factories import make_issue, make_outside_handler, make_topic
from tests.support.issue_story import Cast, class_of, evidence, given, make_cast, raised, reviewed, to_worker, topic_of

TODAY = clock.today()
DAY = timedelta(days=1)


def now_cast() -> Cast:
    """A bureau to act in today."""
    return make_cast()


def giving(cast: Cast, **values: Any) -> dict[str, Any]:
    """What the form of 交办 sends."""
    return {
        "class_id": class_of("standard").id, "unit_id": cast.lead_unit.id, "person": f"u{cast.worker.id}",
        "leader_id": cast.manager.id, "measures": "协调高校开放设备", **values,
    }  # fmt: skip


@pytest.mark.slow
def test_queues_count_what_their_lists_show(lite_browser: Browser) -> None:
    histories.tell(8, 60)
    make_issue(), make_issue(state="admitted")
    due = TODAY + 9 * DAY
    make_issue(state="dispatched", first_due_on=due, due_on=due, sign_due_on=TODAY - DAY)
    make_issue(state="parked", first_due_on=due, due_on=due, parked_until=TODAY + DAY)
    make_issue(state="objected", first_due_on=due, due_on=due)
    for role, url, names, conditions in (
        ("office", "/issues/desk", queues.DESK, queues.desk(TODAY)),
        ("manager", "/issues/supervise", queues.SUPERVISE, queues.supervise(TODAY)),
        ("manager", "/issues/review", queues.REVIEW, queues.review()),
    ):
        user = make_user(role=role)
        lite_browser.sign_in(user)
        counts = queues.counts(user, TODAY, conditions)
        for part, number in counts.items():
            ids = queues.listing(user, TODAY, conditions[part]).ids()
            page = lite_browser.open(f"{url}?part={part}")
            shown = page.rows(names[part]) if number else []
            assert len(ids) == number == len(shown), (url, part)
    assert queues.desk(TODAY).keys() == queues.DESK.keys() and queues.review().keys() == queues.REVIEW.keys()
    assert queues.supervise(TODAY).keys() == queues.SUPERVISE.keys()


def test_what_waits_is_suggested_to_who_answered_for_the_topic_before(app: Flask) -> None:
    topic, other, own = make_topic("finance"), make_topic("site"), make_unit("区住建局")
    worker, rare, gone = make_user(), make_user(), make_user()
    unit, outside = make_unit("高新科"), make_outside_handler(make_unit("区人社局"))
    gone.active = False
    other.unit_id = own.id
    due: dict[str, Any] = {"state": "in_progress", "first_due_on": TODAY, "due_on": TODAY, "lead_unit_id": unit.id}
    for person, number in ((worker, 3), (rare, 2), (gone, 5)):
        for _ in range(number):
            make_issue(topic_id=topic.id, handler_id=person.id, **due)
    make_issue(topic_id=topic.id, handler_id=rare.id, raised_on=TODAY - 900 * DAY, **due)
    found = suggested([topic.id, other.id, 0], TODAY - 730 * DAY)
    assert (found[topic.id].unit_id, found[topic.id].who, found[topic.id].number) == (unit.id, f"u{worker.id}", 3)
    assert (found[other.id].unit_id, found[other.id].who, found[other.id].number) == (own.id, "", 0)
    assert 0 not in found
    unit.closed_on = TODAY
    for _ in range(2):
        make_issue(topic_id=other.id, outside_id=outside.id, **{**due, "lead_unit_id": outside.unit_id})
    found = suggested([topic.id, other.id], TODAY - 730 * DAY)
    assert topic.id not in found and found[other.id].who == f"o{outside.id}"


def test_the_desk_gives_an_issue_in_two_touches_when_the_topic_is_known(browser: Browser) -> None:
    cast = now_cast()
    given(cast, at=clock.now())
    issue = raised(cast, clock.now())
    browser.sign_in(cast.office)
    page = browser.open("/issues/desk?part=registered")
    assert cast.lead_unit.name in page.text and "同专题办过 1 件" in page.text
    address = f"/issues/{issue.id}/dispatch?from=desk&part=registered"
    assert address in page.links("交办")
    form = browser.open(address)
    assert form.field("牵头单位").text.count(cast.lead_unit.name) == 1
    chosen = [node for node in form.field("责任人").walk() if "selected" in node.attributes]
    assert [node.attributes["value"] for node in chosen] == [f"u{cast.worker.id}"]
    after = browser.send(address, giving(cast, assists=[cast.assist_unit.id]))
    assert after.heading == "调度" and f"{issue.number} 已交办" in after.text
    issue = db.session.get_one(Issue, issue.id)
    assert (issue.state, issue.handler_id, issue.flow) == ("dispatched", cast.worker.id, "standard")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"person": ""}, "请选一位责任人"), ({"unit_id": ""}, "请选一个牵头单位"), ({"class_id": ""}, "请先选类别"),
        ({"leader_id": ""}, "这一类别要写明牵头领导"), ({"measures": " "}, "这一类别要写明解决措施"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_happens(change: dict[str, Any], said: str, lite_browser: Browser) -> None:
    cast = now_cast()
    issue = raised(cast, clock.now())
    page = lite_browser.sign_in(cast.office).send(f"/issues/{issue.id}/dispatch", giving(cast, **change), status=422)
    assert said in page.text
    issue = db.session.get_one(Issue, issue.id)
    assert (issue.state, issue.class_id) == ("registered", None)


def test_the_office_declines_classes_reassigns_and_settles(lite_browser: Browser) -> None:
    cast, at = now_cast(), clock.now()
    one, two, three = (raised(cast, at, words=f"第 {number} 件事") for number in range(3))
    lite_browser.sign_in(cast.office)
    lite_browser.send(f"/issues/{one.id}/decline", {"words": ""}, status=422)
    lite_browser.send(f"/issues/{one.id}/decline", {"words": "不在本局职责内，已转告企业找住建局"})
    lite_browser.send(
        f"/issues/{two.id}/class", {"class_id": class_of("simple").id, "topic_id": topic_of("finance").id}
    )
    lite_browser.send(f"/issues/{three.id}/admit")
    desk.dispatch(db.session.get_one(Issue, three.id), cast.desk, at, to_worker(cast))
    handling.object(db.session.get_one(Issue, three.id), Actor.of(cast.worker), at, "不归我们管")
    db.session.commit()
    page = lite_browser.open(f"/issues/{three.id}/settle?from=desk")
    assert "不归我们管" in page.text
    lite_browser.send(f"/issues/{three.id}/settle", {"ruling": "move", "words": "转人社"}, status=422)
    lite_browser.send(f"/issues/{three.id}/settle", {"ruling": "keep", "words": "职责在你科"})
    other = make_user(role="officer")
    lite_browser.send(f"/issues/{three.id}/reassign", giving(cast, person=f"u{other.id}", words="换人"))
    states = {row.id: row.state for row in db.session.scalars(select(Issue))}
    assert states == {one.id: "declined", two.id: "admitted", three.id: "dispatched"}
    assert db.session.get_one(Issue, two.id).topic.key == "finance"
    assert db.session.get_one(Issue, three.id).handler_id == other.id


def test_an_act_that_the_table_refuses_is_said_in_words(lite_browser: Browser) -> None:
    cast = now_cast()
    issue = given(cast, at=clock.now())
    page = lite_browser.sign_in(cast.office).send(f"/issues/{issue.id}/decline", {"words": "晚了"}, status=422)
    assert "这条问题现在是“交办”，不能“不予受理”" in page.text and "晚了" in page.html


def test_many_are_classed_and_those_refused_are_told_with_why(browser: Browser) -> None:
    cast, at = now_cast(), clock.now()
    issues = [raised(cast, at, words=f"第 {number} 件") for number in range(3)] + [given(cast, at=at, words="已交办的")]
    ids = [issue.id for issue in issues]
    browser.sign_in(cast.office)
    asked = browser.send("/issues/bulk/class?from=desk", {"id": ids, "back": "part=registered"}, status=200)
    assert "受理、分类（多件）" in asked.heading
    page = browser.send("/issues/bulk/class?from=desk", {"id": ids, "class_id": class_of("simple").id, "topic_id": ""})
    assert "办成 3 件，没办成 1 件" in page.text and len(page.rows("办成的")) == 3
    refused = page.rows("没办成的，原样没动")
    assert [row[0] for row in refused] == [issues[3].number] and "不能“改类别”" in refused[0][2]
    assert [db.session.get_one(Issue, row_id).state for row_id in ids] == [*["admitted"] * 3, "dispatched"]


def test_many_are_given_to_one_or_each_as_its_topic_suggests(lite_browser: Browser) -> None:
    cast, at = now_cast(), clock.now()
    given(cast, at=at)
    known = raised(cast, at, words="借设备")
    new = raised(cast, at, words="招人难", topic=topic_of("talent"))
    lite_browser.sign_in(cast.office)
    body = {"id": [known.id, new.id], "how": "suggested", "class_id": class_of("simple").id}
    page = lite_browser.send("/issues/bulk/assign", body)
    assert "办成 1 件，没办成 1 件" in page.text and "这个专题以前没有人办过" in page.text
    assert db.session.get_one(Issue, known.id).handler_id == cast.worker.id
    assert db.session.get_one(Issue, new.id).state == "registered"
    lite_browser.send("/issues/bulk/assign", {"id": [new.id], "how": "one"}, status=422)
    page = lite_browser.send("/issues/bulk/assign", giving(cast, id=[new.id], how="one"))
    assert "办成 1 件，没办成 0 件" in page.text


@pytest.mark.slow
def test_many_are_struck_off_but_not_by_who_handled_them(lite_browser: Browser) -> None:
    cast, at = now_cast(), clock.now()
    done = reviewed(cast, at=at)
    mine = reviewed(cast, at=at, words="经理自己办的")
    not_yet = given(cast, at=at, words="还在办")
    db.session.add(IssueMove(issue_id=mine.id, event="reply", from_state="in_progress", to_state="in_progress",
                             at=at, moved_on=TODAY, by_id=cast.manager.id))  # fmt: skip
    lite_browser.sign_in(cast.manager)
    answers = dict.fromkeys(("solved", "answered", "in_touch", "satisfied"), "yes")
    body = {"id": [done.id, mine.id, not_yet.id], "sent": "1"}
    lite_browser.send("/issues/bulk/close", body, status=422)
    page = lite_browser.send("/issues/bulk/close", body | answers)
    assert "办成 1 件，没办成 2 件" in page.text and "只能由未经办此事的销号审核人来做" in page.text
    assert db.session.get_one(Issue, done.id).state == "closed_out"


def test_bulk_acts_touch_only_what_the_person_sees(lite_browser: Browser) -> None:
    cast = now_cast()
    issue = raised(cast, clock.now())
    lite_browser.sign_in(cast.office)
    body = {"id": [issue.id + 50], "class_id": class_of("simple").id, "topic_id": ""}
    page = lite_browser.send("/issues/bulk/class", body)
    assert "办成 0 件，没办成 0 件" in page.text
    lite_browser.sign_in(make_user(role="officer"))
    assert lite_browser.post("/issues/bulk/class", data={"id": [issue.id]}).status_code == 403


def test_an_issue_one_may_not_see_cannot_be_acted_on(lite_browser: Browser) -> None:
    cast = make_cast(make_firm(area="石桥镇"))
    issue = raised(cast, clock.now())
    lite_browser.sign_in(make_user(role="office"))
    lite_browser.open(f"/issues/{issue.id + 9}/dispatch", status=404)
    assert evidence(cast)


@pytest.mark.slow
def test_queues_send_as_many_statements_for_thirty_rows_as_for_three(lite_browser: Browser) -> None:
    from tests.support.statements import statements

    boss, firm = make_user(role=("office", "manager")), make_firm()
    lite_browser.sign_in(boss)
    found: dict[str, list[int]] = {}
    held = 0
    for size in (3, 30):
        for _ in range(size - held):
            make_issue(firm, topic_id=make_topic(f"topic{held}").id)
            late = TODAY - 20 * DAY
            values = {"first_due_on": late, "due_on": late, "flow": "standard", "handler_id": make_user().id}
            make_issue(make_firm(), state="in_progress", lead_unit_id=make_unit().id, **values)
            make_issue(make_firm(), state="in_review", **values)
            held += 1
        db.session.commit()
        for url in ("/issues/desk?part=registered", "/issues/supervise?part=red", "/issues/review?part=in_review"):
            lite_browser.get(url)
            with statements() as sent:
                assert lite_browser.get(url).status_code == 200
            found.setdefault(url, []).append(len(sent))
    assert {url: counts for url, counts in found.items() if counts[0] != counts[1]} == {}
