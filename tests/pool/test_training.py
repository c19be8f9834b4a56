"""Training: inviting, who came, what followed within twelve months; who sees what; statements."""

from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from models import clock
from models.application import ApplicationMove
from models.base import db
from models.errors import Refused
from models.pool import due
from models.training import TrainingFirm, effect, invite, inviting
from tests.support.application_factories import make_application, make_application_batch
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_pool_type, make_title, make_user
from tests.support.page import Page
from tests.support.pool_factories import make_member, make_training
from tests.support.statements import statements

TODAY = date(2027, 11, 22)


def test_inviting_twice_changes_nothing_and_nobody_invites_what_they_cannot_see(app: Flask) -> None:
    session, town = make_training(), make_user(role="town", area="青禾街道")
    here, there = make_firm(area="青禾街道"), make_firm(area="石桥镇")
    assert invite(town, session, [here.id, there.id], clock.now()) == inviting.Invited(1, 0)
    assert invite(make_user(role="office"), session, [here.id, there.id], clock.now()) == inviting.Invited(1, 1)
    session.called_off = True
    with pytest.raises(Refused):
        invite(town, session, [here.id], clock.now())


def test_what_follows_within_twelve_months_is_the_effect(app: Flask) -> None:
    user, session = make_user(role="office"), make_training(held_on=date(2026, 3, 10), others=4)

    def firm(people: int | None, key: str, issued: date, provisional: bool = False) -> int:
        row = make_firm()
        make_title(row, key, issued, provisional=provisional)
        invite(user, session, [row.id], clock.now())
        db.session.query(TrainingFirm).filter_by(firm_id=row.id).one().people = people
        return row.id

    first = firm(2, "hnte", date(2026, 3, 11))
    last = firm(1, "hnte", date(2027, 3, 10))
    firm(1, "hnte", date(2026, 3, 10))
    firm(1, "hnte", date(2027, 3, 11))
    firm(1, "srdi_sme", date(2026, 5, 1))
    firm(1, "hnte", date(2026, 6, 1), provisional=True)
    absent = firm(0, "hnte", date(2026, 5, 1))
    unknown = firm(None, "hnte", date(2026, 5, 1))
    db.session.commit()
    assert effect.went_on([session], TODAY)[session.id] == {first: date(2026, 3, 11), last: date(2027, 3, 10)}
    found = effect.results(user, [session], TODAY)[session.id]
    assert (found.invited, found.firms, found.people, found.applied) == (8, 6, 7 + 4, 2)
    assert found.share.percent == "33.3%"
    kind = session.target_type_id
    assert not {absent, unknown} & effect.trained(kind, date(2027, 3, 10))
    assert len(effect.trained(kind, date(2027, 3, 10))) == 6
    assert effect.trained(kind, date(2027, 3, 11)) == set() == effect.trained(kind, date(2026, 3, 9))


def test_an_application_that_was_filed_is_the_effect_too(app: Flask) -> None:
    user, session = make_user(role="office"), make_training(held_on=date(2026, 3, 10))

    def firm(moved_on: date, to_stage: str, key: str = "hnte") -> int:
        application = make_application(make_firm(), make_application_batch(key))
        invite(user, session, [application.firm_id], clock.now())
        db.session.query(TrainingFirm).filter_by(firm_id=application.firm_id).one().people = 1
        db.session.add(ApplicationMove(application_id=application.id, event="forward", from_stage="coaching",
                                       to_stage=to_stage, moved_on=moved_on, at=clock.now(), via="form"))  # fmt: skip
        return application.firm_id

    first, last = firm(date(2026, 3, 11), "submitted"), firm(date(2027, 3, 10), "accepted")
    firm(date(2026, 3, 10), "submitted")
    firm(date(2027, 3, 11), "submitted")
    firm(date(2026, 5, 1), "pre_review")
    firm(date(2026, 5, 1), "submitted", "srdi_sme")
    db.session.commit()
    assert set(effect.went_on([session], TODAY)[session.id]) == {first, last}


