"""What a phone's queue sends: exactly once, always JSON, nothing seen that is not one's own to see."""

import hashlib
import json
import threading
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models import clock, file
from models.base import db
from models.firm import merging
from models.promise import Promise
from models.user import User
from models.visit import Visit, VisitDemand, VisitOfficer, VisitPhoto, VisitReceipt, VisitVersion
from tests.support.browser import Browser
from tests.support.factories import make_campaign, make_firm, make_membership, make_user, make_visit
from tests.support.statements import statements

#: A UUID nobody sent anything under.
SOME = "0b6c1a52-5a0e-4a7e-9d0e-3f6f0a1f2b3c"


def body_for(firm_id: int, **values: Any) -> dict[str, Any]:
    return {"firm_id": firm_id, "visit_on": clock.today().isoformat(), "text": "缺嵌入式工程师。", **values}


def put(browser: Browser, uuid: str, body: Any, path: str = "/api/visits/") -> TestResponse:
    return browser.ask("put", f"{path}{uuid}", data=json.dumps(body), content_type="application/json")


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def officer(app: Flask) -> User:
    return make_user()


def test_the_same_body_gets_the_same_receipt_and_another_is_refused(browser: Browser, officer: User) -> None:
    firm, uuid = make_firm(), str(uuid4())
    browser.sign_in(officer)
    body = body_for(firm.id)
    first = put(browser, uuid, body)
    again = browser.ask(
        "put", f"/api/visits/{uuid}", data=json.dumps(dict(reversed(body.items())), indent=3),
        content_type="application/json",
    )  # fmt: skip
    other = put(browser, uuid, {**body, "text": "另一份"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json is not None and again.json is not None and other.json is not None
    assert first.json["receipt"] == again.json["receipt"] and first.json["app"] == "tidu"
    assert first.json["receipt"]["number"].startswith(f"{clock.today():%Y-%m%d}-")
    assert first.json["heard_sha256"] == hashlib.sha256(json.dumps(body).encode()).hexdigest()
    assert other.json["stored"]["visit"]["text"] == body["text"]
    assert (count(Visit), count(VisitReceipt)) == (1, 1)
    assert put(browser, uuid, body, "/m/api/visits/").json == again.json | {"heard_sha256": first.json["heard_sha256"]}


def test_everything_a_phone_writes_is_kept(browser: Browser, officer: User) -> None:
    firm, other, campaign = make_firm(), make_user(), make_campaign()
    unit = make_membership(officer).unit_id
    due = clock.today().isoformat()
    body = body_for(
        firm.id, start_time="09:30", kind="meeting", officers=[officer.id, other.id], place="三楼会议室",
        companions=[{"kind": "department", "name": "区税务局"}], purposes=["policy_talk"], services=["talent", "ip"],
        campaign=campaign.key, answer="已说明", next_step="下周带老师来", written_at="2026-01-01T08:00:00+08:00",
        demands=[{"words": "缺两名工程师", "category": "人才招聘"}], promises=[{"words": "周五答复", "due_on": due}],
        photos=[{"sha256": "b" * 64, "caption": "产线"}],
    )  # fmt: skip
    answer = put(browser.sign_in(officer), str(uuid4()), body)
    assert (answer.status_code, answer.json and answer.json["photos_missing"]) == (201, ["b" * 64])
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.kind.key, visit.campaign_id, visit.source, visit.start_time) == (
        "meeting", campaign.id, "phone", "09:30",
    )  # fmt: skip
    assert {(row.user_id, row.unit_id) for row in visit.officers} == {(officer.id, unit), (other.id, None)}
    assert [row.key for row in visit.services] == ["talent", "ip"]
    assert [row.key for row in visit.purposes] == ["policy_talk"]
    assert visit.created_at < visit.received_at
    demand, promise = db.session.scalars(select(VisitDemand)).one(), db.session.scalars(select(Promise)).one()
    assert (demand.words, demand.state, promise.person_id, promise.firm_id) == (
        "缺两名工程师", "to_review", officer.id, firm.id,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": None}, "text"),
        ({"text": "长" * 20_001}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"visit_on": "2099-01-01"}, "visit_on"),
        ({"visit_on": "20260101"}, "visit_on"),
        ({"visit_on": None}, "visit_on"),
        ({"start_time": "25:00"}, "start_time"),
        ({"firm_id": "1"}, "firm_id"),
        ({"firm_id": True}, "firm_id"),
        ({"firm_id": 2**31 - 1}, "firm_id"),
        ({"kind": "balloon"}, "kind"),
        ({"services": ["nothing"]}, "services"),
        ({"services": "ip"}, "services"),
        ({"campaign": "nothing"}, "campaign"),
        ({"officers": [2**31 - 1]}, "officers"),
        ({"officers": [None]}, "officers.0"),
        ({"promises": [{"words": "答", "due_on": "2000-01-01"}]}, "promises.0"),
        ({"promises": [{"words": "", "due_on": "2099-01-01"}]}, "promises.0"),
        ({"demands": [{"words": " "}]}, "demands.0"),
        ({"demands": [{"words": "要人", "secret": 1}]}, "demands.0"),
        ({"demands": [{"words": "要人"}] * 51}, "demands"),
        ({"companions": [{"name": ""}]}, "companions.0"),
        ({"photos": ["short"]}, "photos.0"),
        ({"position": [120.1, 30.2]}, "body"),
    ],
)
def test_a_body_that_cannot_be_accepted_says_which_field(
    lite_browser: Browser, change: dict[str, Any], field: str
) -> None:
    lite_browser.sign_in(make_user())
    answer = put(lite_browser, str(uuid4()), body_for(make_firm().id) | change)
    assert answer.status_code == 422 and answer.json is not None
    assert (list(answer.json["errors"]), answer.json["app"]) == ([field], "tidu")
    assert count(Visit) == 0


