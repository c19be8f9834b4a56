"""The demo district: the same each time, whole, and nobody's."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.assessing import keep
from crm.demo import words
from crm.demo.generate import Ids, Size, code_for, generate
from crm.demo.load import load
from models import vault
from models.all import db
from models.application import Application, ApplicationMove, ReviewFinding, ReviewItem
from models.assessment.candidate_list import CandidateFilter, CandidateListing
from models.assessment.kept import STATES as STATES_OF_CANDIDATES
from models.errors import Refused
from models.firm import Firm
from models.firm.contacts import Contact
from models.firm.names import FirmSearch
from models.issue import Issue
from models.issue.menu import MenuItem
from models.issue.trace import IssueMove
from models.rule_book import RuleBook, shelf
from models.rules.application import STAGES as APPLICATION_STAGES
from models.rules.assess.book import REGIMES
from models.rules.assess.describing import differences
from models.rules.assess.shelf import shipped
from models.rules.issue import STATES
from models.rules.judgement import problem
from models.rules.patent import read_number
from models.rules.uscc import classify
from models.standing import Standing, StandingTitle
from models.title import Title
from models.user import User
from models.visit import Visit
from tests.support.factories import make_firm

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
IDS = Ids(
    areas={code: number for number, (code, *_) in enumerate(words.TOWNS, 1)},
    parks={code: number for number, (code, *_) in enumerate(words.PARKS, 10)},
    officers=[1, 2, 3],
    title_types={
        key: number
        for number, key in enumerate(("tech_sme", "srdi_sme", "little_giant", "hnte", "innovative_sme", "gazelle"), 1)
    },
    pool_types={"cultivation_pool": 1, "sme_to_hnte": 2, "srdi_pool": 3},
)


def loaded(firms: int = 60) -> None:
    load(Size.of(firms), 1, NOW, TODAY, lambda password: f"hash of {len(password)}")
    db.session.commit()


def test_the_same_seed_makes_the_same_district_and_another_seed_another() -> None:
    first, again, other = (generate(Size.of(80), seed, TODAY, IDS).rows for seed in (1, 1, 2))
    assert first == again
    assert first["firm"] != other["firm"]


def test_every_code_is_well_formed_and_of_a_division_nobody_has() -> None:
    codes = [code_for(number) for number in (0, 1, 999, 149_999)]
    assert [classify(code).kind for code in codes] == ["uscc"] * len(codes)
    assert all(code[2:8] == words.DIVISION for code in codes)


def test_nothing_happens_after_today_or_before_a_firm_was_founded() -> None:
    rows = generate(Size.of(300), 3, TODAY, IDS).rows
    founded = {row["id"]: row["founded_on"] for row in rows["firm"]}
    assert [row for row in rows["title"] if not founded[row["firm_id"]] < row["issued_on"] <= TODAY] == []
    assert [row for row in rows["visit"] if row["visit_on"] > TODAY] == []


def test_the_district_shows_every_state_a_manager_asks_about() -> None:
    rows = generate(Size.of(600), 1, TODAY, IDS).rows
    titles = rows["title"]
    assert any(title["provisional"] for title in titles)
    assert any(title["revoked_on"] for title in titles)
    assert {title["type"] for title in titles} == set(IDS.title_types)
    assert any(title["ends_on"] < TODAY for title in titles)
    assert {row["status"] for row in rows["firm_status"]} == {"moved_out", "deregistered"}
    assert any(name["to_on"] for name in rows["firm_name"])
    assert any(member["to_on"] for member in rows["pool_member"])
    assert {row["flag"] for row in rows["firm_flag"]} == {"abnormal", "dishonest"}
    assert any(row["area_id"] is None for row in rows["firm"])


@pytest.mark.parametrize("today", [date(2026, 3, 2), date(2026, 7, 1), date(2026, 11, 20)])
def test_somebody_waits_for_renewal_on_any_day_of_the_year(lite_app: Flask, today: date) -> None:
    load(Size.of(200), 1, NOW, today, str)
    waiting = select(StandingTitle).where(
        StandingTitle.state == "pending_renewal", StandingTitle.from_on <= today, StandingTitle.to_on >= today
    )
    assert db.session.scalars(waiting.limit(1)).first() is not None
    db.session.rollback()


@pytest.mark.slow
def test_every_title_has_firms_in_every_state(lite_app: Flask) -> None:
    load(Size.of(400), 1, NOW, TODAY, str)
    keep.catch_up(TODAY, NOW, shipped())
    manager = db.session.scalars(select(User).where(User.email == "song@yunlan.example")).one()
    for regime in REGIMES:
        listing = CandidateListing(manager, CandidateFilter(regime), TODAY)
        assert {state for state, _ in listing.counts()} == set(STATES_OF_CANDIDATES), regime
        assert listing.without() > 0


def test_rights_and_judgements_are_nobodys_and_not_of_tomorrow() -> None:
    rows = generate(Size.of(300), 3, TODAY, IDS).rows
    founded = {row["id"]: row["founded_on"] for row in rows["firm"]}
    owner = {row["patent_id"]: row["firm_id"] for row in rows["patent_owner"]}
    numbers = [read_number(row["number"]) for row in rows["patent"]]
    assert all(number is not None and not number.broken for number in numbers)
    assert len({row["number"] for row in rows["patent"]}) == len(rows["patent"])
    for row in rows["patent"]:
        assert founded[owner[row["id"]]] < row["filed_on"] and (row["granted_on"] or TODAY) <= TODAY
        # Serials of a year that offices do not reach.
        assert row["number"][5 if row["kind"] != "software_copyright" else 6] == "9"
    for row in rows["firm_judgement"]:
        assert row["said_on"] <= TODAY and problem(row["key"], row["answer"]) == ""


def test_a_telephone_number_is_sealed_and_belongs_to_nobody(lite_app: Flask) -> None:
    loaded()
    contact = db.session.scalars(select(Contact).order_by(Contact.id).limit(1)).one()
    assert contact.phone_sealed is not None
    phone = vault.unseal(contact.phone_sealed).decode()
    assert (phone[:3], phone[-4:], len(phone)) == (words.PHONE_PREFIX, contact.phone_tail, 11)


def test_loading_fills_the_database_search_and_ladder_included(app: Flask) -> None:
    loaded()
    counts = {
        model.__tablename__: db.session.scalar(select(func.count()).select_from(model))
        for model in (Firm, Title, Visit)
    }
    assert counts == {"firm": 60, "title": 75, "visit": 45}
    found = db.session.scalar(select(func.count(FirmSearch.firm_id.distinct())))
    assert found == 60
    assert db.session.scalar(select(Standing.firm_id).limit(1)) is not None
    assert db.session.scalar(select(func.count()).select_from(User).where(User.is_demo)) == len(words.PEOPLE)
    firm = make_firm()
    db.session.commit()
    assert firm.id > 60


def test_a_draft_of_the_rules_waits_and_changes_nothing(lite_app: Flask) -> None:
    loaded(5)
    (row,) = RuleBook.list_all()
    assert (row.state, row.effective_from.isoformat(), row.based_on) == ("draft", "2027-01-01", "hnte-2016")
    assert len(differences(shelf().on(TODAY)["hnte"] or row.book, row.book)) == 1 and shelf() is shipped()


@pytest.mark.slow
def test_issues_stand_in_every_state_and_say_how_they_came_there(lite_app: Flask) -> None:
    loaded = load(Size.of(400), 1, NOW, TODAY, lambda password: "hash")
    issues = db.session.scalars(select(Issue)).all()
    assert len(issues) == loaded.issues == 50
    assert {issue.state for issue in issues} == set(STATES)
    for issue in issues:
        moves = IssueMove.list_of(issue.id)
        assert (moves[0].event, moves[-1].to_state) == ("raise", issue.state)
        assert all(move.moved_on <= TODAY for move in moves) and issue.raised_on <= TODAY
    assert any(issue.round == 2 for issue in issues) and any(issue.extensions for issue in issues)
    assert db.session.scalar(select(func.count()).select_from(MenuItem)) == 5


def test_a_small_district_has_few_issues(lite_app: Flask) -> None:
    assert load(Size.of(60), 1, NOW, TODAY, lambda password: "hash").issues == 7


def test_a_database_that_holds_data_is_left_alone(app: Flask) -> None:
    make_firm()
    db.session.commit()
    with pytest.raises(Refused, match="已有数据"):
        loaded()
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 1


def test_every_demo_account_has_a_password_of_its_own(app: Flask) -> None:
    result = load(Size.of(5), 1, NOW, TODAY, lambda password: "hash")
    assert len(set(result.passwords.values())) == len(words.PEOPLE)


@pytest.mark.slow
def test_applications_stand_in_every_stage_of_two_batches(lite_app: Flask) -> None:
    load(Size.of(400), 1, NOW, TODAY, lambda password: "hash")
    rows = db.session.scalars(select(Application)).all()
    assert {row.stage for row in rows} == set(APPLICATION_STAGES) and len({row.batch_id for row in rows}) == 2
    for row in rows:
        moves = ApplicationMove.list_of(row.id)
        assert (moves[0].event, moves[-1].to_stage) == ("enter", row.stage)
        assert all(move.moved_on <= TODAY for move in moves)


@pytest.mark.slow
def test_a_batch_was_reviewed_twice_and_one_still_waits(lite_app: Flask) -> None:
    load(Size.of(400), 1, NOW, TODAY, lambda password: "hash")
    items = db.session.scalars(select(ReviewItem)).all()
    assert {item.round for item in items} == {1, 2} and {item.verdict for item in items} >= {"cleared", "again"}
    found = db.session.scalars(select(ReviewFinding)).all()
    assert any(row.done_on for row in found) and any(row.done_on is None for row in found)
    assert all(item.decided_on is None or item.decided_on <= TODAY for item in items)
