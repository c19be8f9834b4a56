"""Firms enter and leave a pool by the dozen, from the list as it is filtered."""

from datetime import date

from sqlalchemy import select

from models import clock
from models.base import db
from models.figures import rungs
from models.figures.base import Period
from models.figures.scope import Scope
from models.pool import PoolMember
from models.setting import Setting
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_pool_type, make_user
from tests.support.page import Page
from tests.support.pool_factories import make_exit


def potential(day: date) -> int:
    return rungs.tally(Period.up_to(day), Scope())["rung.potential"]


def test_ticked_firms_enter_and_leave(lite_browser: Browser) -> None:
    firms = [make_firm().id for _ in range(3)]
    pool = make_pool_type()
    pool_id = pool.id
    lite_browser.sign_in(make_user(role="officer"))
    ticked = {"id": [str(firms[0]), str(firms[1])], "back": ""}
    form = Page(lite_browser.post("/pool/enter", data=ticked))
    assert form.heading == "入库" and form.faults() == [] and "2 家" in form.text
    values = {
        **ticked,
        "type_id": str(pool_id),
        "on": "2025-03-01",
        "plan_year": "2026",
        "target_type_id": "0",
        "everything": "0",
    }
    page = Page(lite_browser.post("/pool/enter", data=values, follow_redirects=True))
    assert "2 家进入培育后备库" in page.text and len(page.rows("库内企业")) == 2
    assert (
        "0 家进入培育后备库；2 家本来就在库"
        in Page(lite_browser.post("/pool/enter", data=values, follow_redirects=True)).text
    )
    assert potential(date(2025, 3, 1)) == 2
    out = {
        "id": [str(firms[0])],
        "type_id": str(pool_id),
        "on": "2025-09-30",
        "exit_id": str(make_exit("graduated").id),
        "everything": "0",
    }
    page = Page(lite_browser.post("/pool/leave", data=out, follow_redirects=True))
    assert "1 家离开培育后备库" in page.text
    assert (potential(date(2025, 9, 30)), potential(date(2025, 10, 1))) == (2, 1)


def test_the_whole_filtered_list_enters_and_nothing_else(lite_browser: Browser) -> None:
    inside = {make_firm(industry_code="3511").id for _ in range(60)}
    make_firm(industry_code="6510")
    pool_id = make_pool_type().id
    lite_browser.sign_in(make_user(role="office"))
    some = str(min(inside))
    form = Page(lite_browser.post("/pool/enter", data={"id": [some], "back": "industry=35"}))
    assert "筛选出的全部 60 家" in form.text
    data = {"id": [some], "back": "industry=35", "everything": "1", "type_id": str(pool_id), "on": "2025-03-01",
            "target_type_id": "0"}  # fmt: skip
    lite_browser.post("/pool/enter", data=data)
    assert set(db.session.scalars(select(PoolMember.firm_id))) == inside


def test_nobody_enters_firms_they_cannot_see(lite_browser: Browser) -> None:
    other = make_firm(area="石桥镇").id
    pool_id = make_pool_type().id
    user = make_user(role="officer")
    lite_browser.sign_in(user)
    db.session.add(Setting(key="officer_scope", value="assigned"))
    db.session.commit()
    data = {"id": [str(other)], "everything": "0", "type_id": str(pool_id), "on": "2025-03-01", "target_type_id": "0"}
    lite_browser.post("/pool/enter", data=data)
    assert db.session.scalars(select(PoolMember)).all() == []


def test_a_day_to_come_is_refused_and_a_reason_is_wanted(lite_browser: Browser) -> None:
    firm, pool_id = make_firm().id, make_pool_type().id
    lite_browser.sign_in(make_user(role="officer"))
    data = {"id": [str(firm)], "type_id": str(pool_id), "target_type_id": "0", "everything": "0"}
    assert "不能晚于今天" in Page(lite_browser.post("/pool/enter", data={**data, "on": "2999-01-01"})).text
    today = clock.today().isoformat()
    assert "请选出库原因" in Page(lite_browser.post("/pool/leave", data={**data, "on": today})).text
    lite_browser.post("/pool/enter", data={**data, "on": today})
    early = Page(lite_browser.post("/pool/leave", data={**data, "on": "2025-01-01", "exit_id": str(make_exit().id)}))
    assert "出库日期不能早于这一天" in early.text


def test_the_pool_page_shows_only_firms_of_the_own_town(lite_browser: Browser) -> None:
    pool = make_pool_type()
    for area in ("青禾街道", "石桥镇"):
        firm = make_firm(area=area, name=f"云澜{area}农机有限公司")
        db.session.add(PoolMember(firm_id=firm.id, type_id=pool.id, from_on=date(2025, 1, 1), created_at=clock.now()))
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    page = Page(lite_browser.get("/pool/"))
    assert len(page.rows("库内企业")) == 1 and "云澜青禾街道农机有限公司" in page.rows("库内企业")[0][0]
    assert page.faults() == []
