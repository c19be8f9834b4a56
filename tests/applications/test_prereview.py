"""Pre-review meetings: agenda, marks, verdicts, findings, what they stop; the pages of each person."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models import clock
from models.application import Application, ReviewFinding, ReviewItem, ReviewMark, ReviewMeeting, acts, prereview
from models.application.filters import ApplicationFilter
from models.application.listing import ApplicationListing
from models.application.meeting_list import gaps_of, remove_meeting
from models.application.prereview import Mark
from models.application.reviewed import passing
from models.assessment.judgement import FirmJudgement
from models.assessment.kept import AssessmentResult
from models.base import db
from models.errors import Refused
from models.rules.prereview import RESULTS
from tests.support.application_factories import (
    make_application,
    make_application_batch,
    make_finding,
    make_meeting,
    make_review_item,
)
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.statements import statements

TODAY = clock.today()
DAY = timedelta(days=1)
FULL = {"ip": 24, "conversion": 20, "organisation": 15, "growth": 12}


def test_the_agenda_takes_each_application_once_and_in_its_next_round(app: Flask) -> None:
    manager, now = make_user(role="manager"), clock.now()
    meeting = make_meeting(None, "陆明远", held_on=TODAY)
    stages = ("intention", "coaching", "pre_review", "submitted")
    rows = [make_application(batch=meeting.batch, stage=stage) for stage in stages]
    other = make_application(stage="pre_review")
    ids = [row.id for row in (*rows, other)]
    assert prereview.put_on(manager, meeting, ids, now) == 2
    assert prereview.put_on(manager, meeting, ids, now) == 0
    items = meeting.items_for(manager)
    assert {item.application_id for item in items} == {rows[1].id, rows[2].id} and {item.round for item in items} == {1}
    first = next(item for item in items if item.application_id == rows[2].id)
    prereview.decide(first, manager, now, "again", "", "补审计报告")
    second = make_meeting(meeting.batch, held_on=TODAY)
    assert [row.id for row in prereview.candidates_for(manager, second)] == [rows[2].id]
    prereview.put_on(manager, second, ids, now)
    again = second.items_for(manager)[0]
    assert (again.round, again.before_id, again.application_id) == (2, first.id, rows[2].id)
    with pytest.raises(Refused, match="后面一轮"):
        prereview.decide(first, manager, now, "cleared", "")
    prereview.take_off(again)
    prereview.decide(first, manager, now, "cleared", "改好了")
    assert first.verdict == "cleared"
    with pytest.raises(Refused, match="不能从议程拿掉"):
        prereview.take_off(first)
    with pytest.raises(Refused, match="议程上还有"):
        remove_meeting(meeting)
    remove_meeting(second)
    assert db.session.scalars(select(ReviewMeeting)).all() == [meeting]


def test_what_is_to_be_corrected_keeps_an_application_on_the_agenda(app: Flask) -> None:
    manager, now = make_user("manager"), clock.now()
    meeting = make_meeting(held_on=TODAY)
    row = make_application(batch=meeting.batch, stage="pre_review")
    prereview.put_on(manager, meeting, [row.id], now)
    (item,) = meeting.items_for(manager)
    prereview.decide(item, manager, now, "again", "", "补审计报告")
    prereview.decide(item, manager, now, "", "")
    assert item.verdict is None
    with pytest.raises(Refused, match="不能从议程拿掉"):
        prereview.take_off(item)


def test_marks_add_up_and_an_expert_who_marked_stays(app: Flask) -> None:
    meeting = make_meeting(None, "陆明远", "顾晚舟")
    item = make_review_item(meeting)
    one, two = (expert.id for expert in meeting.experts)
    prereview.write_marks(item, {one: Mark(FULL, advice="专利要补"), two: Mark({"ip": 20}), 999: Mark(FULL)})
    assert {row.expert_id: row.total for row in prereview.marks_of([item.id])} == {one: 71, two: None}
    assert prereview.means_of(prereview.marks_of([item.id])) == {item.id: 71}
    with pytest.raises(Refused, match="已经打过分"):
        prereview.set_experts(meeting, "沈知微，苍岭大学")
    prereview.write_marks(item, {two: Mark()})
    prereview.set_experts(meeting, "陆明远\n沈知微，苍岭大学")
    assert [(row.id == one, row.name, row.unit) for row in meeting.experts] == [
        (True, "陆明远", ""), (False, "沈知微", "苍岭大学"),
    ]  # fmt: skip
    db.session.add(ReviewMark(item_id=item.id, expert_id=meeting.experts[1].id, ip=31))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_title_without_parts_takes_one_mark(app: Flask) -> None:
    meeting = make_meeting(make_application_batch("srdi_sme"), "陆明远")
    item = make_review_item(meeting)
    prereview.write_marks(item, {meeting.experts[0].id: Mark(FULL, 88)})
    row = prereview.marks_of([item.id])[0]
    assert (row.total, row.ip) == (88, None)
    with pytest.raises(Refused, match="别的资质"):
        prereview.keep_points(item, make_user(), clock.now())


def test_verdicts_wait_for_the_day_and_say_what_to_correct(app: Flask) -> None:
    manager, now = make_user(role="manager"), clock.now()
    item = make_review_item(make_meeting(held_on=TODAY + DAY))
    with pytest.raises(Refused, match="开过再写"):
        prereview.decide(item, manager, now, "cleared", "")
    item.meeting.held_on = TODAY
    with pytest.raises(Refused, match="写明改什么"):
        prereview.decide(item, manager, now, "again", "", " \n")
    for _ in range(2):
        prereview.decide(item, manager, now, "again", "材料差两样", "1. 补审计报告\n2. 补缴费证明")
    rows = ReviewFinding.list_of(item.application_id)
    assert [row.words for row in rows] == ["补审计报告", "补缴费证明"]
    assert (item.verdict, item.decided_on, item.decided_by_id, item.advice) == (
        "again", TODAY, manager.id, "材料差两样",
    )  # fmt: skip
    prereview.decide(item, manager, now, "", "")
    assert (item.verdict, item.decided_on, item.decided_by_id) == (None, None, None)


def test_findings_are_ticked_off_by_who_works_on_it(app: Flask) -> None:
    anna, now = make_user(), clock.now()
    item = make_review_item(None, make_application(stage="pre_review", coach_id=anna.id))
    row = make_finding(item)
    with pytest.raises(Refused, match="不由您辅导"):
        prereview.correct(row, item.application, make_user(), now, "")
    prereview.correct(row, item.application, anna, now, "报告已出")
    assert (row.done_on, row.done_by_id, row.done_words) == (TODAY, anna.id, "报告已出")
    prereview.correct(row, item.application, anna, now, "没有用")
    assert (row.done_on, row.done_by_id, row.done_words) == (None, None, "")


@pytest.mark.parametrize("refuses", [False, True])
def test_what_has_to_be_corrected_warns_or_refuses_when_it_is_filed(app: Flask, refuses: bool) -> None:
    manager, now = make_user(role="manager"), clock.now()
    row = make_application(batch=make_application_batch(review_refuses=refuses), stage="pre_review")
    item = make_review_item(make_meeting(row.batch), row, verdict="again")
    finding = make_finding(item)
    assert "第 1 轮要求修改后再审，还有 1 条" in prereview.warning_of(row)
    if refuses:
        with pytest.raises(Refused, match="改完才能提交"):
            acts.move(row, manager, now, "submitted")
        prereview.correct(finding, row, manager, now, "")
        assert prereview.warning_of(row) == ""
    acts.move(row, manager, now, "submitted")
    assert row.stage == "submitted"


def test_a_later_round_speaks_for_the_application(app: Flask) -> None:
    row = make_application(batch=make_application_batch("hnte"), stage="pre_review")
    first = make_review_item(make_meeting(row.batch), row, verdict="again")
    make_finding(first)
    make_review_item(make_meeting(row.batch), row, round=2, before_id=first.id)
    assert prereview.warning_of(row) != ""
    make_review_item(make_meeting(row.batch), row, round=3, verdict="cleared", before_id=first.id)
    assert prereview.warning_of(row) == ""


def test_the_mean_points_become_the_firms_judgement_once(app: Flask) -> None:
    manager, now = make_user(role="manager"), clock.now()
    meeting = make_meeting(None, "陆明远", "顾晚舟", held_on=TODAY - DAY)
    item = make_review_item(meeting)
    one, two = (expert.id for expert in meeting.experts)
    prereview.write_marks(item, {one: Mark(FULL)})
    prereview.write_marks(item, {two: Mark({**FULL, "ip": 25})})
    assert [prereview.keep_points(item, manager, now) for _ in range(2)] == [4, 0]
    rows = db.session.scalars(select(FirmJudgement).order_by(FirmJudgement.key)).all()
    assert {row.key: row.answer for row in rows} == {
        "expert_points.ip": "25", "expert_points.conversion": "20", "expert_points.organisation": "15",
        "expert_points.growth": "12",
    }  # fmt: skip
    assert {(row.said_on, row.said_by_id) for row in rows} == {(TODAY - DAY, manager.id)} and "2 位专家" in rows[0].why
    prereview.write_marks(item, {one: Mark({"ip": 24}), two: Mark()})
    with pytest.raises(Refused, match="没打分"):
        prereview.keep_points(item, manager, now)


def stories() -> None:
    """Applications with every story pre-review can have."""
    batch = make_application_batch("hnte", year=2026)
    told: tuple[tuple[str | None, ...], ...] = (
        (), (None,), ("cleared",), ("again",), ("again", "cleared"), ("again", "again"), ("again", "again", "cleared"),
        ("postponed",), ("again", None), ("again", "postponed"),
    )  # fmt: skip
    for place, verdicts in enumerate(told):
        firm = make_firm(area="青禾街道" if place % 2 else "东湖镇")
        row, before = make_application(firm, batch, stage="pre_review"), None
        for number, verdict in enumerate(verdicts, 1):
            meeting = make_meeting(batch)
            before = make_review_item(
                meeting, row, verdict=verdict, round=number, before_id=before.id if before else None
            )
            if verdict == "again":
                make_finding(before, done_on=TODAY if place % 3 else None)


def test_pass_rates_count_exactly_the_rows_they_open_into(app: Flask) -> None:
    stories()
    rows = {row.id: ReviewItem.list_of(row.id)[::-1] for row in db.session.scalars(select(Application))}
    told = {key: [item.verdict for item in items if item.verdict] for key, items in rows.items()}
    wanted = {
        "seen": {key for key, one in told.items() if one},
        "first": {key for key, one in told.items() if one[:1] == ["cleared"]},
        "second": {key for key, one in told.items() if "cleared" in one[:2]},
        "cleared": {key for key, one in told.items() if one[-1:] == ["cleared"]},
        "again": {key for key, one in told.items() if one[-1:] == ["again"]},
        "postponed": {key for key, one in told.items() if one[-1:] == ["postponed"]},
        "findings": {row.application_id for row in db.session.scalars(select(ReviewFinding)) if row.done_on is None},
    }
    assert wanted.keys() == RESULTS.keys()
    manager, town = make_user(role="manager"), make_user(role="town", area="青禾街道")
    for key, ids in wanted.items():
        listing = ApplicationListing(manager, ApplicationFilter(review=key), TODAY)
        assert {row.id for row in listing.rows()} == ids, key
    found = passing(manager, TODAY)
    assert (found.seen, found.first, found.second) == (8, 1, 2)
    assert (found.first_share.percent, found.second_share.percent) == ("12.5%", "25.0%")
    assert 0 < passing(town, TODAY).seen < 8
    assert passing(manager, TODAY, make_application_batch().id).seen == 0


def test_the_sheet_says_what_each_firm_lacks(app: Flask) -> None:
    meeting = make_meeting()
    item = make_review_item(meeting)
    firm_id = item.application.firm_id
    db.session.add(AssessmentResult(
        firm_id=firm_id, regime="hnte", state="nearly", as_new="nearly", verdict="not_eligible", short="rd_share",
        unknown="strange", shorts=1, distance=1, version="2016", judged_for=date(2026, 6, 1), judged_at=clock.now(),
    ))  # fmt: skip
    db.session.flush()
    gaps = gaps_of(meeting, [firm_id])[firm_id]
    assert len(gaps.short) == 1 and gaps.unknown == ["strange"] and gaps.as_of == "2026-06-01" and not gaps.ready
    assert gaps_of(meeting, []) == {}


def test_pages_take_the_same_statements_for_few_and_many(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="manager"))
    meeting = make_meeting(None, "陆明远")
    base = f"/applications/meetings/{meeting.id}"
    counts: dict[str, list[int]] = {
        url: [] for url in ("/applications/meetings", base, f"{base}/sheet", f"{base}/minutes")
    }
    for number in (3, 27):
        for _ in range(number):
            item = make_review_item(meeting, verdict="again")
            prereview.write_marks(item, {meeting.experts[0].id: Mark(FULL)})
            make_finding(item)
        db.session.commit()
        for url, found in counts.items():
            with statements() as sent:
                lite_browser.open(url)
            found.append(len(sent))
        meeting = db.session.scalars(select(ReviewMeeting)).one()
    assert all(few == many for few, many in counts.values()), counts


def test_a_meeting_from_the_plan_to_the_second_round(lite_browser: Browser) -> None:
    anna = make_user(name="安若")
    batch = make_application_batch("hnte")
    firm = make_firm("青禾阀门有限公司", area="青禾街道")
    row = make_application(firm, batch, stage="pre_review", coach_id=anna.id)
    other = make_application(make_firm("东湖轴承有限公司", area="东湖镇"), batch, stage="coaching")
    batch_id, row_id, other_id = batch.id, row.id, other.id
    lite_browser.sign_in(make_user(role="manager"))
    data = {"batch_id": str(batch_id), "held_on": str(TODAY), "begins": "14:00", "place": "三楼会议室",
            "experts": "陆明远，苍岭大学\n顾晚舟"}  # fmt: skip
    wrong = lite_browser.send("/applications/meetings/new", {**data, "begins": "下午"}, status=422)
    assert "写成 14:00" in wrong.text and "陆明远，苍岭大学" in wrong.field("专家").text
    page = lite_browser.send("/applications/meetings/new", data)
    meeting = db.session.scalars(select(ReviewMeeting)).one()
    at = f"/applications/meetings/{meeting.id}"
    assert "陆明远（苍岭大学）、顾晚舟" in page.text and page.faults() == []
    agenda = lite_browser.open(f"{at}/agenda")
    assert len(agenda.rows("可以上议程的企业")) == 2
    page = lite_browser.send(f"{at}/agenda", {"id": [str(row_id), str(other_id)]})
    assert "2 家上了议程" in page.text and page.rows("议程")[0][0].startswith("青禾阀门")
    item = db.session.scalars(select(ReviewItem).where(ReviewItem.application_id == row_id)).one()
    one, two = (expert.id for expert in item.meeting.experts)
    here = f"{at}/items/{item.id}"
    marks: dict[str, Any] = {f"{key}_{one}": str(value) for key, value in FULL.items()}
    wrong = lite_browser.send(here, {**marks, f"ip_{one}": "31", "verdict": "again"}, status=422)
    assert "填 0 到 30 的整数" in wrong.text and wrong.faults() == []
    wrong = lite_browser.send(here, {**marks, "verdict": "again"}, status=422)
    assert "写明改什么" in wrong.text and db.session.scalars(select(ReviewMark)).all() == []
    page = lite_browser.send(here, {**marks, f"advice_{two}": "材料太薄", "verdict": "again", "found": "补审计报告"})
    assert page.rows("议程")[0][4:7] == ["71.0", "修改后再审", "1"]
    assert "四项平均分已记到企业的评定判断" in lite_browser.send(f"{here}/keep").text
    assert "没有重复记" in lite_browser.send(f"{here}/keep").text
    minutes = lite_browser.open(f"{at}/minutes")
    assert "补审计报告" in minutes.text and "材料太薄" in minutes.text and minutes.faults() == []
    sheet = lite_browser.open(f"{at}/sheet")
    assert "知识产权（30）" in sheet.text and "71" not in sheet.text
    sent = lite_browser.get(f"{at}/export")
    book = load_workbook(io.BytesIO(sent.data))
    rows = list(book["结果"].iter_rows(min_row=3, values_only=True))
    assert rows[0][:1] + rows[0][4:7] == ("青禾阀门有限公司", 1, 71, "修改后再审") and rows[0][9:] == ("补审计报告", 1)
    assert len(list(book["打分"].iter_rows(min_row=3))) == 2
    cells = lite_browser.open("/applications/meetings").rows("预评审会")[0]
    assert cells[2:] == ["2", "0", "1", "0", "1"]
    lite_browser.sign_in(anna)
    page = lite_browser.open(f"/applications/{row_id}")
    assert "1 条没改完" in page.text and "平均 71.0 分" in page.text
    assert "还有 1 条没有改完" in lite_browser.open(f"/applications/{row_id}/move/submitted").text
    finding = db.session.scalars(select(ReviewFinding)).one()
    page = lite_browser.send(f"/applications/{row_id}/findings/{finding.id}", {"words": "报告已出"})
    assert "报告已出" in page.text and "条没改完" not in page.text
    assert lite_browser.post(f"/applications/{other_id}/findings/{finding.id}").status_code == 404
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    for url in (at, f"{at}/minutes", f"{at}/sheet"):
        text = lite_browser.open(url).text
        assert "青禾阀门" in text and "东湖轴承" not in text
    assert lite_browser.get(here).status_code == 403
    lite_browser.sign_in(make_user())
    assert lite_browser.post(f"/applications/{row_id}/findings/{finding.id}", data={}).status_code == 302
    assert db.session.scalars(select(ReviewFinding)).one().done_on is not None


def test_a_decider_who_sees_one_town_reviews_only_its_firms(lite_browser: Browser) -> None:
    meeting = make_meeting()
    there = make_review_item(meeting, make_application(make_firm(area="东湖镇"), meeting.batch, stage="pre_review"))
    at = f"/applications/meetings/{meeting.id}/items/{there.id}"
    other = make_meeting(meeting.batch)
    lite_browser.sign_in(make_user(role="manager"))
    assert lite_browser.get(at).status_code == 200
    assert lite_browser.get(f"/applications/meetings/{other.id}/items/{there.id}").status_code == 404
    town = make_user(role="town", area="青禾街道")
    assert meeting.items_for(town) == [] and prereview.candidates_for(town, meeting) == []
