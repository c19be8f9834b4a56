"""提醒 in a real browser, on a desktop and on a phone: nothing too wide, nothing that axe finds; an officer opens one,
the office asks why, the administrator enters a robot."""

import pytest

from models import clock
from models.base import db
from models.reminder.record import Reminder
from tests.support.chromium import Window
from tests.support.factories import make_user
from tests.support.reminder_factories import make_reminder, make_robot


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_told_opened_asked_about(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    page, told = window.page, []
    officer, office, system = make_user(), make_user(role="office"), make_user(role="sysadmin")
    row = make_reminder(officer, words="答应云澜泵业有限公司的事要答复：回复用地手续", mail=("skipped", "no_mailbox"))
    make_reminder(officer, settled_on=clock.today(), words="办完的")
    make_robot(name="高企科群")
    row_id = row.id
    db.session.commit()
    window.sign_in(officer)
    for path in ("/reminders/", f"/reminders/{row_id}", "/reminders/mail"):
        window.open(path)
        told += window.complaints()
    window.open("/reminders/")
    with page.expect_navigation():
        page.get_by_role("button", name="去办").first.click()
    assert "/promises/" in page.url
    db.session.expire_all()
    assert db.session.get_one(Reminder, row_id).read_at is not None
    window.sign_in(office)
    for path in (
        "/reminders/rules", "/reminders/rules/promise-due", "/reminders/preview", f"/reminders/why/{row_id}",
        f"/reminders/why?person={officer.id}&rule=promise-due",
    ):  # fmt: skip
        window.open(path)
        told += window.complaints()
    assert "无邮箱" in page.content()
    window.sign_in(system)
    for path in ("/robots/", "/robots/new", "/robots/1", "/reminders/why"):
        window.open(path)
        told += window.complaints()
    assert told == []
