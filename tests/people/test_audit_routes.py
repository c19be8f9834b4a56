"""审计: what the auditor finds, and takes out."""

import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from models import audit_log
from models.audit import AuditEntry
from models.base import db
from tests.support.browser import Browser
from tests.support.factories import make_user


@pytest.fixture
def auditor(lite_browser: Browser) -> Browser:
    han, shen = make_user(name="韩述"), make_user(name="沈岚")
    # 2026-11-22 begins in Shanghai at 16:00 UTC of the day before.
    audit_log.note("session.begin", han, at=datetime(2026, 11, 21, 15, 59, tzinfo=UTC), subject="user", subject_id=1)
    audit_log.note("export", han, at=datetime(2026, 11, 21, 16, 0, tzinfo=UTC), subject="firm", detail={"rows": 13})
    audit_log.note("session.begin", shen, at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC), succeeded=False)
    audit_log.note("contact.reveal", shen, at=datetime(2026, 11, 22, 16, 0, tzinfo=UTC), detail={"reason": "=1+1"})
    return lite_browser.sign_in(make_user(role="auditor", name="审计员"))


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("", [4, 3, 2, 1]),
        ("person=韩", [2, 1]),
        ("person=%25", []),
        ("act=session.begin", [3, 1]),
        ("subject=firm", [2]),
        ("failed=1", [3]),
        ("since=2026-11-22", [4, 3, 2]),
        ("until=2026-11-22", [3, 2, 1]),
        ("since=2026-11-22&until=2026-11-22", [3, 2]),
        ("since=nonsense", [4, 3, 2, 1]),
    ],
)
def test_the_auditor_narrows_by_person_act_subject_and_day(auditor: Browser, asked: str, numbers: list[int]) -> None:
    page = auditor.open(f"/audit/?{asked}")
    rows = page.rows("审计记录") if numbers else []
    assert [int(row[-1]) for row in rows] == numbers


def test_the_page_reads_in_chinese(auditor: Browser) -> None:
    row = auditor.open("/audit/?subject=firm").rows("审计记录")[0]
    assert row == ["2026-11-22 00:00", "韩述", "导出", "企业", "行数：13", "本机", "2"]


def test_the_export_holds_exactly_what_was_asked_for_and_is_noted_itself(auditor: Browser) -> None:
    answer = auditor.get("/audit/export?since=2026-11-22")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert "审计员" in str(rows[0][0])
    assert [row[0] for row in rows[2:]] == [4, 3, 2]
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.act, entry.person_name, entry.subject) == ("export", "审计员", "audit_entry")
    assert '"rows": 3' in entry.detail


def test_no_cell_of_the_csv_is_a_formula(auditor: Browser) -> None:
    audit_log.note("export", make_user(name="=cmd|' /C calc'!A0"), at=datetime(2026, 11, 20, tzinfo=UTC))
    text = auditor.get("/audit/export?format=csv").data.decode("utf-8-sig")
    assert text.startswith("编号,时间,人员")
    assert "'=cmd" in text
    assert ",=" not in text


def test_a_page_holds_a_hundred_and_asks_once(lite_app: Flask) -> None:
    person = make_user()
    for minute in range(130):
        audit_log.note("export", person, at=datetime(2026, 11, 22, 1, minute % 60, tzinfo=UTC))
    browser = Browser(lite_app).sign_in(make_user(role="auditor"))
    assert len(browser.open("/audit/").rows("审计记录")) == 100
    assert len(browser.open("/audit/?page=2").rows("审计记录")) == 30
