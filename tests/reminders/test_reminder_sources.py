"""What each source names: what is open and due, for whom, and where it is dealt with."""

from datetime import date

from flask import Flask

from models.base import db
from models.clock import day_begins
from models.promise import Promise
from models.reminder import promises
from models.rules.reminder import Due
from tests.support.factories import make_firm, make_user

ON = date(2026, 11, 20)


def leads_somewhere(app: Flask, due: Due) -> bool:
    """Whether its addresses are pages of the application."""
    adapter = app.url_map.bind("localhost")
    return all(adapter.match(path.partition("?")[0]) for path in (due.path, due.above_path or due.path))


def test_open_promises_are_named_for_who_made_them(app: Flask) -> None:
    officer, firm = make_user(), make_firm(name="云澜泵业有限公司")
    late, soon, far, kept = (
        Promise.make(firm.id, words, officer.id, due_on, officer, day_begins(date(2026, 11, 1)))
        for words, due_on in (
            ("回复用地手续", date(2026, 11, 18)), ("寄政策汇编", date(2026, 11, 25)), ("明年再谈", date(2027, 6, 1)),
            ("已经说过", date(2026, 11, 20)),
        )
    )  # fmt: skip
    db.session.flush()
    kept.keep("电话答复", date(2026, 11, 19), officer, ON)
    db.session.flush()
    found = promises.due_reminders(ON)
    assert [(due.record_id, due.person_id, due.due_on, due.firm_id) for due in found] == [
        (late.id, officer.id, date(2026, 11, 18), firm.id), (soon.id, officer.id, date(2026, 11, 25), firm.id),
    ]  # fmt: skip
    assert found[0].words == "答应云澜泵业有限公司的事要答复：回复用地手续"
    assert far.is_open
    assert all(leads_somewhere(app, due) for due in found)
