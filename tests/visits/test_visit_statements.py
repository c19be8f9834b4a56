"""Pages of visits send as many statements for much as for little; a visit from a phone costs the same always."""

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models import clock
from models.base import db
from models.firm import Firm
from models.user import User
from models.visit import Visit
from tests.support.browser import Browser
from tests.support.factories import (
    make_contact,
    make_demand,
    make_firm,
    make_plan_line,
    make_promise,
    make_service,
    make_title,
    make_user,
    make_visit,
)
from tests.support.statements import statements

DAY = timedelta(days=1)
PAGES = (
    "/visits/", "/visits/?mine=1&since=2020-01-01", "/visits/demands", "/visits/new", "/visits/coverage",
    "/visits/coverage/firms?part=visited", "/promises/", "/promises/?who=all", "/campaigns/", "/plan/",
    "/plan/?who=all", "/plan/calendar?who=all", "/m/bundle.json", "/firms/",
)  # fmt: skip


def visits() -> int:
    return db.session.scalar(select(func.count()).select_from(Visit)) or 0


def fill(officer: User, firm: Firm, size: int, today: date) -> None:
    """So many visits, each at the firm or at one of its own, with everything that hangs on them."""
    while visits() < size:
        number = visits()
        place = firm if number % 2 else make_firm(officer_a=officer)
        visit = make_visit(place, [officer, make_user()], visit_on=today - (number + 1) * DAY)
        visit.services, visit.purposes = [make_service("ip")], [make_service("talent")]
        make_demand(visit), make_contact(place)
        make_title(place, "tech_sme", date(1990 + number, 3, 1), date(1990 + number, 12, 31))
        for person in (officer, make_user()):
            make_promise(visit=visit, person=person, due_on=today + 3 * DAY)
            make_plan_line(place, person, today)
            make_plan_line(place, person, today - 20 * DAY)
    db.session.commit()


@pytest.mark.slow
def test_pages_send_as_many_statements_for_much_as_for_little(lite_browser: Browser) -> None:
    officer, today = make_user(), clock.today()
    lite_browser.sign_in(officer)
    firm = make_firm(officer_a=officer)
    found: dict[str, list[int]] = {}
    for size in (3, 30):
        fill(officer, firm, size, today)
        for url in (*PAGES, f"/firms/{firm.id}", f"/firms/{firm.id}?kinds=visit"):
            lite_browser.get(url)
            with statements() as sent:
                assert lite_browser.get(url).status_code == 200
            found.setdefault(url, []).append(len(sent))
    assert {url: counts for url, counts in found.items() if counts[0] != counts[1]} == {}
    # Two of them are of the frame and of the late rows: the bell, and which months were issued.
    assert found["/visits/"][0] <= 9 and found["/plan/?who=all"][0] <= 8, found


@pytest.mark.slow
def test_a_visit_from_a_phone_costs_the_same_whatever_is_there_and_whatever_it_carries(lite_browser: Browser) -> None:
    officer, today = make_user(), clock.today()
    lite_browser.sign_in(officer)
    firm, others = make_firm(officer_a=officer), [make_user() for _ in range(30)]
    bare: list[int] = []
    full: list[int] = []
    for size in (3, 30):
        fill(officer, firm, size, today)
        people = [row.id for row in others[:size]]
        parts = {
            "officers": people, "services": ["ip"], "purposes": ["talent"],
            "demands": [{"words": f"诉求 {number}"} for number in range(size)],
            "promises": [{"words": f"答 {number}", "due_on": today.isoformat()} for number in range(size)],
            "photos": [f"{number:064x}" for number in range(size)],
            "companions": [{"name": f"专家 {number}"} for number in range(size)],
        }  # fmt: skip
        for counts, carried in ((bare, {}), (full, parts)):
            for _ in range(size):
                make_plan_line(firm, officer, today), make_plan_line(firm, others[0], today)
            db.session.commit()
            body = {"firm_id": firm.id, "visit_on": today.isoformat(), "text": "缺嵌入式工程师。", **carried}
            with statements() as sent:
                answer = lite_browser.ask(
                    "put", f"/m/api/visits/{uuid4()}", data=json.dumps(body), content_type="application/json"
                )
            assert answer.status_code == 201, answer.json
            counts.append(len(sent))
    assert bare[0] == bare[1] <= 16, bare
    assert full[0] == full[1] <= 34, full
