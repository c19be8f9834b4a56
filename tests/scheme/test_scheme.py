"""Standing contacts: when one is overdue, who may change it, what each person sees."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import clock, derived
from models.base import db
from models.errors import NotFound, Refused
from models.rules import scheme as rules
from models.scheme import SchemeContact, SchemeTouch
from models.scheme.listing import SchemeFilter, coverage, last_contacts, look
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_user, make_visit
from tests.support.scheme_factories import make_scheme_contact, make_scheme_kind
from tests.support.statements import statements

TODAY = clock.today()
JANUARY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("last_on", "today", "overdue"),
    [
        (None, date(2026, 4, 1), False),  # the ninetieth day after the beginning
        (None, date(2026, 4, 2), True),
        (date(2026, 2, 1), date(2026, 5, 2), False),
        (date(2026, 2, 1), date(2026, 5, 3), True),
        (date(2025, 12, 1), date(2026, 4, 1), False),  # a visit before one's turn does not shorten it
        (date(2025, 12, 1), date(2026, 4, 2), True),
    ],
)
def test_a_contact_is_overdue_the_day_after_its_interval(last_on: date | None, today: date, overdue: bool) -> None:
    assert rules.is_overdue(JANUARY, last_on, 90, today) is overdue


@pytest.mark.parametrize(
    ("on", "fault"), [(date(2025, 12, 31), True), (JANUARY, False), (date(2026, 3, 1), False), (date(2026, 3, 2), True)]
)
def test_a_touch_is_within_the_turn_and_not_to_come(on: date, fault: bool) -> None:
    assert bool(rules.touch_fault(on, JANUARY, date(2026, 3, 1))) is fault


def test_any_contact_of_that_officer_counts_and_nobody_elses(app: object) -> None:
    officer, other, firm = make_user(), make_user(), make_firm()
    contact = make_scheme_contact(officer, "firm", firm_id=firm.id)
    make_visit(firm, other, visit_on=TODAY - timedelta(days=1))
    assert last_contacts([contact.id], TODAY) == {}
    make_visit(firm, officer, visit_on=TODAY - timedelta(days=5), kind="phone")
    taken_back = make_visit(firm, officer, visit_on=TODAY - timedelta(days=2))
    taken_back.withdrawn_at, taken_back.withdrawn_reason = clock.now(), "记错"
    assert last_contacts([contact.id], TODAY) == {contact.id: TODAY - timedelta(days=5)}
    assert last_contacts([contact.id], TODAY - timedelta(days=6)) == {}


def test_a_talent_is_touched_and_a_firm_is_visited(app: object) -> None:
    officer = make_user()
    talent, firm = make_scheme_contact(officer), make_scheme_contact(officer, "firm", firm_id=make_firm().id)
    SchemeTouch.add(talent, TODAY, "通了电话", officer, clock.now(), TODAY)
    assert last_contacts([talent.id], TODAY) == {talent.id: TODAY}
    with pytest.raises(Refused, match="记走访"):
        SchemeTouch.add(firm, TODAY, "通了电话", officer, clock.now(), TODAY)


def test_handing_over_ends_one_turn_and_begins_another(app: object) -> None:
    officer, next_one, office = make_user(), make_user(name="许知远"), make_user(role="office")
    contact = make_scheme_contact(officer, from_on=TODAY - timedelta(days=300))
    new = contact.hand_over(next_one, TODAY, "年度调整", office, clock.now(), TODAY)
    assert (contact.to_on, new.from_on, new.before_id, new.name) == (
        TODAY - timedelta(days=1),
        TODAY,
        contact.id,
        contact.name,
    )
    assert [turn.officer_id for turn in new.turns()] == [officer.id]
    with pytest.raises(Refused, match="已经在"):
        contact.end(TODAY, "再结束一次")


def test_the_same_contact_is_not_added_twice(app: object) -> None:
    officer, kind = make_user(), make_scheme_kind("talent")
    for refused in (False, True):
        if refused:
            with pytest.raises(Refused, match="已经联系着"):
                SchemeContact.begin(officer.id, kind, TODAY, officer, clock.now(), TODAY, name="沈教授")
        else:
            SchemeContact.begin(officer.id, kind, TODAY, officer, clock.now(), TODAY, name="沈教授")


def test_the_matrix_counts_what_is_there_overdue_and_missing(app: object) -> None:
    officer, office = make_user(), make_user(role="office")
    make_scheme_contact(officer, from_on=TODAY - timedelta(days=91))
    make_scheme_contact(officer, "firm", firm_id=make_firm().id, from_on=TODAY - timedelta(days=90))
    make_scheme_contact(officer, "firm", firm_id=make_firm().id, to_on=TODAY - timedelta(days=1))
    found = coverage(office, [], TODAY)
    cells = {kind.key: cell for kind, cell in zip(found.kinds, found.rows[0][1], strict=True)}
    assert (cells["talent"].held, cells["talent"].overdue, cells["talent"].missing) == (1, 1, 0)
    assert (cells["firm"].held, cells["firm"].overdue, cells["town"].missing) == (1, 0, 1)


def test_a_town_sees_only_what_are_its_firms(app: object) -> None:
    here = make_firm(area="青禾街道")
    officer, town = make_user(), make_user(role="town", area="青禾街道")
    mine = make_scheme_contact(officer, "firm", firm_id=here.id)
    other = make_scheme_contact(officer, "firm", firm_id=make_firm(area="云岭街道").id)
    talent = make_scheme_contact(officer)
    place = make_scheme_contact(officer, "town", area_id=make_area("青禾街道").id)
    assert [row.contact.id for row in look(town, SchemeFilter(who="all"), TODAY)] == [mine.id]
    for hidden in (other, talent, place):
        with pytest.raises(NotFound):
            SchemeContact.get_for(town, hidden.id)
    for role in ("handler", "sysadmin"):
        assert look(make_user(role=role), SchemeFilter(who="all"), TODAY) == []


def test_the_lists_cost_the_same_for_thirty(lite_browser: Browser) -> None:
    office = make_user(role="office")
    lite_browser.sign_in(office)
    counts = []
    for more in (3, 27):
        for _ in range(more):
            officer, firm = make_user(), make_firm()
            make_scheme_contact(officer, "firm", firm_id=firm.id)
            make_scheme_contact(officer)
            make_visit(firm, officer)
        lite_browser.open("/scheme/?who=all")
        with statements() as sent:
            lite_browser.open("/scheme/?who=all")
            lite_browser.open("/scheme/coverage")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_an_officer_keeps_their_own_and_the_office_everybodys(browser: Browser) -> None:
    officer, other = make_user(name="许知远"), make_user(name="陈思齐")
    office, kind = make_user(role="office"), make_scheme_kind("talent")
    theirs = make_scheme_contact(other, name="周教授")
    browser.sign_in(officer)
    page = browser.send(f"/scheme/new?kind={kind.id}", {"officer_id": officer.id, "name": "沈知微",
                                                        "from_on": TODAY.isoformat()})  # fmt: skip
    assert "沈知微" in page.text
    mine = db.session.scalars(select(SchemeContact).where(SchemeContact.officer_id == officer.id)).one()
    page = browser.send(f"/scheme/{mine.id}/touch", {"on": TODAY.isoformat(), "words": "问了项目进展"})
    assert "问了项目进展" in page.text and "还有 90 天" in page.text
    browser.send(f"/scheme/new?kind={kind.id}", {"officer_id": other.id, "name": "别人的",
                                                 "from_on": TODAY.isoformat()}, 422)  # fmt: skip
    assert browser.post(f"/scheme/{theirs.id}/end", data={"on": TODAY.isoformat(), "reason": "换"}).status_code in (
        400,
        409,
        422,
    )
    browser.sign_in(office)
    page = browser.send(
        f"/scheme/{theirs.id}/hand-over", {"officer_id": officer.id, "on": TODAY.isoformat(), "reason": "年度调整"}
    )
    assert "年度调整" in page.text
    assert "周教授" in browser.open(f"/scheme/?who={officer.id}").text
    assert "周教授" in browser.open(f"/scheme/?who={other.id}&state=ended").text


def test_a_firm_is_looked_for_and_its_visit_is_the_contact(browser: Browser) -> None:
    officer, firm, kind = make_user(), make_firm("青禾精密制造有限公司"), make_scheme_kind("firm")
    derived.rebuild()
    browser.sign_in(officer)
    assert "先选企业" in browser.open(f"/scheme/new?kind={kind.id}").text
    assert firm.name in browser.open(f"/scheme/new?kind={kind.id}&q=青禾精密").text
    browser.send(f"/scheme/new?kind={kind.id}&firm={firm.id}", {"officer_id": officer.id,
                                                                "from_on": TODAY.isoformat()})  # fmt: skip
    assert "还没联系过" in browser.open("/scheme/").text
    make_visit(firm, officer, visit_on=TODAY)
    assert "还没联系过" not in browser.open("/scheme/").text


def test_the_office_edits_the_kinds(browser: Browser) -> None:
    kind = make_scheme_kind("talent")
    browser.sign_in(make_user(role="office"))
    browser.send(f"/scheme/kinds/{kind.id}/edit", {"name": "人才专家", "subject": "free", "each": "2",
                                                   "interval_days": "60", "position": "4", "active": "y"})  # fmt: skip
    assert "60 天" in browser.open("/scheme/kinds").text
    browser.send(f"/scheme/kinds/{kind.id}/edit", {"name": "人才", "subject": "free", "each": "2",
                                                   "interval_days": "0", "position": "4"}, 422)  # fmt: skip
