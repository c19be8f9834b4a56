"""The rescue file: what a phone could not send, loaded at a desk, each visit once."""

import base64
import hashlib
import json
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select

from models import clock
from models.audit import AuditEntry
from models.base import db
from models.firm import Firm
from models.user import User
from models.visit import Visit, VisitPhoto, VisitReceipt
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.page import Page


def jpeg() -> bytes:
    data = BytesIO()
    Image.new("RGB", (40, 30), "green").save(data, "JPEG")
    return data.getvalue()


def entry(firm: Firm, person: User, photos: tuple[bytes, ...] = (), **values: Any) -> dict[str, Any]:
    body = {"firm_id": firm.id, "visit_on": clock.today().isoformat(), "text": "缺嵌入式工程师。"}
    hashes = [hashlib.sha256(photo).hexdigest() for photo in photos]
    if photos:
        body["photos"] = [{"sha256": one} for one in hashes]
    return {
        "uuid": str(uuid4()), "person": {"id": person.id, "name": person.name}, "firm_name": firm.name, "visit": body,
        "photos": [{"sha256": one, "type": "image/jpeg", "base64": base64.b64encode(photo).decode()}
                   for one, photo in zip(hashes, photos, strict=True)],
        **values,
    }  # fmt: skip


def load(browser: Browser, *visits: dict[str, Any], status: int = 200) -> Page:
    data = json.dumps({"app": "tidu", "rescue": 1, "visits": visits}).encode()
    return load_raw(browser, data, status)


def load_raw(browser: Browser, data: bytes, status: int) -> Page:
    files = {"file": (BytesIO(data), "未发出的走访.json")}
    return browser.send("/visits/rescue", files, status, content_type="multipart/form-data")


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def desk(browser: Browser) -> Browser:
    return browser.sign_in(make_user(role="office", name="林见山"))


def test_each_visit_is_taken_once_in_the_name_of_who_wrote_it(desk: Browser) -> None:
    officer, firm, photo = make_user(name="何岸"), make_firm(), jpeg()
    visits = [entry(firm, officer, (photo,)), entry(firm, officer)]
    assert "已存 2，早已收到 0，与已收到的不同 0，没有存 0" in load(desk, *visits).text
    assert "已存 0，早已收到 2" in load(desk, *visits).text
    assert (count(Visit), count(VisitReceipt), count(VisitPhoto)) == (2, 2, 1)
    rows = list(db.session.scalars(select(Visit)))
    assert {(row.created_by_id, row.source) for row in rows} == {(officer.id, "phone")}
    assert db.session.scalars(select(VisitPhoto)).one().file_id is not None
    assert "visits.rescue" in set(db.session.scalars(select(AuditEntry.act)))


def test_the_phone_that_comes_back_gets_the_same_receipt(desk: Browser) -> None:
    officer = make_user(name="何岸")
    one = entry(make_firm(), officer)
    load(desk, one)
    number = db.session.scalars(select(VisitReceipt)).one().number
    phone = Browser(desk.app).sign_in(officer)
    answer = phone.ask("put", f"/m/api/visits/{one['uuid']}", json=one["visit"])
    assert answer.json is not None
    assert (answer.status_code, answer.json["receipt"]["number"]) == (200, number)
    changed = {**one, "visit": {**one["visit"], "text": "另一份"}}
    assert "与已收到的不同 1" in load(desk, changed).text
    assert [row.text for row in db.session.scalars(select(Visit))] == ["缺嵌入式工程师。"]


def test_one_that_cannot_be_taken_costs_the_others_nothing(desk: Browser) -> None:
    officer, gone, firm = make_user(name="何岸"), make_user(name="许沛", active=False), make_firm()
    future = entry(firm, officer)
    future["visit"]["visit_on"] = "2999-01-01"
    broken = entry(firm, officer, (jpeg(),))
    broken["photos"][0]["base64"] = "AAAA"
    other = {**entry(firm, officer), "person": {"id": officer.id, "name": "别人"}}
    page = load(desk, future, broken, entry(firm, gone), other, {"uuid": "x"}, entry(firm, officer))
    assert "已存 2，早已收到 0，与已收到的不同 0，没有存 4" in page.text
    assert "走访日期不能晚于今天" in page.text and "1 张照片没有收" in page.text
    assert count(Visit) == 2


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"app":"tidu"}', b'{"app":"tidu","rescue":1,"visits":[3]}'])
def test_what_is_no_rescue_file_is_refused(lite_browser: Browser, data: bytes) -> None:
    lite_browser.sign_in(make_user(role="office"))
    load_raw(lite_browser, data, 422)
    assert count(Visit) == 0


def test_officers_do_not_load_files_for_others(lite_browser: Browser) -> None:
    assert lite_browser.sign_in(make_user()).get("/visits/rescue").status_code == 403
