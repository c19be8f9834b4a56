"""Targets: set, revised, shared out, measured by the figure itself, seen by whom they concern."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from time_machine import travel

from models import clock
from models.base import db
from models.change import Change
from models.errors import Refused
from models.figures import registry
from models.figures.base import Kind, Period
from models.figures.counting import Asked, count_many
from models.figures.scope import Scope
from models.report import targets as report_targets
from models.rules.target import Goal
from models.target import Target, Whose, find
from models.target.board import Board, offered
from models.target.record import put
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_title, make_user, make_visit
from tests.support.page import Page
from tests.support.statements import statements
from tests.support.target_factories import make_target

KEY = "title.hnte.new"
DAY = date(2026, 7, 2)


def twenty(number: int = 20) -> Goal:
    return Goal("number", Decimal(number))


def titled(area: str, on: date) -> None:
    make_title(make_firm(area=area), "hnte", on)


def test_every_value_stays_with_day_and_reason(app: Flask) -> None:
    row = make_target(low=20)
    now = clock.now()
    put(2026, KEY, Whose(), twenty(25), on=date(2026, 6, 1), reason="市里追加", by=None, at=now)
    put(2026, KEY, Whose(), twenty(25), on=date(2026, 6, 2), reason="又按了一次", by=None, at=now)
    with pytest.raises(Refused, match="不能更早"):
        put(2026, KEY, Whose(), twenty(30), on=date(2026, 5, 31), reason="补记", by=None, at=now)
    assert [(one.goal, one.reason) for one in row.revisions] == [(twenty(), "责任书"), (twenty(25), "市里追加")]
    assert find(KEY, 2026) == twenty(25)
    assert find(KEY, 2026, on=date(2026, 5, 31)) == twenty(20) and find(KEY, 2026, on=date(2026, 1, 14)) is None
    assert find(KEY, 2026, on=date(2026, 6, 1)) == twenty(25)
    put(2026, KEY, Whose(), None, on=date(2026, 7, 1), reason="并入另一项", by=None, at=now)
    assert find(KEY, 2026) is None and find(KEY, 2026, on=date(2026, 6, 30)) == twenty(25)
    db.session.commit()
    assert {change.field for change in db.session.query(Change).filter_by(table_name="target")} >= {"low"}


def test_done_is_the_figure_itself_to_the_day(app: Flask) -> None:
    for on in (date(2026, 3, 1), DAY):
        titled("青禾街道", on)
    for on in (date(2026, 7, 3), date(2026, 1, 1), date(2025, 5, 1), date(2025, 11, 1)):
        titled("石桥镇", on)
    make_target(low=8)
    make_target(low=2, whose=Whose(area_id=make_area("青禾街道").id))
    db.session.commit()
    whole, part = Board(make_user(role="manager"), 2026, DAY).lines()
    assert (whole.part, part.part) == (3, 2)
    assert whole.part == registry.find(KEY).count(Period(date(2025, 12, 31), DAY), Scope())
    # Half of last year's two had come by the same day.
    assert (whole.due_words, whole.forecast and whole.forecast.number, whole.state) == ("4", 6, "behind")
    assert (part.rate_words, part.state) == ("100.0%", "reached")
    assert Board(make_user(role="manager"), 2027, DAY).count() == 0


def test_what_stands_on_a_day_is_not_stretched(app: Flask) -> None:
    titled("青禾街道", date(2026, 3, 1))
    make_target("title.hnte.in_force", 2)
    make_target("issues.on_time", 95, kind="at_least")
    db.session.commit()
    rate, stock = Board(make_user(role="manager"), 2026, DAY).lines()
    assert (stock.forecast, stock.due, stock.state, stock.part) == (None, None, "open", 1)
    assert (rate.done, rate.state, rate.goal_words) == (None, "unknown", "不少于 95%")


def test_counting_together_is_counting_one_by_one(app: Flask) -> None:
    for day in (date(2026, 3, 1), date(2025, 4, 1)):
        titled("青禾街道", day)
        make_visit(visit_on=day)
    db.session.commit()
    period, known = Period(date(2025, 12, 31), DAY), registry.all_figures()
    wanted = [figure for figure in known.values() if not figure.key.startswith(("flow.", "band."))]
    found = count_many([Asked(figure, period, Scope()) for figure in wanted])
    some = {figure.key: number for figure, number in zip(wanted, found, strict=True)}
    for figure in wanted[::7]:
        assert some[figure.key] == figure.count(period, Scope()), figure.key
    assert some[KEY] == 1 and any(figure.kind is Kind.CHANGE for figure in wanted)


def test_statements_do_not_grow_with_targets(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="manager"))

    def asked() -> int:
        with statements() as sent:
            assert lite_browser.get("/targets/?year=2026").status_code == 200
        return len(sent)

    for number in range(3):
        make_target(whose=Whose(area_id=make_area(f"街道{number}").id))
    db.session.commit()
    few = asked()
    for number in range(3, 25):
        make_target(whose=Whose(area_id=make_area(f"街道{number}").id))
    db.session.commit()
    assert asked() == few


@travel("2026-07-02T04:00:00Z", tick=False)
def test_the_office_sets_revises_shares_and_takes_back(lite_browser: Browser) -> None:
    town = make_area("青禾街道")
    officer = make_user(role="officer", name="沈知微")
    titled("青禾街道", date(2026, 3, 1))
    lite_browser.sign_in(make_user(role="office"))
    data = {"figure_key": KEY, "year": "2026", "whose": "all", "kind": "number", "low": "20", "on": "2026-01-15",
            "reason": "年度目标责任书"}  # fmt: skip
    wrong = lite_browser.post("/targets/new", data={**data, "kind": "range", "high": "20", "on": "2027-01-01"})
    assert wrong.status_code == 422
    said = Page(wrong)
    assert "上限要大于下限" in said.text and "日期不能晚于今天" in said.text and said.faults() == []
    page = Page(lite_browser.post("/targets/new", data=data, follow_redirects=True))
    assert page.faults() == [] and "20 家" in page.text and page.rows("下达和调整")[0][1] == "20 家"
    again = lite_browser.post("/targets/new", data=data)
    assert again.status_code == 302 and db.session.query(Target).count() == 1
    other = lite_browser.post("/targets/new", data={**data, "low": "30"})
    assert other.status_code == 422 and "已有目标" in Page(other).text
    target_id = db.session.query(Target.id).scalar()
    revised = {"kind": "at_least", "low": "22", "on": "2026-06-01", "reason": "市里追加"}
    page = Page(lite_browser.post(f"/targets/{target_id}/revise", data=revised, follow_redirects=True))
    assert [row[1] for row in page.rows("下达和调整")] == ["不少于 22 家", "20 家"]
    shared = {"on": "2026-06-02", "reason": "分解表", f"s-area:{town.id}": "15", f"s-officer:{officer.id}": "x"}
    wrong = lite_browser.post(f"/targets/{target_id}/share", data=shared)
    assert wrong.status_code == 422 and "沈知微：请填数字" in Page(wrong).text and Page(wrong).faults() == []
    page = Page(lite_browser.post(f"/targets/{target_id}/share", data={**shared, f"s-officer:{officer.id}": "22"},
                                  follow_redirects=True))  # fmt: skip
    assert "各街镇加起来 15 家，全区是 22 家，少 7 家" in page.text
    assert "各干部加起来 22 家，和全区的目标一样" in page.text
    assert [row[0] for row in page.rows("分解")] == ["青禾街道", "沈知微"]
    board = Page(lite_browser.get("/targets/?year=2026"))
    assert len(board.rows("2026 年目标")) == 3 and board.faults() == []
    assert len(Page(lite_browser.get(f"/targets/?year=2026&whose=area:{town.id}")).rows("2026 年目标")) == 1
    rows = Page(lite_browser.get(f"/targets/{target_id}/rows"))
    assert len(rows.rows("新增高新技术企业")) == 1 and rows.faults() == []
    book = load_workbook(BytesIO(lite_browser.get("/targets/export?year=2026").data)).active
    assert [row[:5] for row in book.iter_rows(min_row=3, max_row=3, values_only=True)] == [
        ("新增高新技术企业", "全区", "不少于 22 家", "1", "4.5%")
    ]
    gone = {"on": "2026-07-01", "reason": "并入另一项"}
    page = Page(lite_browser.post(f"/targets/{target_id}/take-back", data=gone, follow_redirects=True))
    assert page.rows("下达和调整")[0][1] == "取消" and page.faults() == []
    assert len(Page(lite_browser.get("/targets/?year=2026")).rows("2026 年目标")) == 2


def test_a_town_sees_its_own_targets_only(lite_browser: Browser) -> None:
    mine, theirs = (make_target(whose=Whose(area_id=make_area(name).id)).id for name in ("青禾街道", "石桥镇"))
    whole = make_target().id
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    page = Page(lite_browser.get("/targets/?year=2026"))
    assert [row[1] for row in page.rows("2026 年目标")] == ["青禾街道"] and "下达目标" not in page.text
    assert lite_browser.get(f"/targets/{mine}").status_code == 200
    for target_id in (theirs, whole):
        for address in ("", "/rows"):
            assert lite_browser.get(f"/targets/{target_id}{address}").status_code == 404
    book = load_workbook(BytesIO(lite_browser.get("/targets/export?year=2026").data)).active
    assert book.max_row == 3


def test_a_report_prints_the_same_target_and_rate(app: Flask) -> None:
    make_target(low=2000, kind="at_least")
    db.session.commit()
    goal = report_targets.find(KEY, 2026, None)
    assert goal is not None and (goal.words, goal.number) == ("不少于 2,000", 2000)
    assert [report_targets.done_words(done, goal) for done in (1999, 2000)] == ["99.9%", "100.0%"]
    assert report_targets.find(KEY, 2026, 1) is None and report_targets.find(KEY, 2025, None) is None


def test_only_figures_that_can_be_reached_are_offered(app: Flask) -> None:
    keys = {figure.key for figure in offered(registry.all_figures())}
    assert {KEY, "climb.sme_to_hnte", "visits.count", "issues.on_time", "rung.hnte"} <= keys
    assert not any(key.startswith(("flow.", "move.", "band.", "issues.age.", "promises.")) for key in keys)
