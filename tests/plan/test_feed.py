"""日历订阅: the format (folding, escaping, read back), whose rows, who is refused, what a change does to an entry."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from time_machine import travel

from crm.documents import ical
from models import clock, setting
from models.base import db
from models.link import LinkOpening
from models.plan import feed
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_plan_line, make_promise, make_user
from tests.support.statements import statements

NOW = "2026-11-18 02:00Z"
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)
AT = datetime(2026, 11, 18, 2, tzinfo=UTC)


def read_back(data: bytes) -> list[dict[str, str]]:
    """The events of a feed, as a calendar program reads them: unfolded, unescaped; checks the form on the way."""
    assert data.endswith(b"\r\n")
    for octets in data.split(b"\r\n"):
        assert len(octets) <= 75 and not {10, 13} & set(octets)
        octets.decode("utf-8")
    lines = data.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    events: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and ":" in line:
            name, value = line.split(":", 1)
            plain, place = "", 0
            while place < len(value):
                step = 2 if value[place] == "\\" else 1
                letter = value[place + step - 1]
                plain += "\n" if step == 2 and letter == "n" else letter
                place += step
            events[-1][name] = plain
    return events


TEXTS = [
    "走访",
    "看研发费用归集；问“小巨人”复核, 带材料; 到\\一楼",
    "第一行\n第二行",
    "长" * 200,
    "a" * 75,
    "a" * 76,
    "a" * 74 + "中文",
    "𠮷野家" * 40,
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    data = ical.calendar(text, [ical.Event("plan-1@tidu", TODAY, text, AT, description=text, location=text)])
    event = read_back(data)[0]
    assert event["SUMMARY"] == text
    assert event.get("DESCRIPTION", "") == event.get("LOCATION", "") == text


@pytest.mark.parametrize(
    "text, written",
    [("a\r\nb", "a\\nb"), ("a\rb", "a\\nb"), ("a\tb", "a b"), ("a\x00\x07b", "ab"), ("a,b;c\\d", "a\\,b\\;c\\\\d")],
)
def test_what_a_text_may_not_hold(text: str, written: str) -> None:
    assert ical.escaped(text) == written


@pytest.mark.parametrize("length, lines", [(74, 1), (75, 1), (76, 2), (149, 2), (150, 3)])
def test_a_line_is_folded_after_seventy_five_octets(length: int, lines: int) -> None:
    folded = ical.folded("x" * length)
    assert folded.count(b"\r\n") == lines
    assert folded.replace(b"\r\n ", b"") == b"x" * length + b"\r\n"


def test_a_day_is_a_day_and_a_change_says_so() -> None:
    event = ical.Event("plan-7@tidu", date(2026, 12, 31), "走访", AT, sequence=2, cancelled=True)
    found = read_back(ical.calendar("我的", [event]))[0]
    assert found["UID"] == "plan-7@tidu" and found["SEQUENCE"] == "2" and found["STATUS"] == "CANCELLED"
    assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    assert found["DTSTAMP"] == found["LAST-MODIFIED"] == "20261118T020000Z"


@pytest.mark.parametrize("days, shown", [(-31, False), (-30, True), (0, True), (60, True), (61, False)])
@travel(NOW, tick=False)
def test_a_month_back_and_two_ahead(app: Flask, days: int, shown: bool) -> None:
    user = make_user()
    make_plan_line(None, user, TODAY + days * DAY)
    make_promise(None, user).due_on = TODAY + days * DAY
    db.session.flush()
    assert len(feed.entries(user, TODAY)) == (2 if shown else 0)


@travel(NOW, tick=False)
def test_only_ones_own_and_only_firms_that_exist_for_one(app: Flask) -> None:
    user = make_user("town", area="青禾街道")
    seen = make_plan_line(make_firm(area="青禾街道"), user, TODAY)
    make_plan_line(make_firm(area="石桥镇"), user, TODAY)
    make_promise(make_firm(area="石桥镇"), user)
    make_plan_line(make_firm(area="青禾街道"), make_user(), TODAY)
    kept = make_promise(make_firm(area="青禾街道"), user)
    kept.keep("电话答复", TODAY, user, TODAY)
    db.session.flush()
    assert [entry.key for entry in feed.entries(user, TODAY)] == [f"plan-{seen.id}"]


@travel(NOW, tick=False)
def test_a_changed_line_counts_up_and_one_put_off_is_cancelled(app: Flask) -> None:
    user = make_user()
    line = make_plan_line(make_firm(), user, TODAY)
    db.session.commit()
    assert feed.entries(user, TODAY)[0].changes == 0
    with travel("2026-11-18 03:00Z", tick=False):
        later = line.move(TODAY + DAY, "企业盘点", user, clock.now())
        db.session.commit()
    first, second = feed.entries(user, TODAY)
    assert (first.key, first.over, first.changes) == (f"plan-{line.id}", True, 1)
    assert first.changed_at == datetime(2026, 11, 18, 3, tzinfo=UTC)
    assert (second.key, second.over) == (f"plan-{later.id}", False)


@pytest.mark.parametrize("rows", [3, 30])
def test_a_feed_costs_the_same_statements_for_few_entries_and_many(app: Flask, rows: int) -> None:
    user, today = make_user(), clock.today()
    for _ in range(rows):
        make_plan_line(None, user, today)
        make_promise(None, user)
    db.session.flush()
    setting.get("officer_scope")
    with statements() as sent:
        assert len(feed.entries(user, today)) == 2 * rows
    assert len(sent) <= 8, sent


def subscribe(browser: Browser, user: User) -> str:
    """The path of a new address."""
    page = browser.sign_in(user).send("/plan/feed", {"label": "手机日历"})
    assert "地址只显示这一次" in page.text and "手机日历" in page.text
    address = page.html.split('data-copy="')[1].split('"')[0]
    assert address.startswith("http") and address not in browser.open("/plan/feed").html
    return "/l/" + address.split("/l/")[1]


@travel(NOW, tick=False)
def test_an_address_is_made_fetched_and_revoked(lite_browser: Browser) -> None:
    user = make_user(name="何岸")
    make_plan_line(make_firm("青禾精密制造有限公司"), user, TODAY)
    path = subscribe(lite_browser, user)
    stranger = Browser(lite_browser.app)
    answer = stranger.get(path)
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    assert read_back(answer.data)[0]["SUMMARY"] == "走访 青禾精密制造有限公司"
    again = stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert lite_browser.open("/plan/feed").rows("在用的地址")[0][2] == "2026-11-18 10:00"
    link_id = db.session.query(LinkOpening).first().link_id  # type: ignore[union-attr]
    Browser(lite_browser.app).sign_in(make_user()).open(f"/plan/feed/{link_id}/revoke", 405)
    assert Browser(lite_browser.app).sign_in(make_user()).post(f"/plan/feed/{link_id}/revoke").status_code == 404
    lite_browser.send(f"/plan/feed/{link_id}/revoke")
    assert stranger.get(path).status_code == 404


def gone(user: User) -> None:
    user.active = False


def no_right(user: User) -> None:
    user.roles = []


def moved_area(user: User) -> None:
    user.areas = []


@pytest.mark.parametrize("change", [gone, no_right])
@travel(NOW, tick=False)
def test_who_lost_account_or_right_reads_no_more_than_a_stranger(lite_browser: Browser, change: Any) -> None:
    user = make_user()
    path = subscribe(lite_browser, user)
    stranger = Browser(lite_browser.app)
    change(user)
    db.session.commit()
    refused, wrong = stranger.get(path), stranger.get(f"/l/calendar/{'x' * 43}.ics")
    assert refused.status_code == wrong.status_code == 404 and refused.data == wrong.data
    assert [row.outcome for row in db.session.query(LinkOpening).order_by(LinkOpening.id)] == ["refused", "refused"]


@travel(NOW, tick=False)
def test_an_area_taken_away_is_gone_from_the_feed(lite_browser: Browser) -> None:
    user = make_user("town", area="青禾街道")
    make_plan_line(make_firm(area="青禾街道"), user, TODAY)
    path = subscribe(lite_browser, user)
    assert len(read_back(lite_browser.get(path).data)) == 1
    moved_area(user)
    db.session.commit()
    assert read_back(lite_browser.get(path).data) == []


@travel(NOW, tick=False)
def test_the_outside_address_is_offered_only_where_there_is_one(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    page = lite_browser.send("/plan/feed", {})
    assert "在外面" not in page.text and "手机要连上单位网络" in page.text
    config = lite_browser.app.config["TIDU"]
    config.public_base_url = "https://tidu.example"
    try:
        assert "https://tidu.example/l/calendar/" in lite_browser.send("/plan/feed", {}).text
    finally:
        config.public_base_url = ""
