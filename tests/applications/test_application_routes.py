"""The pages of batches and applications, as each person meets them."""

import io
from datetime import date, timedelta

from openpyxl import load_workbook
from sqlalchemy import select

from models import clock
from models.application import Application, ApplicationBatch, RefusalReason
from models.base import db
from models.title import TitleType
from tests.support.application_factories import make_application, make_application_batch
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.page import Page

TODAY = clock.today()


def test_a_manager_makes_a_batch_and_enters_ticked_firms(lite_browser: Browser) -> None:
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    firms = [make_firm().id for _ in range(3)]
    lite_browser.sign_in(make_user(role="manager"))
    data = {"type_id": str(kind.id), "year": "2027", "round": "1", "plan": "40", "day_opens": "2027-05-01",
            "day_firm": "2027-06-30"}  # fmt: skip
    wrong = lite_browser.send("/applications/batches/new", {**data, "day_firm": "2027-04-30"}, status=200)
    assert "不能早于" in wrong.text and wrong.field("第几批").attributes["value"] == "1"
    page = lite_browser.send("/applications/batches/new", data)
    assert page.heading == "2027 年高企第 1 批" and "企业网上提交截止 2027-06-30" in page.text
    assert "已有 2027 年" in lite_browser.send("/applications/batches/new", data).text
    batch = db.session.scalars(select(ApplicationBatch)).one()
    ticked = {"id": [str(firms[0]), str(firms[1])], "back": "", "everything": "0"}
    form = Page(lite_browser.post("/applications/enter", data=ticked))
    assert form.heading == "列入申报批次" and form.faults() == [] and "2 家" in form.text
    page = lite_browser.send("/applications/enter", {**ticked, "batch_id": str(batch.id)})
    assert "2 家列入2027 年高企第 1 批" in page.text and len(page.rows("申报企业")) == 2
    page = lite_browser.send("/applications/enter", {**ticked, "batch_id": str(batch.id)})
    assert "0 家列入" in page.text and "2 家本来就在" in page.text
    page = lite_browser.send(f"/applications/new?firm={firms[2]}", {"batch_id": str(batch.id)})
    assert "2027 年高企第 1 批" in page.text and page.heading == db.session.get_one(Application, 3).firm.name
    assert lite_browser.open("/applications/").rows("申报批次")[0][2] == "3"
    lite_browser.send(f"/applications/batches/{batch.id}/close")
    assert "现在没有开着的申报批次" in lite_browser.open(f"/applications/new?firm={firms[2]}").text


def test_an_application_goes_its_way_page_by_page(lite_browser: Browser) -> None:
    row = make_application(stage_on=TODAY - timedelta(days=9))
    lite_browser.sign_in(make_user(role="manager"))
    at = f"/applications/{row.id}"
    assert "转入辅导" in lite_browser.open(at).text
    page = lite_browser.send(f"{at}/move/coaching", {"on": str(TODAY), "words": "已上门"})
    assert "意向 → 辅导" in page.text and "已上门" in page.text
    page = lite_browser.send(f"{at}/move/coaching", {"on": str(TODAY)})
    assert "您不能推到“辅导”" in page.text
    wrong = lite_browser.send(f"{at}/move/abandoned", {"on": str(TODAY)}, status=422)
    assert "请写原因" in wrong.text
    for stage in ("submitted", "accepted", "in_review"):
        lite_browser.send(f"{at}/move/{stage}", {"on": str(TODAY)})
    wrong = lite_browser.send(f"{at}/move/refused", {"on": str(TODAY), "reason_id": "0"}, status=422)
    assert "原因" in wrong.text
    reason = db.session.scalars(select(RefusalReason).where(RefusalReason.key == "ip")).one()
    page = lite_browser.send(
        f"{at}/move/refused", {"on": str(TODAY), "reason_id": str(reason.id), "words": "专利在受让"}
    )
    assert reason.name in page.text and "专利在受让" in page.text and "恢复到评审" in page.text
    assert reason.name in lite_browser.open(f"/firms/{row.firm_id}").text
    assert lite_browser.open("/applications/reasons").rows("未通过原因")[3][1] == "1 家"
    assert lite_browser.get(f"{at}/move/nowhere").status_code == 404


