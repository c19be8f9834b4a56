"""The pages of visits, as people of each role meet them."""

import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import func, select

from models import clock, setting
from models.audit import AuditEntry
from models.base import db
from models.plan import PlanLine
from models.visit import Visit, VisitKind, VisitPhoto, VisitVersion
from tests.support.browser import Browser
from tests.support.factories import (
    make_area,
    make_campaign,
    make_demand,
    make_firm,
    make_photo,
    make_promise,
    make_service,
    make_user,
    make_visit,
)

TODAY = clock.today()


def picture(colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "JPEG")
    return out.getvalue()


def form(**values: Any) -> dict[str, Any]:
    return {"visit_on": TODAY.isoformat(), "text": "二期产线扩建。", "kind": "visit", "campaign": "", **values}


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_shortest_form_is_firm_day_and_one_sentence(browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    browser.sign_in(officer)
    page = browser.send(f"/visits/new?firm={firm.id}", {"visit_on": TODAY.isoformat(), "text": "看了产线。",
                                                        "kind": "visit", "officers": [officer.id]})  # fmt: skip
    assert f"走访 {TODAY} {firm.name}" in page.text
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.text, visit.source, visit.created_by_id) == ("看了产线。", "form", officer.id)


def test_a_form_sent_twice_makes_one_visit(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    lite_browser.sign_in(officer)
    sent = form(uuid="7c0f7a62-7a3c-4b1e-8f7d-0b8f6f1d9a10", officers=[officer.id])
    for _ in range(2):
        lite_browser.send(f"/visits/new?firm={firm.id}", sent)
    assert count(Visit) == 1


def test_a_second_visit_of_the_same_day_is_asked_about(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    lite_browser.sign_in(officer)
    first = make_visit(firm, officer, visit_on=TODAY)
    url = f"/visits/new?firm={firm.id}"
    page = lite_browser.send(url, form(officers=[officer.id]), status=422)
    assert "已经记过这家" in page.text and f'/visits/{first.id}"' in lite_browser.post(url, data=form()).text
    # Another officer, another day, another firm are no twins.
    other = make_user()
    lite_browser.send(url, form(officers=[other.id]))
    lite_browser.send(url, form(officers=[officer.id], visit_on=(TODAY - timedelta(1)).isoformat()))
    lite_browser.send(url, form(officers=[officer.id], anyway="y"))
    assert count(Visit) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "请写一句情况"),
        ({"visit_on": ""}, "请填走访日期"),
        ({"visit_on": (TODAY + timedelta(1)).isoformat()}, "走访日期不能晚于今天"),
        ({"promise": "周五答复"}, "请在下面填哪天前答复"),
        ({"promise_due_on": TODAY.isoformat()}, "请写答应了什么"),
        ({"promise": "答", "promise_due_on": (TODAY - timedelta(1)).isoformat()}, "不能早于答应的那天"),
        ({"kind": "balloon"}, "Not a valid"),
        ({"officers": ["999999"]}, "不"),
    ],
)
def test_what_was_typed_wrongly_is_said_at_its_field(lite_browser: Browser, change: dict[str, Any], said: str) -> None:
    officer, firm = make_user(), make_firm()
    page = lite_browser.sign_in(officer).send(f"/visits/new?firm={firm.id}", form() | change, status=422)
    assert "处要改" in page.text and count(Visit) == 0
    if said not in ("Not a valid", "不"):
        assert said in page.text


