"""An officer is reminded on Friday that next week is not planned, plans it, and is left in peace."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs.post import Post
from jobs.reminders import plan_reminder
from models import clock
from models.base import db
from models.plan import PlanLine
from models.reminder.record import Reminder
from tests.support.chromium import Window
from tests.support.factories import make_firm, make_user
from tests.support.mail_server import serving

#: 15:00 on a Friday in Shanghai.
FRIDAY = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_friday_planned_and_reminded(
    size: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    window: Window = request.getfixturevalue(size)
    config: Any = window.app.config["TIDU"]
    monkeypatch.setattr(clock, "now", lambda: FRIDAY)
    officer = make_user("officer", name="陆以宁", email="lu@bureau.example")
    firm = make_firm("青禾轴承有限公司", officer_a_id=officer.id)
    firm_id, officer_id, told = firm.id, officer.id, []
    db.session.commit()
    with serving() as (taken, port):
        monkeypatch.setattr(config, "mail_url", f"smtp://127.0.0.1:{port}/?from=tidu@bureau.example")
        assert plan_reminder(FRIDAY)["raised"] == 1
        sender = Post(window.app, "tester", threading.Event())
        while sender.run_one(FRIDAY + timedelta(seconds=1)):
            pass
    (mail,) = taken.mails
    assert "周安排还没有排走访" in mail["Subject"]
    page = window.sign_in(officer).page
    window.open("/reminders/")
    told += window.complaints()
    with page.expect_navigation():
        page.get_by_role("button", name="去办").first.click()
    assert "/plan/?week=2026-11-30" in page.url
    told += window.complaints()
    window.open(f"/plan/new?firm={firm_id}&on=2026-12-01")
    page.get_by_label("做什么").fill("看新产线")
    with page.expect_navigation():
        page.get_by_role("button", name="排进去").click()
    assert "看新产线" in page.content()
    told += window.complaints()
    line = db.session.scalars(select(PlanLine)).one()
    assert (line.firm_id, line.planned_on) == (firm_id, date(2026, 12, 1))
    db.session.rollback()
    result = plan_reminder(FRIDAY + timedelta(hours=1))
    assert (result["raised"], result["settled"]) == (0, 1)
    row = db.session.scalars(select(Reminder).where(Reminder.person_id == officer_id)).one()
    assert row.settled_on == date(2026, 11, 27) and row.read_at is not None
    window.open("/reminders/")
    assert page.get_by_role("button", name="去办").count() == 0
    assert told == []
