"""The pages of visits in a real browser, on a desktop and on a phone: no script needed, nothing for axe to find."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from models import clock
from models.base import db
from models.visit import Visit, VisitPhoto, photos
from tests.support.chromium import Window
from tests.support.factories import (
    make_campaign,
    make_demand,
    make_firm,
    make_promise,
    make_service,
    make_user,
    make_visit,
)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG")
    return out.getvalue()


def filled(officer: object) -> Visit:
    """A visit with everything a record page shows."""
    from crm.pictures import taken

    firm = make_firm("云澜启衡传感科技有限公司", area="青禾街道")
    visit = make_visit(firm, officer, campaign_id=make_campaign().id, place="三楼会议室", answer="已说明")  # type: ignore[arg-type]
    visit.services = [make_service("talent")]
    make_demand(visit)
    make_promise(visit=visit, person=officer, due_on=clock.today() - timedelta(1))  # type: ignore[arg-type]
    photos.keep(visit.id, photos.hash_of(picture()), taken(picture()), officer, clock.now())  # type: ignore[arg-type]
    db.session.commit()
    return visit


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_every_page_of_visits_is_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    officer = make_user(role=("officer", "office"))
    visit = filled(officer)
    window.sign_in(officer)
    told = {}
    for path in (
        "/visits/", f"/visits/{visit.id}", "/visits/new", f"/visits/new?firm={visit.firm_id}",
        f"/visits/{visit.id}/edit", f"/visits/{visit.id}/withdraw", f"/visits/{visit.id}/photos", "/visits/demands",
        "/promises/?who=all", f"/promises/new/{visit.id}", "/campaigns/", "/campaigns/new", "/services/",
        f"/firms/{visit.firm_id}",
    ):  # fmt: skip
        page = window.open(path)
        for fold in page.locator("details.rest > summary").all():
            fold.click()
        told[path] = (window.complaints(), window.wide())
    assert {path: found for path, found in told.items() if found != ([], 0)} == {}


@pytest.mark.slow
def test_a_visit_with_a_photo_is_saved_without_script(phone: Window) -> None:
    officer, firm = make_user(), make_firm("云澜启衡传感科技有限公司")
    context = phone.context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})  # type: ignore[union-attr]
    plain = Window(phone.app, context, phone.address).sign_in(officer)
    page = plain.open(f"/visits/new?firm={firm.id}")
    page.get_by_label("谈了什么").fill("二期产线扩建。")
    page.get_by_label("照片").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(firm.name)
    context.close()
    visit = db.session.scalars(select(Visit)).one()
    assert [row.file_id is not None for row in VisitPhoto.list_of(visit.id)] == [True]


def test_the_phone_bar_leads_to_a_new_visit(phone: Window) -> None:
    phone.sign_in(make_user())
    page = phone.open("/")
    page.get_by_role("navigation", name="手机菜单").get_by_role("link", name="＋走访").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("记走访")