def test_photos_come_with_the_form_without_script(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    lite_browser.sign_in(officer)
    url = f"/visits/new?firm={firm.id}"
    bad = form(photos=(BytesIO(b"<script>"), "a.jpg"))
    assert "打不开这张照片" in lite_browser.send(url, bad, status=422, content_type="multipart/form-data").text
    good = form(photos=[(BytesIO(picture()), "a.jpg"), (BytesIO(picture("red")), "b.jpg")])
    lite_browser.send(url, good, content_type="multipart/form-data")
    visit = db.session.scalars(select(Visit)).one()
    photos = VisitPhoto.list_of(visit.id)
    assert len(photos) == 2
    answer = lite_browser.get(f"/visits/{visit.id}/photos/{photos[0].id}?small=1")
    assert (answer.status_code, answer.mimetype, answer.headers["X-Content-Type-Options"]) == (
        200, "image/jpeg", "nosniff",
    )  # fmt: skip
    assert answer.headers["Content-Disposition"].startswith("inline; filename=")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    lite_browser.send(f"/visits/{visit.id}/photos/{photos[0].id}/remove")
    assert count(VisitPhoto) == 1


def test_a_photo_of_a_visit_one_may_not_see_does_not_exist(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm(area="石桥镇")
    lite_browser.sign_in(officer)
    lite_browser.send(f"/visits/new?firm={firm.id}", form(photos=(BytesIO(picture()), "a.jpg")),
                      content_type="multipart/form-data")  # fmt: skip
    photo = db.session.scalars(select(VisitPhoto)).one()
    address = f"/visits/{photo.visit_id}/photos/{photo.id}"
    other = make_visit(firm, officer)
    assert lite_browser.get(address).status_code == 200
    assert lite_browser.get(f"/visits/{other.id}/photos/{photo.id}").status_code == 404
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    for url in (address, f"/visits/{photo.visit_id}"):
        assert lite_browser.get(url).status_code == 404


def test_a_correction_keeps_what_was_said_before(lite_browser: Browser) -> None:
    officer, other = make_user(), make_user(name="王屿")
    visit = make_visit(officer=officer, text="原来写的")
    lite_browser.sign_in(officer)
    url = f"/visits/{visit.id}/edit"
    values = form(version="1", text="更正以后", officers=[officer.id, other.id], reason="写漏了一位",
                  kind="phone", experts="李教授，某大学", visit_on=visit.visit_on.isoformat())  # fmt: skip
    page = lite_browser.send(url, values)
    for said in ("更正过 1 次", "写漏了一位", "原来写的", "走访人员", "王屿", "李教授", "电话"):
        assert said in page.text, said
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.version, visit.text, count(VisitVersion)) == (2, "更正以后", 1)
    # The same again changes nothing; an old version is a conflict that keeps what was typed.
    lite_browser.send(url, values | {"version": "2"})
    assert count(VisitVersion) == 1
    page = lite_browser.send(url, values | {"version": "1", "text": "第三份"}, status=409)
    assert "刚被别人改过" in page.text and "第三份" in page.text and "更正以后" in page.text


def test_only_who_took_part_corrects(lite_browser: Browser) -> None:
    officer, office, carer = make_user(), make_user(role="office"), make_user()
    visit = make_visit(make_firm(officer_b_id=carer.id), officer)
    town = make_user(role="town", area="青禾街道")
    for person, status in ((officer, 200), (office, 200), (carer, 200), (make_user(), 422), (town, 404)):
        lite_browser.sign_in(person)
        for page in ("edit", "withdraw", "photos", "demands/new"):
            assert lite_browser.get(f"/visits/{visit.id}/{page}").status_code == status, (person.role_names, page)


def test_a_visit_is_withdrawn_with_a_reason_and_counts_nowhere(browser: Browser) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    promise = make_promise(visit=visit, person=officer)
    browser.sign_in(officer)
    browser.send(f"/visits/{visit.id}/withdraw", {"reason": ""}, status=422)
    page = browser.send(f"/visits/{visit.id}/withdraw", {"reason": "记错了企业"})
    assert "记错了企业" in page.text
    db.session.refresh(promise)
    assert promise.dropped_on is not None
    assert "还没有走访" in browser.open("/visits/").text
    assert "记错了企业" in browser.open("/visits/?withdrawn=1").text
    browser.send(f"/visits/{visit.id}/edit", form(version="2"), status=422)


def test_a_visit_ticks_the_plan_and_unticks_it_when_withdrawn(lite_browser: Browser) -> None:
    officer, firm = make_user(), make_firm()
    line = PlanLine.add(TODAY, "看产线", [officer], by=officer, at=clock.now(), firm=firm)
    db.session.commit()
    lite_browser.sign_in(officer)
    lite_browser.send(f"/visits/new?firm={firm.id}", form(kind="phone", officers=[officer.id]))
    db.session.refresh(line)
    assert line.outcome is None
    lite_browser.send(f"/visits/new?firm={firm.id}", form(officers=[officer.id], anyway="y"))
    db.session.refresh(line)
    assert str(line.outcome) == "done" and line.visit_id is not None
    lite_browser.send(f"/visits/{line.visit_id}/withdraw", {"reason": "重复"})
    db.session.refresh(line)
    assert not line.outcome and not line.visit_id


@pytest.mark.slow
def test_the_list_narrows_by_everything_it_offers(browser: Browser) -> None:
    north = make_area("北街")
    one, other = make_user(), make_user()
    service, campaign, phone = make_service("talent"), make_campaign(), "phone"
    first = make_visit(
        make_firm("青禾甲材料", area="北街"), one, visit_on=TODAY - timedelta(3), campaign_id=campaign.id
    )
    first.services = [service]
    make_demand(first)
    second = make_visit(make_firm("石桥乙铸造"), other, kind=phone, visit_on=TODAY - timedelta(40))
    db.session.commit()
    kind_id = db.session.scalars(select(VisitKind.id).where(VisitKind.key == phone)).one()
    browser.sign_in(one)
    only_first = [
        f"since={TODAY - timedelta(3)}", f"officer={one.id}", "mine=1", f"area={north.id}", f"service={service.id}",
        f"campaign={campaign.id}", "counts=1", "demand=1", f"firm={first.firm_id}",
    ]  # fmt: skip
    only_second = [f"until={TODAY - timedelta(4)}", f"officer={other.id}", f"kind={kind_id}", "area=0", "campaign=0"]
    for query, visit in [(q, first) for q in only_first] + [(q, second) for q in only_second]:
        shown = browser.open(f"/visits/?{query}").rows("走访名单")
        assert [row[0] for row in shown] == [browser.open("/visits/").rows("走访名单")[int(visit is second)][0]], query
    for sort in ("visit_on", "-visit_on", "firm", "-firm", "area", "kind", "nonsense"):
        assert len(browser.open(f"/visits/?sort={sort}").rows("走访名单")) == 2
    assert browser.open("/visits/?since=nonsense&officer=x&page=99").rows("走访名单")


def test_the_export_holds_exactly_the_filtered_rows(lite_browser: Browser) -> None:
    officer = make_user()
    for days in (1, 5, 40):
        make_visit(officer=officer, visit_on=TODAY - timedelta(days), text=f"=第 {days} 天")
    make_visit(make_firm(area="石桥镇"))
    lite_browser.sign_in(officer)
    since = TODAY - timedelta(10)
    answer = lite_browser.get(f"/visits/export?mine=1&since={since}")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[9] for row in rows] == ["'=第 1 天", "'=第 5 天"]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "export")).one()
    assert '"rows": 2' in entry.detail
    lite_browser.sign_in(make_user(role="town", area="石桥镇"))
    sheet = openpyxl.load_workbook(BytesIO(lite_browser.get("/visits/export").data)).active
    assert sheet is not None and sheet.max_row == 3


