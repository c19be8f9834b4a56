"""工作移交: who may propose and accept, what goes over, what stays, what happens when something changed meanwhile."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from models import clock, handover
from models.base import db
from models.change import Change
from models.errors import Conflict, NotFound, Refused
from models.firm.officers import FirmOfficer
from models.handover import Handover
from models.rules import handover as rules
from models.scheme.record import SchemeContact, SchemeKind
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_demand, make_firm, make_plan_line, make_promise, make_user, make_visit

NOW = "2026-11-18 02:00Z"
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    with travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    "change, said",
    [
        ({}, None),
        ({"taker": 1}, "不能是同一个人"),
        ({"taker_cares": False}, "在用账号"),
        ({"giver_active": False}, "停用的账号"),
        ({"by": 3}, "只能移交自己名下的"),
        ({"by": 3, "may_assign": True}, "请写原因"),
        ({"by": 3, "may_assign": True, "reason": " "}, "请写原因"),
        ({"by": 3, "may_assign": True, "reason": "已调离"}, None),
        ({"by": 3, "may_assign": True, "reason": "已调离", "giver_active": False}, None),
        ({"by": 2, "may_assign": True, "reason": "已调离"}, "不能同时是接收人"),
    ],
)
def test_who_may_propose(change: dict[str, Any], said: str | None) -> None:
    case: dict[str, Any] = {"giver": 1, "giver_active": True, "taker": 2, "taker_cares": True, "by": 1}
    fault = rules.propose_fault(**{**case, "may_assign": False, "reason": "", **change})
    assert fault is None if said is None else said in (fault or "")


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("to", rules.STATES)
def test_only_what_waits_can_end(state: str, to: str) -> None:
    assert (rules.move_fault(state, to) is None) == (state == "proposed" and to != "proposed")


def laden(giver: User) -> dict[str, Any]:
    """An officer with one of everything; the firm is theirs since the beginning of the year."""
    firm = make_firm("青禾精密制造有限公司", officer_a_id=giver.id)
    db.session.add(FirmOfficer(firm_id=firm.id, user_id=giver.id, position="A", from_on=date(2026, 1, 1)))
    kind = db.session.scalars(select(SchemeKind).where(SchemeKind.subject == "free").order_by(SchemeKind.id)).first()
    if kind is None:
        kind = SchemeKind(key="institute", name="联系院所", subject="free")
        db.session.add(kind)
        db.session.flush()
    contact = SchemeContact(officer_id=giver.id, kind_id=kind.id, name="某研究院", from_on=date(2026, 1, 1),
                            created_at=clock.now())  # fmt: skip
    db.session.add(contact)
    second = make_firm("石桥新材料有限公司", officer_b_id=giver.id)
    found = {
        "firm": firm, "second": second, "contact": contact, "promise": make_promise(firm, giver),
        "line": make_plan_line(firm, giver, TODAY + DAY), "undone": make_plan_line(second, giver, TODAY - 3 * DAY),
    }  # fmt: skip
    db.session.flush()
    return found


def test_all_of_it_goes_over_at_the_second_confirmation(app: Flask) -> None:
    giver, taker, third = make_user(), make_user(), make_user()
    held = laden(giver)
    kept = make_promise(held["firm"], giver)
    kept.keep("电话答复", TODAY, giver, TODAY)
    over = make_plan_line(held["firm"], giver, TODAY)
    over.drop("企业停产", TODAY, giver)
    others = make_plan_line(held["firm"], third, TODAY + DAY)
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    assert held["firm"].officer_a_id == giver.id and held["promise"].person_id == giver.id
    row.accept(taker, clock.now(), row.version)
    db.session.commit()
    assert (held["firm"].officer_a_id, held["second"].officer_b_id) == (taker.id, taker.id)
    turns = db.session.scalars(
        select(FirmOfficer).where(FirmOfficer.firm_id == held["firm"].id).order_by(FirmOfficer.from_on)
    ).all()
    assert [(turn.user_id, turn.from_on, turn.to_on) for turn in turns] == [
        (giver.id, date(2026, 1, 1), TODAY - DAY), (taker.id, TODAY, None),
    ]  # fmt: skip
    assert held["promise"].person_id == taker.id and kept.person_id == giver.id
    for line in (held["line"], held["undone"]):
        assert [one.user_id for one in line.officers] == [taker.id]
    assert [one.user_id for one in over.officers] == [giver.id] and [one.user_id for one in others.officers] == [
        third.id
    ]
    assert held["contact"].to_on == TODAY - DAY
    assert handover.holdings(giver.id) == []
    assert (row.state, row.decided_by_id, len(row.taken())) == ("done", taker.id, 6)
    logged = select(Change.table_name).where(Change.table_name.in_(("handover_item", "promise", "firm_officer")))
    assert set(db.session.scalars(logged)) == {"handover_item", "promise", "firm_officer"}


@pytest.mark.parametrize("left", range(64))
def test_nothing_open_stays_with_the_giver_unless_it_was_left_out(lite_app: Flask, left: int) -> None:
    giver, taker = make_user(), make_user()
    laden(giver)
    keys = [one.key for one in handover.holdings(giver.id)]
    kept = {key for place, key in enumerate(keys) if left >> place & 1}
    assert len(keys) == 6
    if len(kept) == 6:
        with pytest.raises(Refused, match="至少勾选一项"):
            Handover.propose(giver, taker, by=giver, at=clock.now(), kept=kept)
        return
    row = Handover.propose(giver, taker, by=giver, at=clock.now(), kept=kept)
    row.accept(taker, clock.now(), row.version)
    db.session.expire_all()
    assert {one.key for one in handover.holdings(giver.id)} == kept
    assert len(handover.holdings(taker.id)) == 6 - len(kept)


def test_a_taker_who_is_there_already_is_there_once(app: Flask) -> None:
    giver, taker = make_user(), make_user()
    firm = make_firm(officer_a_id=giver.id, officer_b_id=taker.id)
    line = make_plan_line(firm, giver, TODAY)
    line.officers.append(type(line.officers[0])(user_id=taker.id))
    db.session.flush()
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    row.accept(taker, clock.now(), row.version)
    assert (firm.officer_a_id, firm.officer_b_id) == (taker.id, None)
    assert [one.user_id for one in line.officers] == [taker.id]


def kept_promise(held: dict[str, Any], giver: User) -> None:
    held["promise"].keep("电话答复", TODAY, giver, TODAY)


def moved_promise(held: dict[str, Any], giver: User) -> None:
    held["promise"].due_on += DAY


def new_line(held: dict[str, Any], giver: User) -> None:
    make_plan_line(held["firm"], giver, TODAY)


def other_officer(held: dict[str, Any], giver: User) -> None:
    held["firm"].officer_a_id = make_user().id


@pytest.mark.parametrize(
    "change, said",
    [(kept_promise, "已不在移交人名下：答复承诺"), (moved_promise, "有改动：答复承诺"), (new_line, "新增：走访安排"),
     (other_officer, "已不在移交人名下：企业")],
)  # fmt: skip
def test_what_changed_meanwhile_is_said_and_nothing_goes_over(app: Flask, change: Any, said: str) -> None:
    giver, taker = make_user(), make_user()
    held = laden(giver)
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    seen = row.version
    change(held, giver)
    db.session.flush()
    with pytest.raises(Conflict, match=said):
        row.accept(taker, clock.now(), seen)
    assert held["second"].officer_b_id == giver.id and row.state == "proposed"
    with pytest.raises(Refused):
        row.refresh(taker, clock.now())
    row.refresh(giver, clock.now())
    assert row.changes() == []
    with pytest.raises(Conflict):
        row.accept(taker, clock.now(), seen)
    row.accept(taker, clock.now(), row.version)
    assert handover.holdings(giver.id) == []


def test_what_was_left_out_may_change_and_stays_left_out(app: Flask) -> None:
    giver, taker = make_user(), make_user()
    held = laden(giver)
    row = Handover.propose(giver, taker, by=giver, at=clock.now(), kept={f"promise-{held['promise'].id}"})
    moved_promise(held, giver)
    db.session.flush()
    assert row.changes() == []
    new_line(held, giver)
    db.session.flush()
    row.refresh(giver, clock.now())
    row.accept(taker, clock.now(), row.version)
    assert [one.key for one in handover.holdings(giver.id)] == [f"promise-{held['promise'].id}"]


def test_only_the_taker_accepts_or_refuses_and_only_once(app: Flask) -> None:
    giver, taker, manager = make_user(), make_user(), make_user("manager")
    laden(giver)
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    for person in (giver, manager):
        with pytest.raises(Refused, match="要由接收人"):
            row.accept(person, clock.now(), row.version)
        with pytest.raises(Refused, match="要由接收人"):
            row.refuse(person, clock.now(), "不行")
    with pytest.raises(Refused, match="原因"):
        row.refuse(taker, clock.now(), " ")
    with pytest.raises(Refused, match="移交人或科长撤回"):
        row.withdraw(taker, clock.now())
    row.refuse(taker, clock.now(), "名下已有 90 家")
    for act in (lambda: row.accept(taker, clock.now(), row.version), lambda: row.withdraw(giver, clock.now())):
        with pytest.raises(Refused, match="不同意"):
            act()


def test_who_is_gone_is_handed_over_by_the_manager(app: Flask) -> None:
    giver, taker, manager = make_user(active=False), make_user(), make_user("manager")
    laden(giver)
    assert giver in handover.list_givers()
    with pytest.raises(Refused):
        Handover.propose(giver, taker, by=make_user(), at=clock.now(), reason="已调离")
    row = Handover.propose(giver, taker, by=manager, at=clock.now(), reason="已调离")
    taker.active = False
    with pytest.raises(Refused, match="在用账号"):
        row.accept(taker, clock.now(), row.version)
    taker.active = True
    row.accept(taker, clock.now(), row.version)
    assert (row.for_giver_reason, row.proposed_by_id) == ("已调离", manager.id)
    assert handover.holdings(giver.id) == []


def test_a_handover_exists_for_both_and_for_who_assigns(app: Flask) -> None:
    giver, taker = make_user(), make_user()
    laden(giver)
    row = Handover.propose(giver, taker, by=giver, at=clock.now())
    for person in (giver, taker, make_user("manager"), make_user("office")):
        assert Handover.get_for(person, row.id).id == row.id
    for person in (make_user(), make_user("town", area="青禾街道"), make_user("sysadmin")):
        with pytest.raises(NotFound):
            Handover.get_for(person, row.id)


def test_the_pages_from_the_list_to_the_receipt(lite_browser: Browser) -> None:
    giver, taker = make_user(name="何岸"), make_user(name="宋知远")
    held = laden(giver)
    make_demand(make_visit(held["firm"], giver), words="缺两名工程师")
    lite_browser.sign_in(giver)
    assert "还没有移交过工作" in lite_browser.open("/handovers/").text
    page = lite_browser.open("/handovers/new")
    assert "看清单" in page.text and '<option value="">请选</option>' in page.html, "nobody is chosen beforehand"
    address = f"/handovers/new?giver={giver.id}&taker={taker.id}"
    page = lite_browser.open(address)
    assert "青禾精密制造有限公司（A 角）" in page.text and "缺两名工程师" in page.text
    keys = [one.key for one in handover.holdings(giver.id)]
    assert "至少勾选一项" in lite_browser.send(address, {"take": [], "note": "交代"}, 422).text
    page = lite_browser.send(address, {"take": keys[:-1], "note": "研发费用正在归集"})
    row = db.session.scalars(select(Handover)).one()
    assert "等接收人确认" in page.text and "研发费用正在归集" in page.text and "留下" in page.text
    url = f"/handovers/{row.id}"
    assert "要由接收人宋知远本人确认" in lite_browser.send(f"{url}/accept", {"version": row.version}, 422).text
    Browser(lite_browser.app).sign_in(make_user()).open(url, 404)
    lite_browser.sign_in(taker)
    assert "同事要移交给你的工作" in lite_browser.open("/").text
    assert "请写不同意的原因" in lite_browser.send(f"{url}/refuse", {"reason": ""}, 422).text
    extra = make_plan_line(held["firm"], giver, TODAY)
    assert "新增：走访安排" in lite_browser.open(url).text
    assert "没有移交" in lite_browser.send(f"{url}/accept", {"version": row.version}, 409).text
    lite_browser.sign_in(giver).send(f"{url}/refresh")
    page = lite_browser.sign_in(taker).open(url)
    assert "确认接收" in page.text and str(extra.planned_on) in page.text
    page = lite_browser.send(f"{url}/accept", {"version": row.version})
    assert "已移交 6 项" in page.text and row.state == "done"
    assert lite_browser.open("/handovers/").rows("移交记录")[0][4].startswith("已移交")
    lite_browser.sign_in(make_user("town", area="青禾街道"))
    assert "青禾精密" not in lite_browser.open("/handovers/").text


def test_a_manager_confirms_for_who_is_gone_and_may_take_it_back(lite_browser: Browser) -> None:
    giver, taker = make_user(name="何岸", active=False), make_user(name="宋知远")
    laden(giver)
    lite_browser.sign_in(make_user("manager", name="韩述"))
    assert "何岸（已停用）" in lite_browser.open("/handovers/new").text
    address = f"/handovers/new?giver={giver.id}&taker={taker.id}"
    keys = [one.key for one in handover.holdings(giver.id)]
    assert "请写原因" in lite_browser.send(address, {"take": keys}, 422).text
    page = lite_browser.send(address, {"take": keys, "reason": "已调离"})
    assert "由韩述代为确认" in page.text and "已调离" in page.text
    row = db.session.scalars(select(Handover)).one()
    assert "什么都没有变" in lite_browser.send(f"/handovers/{row.id}/withdraw").text
    assert (row.state, len(handover.holdings(giver.id))) == ("withdrawn", 6)