def test_notes_coach_and_removal(lite_browser: Browser) -> None:
    anna = make_user(name="安若")
    row = make_application(coach_id=anna.id)
    at, batch_id = f"/applications/{row.id}", row.batch_id
    lite_browser.sign_in(make_user())
    assert "记备注" not in lite_browser.open(at).text
    assert "由安若辅导" in lite_browser.send(f"{at}/note", {"words": "看过"}, status=422).text
    lite_browser.sign_in(anna)
    page = lite_browser.send(f"{at}/coaching", {"coach_id": "0", "expected_on": "2026-12-01"})
    assert "预计 2026-12-01 提交" in page.text and "没有指定" in page.text
    assert "看过材料" in lite_browser.send(f"{at}/note", {"words": "看过材料"}).text
    assert "放弃" in lite_browser.send(f"{at}/remove").text
    other = make_application(batch=db.session.get_one(ApplicationBatch, batch_id))
    assert "已从批次里拿掉" in lite_browser.send(f"/applications/{other.id}/remove").text


def test_a_town_sees_its_own_and_changes_nothing(lite_browser: Browser) -> None:
    batch = make_application_batch()
    here = make_application(make_firm("青禾阀门有限公司", area="青禾街道"), batch)
    there = make_application(make_firm("东湖轴承有限公司", area="东湖镇"), batch)
    ids = here.id, there.id
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    page = lite_browser.open(f"/applications/batches/{batch.id}")
    assert [cells[0] for cells in page.rows("申报企业")] == ["青禾阀门有限公司 首次"]
    board = lite_browser.open(f"/applications/batches/{batch.id}/board")
    assert (
        "青禾阀门" in board.text and "东湖轴承" not in board.text and "移到…" not in board.text.replace("点“移到…”", "")
    )
    assert lite_browser.open("/applications/").rows("申报批次")[0][2] == "1"
    assert lite_browser.get(f"/applications/{ids[1]}").status_code == 404
    page = lite_browser.open(f"/applications/{ids[0]}")
    assert "转入" not in page.text and "记备注" not in page.text
    for method, url in (("POST", "/applications/enter"), ("GET", f"/applications/{ids[0]}/move/coaching")):
        assert lite_browser.ask(method, url).status_code == 403


def test_the_export_holds_exactly_what_is_filtered(lite_browser: Browser) -> None:
    batch = make_application_batch(days={"firm": date(2026, 6, 30)})
    for stage in ("coaching", "coaching", "refused"):
        make_application(batch=batch, stage=stage)
    make_application(stage="coaching")
    lite_browser.sign_in(make_user(role="officer"))
    sent = lite_browser.get(f"/applications/export?batch={batch.id}&stage=coaching")
    rows = list(load_workbook(io.BytesIO(sent.data)).active.iter_rows(min_row=3, values_only=True))
    assert [row[5] for row in rows] == ["辅导", "辅导"] and {row[13] for row in rows} == {"企业网上提交截止 2026-06-30"}


def test_reasons_are_reworded_and_retired(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    lite_browser.send("/applications/reasons/new", {"name": "现场核查不符", "active": "y"})
    row = db.session.scalars(select(RefusalReason).where(RefusalReason.name == "现场核查不符")).one()
    assert "已有这条原因" in lite_browser.send("/applications/reasons/new", {"name": row.name, "active": "y"}).text
    lite_browser.send(f"/applications/reasons/{row.id}/edit", {"name": "现场核查不一致"})
    page = lite_browser.open("/applications/reasons")
    assert "现场核查不一致 停用" in page.text
