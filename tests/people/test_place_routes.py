"""单位, 街镇园区, 外出与代理, 设置: trees, dates and deputies."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import area, clock, setting, unit
from models.area import Area
from models.audit import AuditEntry
from models.base import db
from models.change import Change
from models.errors import Refused
from models.unit import Absence, Membership, Unit
from tests.support.browser import Browser
from tests.support.factories import make_absence, make_area, make_firm, make_membership, make_unit, make_user

DAY = date(2026, 11, 22)


@pytest.fixture
def office(lite_browser: Browser) -> Browser:
    return lite_browser.sign_in(make_user(role="office", name="何岸"))


def fields(**values: str) -> dict[str, str]:
    return {"name": "综合科", "code": "KJ-ZH", "kind": "section", "parent": "", "head": "", "deputy": "", **values}


def test_a_unit_is_made_moved_and_closed(office: Browser) -> None:
    bureau = make_unit("区科技局")
    head = make_user(name="宋知远")
    office.send("/units/new", fields(parent=str(bureau.id), head=str(head.id), mailbox="zh@tidu.example"))
    made = db.session.scalars(select(Unit).where(Unit.code == "KJ-ZH")).one()
    assert (made.name, made.sort_key, made.parent_id, made.head_id) == ("综合科", "zong he ke", bureau.id, head.id)
    rows = office.open("/units/").rows("单位")
    assert [row[:2] for row in rows] == [["区科技局", bureau.code], ["综合科", "KJ-ZH"]]
    office.send(f"/units/{made.id}/close")
    assert made.closed_on == clock.today()
    assert len(office.open("/units/").rows("单位")) == 1
    assert len(office.open("/units/?closed=1").rows("单位")) == 2


def test_a_unit_cannot_hang_below_its_own(office: Browser) -> None:
    top = make_unit("甲")
    below = make_unit("乙", parent=top)
    page = office.send(f"/units/{top.id}/edit", fields(name="甲", code=top.code, parent=str(below.id)))
    assert "上级不能是它自己或它的下级" in page.text
    assert top.parent_id is None


def test_a_code_is_used_once(office: Browser) -> None:
    make_unit("甲", code="KJ-ZH")
    make_area("青禾街道").code = "QH"
    assert "代码已用于甲" in office.send("/units/new", fields(name="乙")).text
    assert "代码已用于青禾街道" in office.send("/areas/park/new", {"name": "园", "code": "QH", "parent": ""}).text


def test_members_come_and_go_by_date(office: Browser) -> None:
    home = make_unit()
    person = make_user(name="沈岚")
    office.send(f"/units/{home.id}/members", {"person": str(person.id), "post": "科长", "from_on": "2026-03-01"})
    page = office.send(f"/units/{home.id}/members", {"person": str(person.id), "post": "", "from_on": "2026-04-01"})
    assert "此人已在这个单位" in page.text
    row = db.session.scalars(select(Membership)).one()
    assert "不能早于进入日期" in office.send(f"/units/members/{row.id}/leave", {"to_on": "2026-02-28"}).text
    office.send(f"/units/members/{row.id}/leave", {"to_on": "2026-06-30"})
    assert office.open(f"/units/{home.id}").rows("人员")[0][:4] == ["沈岚", "科长", "2026-03-01", "2026-06-30"]
    assert unit.head_counts(date(2026, 6, 30)) == {home.id: 1}
    assert unit.head_counts(date(2026, 7, 1)) == {}


def test_moving_to_another_unit_ends_the_one_before(lite_app: Flask) -> None:
    person, old, new = make_user(), make_unit("甲"), make_unit("乙")
    make_membership(person, old)
    unit.move_to(person.id, new.id, "副科长", DAY)
    unit.move_to(person.id, new.id, "科长", DAY + timedelta(days=3))
    rows = unit.list_memberships(person.id)
    assert [(row.unit.name, row.post, row.from_on, row.to_on) for row in rows] == [
        ("乙", "科长", DAY, None),
        ("甲", "", date(2026, 1, 1), DAY - timedelta(days=1)),
    ]


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        ([], "a"),
        ([("a", "b", 0, 0)], "b"),
        ([("a", "b", 1, 3)], "a"),
        ([("a", "b", -3, -1)], "a"),
        ([("a", "b", -3, 0), ("b", "c", 0, 9)], "c"),
        ([("a", "b", 0, 9), ("b", "a", 0, 9)], "a"),
        ([("a", "b", 0, 9), ("b", "c", 0, 9), ("c", "b", 0, 9)], "a"),
    ],
)
def test_who_acts_for_somebody_away(lite_app: Flask, absences: list[tuple[str, str, int, int]], expected: str) -> None:
    people = {name: make_user(name=name) for name in "abc"}
    for who, deputy, begin, end in absences:
        make_absence(people[who], people[deputy], from_on=DAY + timedelta(days=begin), to_on=DAY + timedelta(days=end))
    assert unit.acting_for(people["a"].id, DAY) == people[expected].id


def test_a_person_registers_the_own_absence_and_nobody_elses(lite_app: Flask) -> None:
    me, other, deputy = make_user(role="officer"), make_user(role="officer"), make_user()
    browser = Browser(lite_app).sign_in(me)
    days = {"from_on": clock.today().isoformat(), "to_on": clock.today().isoformat(), "reason": "出差"}
    browser.send("/absences/new", {"person": str(me.id), "deputy": str(deputy.id), **days})
    browser.send("/absences/new", {"person": str(other.id), "deputy": str(deputy.id), **days})
    assert db.session.scalars(select(Absence.user_id)).all() == [me.id]
    theirs = make_absence(other, deputy)
    assert browser.get(f"/absences/{theirs.id}/edit").status_code == 404
    assert browser.post(f"/absences/{theirs.id}/delete").status_code == 404


@pytest.mark.parametrize(
    ("deputy", "begin", "end", "message"),
    [
        ("self", 0, 1, "代理人不能是本人"),
        ("other", 3, 2, "结束日期不能早于开始日期"),
        ("other", -9, -1, "这段时间已经过去"),
        ("other", 6, 9, "这几天已登记过外出"),
        ("other", 7, 9, None),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    lite_app: Flask, deputy: str, begin: int, end: int, message: str | None
) -> None:
    me = make_user(role="officer")
    make_absence(me)  # today and the six days after
    today = clock.today()
    page = (
        Browser(lite_app)
        .sign_in(me)
        .send(
            "/absences/new",
            {
                "person": str(me.id),
                "deputy": str(me.id if deputy == "self" else make_user().id),
                "from_on": (today + timedelta(days=begin)).isoformat(),
                "to_on": (today + timedelta(days=end)).isoformat(),
            },
        )
    )
    assert (message or "已登记") in page.text
    assert len(db.session.scalars(select(Absence)).all()) == (1 if message else 2)


def test_an_area_carries_the_names_an_address_may_use(office: Browser) -> None:
    office.send("/areas/area/new", {"name": "青禾街道", "code": "QH", "parent": "", "aliases": " 青禾 \n\n青禾镇"})
    row = db.session.scalars(select(Area)).one()
    assert (row.alias_list, row.sort_key, row.tree) == (["青禾", "青禾镇"], "qing he jie dao", "area")


def test_a_closed_area_is_not_shown_unless_asked_for(office: Browser) -> None:
    row = make_area("青禾街道")
    office.send(f"/areas/{row.id}/edit", {"name": "青禾街道", "code": row.code, "parent": "", "closed": "y"})
    assert row.closed
    assert "青禾街道" not in office.open("/areas/").text
    assert "青禾街道" in office.open("/areas/?closed=1").text


def test_areas_count_the_firms_a_person_sees_and_the_system_administrator_sees_none(lite_app: Flask) -> None:
    make_firm(area="青禾街道")
    make_firm(area="青禾街道")
    make_firm(area=None)
    page = Browser(lite_app).sign_in(make_user(role="office")).open("/areas/")
    assert page.rows("镇街")[0][-1] == "2 家"
    assert "未定区还有 1 家" in page.text
    page = Browser(lite_app).sign_in(make_user(role="sysadmin")).open("/areas/")
    assert "未定区" not in page.text
    assert page.rows("镇街")[0][-1] == "—"


def test_an_area_cannot_hang_below_its_own(lite_app: Flask) -> None:
    top = make_area("甲街道")
    below = make_area("乙社区", parent=top)
    with pytest.raises(Refused):
        top.move_below(below.id)
    assert [(row.name, depth) for row, depth in area.list_tree("area")] == [("甲街道", 0), ("乙社区", 1)]


def test_settings_are_checked_and_every_change_is_logged(lite_app: Flask) -> None:
    browser = Browser(lite_app).sign_in(make_user(role="sysadmin"))
    values = setting.get_all()
    page = browser.send("/settings/system", {**values, "idle_minutes": "4"})
    assert "请填 5 到 480 之间的整数" in page.text
    assert setting.get("idle_minutes") == "30"
    page = browser.send("/settings/system", {**values, "idle_minutes": "45", "bureau_name": "青禾区科技局"})
    assert "已保存 2 项" in page.text
    assert (setting.get("idle_minutes"), setting.get("bureau_name")) == ("45", "青禾区科技局")
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.act == "setting.edit")).all()) == 2
    changes = db.session.scalars(select(Change.act).where(Change.table_name == "setting"))
    assert changes.all() == ["created", "created"]


@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "４５", "481", "1e2"])
def test_a_number_out_of_bounds_is_no_setting(lite_app: Flask, value: str) -> None:
    with pytest.raises(Refused):
        setting.change("idle_minutes", value)


def test_every_setting_stands_in_one_section() -> None:
    shown = [key for keys in setting.SECTIONS.values() for key in keys]
    #: What a restore sets, and the administrator ends on the page of mails.
    elsewhere = ["sending", "restored_from", "restored_at"]
    assert sorted(shown + elsewhere) == sorted(setting.SETTINGS)