@pytest.mark.parametrize(
    ("url", "data", "kind"),
    [
        ("no-uuid", "{}", "application/json"),
        (SOME, "{", "application/json"),
        (SOME, "[" * 100_000, "application/json"),
        (SOME, "[]", "application/json"),
        (SOME, "{}", "text/plain"),
        (SOME, b"\xff\xfe", "application/json"),
    ],
)
def test_what_is_no_visit_at_all_is_refused_in_json(lite_browser: Browser, url: str, data: Any, kind: str) -> None:
    lite_browser.sign_in(make_user())
    answer = lite_browser.ask("put", f"/api/visits/{url}", data=data, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (422, "application/json")


def test_a_visit_that_is_too_long_is_refused(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    answer = put(lite_browser, str(uuid4()), body_for(make_firm().id, place="长" * 1_100_000))
    assert (answer.status_code, answer.mimetype) == (413, "application/json")


def test_who_is_not_signed_in_hears_it_in_json(lite_browser: Browser) -> None:
    firm = make_firm()
    for path in ("/api/csrf", "/m/api/csrf"):
        answer = lite_browser.get(path)
        assert (answer.status_code, answer.json and answer.json["error"]) == (401, "signed_out")
    answer = put(lite_browser, str(uuid4()), body_for(firm.id))
    assert (answer.status_code, answer.json and answer.json["app"], count(Visit)) == (401, "tidu", 0)


def test_who_must_choose_a_password_hears_that(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(must_change_password=True))
    answer = put(lite_browser, str(uuid4()), body_for(make_firm().id))
    assert (answer.status_code, answer.json and answer.json["error"]) == (401, "password_due")


def test_a_request_from_another_site_is_refused(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    firm, uuid = make_firm(), str(uuid4())
    for origin, status in (("https://evil.example", 400), ("null", 400), ("http://localhost", 201)):
        answer = lite_browser.ask("put", f"/api/visits/{uuid}", data=json.dumps(body_for(firm.id)),
                                  content_type="application/json", headers={"Origin": origin})  # fmt: skip
        assert answer.status_code == status, origin


def test_a_firm_that_does_not_exist_for_a_person_gets_no_visit(browser: Browser, app: Flask) -> None:
    town = make_user(role="town", area="青禾街道")
    browser.sign_in(town)
    hidden, own = make_firm(area="石桥镇"), make_firm(area="青禾街道")
    refused = put(browser, str(uuid4()), body_for(hidden.id))
    assert (refused.status_code, refused.json and list(refused.json["errors"])) == (422, ["firm_id"])
    assert put(browser, str(uuid4()), body_for(own.id)).status_code == 201
    # Somebody else's visit under the same UUID is not shown.
    visit = make_visit(hidden)
    answer = put(browser, visit.uuid, body_for(own.id))
    assert (answer.status_code, answer.json and answer.json["stored"]) == (409, None)
    for path in (f"/api/visits/{visit.uuid}", f"/api/visits/{uuid4()}"):
        assert browser.get(path).status_code == 404


def test_a_visit_to_a_firm_merged_meanwhile_goes_to_the_one_that_was_kept(browser: Browser, officer: User) -> None:
    gone, kept = make_firm(), make_firm()
    number = gone.id
    merging.merge(kept, gone, officer)
    assert put(browser.sign_in(officer), str(uuid4()), body_for(number)).status_code == 201
    assert db.session.scalars(select(Visit.firm_id)).one() == kept.id


def test_the_other_version_can_be_chosen_and_the_first_is_kept(browser: Browser, officer: User) -> None:
    firm, uuid = make_firm(), str(uuid4())
    browser.sign_in(officer)
    mine = body_for(firm.id, demands=[{"words": "缺人"}])
    put(browser, uuid, mine)
    other = {**mine, "text": "另一份", "demands": [{"words": "缺人"}, {"words": "缺钱"}]}
    stored = (put(browser, uuid, other).json or {})["stored"]
    path = f"{uuid}/correction"
    assert put(browser, path, {"version": stored["version"] + 1, "visit": other}).status_code == 409
    chosen = put(browser, path, {"version": stored["version"], "visit": other})
    assert chosen.status_code == 200
    assert put(browser, path, {"version": stored["version"], "visit": other}).status_code == 200
    assert put(browser, uuid, other).status_code == 200
    assert put(browser, uuid, mine).status_code == 409
    kept = db.session.scalars(select(VisitVersion)).one()
    assert json.loads(kept.body)["text"] == mine["text"]
    assert [row.words for row in db.session.scalars(select(VisitDemand).order_by(VisitDemand.id))] == ["缺人", "缺钱"]
    assert count(Visit) == 1


def test_clients_with_one_uuid_at_one_moment_make_one_visit(any_app: Flask, browser: Browser) -> None:
    firm, people = make_firm(), [make_user() for _ in range(4)]
    uuid, firm_id = str(uuid4()), firm.id
    browsers = [Browser(browser.app).sign_in(person) for person in people]
    db.session.commit()
    body = json.dumps(body_for(firm_id))
    answers: list[tuple[int, str]] = []

    def send(one: Browser) -> None:
        answer = one.client.put(f"/api/visits/{uuid}", data=body, content_type="application/json")
        answers.append(
            (answer.status_code, str(answer.json.get("receipt", answer.json) if answer.json else answer.text))
        )

    threads = [threading.Thread(target=send, args=(one,)) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({number for _, number in answers}) == 1
    assert (count(Visit), count(VisitOfficer), count(VisitReceipt)) == (1, 1, 1)


def test_a_visit_costs_the_same_number_of_statements_whatever_it_holds(lite_browser: Browser) -> None:
    person = make_user()
    lite_browser.sign_in(person)
    firm, others = make_firm(), [make_user() for _ in range(30)]
    counts = []
    for size in (3, 30):
        body = body_for(
            firm.id, officers=[row.id for row in others[:size]], services=["ip"], purposes=["talent"],
            demands=[{"words": f"诉求 {number}"} for number in range(size)],
            promises=[{"words": f"答 {number}", "due_on": clock.today().isoformat()} for number in range(size)],
            photos=[f"{number:064x}" for number in range(size)],
            companions=[{"name": f"专家 {number}"} for number in range(size)],
        )  # fmt: skip
        put(lite_browser, str(uuid4()), body)
        with statements() as sent:
            assert put(lite_browser, str(uuid4()), body).status_code == 201
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 32


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def send_photo(browser: Browser, uuid: str, data: bytes, sha256: str = "") -> TestResponse:
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    return browser.ask("put", f"/api/visits/{uuid}/photos/{sha256}", data=data, content_type="image/jpeg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_encoded_anew_upright_and_without_its_place(browser: Browser, officer: User, kind: str) -> None:
    visit = make_visit(officer=officer)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)
    data = picture(kind, exif=exif)
    browser.sign_in(officer)
    first, again = send_photo(browser, visit.uuid, data), send_photo(browser, visit.uuid, data)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    row = db.session.scalars(select(VisitPhoto)).one()
    assert (row.width, row.height, row.sha256) == (40, 60, hashlib.sha256(data).hexdigest())
    assert row.file is not None and row.thumbnail is not None and row.file.sealed
    kept = Image.open(BytesIO(file.read(row.file)))
    assert (kept.format, kept.size, dict(kept.getexif()), "exif" in kept.info) == ("JPEG", (40, 60), {}, False)


def test_an_announced_photo_takes_its_place(browser: Browser, officer: User) -> None:
    firm, uuid, data = make_firm(), str(uuid4()), picture()
    sha256 = hashlib.sha256(data).hexdigest()
    browser.sign_in(officer)
    assert send_photo(browser, uuid, data).status_code == 404
    body = body_for(firm.id, photos=[{"sha256": "c" * 64}, {"sha256": sha256, "caption": "厂房"}])
    put(browser, uuid, body)
    assert send_photo(browser, uuid, data).status_code == 201
    again = put(browser, uuid, body)
    assert again.json is not None and again.json["photos_missing"] == ["c" * 64]
    row = VisitPhoto.find(again.json["receipt"]["visit_id"], sha256)
    assert row is not None and (row.caption, row.position, count(VisitPhoto)) == ("厂房", 1, 2)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 422),
        (b"<html><script>alert(1)</script></html>", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422),
        (b"%PDF-1.4", 422),
        (picture("GIF"), 422),
        (picture("BMP"), 422),
        (picture()[:-40][:200], 422),
        (b"\xff\xd8\xff" + b"x" * 16 * 1024 * 1024, 413),
        (picture(), 201),
    ],
    ids=["empty", "html", "svg", "pdf", "gif", "bmp", "cut", "large", "photo"],
)
def test_only_photos_are_taken(lite_browser: Browser, data: bytes, status: int) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    answer = send_photo(lite_browser.sign_in(officer), visit.uuid, data)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert count(VisitPhoto) == (status == 201)


def test_a_photo_that_came_in_pieces_is_asked_for_again(lite_browser: Browser) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    answer = send_photo(lite_browser.sign_in(officer), visit.uuid, picture()[:-1], "d" * 64)
    assert (answer.status_code, answer.json and list(answer.json["errors"])) == (422, ["photo"])


def test_a_bomb_is_not_unpacked(lite_browser: Browser) -> None:
    officer = make_user()
    visit = make_visit(officer=officer)
    out = BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    answer = send_photo(lite_browser.sign_in(officer), visit.uuid, out.getvalue())
    assert answer.status_code == 422 and "像素" in answer.text


def test_a_visit_has_as_many_photos_as_the_setting_says(lite_browser: Browser) -> None:
    from models import setting

    officer = make_user()
    visit = make_visit(officer=officer)
    setting.change("visit_photos", "1")
    lite_browser.sign_in(officer)
    statuses = [send_photo(lite_browser, visit.uuid, picture(size=(60 + number, 40))).status_code for number in (0, 1)]
    assert statuses == [201, 422]


def test_only_who_took_part_adds_photos(lite_browser: Browser) -> None:
    visit = make_visit()
    answer = send_photo(lite_browser.sign_in(make_user()), visit.uuid, picture())
    assert (answer.status_code, count(VisitPhoto)) == (422, 0)
    hidden = make_visit(make_firm(area="石桥镇"))
    lite_browser.sign_in(make_user(role="town", area="青禾街道"))
    assert send_photo(lite_browser, hidden.uuid, picture()).status_code == 404
