"""The pages of pools: what each shows, who may change, and how many statements it takes."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from models.base import db
from models.pool import PoolExit, PoolMember, PoolStage, moving
from models.rules.pool import EXITS
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_pool_type, make_title, make_user
from tests.support.page import Page
from tests.support.pool_factories import make_exit, make_member, make_stage
from tests.support.statements import statements


def test_an_officer_works_one_member(lite_browser: Browser) -> None:
    user, kind = make_user(role="officer"), make_pool_type()
    stage = make_stage(kind, "辅导中")
    member = make_member(kind=kind, owner_id=user.id)
    lite_browser.sign_in(user)
    address = f"/pool/{member.id}"
    data = {"next_step": "补研发费用辅助账", "next_on": "2027-01-15", "owner_id": str(user.id), "plan_year": "2027",
            "target_type_id": str(member.target_type_id), "batch": "2027 年第一批", "measures": "上门"}  # fmt: skip
    page = Page(lite_browser.post(f"{address}/edit", data=data, follow_redirects=True))
    assert "补研发费用辅助账" in page.text and "2027 年第一批" in page.text and page.faults() == []
    wrong = lite_browser.post(f"{address}/edit", data={**data, "next_step": "", "plan_year": "27"})
    assert wrong.status_code == 422 and "请写下一步做什么" in Page(wrong).text and "年份写四位" in Page(wrong).text
    staged = {"stage_id": str(stage.id), "reached_on": "2026-10-01", "note": "签了辅导协议"}
    page = Page(lite_browser.post(f"{address}/stage", data=staged, follow_redirects=True))
    assert page.rows("走过的阶段")[0][:2] == ["辅导中", "2026-10-01"]
    again = Page(lite_browser.post(f"{address}/stage", data=staged, follow_redirects=True))
    assert len(again.rows("走过的阶段")) == 1
    make_title(member.firm, "hnte", date(2026, 11, 6))
    make_exit("graduated", name="毕业")
    db.session.commit()
    assert "2026-11-06 已获" in Page(lite_browser.get("/pool/?state=ready")).text
    page = Page(lite_browser.post(f"{address}/graduate", follow_redirects=True))
    assert "2026-11-06 出库，毕业" in page.text
    page = Page(lite_browser.post(f"{address}/return", follow_redirects=True))
    assert "已恢复在库" in page.text


def test_who_does_not_look_after_a_member_reads_it_only(lite_browser: Browser) -> None:
    other, me = make_user(role="officer"), make_user(role="officer")
    member = make_member(make_firm(officer_a_id=other.id), owner_id=other.id)
    lite_browser.sign_in(me)
    assert "改下一步、负责人" not in Page(lite_browser.get(f"/pool/{member.id}")).text
    lite_browser.post(f"/pool/{member.id}/edit", data={"next_step": "抢", "owner_id": "0", "target_type_id": "0"})
    lite_browser.post("/pool/many/next", data={"id": [str(member.id)], "sent": "next", "next_step": "抢",
                                               "everything": "0", "back": f"type={member.type_id}"})  # fmt: skip
    assert db.session.get_one(PoolMember, member.id).next_step == ""


def test_a_town_sees_its_own_members_only(lite_browser: Browser) -> None:
    kind = make_pool_type()
    here, there = (make_member(make_firm(area=area), kind, plan_year=2026) for area in ("青禾街道", "石桥镇"))
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    assert lite_browser.get(f"/pool/{here.id}").status_code == 200
    assert lite_browser.get(f"/pool/{there.id}").status_code == 404
    page = Page(lite_browser.get(f"/pool/?type={kind.id}"))
    assert here.firm.name in page.text and there.firm.name not in page.text
    plan = Page(lite_browser.get(f"/pool/plan?type={kind.id}&year=2026")).rows("计划与完成")
    assert [row[0] for row in plan] == ["合计", "青禾街道"] and plan[0][2] == "1"


def test_many_members_change_at_once_and_the_export_is_the_list(lite_browser: Browser) -> None:
    user, kind = make_user(role="office"), make_pool_type()
    members = [make_member(kind=kind, plan_year=2026 + place % 2) for place in range(6)]
    lite_browser.sign_in(user)
    back = f"type={kind.id}&state=in&year=2026"
    form = Page(lite_browser.post("/pool/many/next", data={"id": [str(members[0].id)], "back": back}))
    assert "筛选出的全部 3 家" in form.text and form.faults() == []
    data = {"id": [str(members[0].id)], "back": back, "everything": "1", "sent": "next", "next_step": "约时间上门"}
    lite_browser.post("/pool/many/next", data=data)
    assert sorted(one.plan_year or 0 for one in members if one.next_step) == [2026, 2026, 2026]
    lite_browser.post("/pool/many/owner", data={**data, "sent": "owner", "owner_id": str(user.id)})
    assert [one.owner_id for one in members].count(user.id) == 3
    exported = load_workbook(BytesIO(lite_browser.get(f"/pool/export?{back}").data)).active
    assert exported is not None and exported.max_row == 2 + 3 and user.name in str(exported["A1"].value)
    out = {**data, "sent": "exit", "everything": "0", "on": "2026-10-01", "exit_id": str(make_exit("moved_out").id)}
    lite_browser.post("/pool/many/exit", data=out)
    assert [one.to_on for one in members if one.to_on] == [date(2026, 10, 1)]
    assert lite_browser.post("/pool/many/nothing", data=data).status_code == 404


def test_the_office_sets_stages_reasons_and_numbers(lite_browser: Browser) -> None:
    user, kind = make_user(role="office"), make_pool_type()
    firm = make_firm(area="青禾街道")
    lite_browser.sign_in(user)
    data = {"name": "辅导期", "position": "2", "exit_id": "0", "active": "y"}
    assert lite_browser.post(f"/pool/setup/{kind.id}/stages/new", data=data).status_code == 302
    assert lite_browser.post(f"/pool/setup/{kind.id}/stages/new", data=data).status_code == 422
    stage = db.session.query(PoolStage).filter_by(name="辅导期").one()
    lite_browser.post(f"/pool/setup/stages/{stage.id}", data={**data, "name": "深度辅导"})
    lite_browser.post("/pool/setup/exits/new", data={"name": "并购", "position": "7", "active": "y"})
    page = Page(lite_browser.get("/pool/setup"))
    assert "深度辅导" in page.text and "并购" in page.text and page.faults() == []
    numbers = {"n0": "12", f"n{firm.area_id}": "5"}
    wrong = lite_browser.post(f"/pool/plan/edit?type={kind.id}&year=2026", data={**numbers, "n0": "十二"})
    assert wrong.status_code == 422 and "全区：请填整数" in Page(wrong).text
    page = Page(lite_browser.post(f"/pool/plan/edit?type={kind.id}&year=2026", data=numbers, follow_redirects=True))
    assert page.rows("计划与完成")[0][:2] == ["合计", "12"] and "不一样" in page.text


@pytest.mark.parametrize("path", ["/pool/?", "/pool/board?", "/pool/plan?", "/pool/export?", "/pool/climbs?"])
def test_thirty_members_take_as_many_statements_as_three(lite_browser: Browser, path: str) -> None:
    user, kind = make_user(role="office"), make_pool_type()
    stage = make_stage(kind, position=1)

    def more(number: int) -> None:
        for _ in range(number):
            member = make_member(make_firm(area="青禾街道"), kind, plan_year=2026, owner_id=make_user().id,
                                 stage_id=stage.id, stage_on=date(2026, 1, 1))  # fmt: skip
            make_title(member.firm, "tech_sme", date(2020, 5, 1), date(2020, 12, 31))
            make_title(member.firm, "hnte", date(2026, 3, 1))
        db.session.commit()

    lite_browser.sign_in(user)
    more(3)
    lite_browser.get(f"{path}type={kind.id}")
    with statements() as few:
        assert lite_browser.get(f"{path}type={kind.id}").status_code == 200
    more(27)
    with statements() as many:
        lite_browser.get(f"{path}type={kind.id}")
    assert len(many) == len(few)


def test_owners_hand_over_their_members(lite_browser: Browser) -> None:
    giver, taker = make_user(role="officer"), make_user(role="officer")
    member = make_member(owner_id=giver.id)
    over = make_member(owner_id=giver.id, to_on=date(2026, 6, 1))
    assert [row[0] for row in moving.held(giver.id)] == [member.id]
    moving.hand_over([member.id], taker)
    assert (member.owner_id, over.owner_id) == (taker.id, giver.id)


def test_every_reason_has_a_name_of_its_own() -> None:
    assert len({row.name for row in EXITS}) == len(EXITS) and any(row.graduated for row in EXITS)
    assert PoolExit.__tablename__ == "pool_exit"
