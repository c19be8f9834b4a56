"""走访覆盖: what is counted, where the interval ends, whose rows, that every number opens into as many firms."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import urlencode

import openpyxl
import pytest
from flask import Flask
from time_machine import travel

from models import clock, setting, workbench
from models.base import db
from models.firm import Firm
from models.user import User
from models.visit.coverage import PARTS, Counts, Coverage, CoverageFilter, days_over, due
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_membership, make_unit, make_user, make_visit
from tests.support.statements import statements

TODAY = date(2026, 11, 18)
NOW = "2026-11-18 02:00Z"
YEAR = CoverageFilter(date(2026, 1, 1), TODAY)


def cared_for(officer: User, level: str | None = None, seen: int | None = None, **values: object) -> Firm:
    """A firm of this officer, seen by somebody else so many days before today."""
    firm = make_firm(officer_a_id=officer.id, care_level=level, **values)  # type: ignore[arg-type]
    if seen is not None:
        make_visit(firm, make_user(), visit_on=TODAY - timedelta(days=seen))
    return firm


@pytest.mark.parametrize(
    "level, seen, is_beyond, over",
    [
        ("A", 30, False, 0), ("A", 31, True, 1), ("A", None, True, None), ("A", 0, False, 0),
        ("B", 60, False, 0), ("B", 61, True, 1), ("C", 120, False, 0), ("C", 121, True, 1),
        ("reserve", 180, False, 0), ("reserve", 181, True, 1), (None, 300, False, None), (None, None, False, None),
    ],
)  # fmt: skip
@travel(NOW, tick=False)
def test_the_interval_of_a_care_level_ends_after_its_last_day(
    app: Flask, level: str | None, seen: int | None, is_beyond: bool, over: int | None
) -> None:
    officer = make_user()
    firm = cared_for(officer, level, seen)
    found = Coverage(officer, YEAR)
    assert [row.id for row in found.look("beyond")[0]] == ([firm.id] if is_beyond else [])
    assert found.table().total.beyond == int(is_beyond)
    assert found.look("assigned")[0][0].over == over


@pytest.mark.parametrize("last, days, over", [(TODAY, 30, 0), (None, 30, None), (TODAY, None, None)])
def test_days_over_need_a_visit_and_an_interval(last: date | None, days: int | None, over: int | None) -> None:
    assert days_over(last, days, TODAY) == over


@travel(NOW, tick=False)
def test_the_office_sets_the_interval(app: Flask) -> None:
    officer = make_user()
    cared_for(officer, "A", 31)
    setting.change("care_days_A", "31")
    db.session.flush()
    assert Coverage(officer, YEAR).table().total.beyond == 0


@travel(NOW, tick=False)
def test_what_each_number_counts(app: Flask) -> None:
    officer, other = make_user(), make_user()
    twice = cared_for(officer, "A", 1, officer_b_id=other.id)
    make_visit(twice, other, visit_on=date(2026, 1, 1))
    cared_for(officer, "B", 10)
    before = cared_for(officer, "C")
    make_visit(before, officer, visit_on=date(2025, 12, 31))
    never = cared_for(officer)
    make_visit(never, officer, kind="phone").kind.counts = False
    taken_back = make_visit(never, officer)
    taken_back.withdrawn_at, taken_back.withdrawn_reason = clock.now(), "写错了企业"
    cared_for(officer, "A", status="moved_out")
    make_visit(make_firm(), officer)
    db.session.flush()
    total = Coverage(officer, YEAR).table().total
    assert (total.assigned, total.visited, total.visits, total.repeat) == (4, 2, 3, 1)
    assert (total.unseen, total.never, total.beyond) == (2, 1, 1)
    rows = {row.id: row for row in Coverage(officer, YEAR).table().by_officer}
    assert (rows[officer.id].assigned, rows[other.id].assigned, rows[other.id].visits) == (4, 1, 2)
    early = Coverage(officer, CoverageFilter(date(2026, 1, 1), date(2026, 1, 31))).table().total
    assert (early.visited, early.visits, early.repeat, early.never) == (1, 1, 0, 2)


@travel(NOW, tick=False)
def test_every_number_of_every_row_opens_into_as_many_firms(app: Flask) -> None:
    north, south = make_user(), make_user()
    unit = make_unit("高新科")
    make_membership(north, unit)
    places = ("青禾街道", "石桥镇", None)
    for number, seen in enumerate((None, 5, 31, 200, 400, None, 61, 12, 45)):
        owner = north if number % 2 else south
        firm = cared_for(
            owner, "ABC"[number % 3], seen, area=places[number % 3], officer_b_id=(north.id, None)[number % 2]
        )
        if number == 1:
            make_visit(firm, owner, visit_on=TODAY)
    table = Coverage(north, YEAR).table()
    scopes: list[tuple[CoverageFilter, Counts | None]] = [(YEAR, table.total)]
    scopes += [(replace(YEAR, officer=row.id), row) for row in table.by_officer]
    scopes += [(replace(YEAR, area=row.id), row) for row in table.by_area]
    scopes += [(replace(YEAR, unit=unit.id), None)]
    assert len(scopes) == 7
    for narrowed, row in scopes:
        found = Coverage(north, narrowed)
        row = row or found.table().total
        for part in PARTS:
            assert found.count(part) == getattr(row, part) == len(list(found.every_row(part))), part
        assert sum(seen.calls for seen in found.every_row("visited")) == row.visits
        assert row.visited + row.unseen == row.assigned


@pytest.mark.parametrize("firms", [3, 30])
@travel(NOW, tick=False)
def test_the_pages_cost_the_same_statements_for_few_firms_and_many(app: Flask, firms: int) -> None:
    officer = make_user()
    for _ in range(firms):
        cared_for(officer, "A", 40)
    db.session.flush()
    assert officer.permissions
    with statements() as sent:
        found = Coverage(officer, YEAR)
        assert found.table().total.assigned == firms
        assert found.look("beyond")[1] == firms
    assert len(sent) <= 11, sent


@travel(NOW, tick=False)
def test_a_town_counts_its_own_firms_and_an_administrator_none(app: Flask) -> None:
    officer = make_user()
    cared_for(officer, "A", 40, area="青禾街道")
    cared_for(officer, "A", 40, area="石桥镇")
    town = Coverage(make_user("town", area="青禾街道"), YEAR)
    assert (town.table().total.assigned, len(town.table().by_area), town.count("beyond")) == (1, 1, 1)
    assert Coverage(make_user("sysadmin"), YEAR).table().total.assigned == 0
    setting.change("officer_scope", "assigned")
    assert Coverage(make_user("officer"), YEAR).table().total.assigned == 0
    assert Coverage(officer, YEAR).table().total.assigned == 2


@travel(NOW, tick=False)
def test_the_workbench_and_the_plan_ask_for_the_longest_unseen_first(lite_browser: Browser) -> None:
    officer = make_user()
    fresh = cared_for(officer, "B", 61)
    old = cared_for(officer, "A", 90)
    never = cared_for(officer, "A")
    cared_for(make_user(), "A")
    assert [row.id for row in workbench.unseen(officer, TODAY)[0]] == [never.id, old.id, fresh.id]
    assert due(officer, TODAY, 2)[1] == 3
    lite_browser.sign_in(officer)
    for address, caption in (("/", "久未走访"), ("/plan/", "该去的企业")):
        page = lite_browser.open(address)
        rows = page.rows(caption)
        assert [row[0] for row in rows] == [never.name, old.name, fresh.name]
        assert "超 60 天" in rows[1][3]
        assert f"/plan/new?firm={old.id}" in page.links()
    assert "3 家" in lite_browser.open(f"/visits/coverage/firms?part=beyond&officer={officer.id}").text


@travel(NOW, tick=False)
def test_the_page_its_list_and_its_export_agree(lite_browser: Browser) -> None:
    officer = make_user(name="何岸")
    firm = cared_for(officer, "A", 40, area="青禾街道")
    cared_for(officer, "A", 3, area="青禾街道")
    lite_browser.sign_in(officer)
    page = lite_browser.open("/visits/coverage")
    assert page.rows("按联系干部")[0] == ["何岸", "2", "2", "2", "0", "0", "0", "1"]
    assert page.rows("按街镇")[0][0] == "青禾街道"
    link = next(one for one in page.links("1") if "part=beyond" in one)
    rows = lite_browser.open(link).rows("超过间隔")
    assert rows[0][0] == firm.name and rows[0][7] == "超 10 天"
    data = lite_browser.get("/visits/coverage/export?" + urlencode({"part": "beyond", "officer": officer.id})).data
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet is not None and [row[0].value for row in sheet.iter_rows(min_row=3)] == [firm.name]
    assert sheet.cell(3, 9).value == 10
    assert lite_browser.get("/visits/coverage/firms?part=x").status_code == 404
    assert "没有定了联系干部" in lite_browser.open("/visits/coverage?area=0").text
    lite_browser.open("/visits/coverage?since=x&until=2999-01-01&officer=abc")
