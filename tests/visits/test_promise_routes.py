"""Promises, demands, and the lists the office keeps for visits."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
from sqlalchemy import func, select

from models import clock
from models.base import db
from models.promise import Promise
from models.visit import VisitDemand, VisitKind
from tests.support.browser import Browser
from tests.support.factories import (
    make_absence,
    make_area,
    make_campaign,
    make_promise,
    make_user,
    make_visit,
)

TODAY = clock.today()


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_demands_wait_for_review_and_are_kept_with_a_reason(lite_browser: Browser) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    lite_browser.sign_in(officer)
    lite_browser.send(f"/visits/{visit.id}/demands/new", {"words": "变压器不够", "category": "用地用房"})
    demand = db.session.scalars(select(VisitDemand)).one()
    assert f"/visits/demands/{demand.id}/keep" in lite_browser.open("/visits/demands").links()
    lite_browser.sign_in(make_user())
    theirs = lite_browser.open("/visits/demands")
    assert "变压器不够" in theirs.text and f"/visits/demands/{demand.id}/keep" not in theirs.links()
    lite_browser.sign_in(officer)
    lite_browser.send(f"/visits/demands/{demand.id}/keep", {"reason": ""}, status=422)
    lite_browser.send(f"/visits/demands/{demand.id}/keep", {"reason": "已当场答复"})
    assert "变压器不够" not in lite_browser.open("/visits/demands").text
    assert "已当场答复" in lite_browser.open("/visits/demands?state=kept&category=用地用房").text
    lite_browser.send(f"/visits/demands/{demand.id}/reopen")
    assert db.session.scalars(select(VisitDemand.state)).one() == "to_review"


def test_a_promise_is_answered_by_who_made_it(lite_browser: Browser) -> None:
    officer = make_user()
    visit = make_visit(officer=officer, visit_on=TODAY - timedelta(10))
    lite_browser.sign_in(officer)
    lite_browser.send(f"/promises/new/{visit.id}", {"words": "周五答复", "person_id": officer.id,
                                               "due_on": (TODAY - timedelta(1)).isoformat()})  # fmt: skip
    promise = db.session.scalars(select(Promise)).one()
    page = lite_browser.open("/promises/?state=overdue")
    assert "周五答复" in page.text and "逾期 1 天" in page.text
    assert f"/promises/?firm={promise.firm_id}" in lite_browser.get(f"/firms/{promise.firm_id}").text
    lite_browser.sign_in(make_user())
    assert "周五答复" not in lite_browser.open("/promises/").text
    assert "周五答复" in lite_browser.open("/promises/?who=all").text
    lite_browser.send(f"/promises/{promise.id}/done", {"how": "代答", "on": TODAY.isoformat()}, status=422)
    lite_browser.sign_in(officer)
    lite_browser.send(f"/promises/{promise.id}/done", {"how": "", "on": TODAY.isoformat()}, status=422)
    lite_browser.send(f"/promises/{promise.id}/done", {"how": "电话答复", "on": TODAY.isoformat()})
    assert "电话答复" in lite_browser.open("/promises/?state=done").text
    lite_browser.send(f"/promises/{promise.id}/reopen")
    lite_browser.send(f"/promises/{promise.id}/drop", {"reason": "企业已搬走"})
    assert "企业已搬走" in lite_browser.open("/promises/?state=dropped").text
    rows = openpyxl.load_workbook(BytesIO(lite_browser.get("/promises/export?state=all").data)).active
    assert rows is not None and rows.max_row == 3


def test_the_office_keeps_kinds_services_and_campaigns(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    lite_browser.send("/services/kinds/new", {"name": "视频会", "counts": "y", "position": "7", "active": "y"})
    kind = db.session.scalars(select(VisitKind).where(VisitKind.name == "视频会")).one()
    lite_browser.send(f"/services/kinds/{kind.id}/edit", {"name": "视频连线", "position": "7", "active": "y"})
    db.session.refresh(kind)
    assert (kind.name, kind.counts) == ("视频连线", False)
    lite_browser.send("/services/kinds/new", {"name": "电话", "position": "7"}, status=200)
    assert count(VisitKind) == 7
    lite_browser.send("/services/new", {"name": "数据跨境", "as_service": "y", "position": "9", "active": "y"})
    assert "数据跨境" in lite_browser.open("/services/").text
    area = make_area("北街")
    wrong = {"name": "高企百家行", "from_on": "2026-05-01", "to_on": "2026-04-30", "quota_unit": "firms"}
    assert "不能早于" in lite_browser.send("/campaigns/new", wrong).text
    right = wrong | {"to_on": "2026-12-31", "quota": "2", "area_ids": [area.id], "active": "y"}
    lite_browser.send("/campaigns/new", right)
    campaign = make_campaign("高企百家行")
    assert [one.name for one in campaign.areas] == ["北街"]
    form = lite_browser.open(f"/campaigns/{campaign.id}/edit").html
    assert re.search(rf'<input checked [^>]*name="area_ids" type="checkbox" value="{area.id}"', form), (
        "ticked, to be ticked off"
    )
    visit = make_visit(campaign_id=campaign.id)
    make_visit(visit.firm, campaign_id=campaign.id), make_visit(kind="phone", campaign_id=campaign.id)
    page = lite_browser.open("/campaigns/")
    assert "50%" in page.text and "还差 1" in page.text
    lite_browser.send(f"/campaigns/{campaign.id}/edit", right | {"quota": "100"})
    assert "还差 99" in lite_browser.open("/campaigns/").text


def test_a_deputy_answers_while_somebody_is_away(lite_browser: Browser) -> None:
    deputy, other = make_user(), make_user()
    promise = make_promise()
    make_absence(promise.person, deputy)
    sent = {"how": "电话答复", "on": TODAY.isoformat()}
    lite_browser.sign_in(other).send(f"/promises/{promise.id}/done", sent, status=422)
    lite_browser.sign_in(deputy).send(f"/promises/{promise.id}/done", sent)
    db.session.refresh(promise)
    assert promise.done_by_id == deputy.id
