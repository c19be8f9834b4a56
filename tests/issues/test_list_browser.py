"""The three lists, an edition and the figures in a real browser, on a desktop and on a phone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Download, expect
from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.issue import publishing
from models.issue.editions import IssueEdition
from models.issue.record import Issue
from models.issue.scope import IssueScope
from models.user import User
from tests.issues.histories import tell
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.issue_factories import make_issue

WORDS = ("厂区西边红线没调，二期动不了，设备已经到港口等着安装", "贷款额度卡在 500 万，能不能提", "缺三名嵌入式工程师",
         "技改贴息材料交了没有回音", "夜班公交几点停，工人打不到车")  # fmt: skip


def filled(user: User) -> IssueEdition:
    """Two editions of the problem list with something new between them."""
    tell(51, 60)
    for number, issue in enumerate(db.session.scalars(select(Issue).order_by(Issue.id))):
        issue.words = WORDS[number % len(WORDS)]
    db.session.commit()
    found = None
    for _ in range(2):
        scope = IssueScope(user=user, today=clock.today())
        draft = publishing.draft("problem", scope, clock.now(), calendar.load())
        found = publishing.publish(draft, user, clock.now(), "云澜区科技局")
        make_issue(raised_on=clock.today(), words=WORDS[0])
        db.session.commit()
    assert found is not None
    return found


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_every_page_is_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    manager = make_user(role=("office", "manager"))
    edition = filled(manager)
    window.sign_in(manager)
    told = {}
    for path in (
        "/issues/lists/problem?which=all", "/issues/lists/responsibility?which=all", "/issues/lists/follow_through",
        "/issues/lists/problem?on=2026-06-30", "/issues/lists/problem?q=没有这样的企业", "/issues/editions",
        f"/issues/editions/{edition.id}", "/issues/editions/new?list=follow_through",
        "/issues/figures?since=2025-12-31", "/issues/figures?by=person", "/issues/figures/times",
        "/issues/figures/rows/closed", "/issues/figures/rows/signed_on_time?whole=1",
    ):  # fmt: skip
        page = window.open(path)
        expect(page.locator("h1")).to_be_visible()
        told[path] = [*window.complaints(), *(["too wide"] if window.wide() else [])]
    assert {path: found for path, found in told.items() if found} == {}


@pytest.mark.slow
def test_a_list_is_narrowed_printed_and_published_in_a_few_touches(window: Window, tmp_path: Path) -> None:
    manager = make_user(role=("office", "manager"))
    filled(manager)
    page = window.sign_in(manager).open("/issues/lists/")
    page.get_by_role("link", name="责任清单").click()
    expect(page.locator("h1")).to_have_text("责任清单")
    page.get_by_label("专题").select_option(label="融资")
    expect(page).to_have_url(re.compile("topic="))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 Word").click()
    taken: Download = waiting.value
    assert taken.suggested_filename.startswith("责任清单_") and taken.suggested_filename.endswith(".docx")
    taken.save_as(tmp_path / "list.docx")
    assert (tmp_path / "list.docx").read_bytes().startswith(b"PK")
    page.get_by_role("link", name="发布期次").click()
    page.get_by_role("button", name="发布").click()
    expect(page.locator("h1")).to_have_text("责任清单第 1 期")
    expect(page.get_by_text("已冻结")).to_be_visible()
    assert window.complaints() == []


@pytest.mark.slow
def test_a_number_of_the_figures_opens_by_keyboard(window: Window) -> None:
    manager = make_user(role="manager")
    filled(manager)
    page = window.sign_in(manager).open("/issues/figures?since=2025-12-31")
    bar = page.locator("svg.ages a").last
    said = bar.get_attribute("aria-label") or ""
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("在办")
    expect(page.get_by_text(f"共 {said.split()[-2]} 件")).to_be_visible()
