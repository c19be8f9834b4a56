"""Pages of 企业填报: the firm's link, and what officers see and do."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.change import Change
from models.firm.record import Firm
from models.firm.yearly import FirmFigure
from models.firm_input import filling, reviewing
from models.firm_input.record import FirmInput
from models.link import Link, LinkOpening
from models.outbox import Mail
from tests.support.assessment_factories import figures
from tests.support.browser import Browser
from tests.support.factories import make_contact, make_firm, make_user
from tests.support.input_factories import CELLS, make_input, sent, submitted
from tests.support.statements import statements

REFUSED = "这个链接打不开"
PUBLIC = "https://t.example"


@pytest.fixture
def ways(lite_app: Flask) -> Any:
    """A public address and a mail server."""
    config = lite_app.config["TIDU"]
    config.public_base_url, config.mail_url = PUBLIC, "smtp://mail.example"
    yield config
    config.public_base_url = config.mail_url = ""


def out(firm: Firm | None = None) -> tuple[FirmInput, str]:
    """A request that is with the firm, and the secret of its link."""
    row = make_input(firm)
    _, token = sent(row)
    db.session.commit()
    return row, token


YEAR = 2025


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)


# --- the firm's pages --------------------------------------------------------------------------------------------


def test_a_firm_fills_in_leaves_and_comes_back_and_hands_in_once(browser: Browser) -> None:
    row, token = out()
    start = browser.open(f"/l/figures/{token}")
    assert f"请填 {YEAR} 年的 4 个数" in start.text and row.firm.name in start.text
    page = browser.send(f"/l/figures/{token}/staff", {f"staff_total_{YEAR}": "120人", f"rd_staff_{YEAR}": "130"})
    assert page.heading == "收入", "the next screen"
    stopped = browser.send(f"/l/figures/{token}/income", {f"operating_revenue_{YEAR}": "约5,000", "then": "stop"})
    assert "接着填" in stopped.text and "已存下" in stopped.text
    again = browser.open(f"/l/figures/{token}/staff")
    assert again.field(f"{YEAR} 年职工总数").attributes["value"] == "120人"
    check = browser.send(f"/l/figures/{token}/research", {f"rd_expense_{YEAR}": "", f"rd_expense_{YEAR}_unclear": "y"})
    assert check.heading == "核对并提交" and "比职工总数 120 人还多，对吗？" in check.text and "不清楚" in check.text
    refused = browser.send(f"/l/figures/{token}/check", {}, 422)
    assert "还有 1 处请核对" in refused.text
    assert db.session.get_one(FirmInput, row.id).state == "filling"
    code = filling.doubts_of(db.session.get_one(FirmInput, row.id))[0].code
    done = browser.send(f"/l/figures/{token}/check", {"confirmed": code, "remark": "含派遣"})
    assert "已提交，谢谢" in done.text
    found = db.session.get_one(FirmInput, row.id)
    assert (found.state, found.how, found.remark) == ("submitted", "link", "含派遣")
    assert [link.uses_left for link in Link.list_for("firm_input", row.id)] == [0]
    for url in ("", "/staff", "/check"):
        assert REFUSED in browser.open(f"/l/figures/{token}{url}", 404).text
    outcomes = set(db.session.scalars(select(LinkOpening.outcome)))
    assert outcomes == {"shown", "acted", "refused"}


def test_a_look_changes_nothing(lite_browser: Browser) -> None:
    row, token = out()
    version = row.version
    for url in ("", "/staff", "/check", ""):
        lite_browser.open(f"/l/figures/{token}{url}")
    found = db.session.get_one(FirmInput, row.id)
    assert (found.version, found.state) == (version, "sent")


def test_one_wrong_field_keeps_the_others_and_says_what_to_do(lite_browser: Browser) -> None:
    row, token = out()
    page = lite_browser.send(f"/l/figures/{token}/staff", {f"staff_total_{YEAR}": "120", f"rd_staff_{YEAR}": "无"}, 422)
    assert "有 1 处没有存，其余已存" in page.text and "没有的请填 0" in page.text
    assert page.field(f"{YEAR} 年研发人员").attributes["value"] == "无"
    assert db.session.get_one(FirmInput, row.id).filled == 1


@pytest.mark.parametrize("ending", ["expired", "revoked", "wrong", "void", "submitted", "other purpose"])
def test_every_dead_link_looks_alike_and_does_nothing(lite_browser: Browser, ending: str) -> None:
    row = make_input()
    found, token = sent(row)
    if ending == "expired":
        found.expires_at = clock.now() - timedelta(seconds=1)
    elif ending == "revoked":
        found.revoke(clock.now())
    elif ending == "wrong":
        token = "x" * 43
    elif ending == "void":
        row.state, row.ended_on = "void", clock.today()
    elif ending == "submitted":
        submitted(row, {CELLS[0]: "120"})
    else:
        found.purpose = "issue_firm"
    db.session.commit()
    state = row.state
    pages = [lite_browser.open(f"/l/figures/{token}{url}", 404) for url in ("", "/staff", "/check", "/nonsense")]
    pages += [
        lite_browser.send(f"/l/figures/{token}/{url}", {"staff_total_2025": "1"}, 404) for url in ("staff", "check")
    ]
    assert len({page.text for page in pages}) == 1 and REFUSED in pages[0].text
    again = db.session.get_one(FirmInput, row.id)
    assert again.state == state and again.filled == (1 if ending == "submitted" else 0)


def test_the_page_shows_the_last_value_of_what_is_asked_and_nothing_else(lite_browser: Browser) -> None:
    firm = make_firm()
    figures(firm, **{f"staff_total_{YEAR - 1}": 98, f"staff_total_{YEAR - 2}": 77, f"profit_total_{YEAR - 1}": 4321})
    make_contact(firm, name="梅若水", phone="13800001234")
    _, token = out(firm)
    page = lite_browser.open(f"/l/figures/{token}/staff")
    assert f"上次登记：{YEAR - 1} 年 98 人" in page.text
    assert not [word for word in ("77", "4,321", "4321", "梅", "1234") if word in page.text]
    assert [link for link in page.links() if not link.startswith(("/l/figures/", "/static/"))] == []


def test_another_request_is_not_reached_with_this_link(lite_browser: Browser) -> None:
    row, token = out()
    other, _ = out()
    lite_browser.send(f"/l/figures/{token}/staff", {f"staff_total_{YEAR}": "120"})
    assert (db.session.get_one(FirmInput, row.id).filled, db.session.get_one(FirmInput, other.id).filled) == (1, 0)


def test_what_was_sent_back_says_what_to_mend(lite_browser: Browser) -> None:
    row, _ = out()
    submitted(row, dict.fromkeys(CELLS, "100"))
    reviewing.send_back(row, "请按审计报告填", {CELLS[3]: "要含委托研发"}, make_user(), clock.now())
    _, token = sent(row)
    page = lite_browser.open(f"/l/figures/{token}")
    assert "请按审计报告填" in page.text and "要改" in page.text
    page = lite_browser.open(f"/l/figures/{token}/research")
    assert "请改：要含委托研发" in page.text and page.field(f"{YEAR} 年研发费用").attributes["value"] == "100"


# --- the officer's pages -----------------------------------------------------------------------------------------


def test_an_officer_asks_for_what_is_missing(lite_browser: Browser) -> None:
    firm = make_firm()
    figures(firm, **{f"staff_total_{YEAR}": 98})
    page = lite_browser.sign_in(make_user()).open(f"/firm-inputs/new/{firm.id}")
    ticked = [box.attributes["value"] for box in page.all("input", name="cells") if "checked" in box.attributes]
    assert f"rd_expense_{YEAR}" in ticked and f"staff_total_{YEAR}" not in ticked
    assert f"已登记 {YEAR} 年 98，企业填报，2026-03-01" in page.text
    lite_browser.send(f"/firm-inputs/new/{firm.id}", {"due_on": str(clock.today())}, 422)
    page = lite_browser.send(f"/firm-inputs/new/{firm.id}", {"cells": ticked[:2], "due_on": str(clock.today())})
    assert page.heading == "企业填报" and "待发出" in page.text
    again = lite_browser.send(f"/firm-inputs/new/{firm.id}", {"cells": ticked[:2], "due_on": str(clock.today())}, 422)
    assert "不用再发一份" in again.text


def test_without_a_public_address_no_link_is_offered_and_the_telephone_works(lite_browser: Browser) -> None:
    row, officer = make_input(), make_user()
    page = lite_browser.sign_in(officer).open(f"/firm-inputs/{row.id}/send")
    assert "PUBLIC_BASE_URL" in page.text and "生成链接" not in page.text and "发邮件" not in page.text
    assert (
        lite_browser.post(f"/firm-inputs/{row.id}/send", data={"how": "copy", "due_on": str(row.due_on)}).status_code
        == 422
    )
    given = {f"staff_total_{YEAR}": "120", f"rd_staff_{YEAR}": "130", "label": "财务王会计"}
    page = lite_browser.send(f"/firm-inputs/{row.id}/phone", given, 422)
    assert "请在电话里核对 1 处" in page.text
    code = filling.doubts_of(db.session.get_one(FirmInput, row.id))[0].code
    page = lite_browser.send(f"/firm-inputs/{row.id}/phone", {**given, "confirmed": code})
    assert "电话询问（财务王会计）" in page.text
    lite_browser.send(f"/firm-inputs/{row.id}/decide", {"decision": "adopt", "accepted": f"staff_total_{YEAR}"})
    found = db.session.scalars(select(FirmFigure)).one()
    assert (found.source, found.value, found.entered_by_id) == ("电话询问", Decimal(120), officer.id)


def test_a_link_is_shown_once_and_noted(lite_browser: Browser, ways: Any) -> None:
    row = make_input()
    lite_browser.sign_in(make_user())
    page = lite_browser.send(
        f"/firm-inputs/{row.id}/send", {"how": "copy", "label": "王会计", "due_on": str(row.due_on)}
    )
    secret = page.all("code", **{"class": "secret"})[0].text
    assert secret.startswith(f"{PUBLIC}/l/figures/") and page.all("svg")
    assert secret not in lite_browser.open(f"/firm-inputs/{row.id}/send").text
    assert "link.make" in list(db.session.scalars(select(AuditEntry.act)))
    assert lite_browser.open(secret.removeprefix(PUBLIC)).status == 200


def test_a_link_goes_to_the_contact_the_officer_chose(lite_browser: Browser, ways: Any) -> None:
    row = make_input()
    first, second = make_contact(row.firm, name="梅若水"), make_contact(row.firm, name="何可期", phone="13900005678")
    first.write_email("mei@firm.example")
    second.write_email("he@firm.example")
    make_contact(make_firm(), name="旁人").write_email("other@firm.example")
    lite_browser.sign_in(make_user())
    sending = {"how": "mail", "contact_id": str(second.id), "due_on": str(row.due_on)}
    page = lite_browser.send(f"/firm-inputs/{row.id}/send", sending)
    assert "邮件已排队" in page.text
    mail = db.session.scalars(select(Mail)).one()
    letter = mail.open()
    assert letter.to == "he@firm.example" and f"{PUBLIC}/l/figures/" in letter.text and str(row.due_on) in letter.text
    secret = letter.text.split("/l/figures/")[1].split()[0]
    assert secret not in lite_browser.open(f"/firm-inputs/{row.id}/send").text


def test_somebody_else_s_contact_gets_nothing(lite_browser: Browser, ways: Any) -> None:
    row, stranger = make_input(), make_contact(make_firm(), name="旁人")
    stranger.write_email("other@firm.example")
    lite_browser.sign_in(make_user())
    sending = {"how": "mail", "contact_id": str(stranger.id), "due_on": str(row.due_on)}
    assert lite_browser.post(f"/firm-inputs/{row.id}/send", data=sending).status_code == 422
    assert db.session.scalars(select(Mail)).all() == []


def test_a_link_is_stopped_and_a_request_is_voided(lite_browser: Browser) -> None:
    row = make_input()
    link, token = sent(row)
    lite_browser.sign_in(make_user())
    lite_browser.send(f"/firm-inputs/{row.id}/links/{link.id}/revoke")
    assert REFUSED in lite_browser.open(f"/l/figures/{token}", 404).text
    page = lite_browser.send(f"/firm-inputs/{row.id}/void", {"reason": "企业已搬走"})
    assert "已作废" in page.text and "企业已搬走" in page.text


def test_the_review_takes_figure_by_figure(browser: Browser) -> None:
    row = make_input()
    figures(row.firm, **{f"rd_expense_{YEAR - 1}": 10})
    submitted(row, {CELLS[0]: "120", CELLS[3]: "300"})
    browser.sign_in(make_user())
    page = browser.open(f"/firm-inputs/{row.id}")
    ticked = [box.attributes["value"] for box in page.all("input", name="accepted") if "checked" in box.attributes]
    assert ticked == [f"staff_total_{YEAR}"], "what raises a question is left to the officer"
    assert "是上一年的 30 倍，对吗？" in page.text and "企业确认没有错" in page.text
    none = browser.send(f"/firm-inputs/{row.id}/decide", {"decision": "adopt"}, 422)
    assert "一项都没有采用" in none.text
    page = browser.send(f"/firm-inputs/{row.id}/decide", {"decision": "adopt", "accepted": ticked})
    assert "已采用 1 项" in page.text
    assert [(one.key, one.value) for one in db.session.scalars(select(FirmFigure).where(FirmFigure.year == YEAR))] == [
        ("staff_total", Decimal(120))
    ]
    twice = browser.send(f"/firm-inputs/{row.id}/decide", {"decision": "adopt", "accepted": ticked}, 422)
    assert "已采用，不能再采用" in twice.text


def test_a_review_sends_back(lite_browser: Browser) -> None:
    row = submitted(make_input(), {CELLS[0]: "120"})
    lite_browser.sign_in(make_user())
    back = {"decision": "return", "words": "", f"note_staff_total_{YEAR}": "要全年平均"}
    page = lite_browser.send(f"/firm-inputs/{row.id}/decide", back)
    assert page.heading == "发给企业"
    found = db.session.get_one(FirmInput, row.id)
    assert (found.state, found.round, found.figures[0].words) == ("returned", 2, "要全年平均")


def test_another_officers_firm_is_read_and_not_acted_on(lite_browser: Browser) -> None:
    owner = make_user()
    row = submitted(make_input(make_firm(officer_a_id=owner.id)), {CELLS[0]: "120"})
    lite_browser.sign_in(make_user())
    assert "采用勾选的" not in lite_browser.open(f"/firm-inputs/{row.id}").text
    for url, data in (("decide", {"decision": "adopt", "accepted": f"staff_total_{YEAR}"}), ("void", {"reason": "x"})):
        assert lite_browser.post(f"/firm-inputs/{row.id}/{url}", data=data).status_code == 422
    lite_browser.sign_in(make_user("town", area="石桥镇")).open(f"/firm-inputs/{row.id}", 404)
    lite_browser.sign_in(make_user("handler")).open(f"/firm-inputs/{row.id}", 403)
    lite_browser.sign_in(make_user("sysadmin")).open("/firm-inputs/", 403)
    assert db.session.get_one(FirmInput, row.id).state == "submitted"


def test_the_queue_says_what_waits(browser: Browser) -> None:
    officer = make_user()
    submitted(make_input(by=officer), {CELLS[0]: "120"})
    sent(make_input(by=officer))
    make_input(by=officer)
    late = make_input(by=officer, at=clock.now() - timedelta(days=30))
    make_input()
    page = browser.sign_in(officer).open("/firm-inputs/")
    assert "待审核 1" in page.text and "待发出 1" in page.text and "等企业填 1" in page.text and "过期 1" in page.text
    assert len(page.rows("企业填报")) == 1
    rows = browser.open("/firm-inputs/?tab=late").rows("企业填报")
    assert rows[0][0] == late.firm.name and rows[0][4].startswith("过期")
    assert len(browser.open("/firm-inputs/?tab=unsent&who=all").rows("企业填报")) == 2


def test_the_queue_costs_the_same_however_long(browser: Browser) -> None:
    officer, counts = make_user(), []
    for number in (3, 27):
        for _ in range(number):
            submitted(make_input(by=officer), {CELLS[0]: "120"})
        browser.sign_in(officer).get("/firm-inputs/")
        with statements() as sent_ones:
            browser.get("/firm-inputs/")
        counts.append(len(sent_ones))
    assert counts[0] == counts[1]


def test_many_firms_of_a_list_are_asked_at_once(browser: Browser) -> None:
    officer = make_user()
    firms = [make_firm() for _ in range(3)]
    theirs = make_firm(officer_a_id=make_user().id)
    ids = [str(firm.id) for firm in (*firms, theirs)]
    browser.sign_in(officer)
    page = browser.send("/firm-inputs/many", {"id": ids, "back": "status=active"})
    assert page.heading == "请企业补数" and "4 家" in page.text
    sending = {"id": ids, "back": "", "everything": "0", "years": str(YEAR), "due_on": str(clock.today())}
    page = browser.send("/firm-inputs/many", sending)
    assert "请 3 家补数" in page.text and "1 家不由您联系" in page.text
    again = browser.send("/firm-inputs/many", sending)
    assert "请 0 家补数" in again.text and "3 家已在请补" in again.text


def test_old_figures_are_marked_and_found(browser: Browser) -> None:
    old, fresh, none = make_firm(), make_firm(), make_firm()
    figures(old, **{f"rd_expense_{YEAR - 1}": 20})
    figures(fresh, **{f"rd_expense_{YEAR - 1}": 20, f"staff_total_{YEAR}": 9})
    browser.sign_in(make_user())
    for url in ("", "/gap"):
        page = browser.open(f"/firms/{old.id}{url}")
        assert f"数据是 {YEAR - 1} 年的" in page.text and f"/firm-inputs/new/{old.id}" in page.links("请企业补数")
        assert "数据是" not in browser.open(f"/firms/{fresh.id}{url}").text
    found = {link for link in browser.open("/firms/?data=old").links() if link.startswith("/firms/")}
    assert f"/firms/{old.id}" in found and not {f"/firms/{fresh.id}", f"/firms/{none.id}"} & found
    found = set(browser.open("/firms/?data=none").links())
    assert f"/firms/{none.id}" in found and not {f"/firms/{fresh.id}", f"/firms/{old.id}"} & found
    row = make_input(old)
    page = browser.open(f"/firms/{old.id}")
    assert "已请企业补数，待发出" in page.text and f"/firm-inputs/{row.id}" in page.links()


def test_figures_the_firm_gave_move_the_gap_card(lite_browser: Browser) -> None:
    firm = make_firm()
    row = make_input(firm, cells=[("staff_total", YEAR)])
    lite_browser.sign_in(make_user())
    before = lite_browser.open(f"/firms/{firm.id}/gap").text
    submitted(row, {("staff_total", YEAR): "120"})
    assert "职工总数 120 人" not in before and "职工总数 120 人" not in lite_browser.open(f"/firms/{firm.id}/gap").text
    lite_browser.send(f"/firm-inputs/{row.id}/decide", {"decision": "adopt", "accepted": f"staff_total_{YEAR}"})
    page = lite_browser.open(f"/firms/{firm.id}/gap")
    assert "职工总数 120 人" in page.text and "企业填报" in page.text


def test_what_is_saved_by_link_is_in_the_log_as_by_link(lite_browser: Browser) -> None:
    _, token = out()
    lite_browser.send(f"/l/figures/{token}/staff", {f"staff_total_{YEAR}": "120"})
    query = select(Change.source, Change.new).where(Change.table_name == "firm_input_figure", Change.field == "value")
    assert [tuple(pair) for pair in db.session.execute(query)] == [("link", "120")]


def test_the_link_of_a_firm_that_was_merged_opens_nothing(lite_browser: Browser) -> None:
    row, token = out()
    row.firm.merged_into_id = make_firm().id
    assert REFUSED in lite_browser.open(f"/l/figures/{token}", 404).text
