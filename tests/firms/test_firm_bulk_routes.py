"""What a list does to many firms, and the views people save of it."""

from datetime import date

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm import Firm, writing
from models.firm.tags import FirmTag
from models.saved_view import SavedView
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_user


def three() -> list[Firm]:
    firms = [writing.create(f"{name}材料有限公司", "测试") for name in ("甲云", "乙云", "丙云")]
    db.session.commit()
    return firms


def test_the_first_post_asks_and_the_second_acts_on_what_was_ticked(browser: Browser) -> None:
    firms = three()
    ids = [str(firm.id) for firm in firms[:2]]
    browser.sign_in(make_user(role="office"))
    asked = browser.post("/firms/bulk/tags", data={"id": ids, "back": "q=云"})
    assert asked.status_code == 200 and "2 家" in asked.text and "全部 3 家" in asked.text
    done = browser.post("/firms/bulk/tags", data={"id": ids, "back": "q=云", "everything": "0", "name": "低空经济"})
    assert done.status_code == 302
    assert sorted(db.session.scalars(select(FirmTag.firm_id))) == sorted(map(int, ids))


def test_a_bulk_action_reaches_every_filtered_firm_when_asked(browser: Browser) -> None:
    three()
    other = writing.create("别的机械有限公司", "测试")
    area, officer = make_area("青禾街道"), make_user(name="陆以宁")
    browser.sign_in(make_user(role="office"))
    today = clock.today().isoformat()
    everything = {"back": "q=材料", "everything": "1", "on": today}
    browser.post("/firms/bulk/places", data={**everything, "place": f"area:{area.id}"})
    browser.post("/firms/bulk/officers", data={**everything, "position": "A", "user_id": str(officer.id)})
    browser.post("/firms/bulk/care", data={**everything, "level": "A"})
    rows = db.session.execute(select(Firm.area_id, Firm.officer_a_id, Firm.care_level).where(Firm.id != other.id)).all()
    assert [tuple(row) for row in rows] == [(area.id, officer.id, "A")] * 3
    assert db.session.get(Firm, other.id).area_id is None  # type: ignore[union-attr]


def test_firms_of_other_officers_are_left_and_counted(browser: Browser) -> None:
    firms, officer = three(), make_user()
    writing.assign_officer(firms[:1], "A", officer.id, date(2020, 1, 1))
    writing.assign_officer(firms[1:2], "A", make_user().id, date(2020, 1, 1))
    browser.sign_in(officer)
    data = {"id": [str(firm.id) for firm in firms], "everything": "0", "name": "低空经济"}
    browser.post("/firms/bulk/tags", data=data)
    assert "加标签：2 家；1 家不由您联系" in browser.get("/firms/").text


def test_ids_of_firms_nobody_may_see_do_nothing(browser: Browser) -> None:
    far = make_firm(area="石桥镇")
    browser.sign_in(make_user(role="town", area="青禾街道"))
    browser.post("/firms/bulk/tags", data={"id": str(far.id), "everything": "0", "name": "低空经济"})
    assert db.session.scalars(select(FirmTag.firm_id)).all() == []


def test_a_view_is_saved_once_under_its_name_and_seen_by_its_owner(browser: Browser) -> None:
    three()
    browser.sign_in(make_user())
    for query in ("care=A", "care=B"):
        browser.post("/saved-views/firms", data={"name": "要常去的", "query": query, "shared": "1"})
    assert [(view.query, view.shared) for view in db.session.scalars(select(SavedView))] == [("care=B", False)]
    assert "要常去的" in browser.get("/firms/").text
    browser.sign_in(make_user())
    assert "要常去的" not in browser.get("/firms/").text


def test_who_arranges_the_work_gives_everybody_a_view(browser: Browser) -> None:
    firm = three()[0]
    writing.set_care_level([firm], "A")
    browser.sign_in(make_user(role="office"))
    browser.post("/saved-views/firms", data={"name": "要常去的", "query": "care=A", "shared": "1"})
    view = db.session.scalars(select(SavedView)).one()
    view_id = view.id
    browser.sign_in(make_user())
    assert '要常去的 <span class="count">1</span>' in browser.get("/firms/tabs").text
    assert browser.post(f"/saved-views/{view_id}/delete").status_code == 404


def test_a_view_needs_a_name_and_a_list(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    lite_browser.post("/saved-views/firms", data={"name": " ", "query": "care=A"})
    assert db.session.scalars(select(SavedView)).all() == []
    assert lite_browser.post("/saved-views/nothing", data={"name": "甲"}).status_code == 404


def test_a_view_can_be_given_up(lite_browser: Browser) -> None:
    user = make_user()
    lite_browser.sign_in(user)
    lite_browser.post("/saved-views/firms", data={"name": "甲", "query": "care=A"})
    view_id = db.session.scalars(select(SavedView.id)).one()
    assert "删除这个视图" in lite_browser.get("/firms/?care=A").text
    assert lite_browser.post(f"/saved-views/{view_id}/delete").status_code == 302
    assert db.session.scalars(select(SavedView)).all() == []
