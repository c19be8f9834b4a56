"""督办 and 销号审核: extensions, slips, the ladder, parked matters, the four questions, spot checks, common causes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import clock
from models.base import db
from models.issue import Issue
from models.issue.groups import IssueGroup
from models.issue.parts import IssueClosing, IssueExtension, IssueSlip, SpotCheck
from models.issue.trace import IssueMove
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.issue_factories import make_issue, make_issue_group
from tests.support.issue_parts import make_closed, make_extension, make_slip, make_spot_check
from tests.support.issue_story import begun, closed, given, make_cast, parked, raised, reviewed, trace

TODAY = clock.today()
DAY = timedelta(days=1)
YES = dict.fromkeys(("solved", "answered", "in_touch", "satisfied"), "yes")


def fresh(issue: Issue) -> Issue:
    return db.session.get_one(Issue, issue.id)


def test_an_extension_is_decided_by_another_and_the_first_date_stays(browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=clock.now())
    first = issue.first_due_on
    asked = make_extension(issue, asked_by_id=cast.worker.id)
    browser.sign_in(cast.manager)
    page = browser.open("/issues/supervise?part=extensions")
    assert "设备月底才到" in page.text and f"/issues/{issue.id}/extension?from=supervise&part=extensions" in page.links(
        "审批"
    )
    url = f"/issues/{issue.id}/extension?from=supervise"
    assert "请选同意或不同意" in browser.send(url, {"words": ""}, status=422).text
    assert "请写理由" in browser.send(url, {"granted": "no"}, status=422).text
    browser.send(url, {"granted": "yes"})
    issue = fresh(issue)
    assert (issue.due_on, issue.first_due_on, issue.extensions) == (asked.new_due_on, first, 1)
    assert "没有待批的延期申请" in browser.send(url, {"granted": "yes"}, status=422).text


def test_who_asked_does_not_decide(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=clock.now())
    make_extension(issue, asked_by_id=cast.manager.id)
    page = lite_browser.sign_in(cast.manager).send(f"/issues/{issue.id}/extension", {"granted": "yes"}, status=422)
    assert "不能由申请人自己批" in page.text
    assert db.session.scalars(select(IssueExtension)).one().granted is None


def test_a_slip_is_sent_once_for_a_matter_and_printed(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=clock.now() - timedelta(days=60))
    lite_browser.sign_in(cast.manager)
    supervise = lite_browser.open("/issues/supervise?part=no_slip")
    assert len(supervise.rows("逾期未发督办单")) == 1
    url = f"/issues/{issue.id}/slip?from=supervise&part=no_slip"
    lite_browser.send(url, {"why": "overdue", "words": "三天内给企业一个准话"})
    assert "一事一单" in lite_browser.send(url, {"why": "overdue"}, status=422).text
    slip = db.session.scalars(select(IssueSlip)).one()
    assert (slip.colour, slip.about_on, slip.raised_by_id) == ("red", issue.due_on, cast.manager.id)
    assert "这里没有要督办的" in lite_browser.open("/issues/supervise?part=no_slip").text
    page = lite_browser.open(f"/issues/slips/{slip.id}")
    for said in ("红色督办单", "三天内给企业一个准话", cast.lead_unit.name, "周予安", f"时限 {issue.due_on} 已过"):
        assert said in page.text


def test_slips_are_counted_by_colour_as_they_are_listed(lite_browser: Browser) -> None:
    here = make_issue(make_firm(area="青禾街道"))
    for number in range(3):
        make_slip(here, about_on=TODAY - number * DAY)
    make_slip(here, colour="blue", why="due_soon")
    make_slip(here, colour="yellow", why="returned", answered_on=TODAY, answer="已补")
    make_slip(make_issue(make_firm(area="石桥镇")), about_on=TODAY)
    cases: list[tuple[str, str, int]] = [
        ("manager", "", 5), ("manager", "?colour=red", 4), ("manager", "?state=all", 6),
        ("manager", "?state=answered", 1), ("manager", "?colour=yellow", 0), ("town", "", 4),
        ("town", "?colour=red", 3),
    ]  # fmt: skip
    for role, asked, number in cases:
        lite_browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
        page = lite_browser.open(f"/issues/slips{asked}")
        assert len(page.rows("督办单")) == number if number else "没有这样的督办单" in page.text
        if number:
            assert f"共 {number} 张" in page.text
    hidden = db.session.scalars(select(IssueSlip.id).order_by(IssueSlip.id.desc())).first()
    lite_browser.open(f"/issues/slips/{hidden}", status=404)


def test_a_matter_goes_up_where_the_ladder_says_so(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=clock.now() - timedelta(days=90))
    lite_browser.sign_in(cast.manager)
    assert "逾期已超过规定天数" in lite_browser.open("/issues/supervise").text
    lite_browser.send(f"/issues/{issue.id}/escalate", {"words": "", "leader_id": ""}, status=422)
    lite_browser.send(f"/issues/{issue.id}/escalate?from=supervise",
                      {"words": "请分管区长协调", "leader_id": cast.office.id})  # fmt: skip
    assert (fresh(issue).level, fresh(issue).leader_id) == (1, cast.office.id)
    assert len(lite_browser.open("/issues/supervise?part=up").rows("已提级")) == 1


def test_parking_is_approved_with_a_date_within_thirty_days(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = begun(cast, at=clock.now())
    lite_browser.sign_in(cast.manager)
    url = f"/issues/{issue.id}/park?from=supervise"
    late = {"conditions": "等土地指标", "until": (TODAY + 31 * DAY).isoformat()}
    assert "下次答复最晚是" in lite_browser.send(url, late, status=422).text
    lite_browser.send(url, late | {"until": (TODAY + 30 * DAY).isoformat()})
    assert fresh(issue).state == "parked"
    lite_browser.send(f"/issues/{issue.id}/unpark?from=supervise", {"words": "指标下来了"})
    assert fresh(issue).state == "in_progress"
    lite_browser.send(f"/issues/{issue.id}/explain?from=supervise", {"words": "上级政策不允许，已当面说明"})
    assert fresh(issue).state == "explained"
    assert parked(cast, clock.now()).state == "parked"


def test_the_review_asks_four_questions_and_shows_what_the_firm_said(browser: Browser) -> None:
    cast = make_cast()
    issue = reviewed(cast, at=clock.now())
    browser.sign_in(cast.manager)
    assert f"/issues/{issue.id}/review?from=review&part=in_review" in browser.open("/issues/review").links("审核")
    url = f"/issues/{issue.id}/review?from=review"
    page = browser.open(url)
    assert "通过链接答：已解决，态度 5 分" in page.text
    page = browser.send(url, {"verdict": "close"}, status=422)
    assert page.text.count("请回答") >= 4
    page = browser.send(url, {**YES, "verdict": "close", "in_touch": "no"}, status=422)
    assert "为什么可以销号" in page.text
    browser.send(url, {**YES, "verdict": "close", "in_touch": "no", "words": "企业先打来的"})
    row = db.session.scalars(select(IssueClosing)).one()
    assert (row.reviewer_id, row.in_touch, row.note) == (cast.manager.id, False, "企业先打来的")
    assert fresh(issue).state == "closed_out"
    browser.send(f"/issues/{issue.id}/reopen", {"words": "企业又说不行"})
    assert (fresh(issue).state, fresh(issue).round) == ("in_progress", 2)


@pytest.mark.parametrize(("verdict", "state", "round_"), [("redo", "in_progress", 2), ("return", "in_progress", 1)])
def test_a_review_that_sends_it_back_says_why(verdict: str, state: str, round_: int, lite_browser: Browser) -> None:
    cast = make_cast()
    issue = reviewed(cast, at=clock.now())
    url = f"/issues/{issue.id}/review"
    assert "请写理由" in lite_browser.sign_in(cast.manager).send(url, {"verdict": verdict}, status=422).text
    lite_browser.send(url, {"verdict": verdict, "words": "佐证看不出办成了"})
    assert (fresh(issue).state, fresh(issue).round) == (state, round_)


def test_who_handled_it_cannot_strike_it_off(lite_browser: Browser) -> None:
    cast = make_cast()
    issue = reviewed(cast, at=clock.now())
    db.session.add(IssueMove(issue_id=issue.id, event="reply", from_state="in_progress", to_state="in_progress",
                             at=clock.now(), moved_on=TODAY, by_id=cast.manager.id))  # fmt: skip
    page = lite_browser.sign_in(cast.manager).send(
        f"/issues/{issue.id}/review", {**YES, "verdict": "close"}, status=422
    )
    assert "只能由未经办此事的销号审核人来做" in page.text


def test_spot_checks_are_drawn_phoned_and_open_again_what_is_not_solved(browser: Browser) -> None:
    cast = make_cast()
    issue = closed(cast, at=clock.now())
    month = f"{TODAY:%Y-%m}"
    browser.sign_in(cast.manager)
    assert "还没有抽查" in browser.open(f"/issues/spot?month={month}").text
    page = browser.send("/issues/spot/draw", {"month": month})
    assert f"{month} 抽中 1 件" in page.text and issue.number in page.rows("抽中的")[0][0]
    check = db.session.scalars(select(SpotCheck)).one()
    browser.sign_in(cast.caller)
    browser.send(f"/issues/spot/{check.id}", {"words": "说还没好"}, status=422)
    browser.send(f"/issues/spot/{check.id}?from=spot", {"result": "not_solved", "words": "说还没好"})
    assert (fresh(issue).state, fresh(issue).round) == ("in_progress", 2)
    assert trace(fresh(issue))[-2:] == ["spot_result", "reopen"]
    assert "说还没好" in browser.open(f"/issues/spot?month={month}").text
    assert browser.post("/issues/spot/draw").status_code == 403


def test_a_spot_check_of_a_hidden_issue_does_not_exist(lite_browser: Browser) -> None:
    check = make_spot_check(make_closed(firm=make_firm(area="石桥镇")))
    page = lite_browser.sign_in(make_user(role="manager")).open("/issues/spot?month=1999-13")
    assert page.heading.startswith("抽查 20")
    lite_browser.open(f"/issues/spot/{check.id + 1}", status=404)


def test_a_common_cause_gathers_issues_and_answers_all_of_them(browser: Browser) -> None:
    cast = make_cast()
    mine = begun(cast, at=clock.now(), words="变压器不够")
    other = make_issue(make_firm(), state="registered", words="厂里老跳闸")
    ended = make_issue(make_firm(), state="declined", ended_on=TODAY)
    browser.sign_in(cast.office)
    body = {"id": [mine.id, other.id, ended.id], "group_id": "", "name": "变压器容量不足", "cause": "增容未批"}
    page = browser.send("/issues/bulk/group", body)
    assert "办成 2 件，没办成 1 件" in page.text and "已经结束，不能并入一类事" in page.text
    group = db.session.scalars(select(IssueGroup)).one()
    row = browser.open("/issues/groups").rows("一类事")[0]
    assert row[0] == "变压器容量不足" and row[3:6] == ["2", "2", "2"]
    browser.send(f"/issues/groups/{group.id}/edit", {"name": "变压器", "cause": "增容", "unit_id": cast.lead_unit.id,
                                                     "person_id": cast.worker.id})  # fmt: skip
    browser.send(f"/issues/groups/{group.id}/answer", {"answer": ""}, status=422)
    page = browser.send(f"/issues/groups/{group.id}/answer", {"answer": "供电公司 12 月底前增容"})
    told: dict[str, Any] = {row[0]: row for row in page.rows("办成的")}
    assert other.number in told
    assert "tell" in trace(fresh(other))
    page = browser.open(f"/issues/groups/{group.id}")
    assert "供电公司 12 月底前增容" in page.text and len(page.rows("这些企业提的")) == 2
    browser.send(f"/issues/groups/{group.id}/leave/{other.id}")
    assert fresh(other).group_id is None


def test_a_cause_without_issues_one_sees_does_not_exist(lite_browser: Browser) -> None:
    group = make_issue_group()
    make_issue(make_firm(area="石桥镇"), group_id=group.id)
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    assert "还没有一类事" in lite_browser.open("/issues/groups").text
    lite_browser.open(f"/issues/groups/{group.id}", status=404)
    lite_browser.sign_in(make_user(role="town", area="石桥镇"))
    assert len(lite_browser.open(f"/issues/groups/{group.id}").rows("这些企业提的")) == 1


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("officer", {"groups", "slips", "spot"}), ("office", {"groups", "slips", "spot", "desk"}),
        ("manager", {"groups", "slips", "spot", "desk", "supervise", "review"}), ("town", {"groups", "slips"}),
        ("handler", set()), ("sysadmin", set()), ("secadmin", set()), ("auditor", set()),
    ],
)  # fmt: skip
def test_pages_open_for_whom_they_are(role: str, opens: set[str], lite_browser: Browser) -> None:
    cast = make_cast()
    given(cast), raised(cast)
    lite_browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
    found = {
        name
        for name in ("groups", "slips", "spot", "desk", "supervise", "review")
        if lite_browser.get(f"/issues/{name}").status_code == 200
    }
    assert found == opens
