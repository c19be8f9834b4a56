"""Stories of a batch in a real browser, on a desktop and on a phone: a manager brings a firm from 意向 to 评审 by board
and record; the published list is imported and the funnel moves."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import clock
from models.application import Application, ApplicationMove
from models.base import db
from tests.applications.test_closing_by_list import NOTICE, firm, published
from tests.imports.test_import_browser import do_tasks
from tests.support.application_factories import make_application, make_application_batch
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.sheets import name_of

TODAY = clock.today()
SIZES = pytest.mark.parametrize("size", ["window", "phone"])


def look(window: Window, path: str) -> None:
    """Open a page; axe, the policy and the width have nothing to say."""
    window.open(path)
    assert (path, window.complaints(), window.wide()) == (path, [], 0)


def stage_of(application_id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, application_id).stage


@pytest.mark.browser
@pytest.mark.slow
@SIZES
def test_a_manager_moves_a_firm_through_the_stages(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    batch = make_application_batch(days={"firm": TODAY + timedelta(days=9)})
    mine = make_application(firm(1), batch, stage_on=TODAY)
    make_application(firm(2), batch, stage="refused")
    batch_id, own = batch.id, mine.id
    window.sign_in(make_user(role="manager", name="成主任"))
    page = window.page
    for path in ("/applications/", f"/applications/batches/{batch_id}", "/applications/figures", "/applications/papers",
                 "/applications/agencies", "/applications/reasons", f"/applications/batches/{batch_id}/edit",
                 f"/applications/{own}", f"/applications/batches/{batch_id}/result"):  # fmt: skip
        look(window, path)
    # By the card's menu on a phone, by its key where there is a keyboard.
    look(window, f"/applications/batches/{batch_id}/board")
    if size == "window":
        page.get_by_role("link", name=name_of(1), exact=True).focus()
        page.keyboard.press("m")
        page.keyboard.press("Enter")
    else:
        page.locator("summary", has_text="移到…").first.click()
        page.get_by_role("link", name="辅导", exact=True).click()
    page.get_by_role("heading", name="转入辅导").wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("button", name="转入辅导").click()
    page.wait_for_url("**/board")
    assert stage_of(own) == "coaching"
    if size == "window":
        page.locator("[data-card]", has_text=name_of(1)).drag_to(page.locator("#column-filed"))
        page.get_by_role("button", name="转入已提交").click()
        page.wait_for_url("**/board")
        assert stage_of(own) == "submitted"
    window.open(f"/applications/{own}")
    for name in ("受理", "评审") if size == "window" else ("预评审", "已提交"):
        page.get_by_role("link", name=f"转入{name}", exact=True).first.click()
        page.get_by_role("button", name=f"转入{name}").click()
        page.wait_for_url(f"**/applications/{own}")
    assert stage_of(own) == ("in_review" if size == "window" else "submitted")
    assert len([move for move in ApplicationMove.list_of(own) if move.moves]) == (4 if size == "window" else 3)


@pytest.mark.browser
@pytest.mark.slow
@SIZES
def test_the_result_list_is_imported_and_the_funnel_moves(
    size: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    window: Window = request.getfixturevalue(size)
    batch = make_application_batch("hnte", year=2026, round=1)
    rows = [make_application(firm(number), batch, stage="in_review") for number in (1, 2, 3)]
    batch_id, ids = batch.id, [row.id for row in rows]
    (tmp_path / "公示.xlsx").write_bytes(published(NOTICE, 1, 2))
    window.sign_in(make_user(("office", "manager"), name="周综合"))
    page = window.open("/imports/")
    page.get_by_label("文件").set_input_files(tmp_path / "公示.xlsx")
    page.get_by_role("button", name="读这些文件").click()
    page.wait_for_load_state()
    do_tasks()
    page = window.open("/imports/1")
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("button", name="写入").first.click()
    page.wait_for_load_state()
    do_tasks()
    assert [stage_of(one) for one in ids] == ["public_notice", "public_notice", "in_review"]
    look(window, f"/applications/batches/{batch_id}/result")
    assert page.get_by_text("2 家按这份名单到了公示").is_visible()
    page.get_by_label(f"选{name_of(3)}").check()
    page.get_by_role("button", name="勾选的确认未通过").click()
    page.get_by_text("1 家记为未通过").wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    look(window, f"/applications/figures?batch={batch_id}")
    assert page.get_by_role("link", name="公示 2 件").count() == 1
    page.get_by_text("看数字").click()
    assert (window.complaints(), window.wide()) == ([], 0)
    page.get_by_role("link", name="公示 2 件").click()
    page.get_by_role("heading", name="到过公示").wait_for()
    assert (window.complaints(), window.wide()) == ([], 0)
    assert (
        db.session.scalars(select(ApplicationMove.via).where(ApplicationMove.via == "import")).all() == ["import"] * 2
    )
