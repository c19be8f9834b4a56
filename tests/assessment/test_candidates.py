"""申报候选: kept results equal to each card, brought up to date by what changes, listed, counted and exported."""

import io
import random
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.assessing import keep
from models import clock
from models.application import Application
from models.assessment.bridge import inputs_of
from models.assessment.candidate_list import CandidateFilter, CandidateListing
from models.assessment.card import card_of
from models.assessment.judgement import judge
from models.assessment.kept import (
    STATE_NAMES,
    AssessmentPass,
    AssessmentResult,
    AssessmentStale,
    Freshness,
    distance_of,
    mark,
    state_of,
)
from models.base import db
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.record import Firm
from models.firm.status import FirmFlag
from models.firm.yearly import FirmFigure, record
from models.pool import PoolMember, PoolType
from models.rules.assess.book import REGIMES
from models.rules.assess.shelf import shipped
from models.task import Task
from tests.assessment.test_gap_routes import nearly
from tests.support.application_factories import make_application_batch
from tests.support.assessment_factories import figures
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_patent, make_title, make_user
from tests.support.page import Page
from tests.support.statements import statements

TODAY = date(2026, 11, 22)
YEAR_END = date(2026, 12, 31)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def district(count: int) -> list[Firm]:
    """Firms with some figures, rights and titles, on and off the borders."""
    dice, found = random.Random(7), []
    for _ in range(count):
        firm = make_firm()
        sales = dice.choice((1000, 1500, 5000, 20000))
        values: dict[str, Any] = {
            "staff_total_2025": 100, "tech_staff_2025": dice.choice((9, 10, 30)), "sales_revenue_2025": sales,
            "sales_revenue_2024": sales, "sales_revenue_2023": sales, "main_revenue_2025": sales * 0.8,
            "rd_expense_2025": sales * dice.choice((2, 5, 6)) / 100, "rd_expense_2024": sales * 0.05,
            "rd_expense_2023": sales * 0.04, "total_assets_2025": 2000, "total_liabilities_2025": 1600,
            "cost_and_expense_2025": sales,
        }  # fmt: skip
        figures(firm, **{key: value for key, value in values.items() if dice.random() < 0.9})
        for _ in range(dice.randrange(4)):
            make_patent(firm, kind=dice.choice(("invention", "utility_model")))
        if dice.random() < 0.3:
            make_title(firm, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
        found.append(firm)
    return found


def caught_up() -> Freshness:
    return keep.catch_up(TODAY, clock.now(), shipped())


def results(regime: str) -> list[AssessmentResult]:
    query = select(AssessmentResult).where(AssessmentResult.regime == regime)
    return list(db.session.scalars(query.order_by(AssessmentResult.distance, AssessmentResult.firm_id)))


def assert_as_the_cards() -> None:
    """Every kept result says what the card of its firm says, and no firm with figures is without."""
    firms = set(db.session.scalars(select(FirmFigure.firm_id).distinct()))
    for regime in REGIMES:
        rows = results(regime)
        assert {row.firm_id for row in rows} == firms
        for row in rows:
            part = card_of(inputs_of([row.firm_id], TODAY)[row.firm_id], shipped()).parts[REGIMES.index(regime)]
            said = (row.verdict, row.short_keys, row.unknown_keys, row.held, row.version)
            assert said == (
                part.verdict, [line.key for line in part.short], [line.key for line in part.open], part.held,
                part.book.version if part.book else "",
            ), (regime, row)  # fmt: skip
            state = state_of(part.verdict, row.short_keys)
            assert (row.as_new, row.state) == (state, "held" if part.held else state)


def test_what_is_kept_is_what_each_card_says(app: Flask) -> None:
    district(10)
    assert caught_up().fresh
    assert_as_the_cards()
    rows = results("hnte")
    assert rows == sorted(rows, key=lambda row: (row.shorts, len(row.unknown_keys), -(row.total or 0), row.firm_id))


def test_every_change_of_what_a_card_reads_is_judged_anew(app: Flask) -> None:
    (one, two), person = district(2), make_user()
    caught_up()
    changes = {
        "a figure": lambda: record(one.id, "rd_expense", 2025, Decimal(1), "企业填报"),
        "a right": lambda: make_patent(two),
        "a title": lambda: make_title(two, "hnte", date(2026, 1, 1), date(2029, 1, 1)),
        "a judgement": lambda: judge(two, "hightech_field_ok", "no", "看了材料", TODAY, person, clock.now()),
        "a flag": lambda: db.session.add(FirmFlag(firm_id=one.id, flag="abnormal", from_on=TODAY)),
        "the industry": lambda: setattr(two, "industry_code", "5165"),
        "the founding": lambda: setattr(one, "founded_on", TODAY - timedelta(days=30)),
    }
    for name, change in changes.items():
        change()
        db.session.flush()
        assert not Freshness(shipped(), TODAY).fresh, name
        before = db.session.scalar(select(func.max(AssessmentResult.judged_at)))
        assert caught_up().fresh, name
        assert_as_the_cards()
        assert db.session.scalar(select(func.max(AssessmentResult.judged_at))) != before
    one.status = "moved_out"
    db.session.flush()
    caught_up()
    assert {row.firm_id for row in results("hnte")} == {firm.id for firm in db.session.scalars(select(Firm))} - {one.id}


def test_a_change_that_no_card_reads_leaves_them_alone(app: Flask) -> None:
    firm = nearly()
    caught_up()
    firm.address, firm.name = "石桥镇 1 号", "云澜改名公司"
    db.session.flush()
    assert Freshness(shipped(), TODAY).fresh


def test_another_day_another_book_or_a_mark_for_all_makes_everything_stale(app: Flask) -> None:
    nearly()
    assert Freshness(shipped(), TODAY).all_stale
    assert caught_up().fresh and not Freshness(shipped(), TODAY).all_stale
    assert Freshness(shipped(), TODAY + timedelta(days=1)).all_stale
    row = db.session.get_one(AssessmentPass, "hnte")
    row.version = "hnte-1999"
    db.session.flush()
    assert Freshness(shipped(), TODAY).all_stale
    caught_up()
    mark(None)
    assert Freshness(shipped(), TODAY).all_stale and caught_up().fresh


def test_a_mark_made_while_firms_are_judged_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    firm, judging = nearly(), keep.keep
    db.session.commit()

    def meanwhile(*args: Any) -> None:
        judging(*args)
        mark([firm.id])

    monkeypatch.setattr(keep, "keep", meanwhile)
    keep.keep_all(TODAY, clock.now(), shipped())
    assert db.session.scalar(select(func.count(AssessmentStale.id))) == 1


def test_many_firms_are_left_to_the_worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    district(3)
    db.session.commit()
    monkeypatch.setattr(keep, "AT_ONCE", 2)
    monkeypatch.setattr(keep, "CHUNK", 2)
    assert not caught_up().fresh and results("hnte") == []
    said: list[tuple[int, int]] = []
    assert keep.keep_all(TODAY, clock.now(), shipped(), lambda done, total: said.append((done, total))) == 3
    assert said == [(0, 3), (2, 3), (3, 3)]
    assert_as_the_cards()


@pytest.mark.parametrize(
    "verdict, short, state",
    [
        ("eligible", [], "ready"), ("unknown", [], "unknown"), ("not_eligible", ["score"], "nearly"),
        ("not_eligible", ["score", "staff_cap"], "nearly"), ("not_eligible", ["a", "b", "c"], "blocked"),
        ("not_eligible", ["compliance"], "blocked"),
    ],
)  # fmt: skip
def test_at_most_two_that_can_be_mended_are_nearly(verdict: str, short: list[str], state: str) -> None:
    assert state_of(verdict, short) == state


def test_fewer_failing_then_fewer_unknown_then_more_points_is_nearer() -> None:
    ordered = [(0, 9, 0), (1, 0, 100), (1, 0, 99), (1, 0, None), (1, 1, 100), (2, 0, 100)]
    assert sorted(ordered, key=lambda one: distance_of(*one)) == ordered


def test_the_page_shows_what_is_short_and_counts_who_has_no_figures(browser: Browser) -> None:
    firm = nearly(area="石桥镇")
    make_firm(area="石桥镇")
    page = browser.sign_in(make_user()).open("/candidates/?regime=tech_sme")
    assert page.rows("申报候选")[0][1].startswith(firm.name) and page.rows("申报候选")[0][4] == "综合评价得分"
    assert "最近的一步" in page.rows("申报候选")[0][1]
    assert "另有 1 家近三年没有年度数据" in page.text and "按 2026-11-22 登记的数" in page.text
    page = browser.sign_in(make_user("town", area="青禾街道")).open("/candidates/?regime=tech_sme")
    assert firm.name not in page.text and "另有" not in page.text
    assert all(row[-1] == "0" for row in page.rows("科技型中小企业：没有持有的企业按差几项"))
    assert browser.get("/candidates/export?regime=tech_sme&state=all").status_code == 200
    browser.sign_in(make_user("sysadmin")).open("/candidates/", 403)


def test_a_holder_stands_apart_and_a_filter_narrows(browser: Browser) -> None:
    firm, officer = nearly(), make_user()
    make_title(firm, "tech_sme", date(2026, 3, 1), date(2026, 12, 31))
    browser.sign_in(officer)
    assert "这里没有企业" in browser.open("/candidates/?regime=tech_sme").text
    page = browser.open("/candidates/?regime=tech_sme&state=held")
    assert "已持有，至 2026-12-31" in page.rows("申报候选")[0][1]
    assert "这里没有企业" in browser.open("/candidates/?regime=tech_sme&state=held&mine=1").text


def test_each_bar_opens_into_its_firms(browser: Browser) -> None:
    district(12)
    browser.sign_in(make_user())
    for regime in ("tech_sme", "hnte"):
        page, opened = browser.open(f"/candidates/?regime={regime}"), 0
        for link in page.all("a"):
            count = re.fullmatch(r".* (\d+) 家", link.attributes.get("aria-label", ""))
            if count:
                assert f"共 {count[1]} 家" in browser.open(link.attributes["href"]).text, link.attributes
                opened += 1
        assert opened >= 2


def test_the_export_holds_what_the_page_shows(browser: Browser) -> None:
    firm = nearly()
    answer = browser.sign_in(make_user()).get("/candidates/export?regime=tech_sme&state=nearly")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[2][0] == firm.name and rows[2][4:6] == ("差 1 项", "综合评价得分") and len(rows) == 3
    assert browser.get("/candidates/export?regime=nothing&state=x").status_code == 200


def test_the_list_of_firms_finds_the_same_firms(app: Flask) -> None:
    district(10)
    caught_up()
    user = make_user()
    for regime, state, gap, points in product(("tech_sme", "hnte"), STATE_NAMES, (None, 1, 3), (None, 60)):
        chosen = CandidateFilter(regime, state, gap, points)
        rows = {row.firm_id for row in CandidateListing(user, chosen, TODAY).every_row()}
        assert Listing(user, chosen.as_firms, TODAY).count() == len(rows), chosen
        assert set(Listing(user, FirmFilter.parse(chosen.as_firms.query()), TODAY).ids()) == rows, chosen


def back_of(page: Page) -> str:
    return next(node.attributes["value"] for node in page.all("input", name="back"))


def test_ticked_or_all_filtered_firms_enter_a_batch_and_a_pool(browser: Browser) -> None:
    one, two, other = nearly(), nearly(), nearly(area="石桥镇")
    make_title(other, "tech_sme", date(2026, 3, 1), YEAR_END)
    batch = make_application_batch("tech_sme")
    page = browser.sign_in(make_user("manager")).open("/candidates/?regime=tech_sme")
    form = {"back": back_of(page), "id": [str(one.id)]}
    page = browser.send("/applications/enter", form)
    assert "勾选的 1 家" in page.text and "筛选出的全部 2 家" in page.text
    filled = form | {"batch_id": str(batch.id)}
    browser.send("/applications/enter", filled | {"everything": "0"})
    assert list(db.session.scalars(select(Application.firm_id))) == [one.id]
    browser.send("/applications/enter", filled | {"everything": "1"})
    assert set(db.session.scalars(select(Application.firm_id))) == {one.id, two.id}
    kind = db.session.scalars(select(PoolType).order_by(PoolType.id)).first()
    assert kind is not None
    into = {"back": form["back"], "everything": "1", "type_id": str(kind.id), "on": "2026-11-22", "owner_id": "0"}
    browser.send("/pool/enter", into | {"target_type_id": "0"})
    assert set(db.session.scalars(select(PoolMember.firm_id))) == {one.id, two.id}
    assert "2 家" in browser.send("/firm-inputs/many", {"back": form["back"], "everything": "1"}).text


def test_recomputing_is_queued_once(browser: Browser) -> None:
    nearly()
    browser.sign_in(make_user())
    for _ in range(2):
        browser.send("/candidates/recompute", {"regime": "tech_sme"})
    assert [task.kind for task in db.session.scalars(select(Task))] == [keep.KIND]


def test_many_firms_cost_as_many_statements_as_few(browser: Browser) -> None:
    counts = []
    browser.sign_in(make_user())
    for more in (3, 17):
        district(more)
        browser.open("/candidates/?regime=tech_sme&state=nearly")
        with statements() as sent:
            browser.open("/candidates/?regime=tech_sme&state=nearly")
        counts.append(len(sent))
    assert counts[0] == counts[1]
