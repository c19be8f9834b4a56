"""Whose rows a digest holds: everybody their own, only what they may see, in a fixed number of statements."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from models import clock, setting, standing
from models.all import db
from models.digest import compose, gather, readers
from models.firm import Firm
from models.rules.digest import Digest
from models.user import User
from tests.home.test_workbench import grant
from tests.support.application_factories import make_application, make_application_batch
from tests.support.factories import (
    make_absence,
    make_area,
    make_firm,
    make_plan_line,
    make_promise,
    make_user,
    make_visit,
)
from tests.support.issue_factories import make_assignment, make_issue
from tests.support.statements import statements

#: A Monday.
ON = date(2026, 11, 23)
SINCE = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 0, 30, tzinfo=clock.UTC))


def digest_of(person: User, since: date = SINCE, on: date = ON) -> Digest:
    db.session.flush()
    reader = next(one for one in readers.load(on) if one.id == person.id)
    return compose.compose(reader, gather.gather(since, on))


def said(digest: Digest) -> dict[str, list[str]]:
    return {one.key: [f"{item.chip} {item.words}".strip() for item in one.items] for one in digest.sections}


def red_issue(firm: Firm, person: User, **values: object) -> None:
    due = date(2026, 11, 20)
    row = make_issue(firm, state="in_progress", flow="simple", due_on=due, first_due_on=due, handler_id=person.id,
                     **values)  # fmt: skip
    make_assignment(row, person)


def test_an_officer_reads_issues_promises_plan_endings_and_firms_gone_unseen(app: Flask) -> None:
    lu = make_user("officer", name="陆以宁")
    firm = make_firm("青禾轴承有限公司", officer_a_id=lu.id, care_level="A")
    red_issue(firm, lu)
    make_promise(firm, lu, words="问清楚贴息", due_on=date(2026, 11, 26))
    make_promise(firm, lu, words="下周以后的", due_on=date(2026, 11, 30))
    make_plan_line(firm, lu, on=date(2026, 11, 24), what="看新产线")
    make_visit(firm, lu, visit_on=ON - timedelta(days=33))
    grant(firm.id, ends_on=ON + timedelta(days=58))
    made = digest_of(lu)
    assert said(made) == {
        "issues": ["逾期 3 天 青禾轴承有限公司：借用疲劳试验设备"],
        "promises": ["11-26 前 答应青禾轴承有限公司：问清楚贴息"],
        "plan": ["11-24 青禾轴承有限公司：看新产线"],
        "ending": said(made)["ending"],
        "unseen": ["上次 10-21 青禾轴承有限公司"],
    }
    assert len(said(made)["ending"]) == 1
    assert made.subject == "1 件问题逾期"


def test_who_has_nothing_gets_an_empty_digest(app: Flask) -> None:
    quiet = make_user("officer")
    busy = make_user("officer")
    red_issue(make_firm(officer_a_id=busy.id), busy)
    assert digest_of(quiet).empty and not digest_of(busy).empty


def test_what_was_told_last_week_is_not_told_again(app: Flask) -> None:
    lu = make_user("officer")
    firm = make_firm(officer_a_id=lu.id, care_level="A")
    make_visit(firm, lu, visit_on=ON - timedelta(days=40))
    grant(firm.id, ends_on=ON + timedelta(days=50))
    assert digest_of(lu).empty
    assert set(said(digest_of(lu, since=ON - timedelta(days=14)))) == {"ending", "unseen"}


def test_a_town_reads_of_its_own_area_only(app: Flask) -> None:
    han = make_user("officer")
    town = make_user("town", area="青禾街道")
    below = make_area("青禾社区", parent=make_area("青禾街道"))
    for name, area in (("青禾轴承有限公司", "青禾社区"), ("石桥泵业有限公司", "石桥镇")):
        firm = make_firm(name, area=area)
        red_issue(firm, han)
        grant(firm.id, ends_on=ON + timedelta(days=29))
    assert below.parent_id is not None
    made = digest_of(town)
    assert "石桥" not in str(made) and set(said(made)) == {"red_units", "ending"}
    assert made.subject == "本辖区 1 件逾期"


def test_a_manager_reads_numbers_and_an_office_what_waits(app: Flask) -> None:
    han = make_user("officer")
    for _ in range(2):
        firm = make_firm()
        red_issue(firm, han)
        grant(firm.id, ends_on=date(2029, 11, 17))
    make_issue(make_firm())
    manager, office = make_user("manager"), make_user("office")
    standing.refresh()
    for person in (manager, office):
        held = said(digest_of(person))
        assert "待受理 1 件" in held["decide"]
        assert held["moves"] == ["新进 2 家"]


def test_officers_who_see_only_their_own_are_told_of_no_other_firm(app: Flask) -> None:
    lu, other = make_user("officer"), make_user("officer")
    firm = make_firm("别人的企业有限公司", officer_a_id=other.id)
    make_promise(firm, lu, due_on=ON)
    assert not digest_of(lu).empty
    setting.change("officer_scope", "assigned")
    db.session.flush()
    assert digest_of(lu).empty


def test_the_deputy_reads_the_work_of_who_is_away(app: Flask) -> None:
    away, deputy = make_user("officer", name="韩述"), make_user("officer")
    red_issue(make_firm(), away)
    make_absence(away, deputy, from_on=ON, to_on=ON)
    item = digest_of(deputy).sections[0].items[0]
    assert "代韩述" in item.note
    assert digest_of(deputy, on=ON + timedelta(days=1)).empty


def test_a_coach_reads_what_must_go_on_and_a_manager_how_a_batch_stands(app: Flask) -> None:
    coach, manager = make_user("officer"), make_user("manager")
    batch = make_application_batch(days={"firm": date(2026, 12, 7), "district": date(2026, 12, 20)})
    near = make_application(make_firm("青禾轴承有限公司"), batch, stage="coaching", coach_id=coach.id)
    make_application(make_firm("石桥泵业有限公司"), batch, stage="submitted", coach_id=coach.id)
    assert near.batch_id == batch.id
    assert said(digest_of(coach))["batches"] == ["12-07 前 青禾轴承有限公司：企业网上提交截止（辅导）"]
    assert digest_of(coach).subject == "1 家申报两周内到期"
    held = digest_of(manager).sections
    (item,) = next(one.items for one in held if one.key == "batches")
    assert item.words == f"{batch.name}：辅导 1、已提交 1" and "12-07 企业网上提交截止" in item.note
    assert "batches" not in said(digest_of(coach, on=date(2026, 11, 22)))
    batch.closed_on = ON
    assert "batches" not in said(digest_of(coach)) and "batches" not in said(digest_of(manager))


@pytest.mark.parametrize("scope", ["all", "assigned"])
def test_who_sees_a_firm_is_decided_as_the_list_of_firms_decides(app: Flask, scope: str) -> None:
    setting.change("officer_scope", scope)
    one, other = make_user("officer"), make_user(("officer", "office"))
    people = [one, other, make_user("manager"), make_user("town", area="青禾街道"), make_user("town")]
    make_area("青禾社区", parent=make_area("青禾街道"))
    park = make_area("高新园", tree="park", parent=None)
    people[3].areas.append(park)
    for area in ("青禾街道", "青禾社区", "石桥镇", None):
        for a, b in ((one.id, None), (None, one.id), (other.id, None), (None, None)):
            make_firm(area=area, officer_a_id=a, officer_b_id=b)
    make_firm(park_id=park.id)
    db.session.flush()
    firms = db.session.query(Firm).all()
    for reader in readers.load(ON):
        person = db.session.get_one(User, reader.id)
        visible = set(db.session.scalars(Firm.visible_to(person).with_only_columns(Firm.id)))
        place = readers.Place
        seen = {f.id for f in firms if reader.sees(place(f.area_id, f.park_id, f.officer_a_id, f.officer_b_id))}
        assert seen == visible, reader.roles


def test_more_people_take_no_more_statements(app: Flask) -> None:
    def count() -> int:
        db.session.flush()
        db.session.expire_all()
        with statements() as sent:
            week = gather.gather(SINCE, ON)
            for reader in readers.load(ON):
                compose.compose(reader, week)
        return len(sent)

    def add(number: int) -> None:
        for place in range(number):
            role = ("officer", "manager", "town", "office")[place % 4]
            person = make_user(role, area="青禾街道" if role == "town" else None)
            firm = make_firm(area="青禾街道", officer_a_id=person.id, care_level="A")
            red_issue(firm, person)
            make_promise(firm, person, due_on=ON)
            make_plan_line(firm, person, on=ON)
            make_visit(firm, person, visit_on=ON - timedelta(days=33))
            grant(firm.id, ends_on=ON + timedelta(days=29))

    add(4)
    few = count()
    add(26)
    assert count() == few
