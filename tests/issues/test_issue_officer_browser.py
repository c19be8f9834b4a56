"""The officer's side of an issue in a real browser: every page fit for everyone, and how few touches a small matter
takes."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import clock
from models.base import db
from models.issue import Issue
from models.issue.acts import firm_word, handling
from models.issue.acts.actor import Actor
from models.issue.acts.firm_word import CallInput
from tests.support.chromium import Window
from tests.support.factories import make_demand, make_user, make_visit
from tests.support.issue_story import Cast, begun, closed, given, make_cast, reviewed

NOW = clock.now() - timedelta(minutes=5)
WORDS = "变压器容量不够，新线开不起来，想问什么时候能增容"


def look(window: Window, name: str) -> None:
    """Nothing for axe, no sideways scrolling; a picture where somebody asks for one."""
    where = os.environ.get("TIDU_PICTURES")
    if where:
        size = window.page.viewport_size or {"width": 0}
        window.page.screenshot(path=Path(where) / f"{name}-{size['width']}.png", full_page=True)
    assert window.complaints() == [], name
    assert window.wide() == 0, name


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_every_page_of_the_officers_side_is_fit_to_be_used_by_everyone(
    size: str, request: pytest.FixtureRequest
) -> None:
    window: Window = request.getfixturevalue(size)
    cast = make_cast()
    cast.firm.name = "云澜启衡传感科技有限公司"
    visit = make_visit(cast.firm, cast.worker)
    make_demand(visit, words=WORDS, category="用地用房", import_row_id=1)
    issue, done = begun(cast, at=NOW), closed(cast, at=NOW)
    handling.interim_reply(issue, Actor.of(cast.worker), NOW, "供电公司周三上门")
    handling.ask_extension(issue, Actor.of(cast.worker), NOW, clock.today() + timedelta(days=60), "设备月底才到")
    given(cast, at=NOW, words="缺三名嵌入式工程师，校招招不到")
    plain = reviewed(cast, "simple", NOW)
    pages = {
        "mine": (cast.worker, "/issues/mine"), "record": (cast.worker, f"/issues/{issue.id}"),
        "propose": (cast.worker, f"/issues/{issue.id}/do/propose"),
        "new": (cast.officer, f"/issues/new?visit={visit.id}"),
        "choose": (cast.officer, "/issues/new"), "demands": (cast.office, "/visits/demands"),
        "visit": (cast.officer, f"/visits/{visit.id}"), "closed": (cast.manager, f"/issues/{done.id}"),
        "plain": (cast.manager, f"/issues/{plain.id}"), "call": (cast.caller, f"/issues/{plain.id}/do/call"),
        "firm": (cast.officer, f"/firms/{cast.firm.id}"), "before": (cast.officer, f"/visits/before/{cast.firm.id}"),
        "handler": (make_user("handler"), "/"),
    }  # fmt: skip
    for name, (person, path) in pages.items():
        window.sign_in(person).open(path)
        look(window, name)


class Touches:
    """Counts what a finger does; typing is not counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.number = page, 0

    def tap(self, role: str, name: str) -> None:
        """One touch."""
        self.number += 1
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def end_of_act(touches: Touches, acts: list[int]) -> None:
    """An act of at most two touches."""
    acts.append(touches.number)
    touches.number = 0


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_a_small_matter_takes_few_acts_of_few_touches(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    cast: Cast = make_cast()
    visit = make_visit(cast.firm, cast.officer, visit_on=clock.today())
    make_demand(visit, words=WORDS, category="用地用房")
    acts: list[int] = []

    touches = Touches(window.sign_in(cast.officer).open(f"/visits/{visit.id}"))
    touches.tap("link", "立问题")
    touches.tap("button", "登记，我来办")
    end_of_act(touches, acts)
    issue = db.session.scalars(select(Issue)).one()
    assert issue.state == "in_progress"

    page = window.open("/issues/mine")
    touches.tap("link", "申请办结")
    page.get_by_label("做了什么、结果怎样").fill("供电公司已排下月增容，企业认可")
    touches.tap("button", "申请办结")
    end_of_act(touches, acts)
    expect(page.get_by_role("heading", name="我的")).to_be_visible()
    db.session.expire_all()
    assert db.session.scalars(select(Issue)).one().state == "resolution_proposed"

    # The firm's own word, here on the telephone by somebody outside the handling unit.
    issue = db.session.scalars(select(Issue)).one()
    caller = Actor.of(cast.manager)
    firm_word.log_call(issue, caller, clock.now(), CallInput(reached=True, solved="yes", attitude=5))
    db.session.commit()

    page = window.sign_in(cast.manager).open(f"/issues/{issue.id}")
    touches.tap("button", "四问都“是”，销号")
    end_of_act(touches, acts)
    expect(page.get_by_text("已销号").first).to_be_visible()
    db.session.expire_all()
    assert db.session.scalars(select(Issue)).one().state == "closed_out"
    assert len(acts) + 1 <= 5 and max(acts) <= 2, acts


@pytest.mark.slow
def test_a_bad_form_says_where_and_keeps_the_words(phone: Window) -> None:
    cast = make_cast()
    page = phone.sign_in(cast.officer).open(f"/issues/new?firm={cast.firm.id}")
    page.get_by_label("企业的原话").fill(WORDS)
    page.get_by_role("button", name="登记，我来办").click()
    expect(page.get_by_role("alert")).to_contain_text("专题")
    assert page.get_by_label("企业的原话").input_value() == WORDS
    look(phone, "wrong")
