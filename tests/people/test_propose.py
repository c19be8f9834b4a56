"""Areas proposed anew from addresses, after the tree or its aliases changed."""

from flask import Flask
from sqlalchemy import select

from crm.imports.propose import propose
from models import clock
from models.base import db
from models.change import Change
from models.firm import Firm, writing
from models.firm.places import FirmPlace
from models.task import Task, Work
from tests.support.browser import Browser
from tests.support.factories import make_area, make_firm, make_user


def areas() -> dict[str, tuple[int | None, str | None]]:
    """Firm → its area and who said so."""
    query = select(Firm.name, Firm.area_id, FirmPlace.source).outerjoin(
        FirmPlace, (FirmPlace.firm_id == Firm.id) & FirmPlace.to_on.is_(None)
    )
    return {name: (area_id, source) for name, area_id, source in db.session.execute(query.order_by(Firm.id))}


def test_addresses_place_firms_but_never_over_a_list_or_a_person(app: Flask) -> None:
    green, bridge = make_area("青禾街道", aliases="青禾镇"), make_area("石桥镇")
    make_firm("甲", address="云澜区青禾镇云溪路1号")
    make_firm("乙", address="云澜区石桥镇工业路2号")
    make_firm("丙", address="外地某路3号")
    chosen = make_firm("丁", address="云澜区石桥镇工业路4号")
    writing.place([chosen], "area", green.id, clock.today(), "person")
    db.session.commit()
    assert propose(Work({}, None)) == {"firms": 4, "moved": 2}
    assert areas() == {
        "甲": (green.id, "address"),
        "乙": (bridge.id, "address"),
        "丙": (None, None),
        "丁": (green.id, "person"),
    }
    entries = db.session.scalars(select(Change.source).where(Change.field == "area_id", Change.table_name == "firm"))
    assert set(entries) == {"job"}


def test_a_new_alias_moves_what_only_an_address_had_placed_and_a_second_time_nothing(app: Flask) -> None:
    green, bridge = make_area("青禾街道"), make_area("石桥镇")
    firm = make_firm("甲", address="云澜区青禾街道5号")
    propose(Work({}, None))
    assert areas()["甲"] == (green.id, "address")
    db.session.get_one(Firm, firm.id).address = "云澜区石桥镇5号"
    db.session.commit()
    assert propose(Work({}, None))["moved"] == 1
    assert areas()["甲"] == (bridge.id, "address")
    assert propose(Work({}, None))["moved"] == 0


def test_an_area_saved_by_hand_has_the_firms_placed_anew_once_there_are_any(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="sysadmin"))
    typed = {"code": "320115001", "parent": "", "aliases": ""}
    lite_browser.send("/areas/area/new", data={**typed, "name": "青禾街道"})
    assert db.session.scalars(select(Task.kind)).all() == []
    make_firm(address="云澜区石桥镇2号")
    db.session.commit()
    lite_browser.send("/areas/area/new", data={**typed, "code": "320115002", "name": "石桥镇"})
    assert db.session.scalars(select(Task.kind)).all() == ["areas.propose"]


def test_the_button_puts_the_work_into_the_queue(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    lite_browser.send("/areas/propose")
    assert db.session.scalars(select(Task.kind)).all() == ["areas.propose"]
