"""The first page: what it counts, what it lists, and that a town sees only its own."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock, standing, workbench
from models.all import db
from models.importing import ImportRow, ImportRun
from models.title import Title, TitleType
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.statements import statements

TODAY = date(2026, 11, 20)


def grant(firm_id: int, key: str = "hnte", ends_on: date = date(2027, 12, 1), provisional: bool = False) -> None:
    kind = db.session.scalars(select(TitleType).where(TitleType.key == key)).one()
    issued = ends_on.replace(year=ends_on.year - 3)
    db.session.add(
        Title(firm_id=firm_id, type_id=kind.id, issued_on=issued, ends_on=ends_on, provisional=provisional,
              noticed_on=issued if provisional else None, created_at=clock.now())
    )  # fmt: skip
    db.session.commit()


@pytest.mark.parametrize("days, listed", [(-1, False), (0, True), (90, True), (91, False)])
def test_a_title_is_listed_from_ninety_days_before_its_last_day(app: Flask, days: int, listed: bool) -> None:
    grant(make_firm().id, ends_on=TODAY + timedelta(days=days))
    total, rows = workbench.endings(make_user("officer"), TODAY)
    assert (total, [row.days for row in rows]) == ((1, [days]) if listed else (0, []))


def test_a_renewed_title_does_not_end(app: Flask) -> None:
    firm = make_firm()
    grant(firm.id, ends_on=date(2026, 12, 1))
    grant(firm.id, ends_on=date(2029, 11, 20))
    assert workbench.endings(make_user("officer"), TODAY) == (0, [])


def test_the_ladder_counts_today_and_what_came_on_top_within_a_year(app: Flask) -> None:
    grant(make_firm().id, ends_on=date(2029, 6, 1))
    grant(make_firm().id, ends_on=date(2027, 6, 1))
    make_firm()
    db.session.commit()
    board, registered = workbench.ladder(make_user("officer"), TODAY)
    assert [(rung.key, rung.count, rung.net) for rung in board if rung.count] == [("hnte", 2, 1)]
    assert registered == 1


def test_a_title_that_is_only_noticed_is_told_beside_the_rungs_and_not_counted_on_them(app: Flask) -> None:
    grant(make_firm().id, ends_on=date(2029, 11, 10), provisional=True)
    grant(make_firm().id, ends_on=date(2028, 11, 10))
    user = make_user("officer")
    assert workbench.noticed(user, TODAY) == 1
    assert sum(rung.count for rung in workbench.ladder(user, TODAY)[0]) == 1


def test_a_town_counts_only_its_own(app: Flask) -> None:
    grant(make_firm(area="青禾街道").id, ends_on=TODAY)
    grant(make_firm(area="石桥镇").id, ends_on=TODAY)
    user = make_user("town", area="青禾街道")
    db.session.commit()
    assert workbench.endings(user, TODAY)[0] == 1
    assert sum(rung.count for rung in workbench.ladder(user, TODAY)[0]) == 1


def test_what_waits_is_shown_to_those_who_may_decide_it(app: Flask) -> None:
    firm = make_firm(unverified=True)
    grant(firm.id, provisional=True)
    run = ImportRun(file_name="名单.xlsx", sha256="0" * 64, kind="hnte", state="applied", created_at=clock.now())
    db.session.add(run)
    db.session.flush()
    db.session.add(ImportRow(import_id=run.id, sheet="表", row=3, cells="[]", effect="held"))
    db.session.commit()
    of_role = {
        role: {matter.key: matter.count for matter in workbench.matters(make_user(role), TODAY)}
        for role in ("office", "officer", "town")
    }
    assert of_role == {
        "office": {"held": 1, "provisional": 1, "unverified": 1, "nowhere": 1},
        "officer": {"provisional": 1},
        "town": {},
    }


def test_the_page_sends_as_many_statements_for_three_firms_as_for_thirty(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user("office"))
    sent = []
    for number in (3, 27):
        for _ in range(number):
            grant(make_firm().id, ends_on=clock.today() + timedelta(days=10))
        standing.refresh()
        lite_browser.open("/")
        with statements() as seen:
            lite_browser.open("/")
        sent.append(len(seen))
    assert sent[0] == sent[1]


@pytest.mark.parametrize("role", ["officer", "office", "manager", "town", "handler", "sysadmin", "secadmin", "auditor"])
def test_every_role_has_a_first_page(lite_browser: Browser, role: str) -> None:
    page = lite_browser.sign_in(make_user(role, area="青禾街道")).open("/")
    assert page.heading == ("我的" if role == "handler" else "工作台")
