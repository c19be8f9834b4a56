"""A draft tried on all firms: every verdict and every changed condition as the card says, and nothing else changes."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.assessing import book_trial
from models import clock, rule_book_trial
from models.assessment.bridge import inputs_of
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from models.rule_book import RuleBook, shelf
from models.rule_book_trial import Part, RuleBookTrial, RuleBookTrialChange, RuleBookTrialFirm
from models.rules.assess.judge import Judge
from models.rules.assess.shelf import shipped
from models.task import Interrupted, Task, Work
from models.user import User
from tests.assessment.test_candidates import district
from tests.support.assessment_factories import figures
from tests.support.book_factories import AT, EASY_AGE, HARD_RD, book_text, make_book, put_book
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.statements import statements

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def run(task: Task, work: Work | None = None) -> None:
    """Do the work as the worker does, and write its end."""
    task_id, arguments = task.id, json.loads(task.arguments)
    db.session.commit()
    book_trial.run(work or Work(arguments))
    db.session.get_one(Task, task_id).state = "done"
    db.session.commit()


def tried(row: RuleBook, by: User | None = None) -> RuleBookTrial:
    version = row.version
    run(book_trial.begin(row, by or make_user(role="office")))
    return RuleBookTrial.get(RuleBook.get(version))


def some_firms() -> None:
    district(6)
    young = make_firm("云澜新柳机械有限公司", founded_on=date(2026, 9, 1))
    figures(young, sales_revenue_2025=100, rd_expense_2025=10)
    make_firm("云澜没有数据有限公司")
    make_firm("云澜迁出有限公司", status="moved_out")


ANSWERS = {True: "yes", False: "no", None: "unknown"}


def test_a_trial_says_of_every_firm_what_one_by_one_says(app: Flask) -> None:
    some_firms()
    row = make_book("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE, HARD_RD)
    new, old = row.book, shipped().in_force("hnte", TODAY)
    assert old is not None
    trial = tried(row)
    ids = list(db.session.scalars(select(Firm.id).where(Firm.status == "active")))
    assert trial.firms == len(ids) == 8 and trial.old_version == "hnte-2016" and trial.as_of == TODAY
    rows = {one.firm_id: (one.old, one.new) for one in db.session.scalars(select(RuleBookTrialFirm))}
    changes = {(one.firm_id, one.key): (one.old, one.new) for one in db.session.scalars(select(RuleBookTrialChange))}
    for firm_id, inputs in inputs_of(ids, TODAY).items():
        before, after = Judge(old, inputs.judged("hnte")), Judge(new, inputs.judged("hnte"))
        assert rows.pop(firm_id) == (before.verdict, after.verdict)
        for key, met in after.conditions.items():
            was = before.conditions[key]
            assert changes.pop((firm_id, key), None) == (None if was == met else (ANSWERS[was], ANSWERS[met]))
    assert rows == {} and changes == {}
    assert shelf() is shipped()


def test_counts_add_up_and_each_opens_into_its_firms(app: Flask) -> None:
    some_firms()
    trial, by = tried(make_book("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE, HARD_RD)), make_user()
    counts = rule_book_trial.verdict_counts(trial, by)
    assert sum(counts.values()) == trial.firms
    for (old, new), count in counts.items():
        firms, total = rule_book_trial.tried(trial, by, Part(old, new), 1, 50)
        assert total == len(firms) == count and {(one.old, one.new) for one in firms} == {(old, new)}
    changes = rule_book_trial.change_counts(trial, by)
    assert changes
    for key, was, now, count in changes:
        firms, total = rule_book_trial.tried(trial, by, Part(key=key, was=was, now=now), 1, 50)
        assert total == count and all((key, was, now) in one.changes for one in firms)


def test_a_town_counts_and_opens_its_own_firms_alone(app: Flask) -> None:
    for area in ("石桥街道", "溪口街道", "溪口街道"):
        make_firm(area=area)
    trial, town = tried(make_book()), make_user(role="town", area="溪口街道")
    assert sum(rule_book_trial.verdict_counts(trial, town).values()) == 2
    assert rule_book_trial.tried(trial, town, Part(), 1, 50)[1] == 2


def test_putting_in_force_needs_a_finished_trial_of_exactly_this_text(app: Flask) -> None:
    by, row = make_user(role="office"), make_book("hnte-2027", "hnte-2016", date(2026, 12, 1))

    def refused(words: str) -> None:
        with pytest.raises(Refused, match=words):
            rule_book_trial.put_in_force(row, row.effective_from, by, AT)
        assert shelf() is shipped()

    refused("还没有在全部企业上试算")
    task = book_trial.begin(row, by)
    refused("试算还没有完成")
    run(task)
    row = RuleBook.get("hnte-2027")
    row.rewrite(book_text("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE), "再放宽")
    refused("试算以后正文又改过")
    tried(row, by)
    row = RuleBook.get("hnte-2027")
    put_book("hnte-x", "hnte-2016", date(2026, 11, 25))
    with pytest.raises(Refused, match="试算比的是 hnte-2016，2026-12-01 在用的现在是 hnte-x"):
        rule_book_trial.put_in_force(row, row.effective_from, by, AT)


def test_another_day_needs_no_other_trial(app: Flask) -> None:
    by, row = make_user(role="office"), make_book("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE)
    tried(row, by)
    row = RuleBook.get("hnte-2027")
    rule_book_trial.put_in_force(row, date(2027, 1, 1), by, AT)
    assert "effective_from = 2027-01-01" in row.text and row.put_by_id == by.id
    assert (shelf().in_force("hnte", date(2026, 12, 31)) or row.book).version == "hnte-2016"
    assert (shelf().in_force("hnte", date(2027, 1, 1)) or row.book).version == "hnte-2027"
    row.end(date(2027, 1, 1), "不用了", by, AT)
    assert shelf() == shipped()


def test_a_trial_cut_off_is_begun_anew_and_counts_nobody_twice(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_trial, "CHUNK", 3)
    for _ in range(8):
        make_firm()
    row = make_book()
    task = book_trial.begin(row, make_user(role="office"))

    class Stops(Work):
        def progress(self, done: int, total: int, message: str = "") -> None:
            if done >= 6:
                raise Interrupted

    arguments = json.loads(task.arguments)
    with pytest.raises(Interrupted):
        run(task, Stops(arguments))
    assert db.session.scalar(select(func.count()).select_from(RuleBookTrialFirm)) == 6
    assert RuleBookTrial.get(RuleBook.get(row.version)).ended_at is None
    said: list[tuple[int, int]] = []

    class Says(Work):
        def progress(self, done: int, total: int, message: str = "") -> None:
            said.append((done, total))

    run(db.session.get_one(Task, 1), Says(arguments))
    assert Counter(db.session.scalars(select(RuleBookTrialFirm.firm_id))).most_common(1)[0][1] == 1
    assert said == [(0, 8), (3, 8), (6, 8), (8, 8)]


def test_a_draft_changed_while_it_waits_is_not_tried(app: Flask) -> None:
    row = make_book()
    task = book_trial.begin(row, make_user(role="office"))
    with pytest.raises(Refused, match="正在试算"):
        book_trial.begin(row, make_user(role="office"))
    row.rewrite(book_text(row.version, "hnte-2016", date(2026, 12, 1), None, EASY_AGE), "再改")
    with pytest.raises(Refused, match="草稿又改过"):
        run(task)
    row.discard()
    with pytest.raises(Refused, match="已经删除"):
        run(db.session.get_one(Task, 1), Work({"trial_id": 1}))


def test_an_earlier_trial_gives_way_to_the_later_one(app: Flask) -> None:
    make_firm()
    row = make_book()
    tried(row)
    tried(RuleBook.get(row.version))
    assert db.session.scalar(select(func.count()).select_from(RuleBookTrial)) == 1
    assert db.session.scalar(select(func.count()).select_from(RuleBookTrialFirm)) == 1


def test_a_list_of_firms_costs_the_same_for_many(app: Flask) -> None:
    user, counts = make_user(), []
    row = make_book("hnte-2027", "hnte-2016", date(2026, 12, 1), None, EASY_AGE)
    for wanted in (3, 30):
        for _ in range(wanted - (db.session.scalar(select(func.count()).select_from(Firm)) or 0)):
            make_firm(area="青禾街道", founded_on=date(2026, 9, 1))
        trial = tried(RuleBook.get(row.version))
        rule_book_trial.tried(trial, user, Part(), 1, 50)
        with statements() as sent:
            firms, total = rule_book_trial.tried(trial, user, Part(), 1, 50)
            assert total == wanted and all(one.changes and one.firm.area for one in firms)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def by_office(browser: Browser) -> Browser:
    return browser.sign_in(make_user(role="office"))


def test_from_draft_to_force_and_back_on_the_pages(browser: Browser) -> None:
    firm = make_firm("云澜新柳机械有限公司", founded_on=date(2026, 9, 1))
    make_book("hnte-2027", "hnte-2016", date(2026, 11, 22), None, EASY_AGE)
    office = by_office(browser)
    page = office.open("/books/hnte-2027/put")
    assert "还没有在全部企业上试算" in page.text
    page = office.send("/books/hnte-2027/put", {"from_on": "2026-11-22"}, 422)
    assert "还没有在全部企业上试算" in page.text
    page = office.send("/books/hnte-2027/trial")
    assert "排队" in page.text
    run(db.session.get_one(Task, 1))
    page = office.open("/books/hnte-2027/trial")
    assert page.rows("哪一条的答案会变") == [["注册成立满一年", "不达到", "达到", "1"]]
    (link,) = [url for url in page.links("1") if "key=age" in url]
    page = office.open(link)
    assert page.rows("试算的企业")[0][0] == firm.name
    assert "注册成立满一年：不达到 → 达到" in page.text
    page = office.send("/books/hnte-2027/put", {"from_on": "2026-11-22"})
    assert "已启用 hnte-2027" in page.text and "在用" in page.text
    assert office.open(f"/firms/{firm.id}/gap").links("hnte-2027")
    assert office.open(f"/firms/{firm.id}/gap?on=2026-11-21").links("hnte-2016")
    page = office.send("/books/hnte-2027/end", {"from_on": "2026-11-22", "why": ""}, 422)
    assert "请写为什么撤回" in page.text
    page = office.send("/books/hnte-2027/end", {"from_on": "2026-11-22", "why": "文件没有印发"})
    assert "已撤回 hnte-2027" in page.text and "文件没有印发" in page.text
    assert office.open(f"/firms/{firm.id}/gap").links("hnte-2016")
    assert shelf() == shipped()


def test_what_cannot_be_said_of_days_is_refused_on_the_page(lite_browser: Browser) -> None:
    put_book("hnte-a", "hnte-2016", date(2026, 12, 1), date(2027, 6, 30))
    row = make_book("hnte-b", "hnte-2016", date(2027, 7, 1))
    tried(row)
    office = by_office(lite_browser)
    for day, words in (("2027-06-30", "请重新试算"), ("", "请填日期")):
        assert words in office.send("/books/hnte-b/put", {"from_on": day}, 422).text
    assert RuleBook.get("hnte-b").effective_from == date(2027, 7, 1)
    assert "已启用" in office.send("/books/hnte-b/put", {"from_on": "2027-07-01"}).text
    assert "已经不是草稿" in office.send("/books/hnte-b/put", {"from_on": "2027-07-01"}, 422).text


def test_a_trial_that_failed_can_be_asked_again(lite_browser: Browser) -> None:
    row = make_book()
    task = book_trial.begin(row, make_user(role="office"))
    task.state, task.error = "failed", "数据库忙或连不上，请稍后重试。"
    office = by_office(lite_browser)
    assert "没有算完：数据库忙" in office.open(f"/books/{row.version}/trial").text
    assert "排队" in office.send(f"/books/{row.version}/trial").text


def test_officers_read_a_trial_and_cannot_ask_for_one(lite_browser: Browser) -> None:
    row: Any = make_book()
    tried(row)
    browser = lite_browser.sign_in(make_user(role="officer"))
    assert browser.get(f"/books/{row.version}/trial").status_code == 200
    assert browser.post(f"/books/{row.version}/trial").status_code == 403