@pytest.mark.parametrize("role", ["officer", "office", "manager", "town"])
def test_who_works_with_visits_sees_those_in_reach(lite_browser: Browser, role: str) -> None:
    make_visit(make_firm("青禾甲材料", area="青禾街道")), make_visit(make_firm("石桥乙铸造", area="石桥镇"))
    lite_browser.sign_in(make_user(role=role, area="青禾街道" if role == "town" else None))
    shown = len(lite_browser.open("/visits/").rows("走访名单"))
    assert shown == (1 if role == "town" else 2)


def archive(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name in names:
            bundle.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "taken"),
    [
        (b"%PDF-1.7 ...", "协议.pdf", True),
        (archive("[Content_Types].xml", "word/document.xml"), "纪要.docx", True),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"old", "旧.xls", True),
        (archive("[Content_Types].xml", "evil.html"), "a.docx", False),
        (archive("word/document.xml")[:-30], "a.docx", False),
        (b"<html><script>alert(1)</script>", "a.pdf", False),
        (b"", "a.pdf", False),
    ],
    ids=["pdf", "docx", "xls", "no office", "cut", "html", "empty"],
)
def test_papers_are_known_by_their_bytes_and_only_saved(
    lite_browser: Browser, data: bytes, name: str, taken: bool
) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    lite_browser.sign_in(officer)
    lite_browser.send(f"/visits/{visit.id}/photos", {"papers": (BytesIO(data), name)}, 200 if taken else 422,
                      content_type="multipart/form-data")  # fmt: skip
    assert count(VisitPhoto) == taken
    if taken:
        row = db.session.scalars(select(VisitPhoto)).one()
        answer = lite_browser.get(f"/visits/{visit.id}/photos/{row.id}")
        assert answer.data == data and answer.headers["Content-Disposition"].startswith("attachment")
        assert lite_browser.get(f"/visits/{visit.id}/photos/{row.id}?small=1").status_code == 404
        lite_browser.send(f"/visits/{visit.id}/photos/{row.id}/remove")
        assert count(VisitPhoto) == 0


def test_a_photo_that_never_comes_is_no_longer_waited_for(lite_browser: Browser) -> None:
    officer = make_user()
    photo = make_photo(make_visit(officer=officer))
    page = lite_browser.sign_in(officer).open(f"/visits/{photo.visit_id}")
    assert "还有 1 张照片在手机里" in page.text
    assert lite_browser.get(f"/visits/{photo.visit_id}/photos/{photo.id}").status_code == 404
    lite_browser.send(f"/visits/{photo.visit_id}/photos/{photo.id}/remove")
    assert count(VisitPhoto) == 0


def test_an_officer_who_sees_their_own_firms_sees_their_visits_only(lite_browser: Browser) -> None:
    setting.change("officer_scope", "assigned")
    officer = make_user()
    own, other = make_firm("青禾甲材料", officer_a_id=officer.id), make_firm("石桥乙铸造")
    make_visit(own), make_visit(other, officer)
    lite_browser.sign_in(officer)
    assert [row[1] for row in lite_browser.open("/visits/").rows("走访名单")] == ["青禾甲材料"]
    assert lite_browser.get(f"/visits/new?firm={other.id}").status_code == 404
