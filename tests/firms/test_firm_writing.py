"""The one place that writes firms keeps dated rows, the columns made from them, the search and the log in step."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import Refused
from models.firm import Firm, search, writing
from models.firm.names import FirmName, FirmSearch
from models.firm.officers import FirmOfficer
from models.firm.places import FirmPlace
from models.firm.status import FirmFlag, FirmStatus
from tests.support.factories import make_area, make_user
from tests.support.statements import statements

MARCH, APRIL, MAY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)


def new(name: str = "云澜启衡传感科技有限公司", **values: object) -> Firm:
    firm = writing.create(name, "测试", **values)
    db.session.commit()
    return firm


def found(query: str) -> list[int]:
    return list(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(search.patterns(query)))))


def rows(table: Any, firm: Firm, *columns: str) -> list[tuple[object, ...]]:
    query: Any = select(table).where(table.firm_id == firm.id).order_by(table.id)
    return [tuple(getattr(row, column) for column in columns) for row in db.session.scalars(query)]


def test_a_new_firm_has_a_dated_name_and_is_found(app: Flask) -> None:
    firm = new(founded_on=MARCH)
    assert rows(FirmName, firm, "name", "from_on", "to_on") == [(firm.name, MARCH, None)]
    assert firm.sort_key == "yun lan qi heng chuan gan ke ji you xian gong si"
    assert found("启衡") == [firm.id]


def test_a_code_belongs_to_one_firm(app: Flask) -> None:
    new(code="91339902MA0000592X", code_kind="uscc")
    with pytest.raises(Refused, match="已经是“云澜启衡传感科技有限公司”的"):
        writing.create("青禾微纳材料", "测试", code="91339902MA0000592X", code_kind="uscc")
    other = new("青禾微纳材料")
    with pytest.raises(Refused):
        writing.edit(other, code="91339902MA0000592X", code_kind="uscc")


def test_a_renamed_firm_keeps_its_former_name_and_is_found_by_both(app: Flask) -> None:
    firm = new("启恒仪器有限公司")
    for _ in range(2):  # sent twice, written once
        writing.rename(firm, "启衡传感科技有限公司", APRIL, "登记机关")
        db.session.commit()
    assert rows(FirmName, firm, "name", "from_on", "to_on") == [
        ("启恒仪器有限公司", None, date(2024, 3, 31)),
        ("启衡传感科技有限公司", APRIL, None),
    ]
    assert firm.name == "启衡传感科技有限公司" and found("启恒") == found("启衡") == [firm.id]
    with pytest.raises(Refused, match="更名日期要晚于"):
        writing.rename(firm, "再改一次有限公司", APRIL, "登记机关")


def test_a_corrected_name_leaves_no_former_name(app: Flask) -> None:
    firm = new("启横传感有限公司")
    writing.correct_name(firm, "启衡传感有限公司")
    assert rows(FirmName, firm, "name") == [("启衡传感有限公司",)] and found("启横") == []


def test_a_status_holds_from_its_day(app: Flask) -> None:
    firm = new()
    writing.set_status(firm, "moved_out", APRIL, "迁往邻区", "登记机关")
    writing.set_status(firm, "moved_out", APRIL, "迁往邻区", "登记机关")
    writing.set_status(firm, "active", MAY, "迁回", "登记机关")
    assert rows(FirmStatus, firm, "status", "from_on", "to_on") == [
        ("moved_out", APRIL, date(2024, 4, 30)),
        ("active", MAY, None),
    ]
    assert firm.status == "active"


def test_a_flag_is_put_on_once_and_taken_off(app: Flask) -> None:
    firm = new()
    for _ in range(2):
        writing.set_flag(firm, "abnormal", MARCH, "未年报", "登记机关")
    with pytest.raises(Refused):
        writing.end_flag(firm, "abnormal", date(2024, 2, 29))
    writing.end_flag(firm, "abnormal", APRIL)
    assert rows(FirmFlag, firm, "from_on", "to_on") == [(MARCH, APRIL)]


def test_a_place_found_from_the_address_is_corrected_and_one_a_person_gave_moves(app: Flask) -> None:
    firm, north, south = new(), make_area("青禾街道"), make_area("石桥镇")
    writing.place([firm], "area", north.id, MARCH, "address")
    assert writing.place([firm], "area", south.id, MARCH, "person") == 1
    assert rows(FirmPlace, firm, "area_id", "from_on", "source") == [(south.id, None, "person")]
    assert writing.place([firm], "area", north.id, APRIL, "person") == 1
    assert rows(FirmPlace, firm, "area_id", "from_on", "to_on") == [
        (south.id, None, date(2024, 3, 31)),
        (north.id, APRIL, None),
    ]
    assert firm.area_id == north.id


@pytest.mark.parametrize(
    "first, second, overridden",
    [("address", "address", True), ("address", "list", True), ("list", "list", True), ("person", "person", True),
     ("list", "address", False), ("person", "list", False), ("person", "address", False)],
)  # fmt: skip
def test_a_weaker_source_never_moves_a_firm(first: str, second: str, overridden: bool, app: Flask) -> None:
    firm, north, south = new(), make_area("青禾街道"), make_area("石桥镇")
    writing.place([firm], "area", north.id, MARCH, first)
    assert writing.place([firm], "area", south.id, APRIL, second) == int(overridden)
    assert firm.area_id == (south.id if overridden else north.id)


def test_an_officer_follows_another_and_is_never_both(app: Flask) -> None:
    firm, one, two = new(), make_user(), make_user()
    writing.assign_officer([firm], "A", one.id, MARCH)
    writing.assign_officer([firm], "B", two.id, MARCH)
    assert writing.assign_officer([firm], "A", two.id, APRIL) == 1
    assert (firm.officer_a_id, firm.officer_b_id) == (two.id, None)
    assert rows(FirmOfficer, firm, "position", "user_id", "from_on", "to_on") == [
        ("A", one.id, MARCH, date(2024, 3, 31)),
        ("B", two.id, MARCH, date(2024, 3, 31)),
        ("A", two.id, APRIL, None),
    ]
    assert writing.assign_officer([firm], "A", None, APRIL) == 1
    assert rows(FirmOfficer, firm, "position", "user_id")[2:] == []
    writing.assign_officer([firm], "A", one.id, MAY)
    with pytest.raises(Refused, match="从 2024-05-01 开始"):
        writing.assign_officer([firm], "A", two.id, APRIL)


def test_many_firms_are_placed_in_as_many_statements_as_one(app: Flask) -> None:
    area = make_area("青禾街道")
    counts = []
    for size in (2, 20):
        ids = [new(f"青禾第{size}{number}号材料").id for number in range(size)]
        firms = db.session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id)).all()
        with statements() as sent:
            writing.place(firms, "area", area.id, MARCH, "person")
        counts.append(len([text for text in sent if text.startswith("SELECT")]))
    assert counts[0] == counts[1]


def test_tags_and_care_levels_count_what_changed(app: Flask) -> None:
    firms = [new("甲材料有限公司"), new("乙材料有限公司")]
    assert writing.add_tag(firms[:1], "低空经济") == 1
    assert writing.add_tag(firms, "低空经济") == 1
    assert (writing.set_care_level(firms, "A"), writing.set_care_level(firms, "A")) == (2, 0)


def test_every_change_leaves_its_trace(app: Flask) -> None:
    firm = new()
    writing.edit(firm, address="望溪路 18 号")
    db.session.commit()
    query = select(Change).where(Change.firm_id == firm.id, Change.field == "address")
    assert [(change.old, change.new) for change in db.session.scalars(query)] == [("", "望溪路 18 号")]


def test_what_has_a_function_of_its_own_cannot_be_set_directly(app: Flask) -> None:
    with pytest.raises(TypeError, match="status"):
        writing.edit(new(), status="revoked")