def test_an_officer_invites_from_a_pool_and_notes_who_came(lite_browser: Browser) -> None:
    user, kind = make_user(role="officer"), make_pool_type()
    lite_browser.sign_in(user)
    data = {"title": "高企申报实务", "target_type_id": "0", "held_on": "2026-11-10", "begins": "14:00", "place": "三楼"}
    assert lite_browser.post("/trainings/new", data={**data, "begins": "下午"}).status_code == 422
    page = Page(lite_browser.post("/trainings/new", data=data, follow_redirects=True))
    assert page.heading == "高企申报实务" and page.faults() == []
    session = make_training(title="第二场")
    members = [make_member(kind=kind) for _ in range(3)]
    before = make_training(held_on=clock.today())
    invite(user, before, [members[0].firm_id], clock.now())
    db.session.query(TrainingFirm).one().people = 1
    db.session.commit()
    at = f"/trainings/{session.id}"
    source = f"{at}/invite?source=pool-{kind.id}"
    page = Page(lite_browser.get(source))
    assert len(page.rows("可邀请的企业")) == 2 and "另有 1 家一年内参加过" in page.text and page.faults() == []
    assert len(Page(lite_browser.get(f"{source}&all=1")).rows("可邀请的企业")) == 3
    lite_browser.post(source, data={"everything": "1"})
    rows = db.session.query(TrainingFirm).filter_by(training_id=session.id).order_by(TrainingFirm.id).all()
    assert [row.firm_id for row in rows] == [one.firm_id for one in members[1:]]
    said = {f"answer-{rows[0].id}": "yes", f"people-{rows[0].id}": "2", f"answer-{rows[1].id}": "no",
            f"people-{rows[1].id}": "两人"}  # fmt: skip
    page = Page(lite_browser.post(f"{at}/attendance", data=said, follow_redirects=True))
    assert "两人”没有记" in page.text and "1 家次，2 人次" in page.text
    assert (rows[0].answer, rows[0].people, rows[1].answer, rows[1].people) == ("yes", 2, "none", None)
    guest = make_firm()
    lite_browser.post(f"{at}/walk-in/{guest.id}", data={"people": "3"})
    page = Page(lite_browser.get(at))
    assert "2 家次，5 人次" in page.text and "现场来的" in page.text
    lite_browser.post(f"{at}/firms/{guest.id}/remove")
    lite_browser.post(f"{at}/firms/{rows[1].firm_id}/remove")
    assert db.session.query(TrainingFirm).filter_by(training_id=session.id).count() == 2
    exported = load_workbook(BytesIO(lite_browser.get(f"{at}/export").data)).active
    assert exported is not None and exported.max_row == 2 + 2 and user.name in str(exported["A1"].value)
    assert len(Page(lite_browser.get(f"{at}/sheet")).rows("签到表")) == 2 + 5
    assert "申报培训：第二场" in Page(lite_browser.get(f"/firms/{guest.id}")).text


def test_materials_are_kept_and_given_back(lite_browser: Browser) -> None:
    session = make_training()
    lite_browser.sign_in(make_user(role="office"))
    at = f"/trainings/{session.id}"
    lite_browser.post(f"{at}/files", data={"paper": (BytesIO(b"%PDF-1.4 handout"), "讲义.pdf")},
                      content_type="multipart/form-data")  # fmt: skip
    kept = session.files()[0]
    assert lite_browser.get(f"{at}/files/{kept.id}").data == b"%PDF-1.4 handout"
    assert lite_browser.get(f"/trainings/{make_training().id}/files/{kept.id}").status_code == 404


def test_a_town_reads_its_own_firms_of_a_session(lite_browser: Browser) -> None:
    session, office = make_training(), make_user(role="office")
    firms = [make_firm(area=area) for area in ("青禾街道", "石桥镇")]
    invite(office, session, [one.id for one in firms], clock.now())
    for row in db.session.query(TrainingFirm).all():
        row.people = 1
    db.session.commit()
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    page = Page(lite_browser.get(f"/trainings/{session.id}"))
    assert firms[0].name in page.text and firms[1].name not in page.text and "1 家次，1 人次" in page.text
    assert lite_browser.post(f"/trainings/{session.id}/attendance").status_code == 403


@pytest.mark.parametrize("path", ["/trainings/", "/trainings/{0}", "/trainings/{0}/invite?source=pool-{1}&all=1"])
def test_thirty_take_as_many_statements_as_three(lite_browser: Browser, path: str) -> None:
    user, session, kind = make_user(role="office"), make_training(), make_pool_type()

    def more(number: int) -> None:
        for _ in range(number):
            firm = make_firm(area="青禾街道", officer_a_id=make_user().id)
            make_member(kind=kind)
            invite(user, session, [firm.id], clock.now())
            make_training()
        db.session.commit()

    lite_browser.sign_in(user)
    more(3)
    address = path.format(session.id, kind.id)
    lite_browser.get(address)
    with statements() as few:
        assert lite_browser.get(address).status_code == 200
    more(27)
    with statements() as many:
        lite_browser.get(address)
    assert len(many) == len(few)


def test_owners_are_told_of_next_steps_and_standstills(app: Flask) -> None:
    owner, kind = make_user(), make_pool_type()
    kind.still_months = 3
    on = date(2026, 11, 22)
    soon = make_member(kind=kind, owner_id=owner.id, from_on=date(2026, 10, 1), next_step="上门", next_on=on)
    still = make_member(kind=kind, owner_id=owner.id, from_on=date(2026, 8, 22))
    make_member(kind=kind, from_on=date(2026, 1, 1))
    make_member(kind=kind, owner_id=owner.id, from_on=date(2026, 1, 1), to_on=date(2026, 6, 1), next_on=on)
    db.session.commit()
    told = [(one.rule, one.record_id, one.person_id, one.due_on) for one in due.due_reminders(on)]
    assert told == [("pool-next", soon.id, owner.id, on), ("pool-still", still.id, owner.id, on)]
