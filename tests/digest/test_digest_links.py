"""What a digest links to opens for its reader, and the first page lists the same rows."""

from datetime import date, datetime, timedelta

import pytest

from models import clock, standing
from models.all import db
from models.digest import compose, gather, readers
from models.user import User
from tests.digest.test_digest import ON, SINCE, red_issue
from tests.home.test_workbench import grant
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_plan_line, make_promise, make_user, make_visit
from tests.support.issue_factories import make_issue
from tests.support.statements import statements


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 0, 30, tzinfo=clock.UTC))


def work_for(person: User, number: int = 1) -> None:
    """A row of every section."""
    for _ in range(number):
        firm = make_firm(area="青禾街道", officer_a_id=person.id, care_level="A")
        red_issue(firm, person)
        make_issue(firm)
        make_promise(firm, person, due_on=ON)
        make_plan_line(firm, person, on=ON)
        make_plan_line(firm, person, on=SINCE)
        make_visit(firm, person, visit_on=ON - timedelta(days=33))
        grant(firm.id, ends_on=ON + timedelta(days=10))
        grant(make_firm(area="青禾街道", officer_a_id=person.id).id, ends_on=date(2029, 11, 17))
    standing.refresh()
    db.session.commit()


@pytest.mark.parametrize("role", ["officer", "office", "manager", "town"])
def test_every_link_of_a_digest_opens_for_its_reader(lite_browser: Browser, role: str) -> None:
    make_area("青禾街道")
    person = make_user(role, area="青禾街道" if role == "town" else None)
    work_for(person)
    reader = next(one for one in readers.load(ON) if one.id == person.id)
    made = compose.compose(reader, gather.gather(SINCE, ON))
    wanted = {"officer": 7, "office": 8, "manager": 8, "town": 6}[role]
    assert len(made.sections) >= wanted - 1, [one.key for one in made.sections]
    paths = {one.path for one in made.sections} | {item.path for one in made.sections for item in one.items}
    lite_browser.sign_in(person)
    for path in sorted(paths):
        assert lite_browser.client.get(path).status_code == 200, path


def test_the_first_page_says_of_the_person_what_the_mail_says(lite_browser: Browser) -> None:
    person = make_user("officer")
    work_for(person)
    made = compose.compose(readers.of(person, ON), gather.gather(SINCE, ON))
    told = {one.title: len(one.items) for one in made.sections if one.key in ("issues", "promises", "plan", "duties")}
    page = lite_browser.sign_in(person).open("/")
    assert told and {title: len(page.rows(title)) for title in told} == told


@pytest.mark.parametrize("role", ["officer", "manager"])
def test_the_first_page_takes_as_many_statements_for_much_work_as_for_little(lite_browser: Browser, role: str) -> None:
    person = make_user(role)

    def count() -> int:
        lite_browser.sign_in(person).open("/")
        with statements() as sent:
            lite_browser.open("/")
        return len(sent)

    work_for(person, 3)
    few = count()
    work_for(person, 12)
    assert count() == few
