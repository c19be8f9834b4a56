"""Two rows that were one firm: everything moves, what wins is chosen, and taking it back is the identity."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, ForeignKey, Integer, Table, select

from models import clock
from models.base import Base, db
from models.errors import Refused
from models.figures.base import Period
from models.figures.registry import find
from models.figures.scope import Scope
from models.firm import Firm, merging, search, writing, yearly
from models.firm.merge_plan import plan, unregistered
from models.firm.names import FirmName, FirmSearch
from models.pool import PoolMember, PoolType
from models.title import Title
from models.user import User
from tests.support.browser import Browser
from tests.support.factories import make_area, make_contact, make_promise, make_title, make_user, make_visit

#: Bookkeeping and what is meant to remember the merge.
NOT_COMPARED = {"change", "firm_merge", "audit_entry", "standing_change", "assessment_stale", "user_session"}
SILENT = {"version", "updated_at"}


def new(name: str, **values: Any) -> Firm:
    firm = writing.create(name, "测试", **values)
    db.session.commit()
    return firm


def found(query: str) -> list[int]:
    return list(db.session.scalars(select(FirmSearch.firm_id).where(search.matches(search.patterns(query)))))


def test_what_hangs_on_the_one_moves_to_the_other_which_is_found_by_both(app: Flask) -> None:
    kept, gone, by = (
        new("云澜启衡传感有限公司"),
        new("启衡传感（云澜）有限公司", code="91339902MA0000592X", code_kind="uscc"),
        make_user(),
    )
    make_title(gone, "hnte", date(2024, 1, 1), date(2099, 1, 1))
    db.session.commit()
    merging.merge(kept, gone, by)
    db.session.commit()
    assert db.session.scalars(select(Title.firm_id)).all() == [kept.id]
    assert kept.code == "91339902MA0000592X" and gone.code is None
    assert found("传感云澜") == found("91339902") == [kept.id]
    assert list(db.session.scalars(find("rung.hnte").rows(Period.up_to(date(2026, 1, 1)), Scope()))) == [kept.id]


def test_the_address_of_the_firm_gone_leads_to_the_firm_kept(browser: Browser) -> None:
    kept, gone = new("云澜启衡传感有限公司"), new("启衡传感（云澜）有限公司")
    browser.sign_in(make_user(role="office"))
    preview = browser.get(f"/firms/{kept.id}/merge?other={gone.id}")
    assert preview.status_code == 200 and "移过来的" in preview.text
    done = browser.post(f"/firms/{kept.id}/merge", data={"other": gone.id})
    assert done.status_code == 302
    again = browser.post(f"/firms/{kept.id}/merge", data={"other": gone.id})
    assert again.status_code == 404
    assert browser.get(f"/firms/{gone.id}").location == f"/firms/{kept.id}"
    assert "“启衡传感（云澜）有限公司”并入" in browser.get(f"/firms/{kept.id}").text
    assert gone.name not in browser.get("/firms/").text
    assert browser.post(done.location + "/undo").status_code == 302
    assert browser.get(f"/firms/{gone.id}").status_code == 200


def test_the_search_for_the_other_one_offers_the_same_name_first(browser: Browser) -> None:
    kept = new("云澜启衡传感有限公司")
    twin = writing.create("云澜启衡传感有限公司", "测试")
    browser.sign_in(make_user(role="manager"))
    assert f"other={twin.id}" in browser.get(f"/firms/{kept.id}/merge").text
    assert f"other={twin.id}" in browser.get(f"/firms/{kept.id}/merge?q=qh").text


def test_the_firm_kept_wins_where_both_have_a_value_unless_a_person_chooses(app: Flask) -> None:
    kept, gone, by = (
        new("甲材料有限公司", address="望溪路 1 号"),
        new("乙材料有限公司", address="石桥路 2 号", kind="合伙企业"),
        make_user(),
    )
    assert {field.columns[0]: field.from_gone for field in plan(kept, gone).fields} == {"kind": True, "address": False}
    merging.merge(kept, gone, by, ["address"])
    assert (kept.address, kept.kind) == ("石桥路 2 号", "合伙企业")


def test_the_like_of_what_the_firm_kept_has_stays_behind(app: Flask) -> None:
    kept, gone = new("甲材料有限公司"), new("乙材料有限公司")
    for firm in (kept, gone):
        make_title(firm, "hnte", date(2024, 1, 1), number="GR1")
        yearly.record(firm.id, "staff_total", 2025, Decimal(10), "企业填报")
        writing.add_tag([firm], "低空经济")
    make_title(gone, "tech_sme", date(2025, 3, 1), date(2025, 12, 31))
    stays = {move.moves.name: (len(move.rows), move.stay) for move in plan(kept, gone).moves}
    assert stays == {"名称": (1, 0), "年度数据": (0, 1), "标签": (0, 1), "资质": (1, 1)}


def test_a_new_table_that_does_not_say_how_it_merges_stops_every_merge(app: Flask) -> None:
    kept, gone, by = new("甲材料有限公司"), new("乙材料有限公司"), make_user()
    table = Table(
        "firm_novelty", Base.metadata, Column("id", Integer, primary_key=True), Column("firm_id", ForeignKey("firm.id"))
    )
    try:
        with pytest.raises(Refused, match="firm_novelty"):
            merging.merge(kept, gone, by)
    finally:
        Base.metadata.remove(table)
    assert unregistered(Base.metadata.tables) == []


def test_a_firm_is_not_merged_with_itself_or_twice(app: Flask) -> None:
    kept, gone, third, by = new("甲材料有限公司"), new("乙材料有限公司"), new("丙材料有限公司"), make_user()
    with pytest.raises(Refused, match="同一家"):
        merging.merge(kept, kept, by)
    merging.merge(kept, gone, by)
    with pytest.raises(Refused, match="合并过"):
        merging.merge(third, gone, by)


def test_an_earlier_merge_waits_until_a_later_one_is_taken_back(app: Flask) -> None:
    one, two, three, by = new("甲材料有限公司"), new("乙材料有限公司"), new("丙材料有限公司"), make_user()
    first = merging.merge(two, one, by)
    second = merging.merge(three, two, by)
    assert found("甲") == [three.id]
    with pytest.raises(Refused, match="先撤销后来"):
        merging.unmerge(first, by)
    assert merging.unmerge(second, by) == [] and found("甲") == [two.id]
    assert merging.unmerge(first, by) == [] and found("甲") == [one.id]
    with pytest.raises(Refused, match="已经撤销"):
        merging.unmerge(first, by)


def test_what_changed_since_is_left_and_said(app: Flask) -> None:
    kept, gone, by = new("甲材料有限公司"), new("乙材料有限公司", address="石桥路 2 号"), make_user()
    title = make_title(gone, "hnte", date(2024, 1, 1))
    record = merging.merge(kept, gone, by)
    writing.edit(kept, address="望江路 3 号")
    db.session.delete(db.session.get(Title, title.id))
    db.session.flush()
    assert merging.unmerge(record, by) == ["资质：1 条后来删除或移走了", "注册地址：后来改过，没有退回"]
    assert kept.address == "望江路 3 号"


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a merge may touch, without bookkeeping."""
    db.session.commit()
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in NOT_COMPARED:
            columns = [column for column in table.columns if column.name not in SILENT]
            found[table.name] = sorted(map(tuple, db.session.execute(select(*columns))), key=repr)
    return found


def some_firm(dice: random.Random, number: int, people: list[User], areas: list[int]) -> Firm:
    code = f"3201150000{number:05d}" if dice.random() < 0.5 else None
    firm = new(dice.choice(["启衡", "云澜启衡"]) + "材料有限公司", code=code, code_kind="regno" if code else None,
               address=dice.choice(["", "望溪路", "石桥路"]), care_level=dice.choice([None, "A", "B"]))  # fmt: skip
    some_day = date(2020, 1, 1) + timedelta(dice.randrange(1500))
    for key in dice.sample(["tech_sme", "hnte", "srdi_sme"], dice.randint(0, 3)):
        make_title(firm, key, date(2021 + dice.randint(0, 1), 1, 1), number=dice.choice(["GR1", "GR2"]))
    for _ in range(dice.randint(0, 2)):
        writing.assign_officer([firm], dice.choice("AB"), dice.choice(people).id, some_day)
        writing.place([firm], "area", dice.choice(areas), some_day, "person")
        writing.add_tag([firm], dice.choice(["低空经济", "拟上市"]))
        yearly.record(firm.id, "staff_total", dice.choice([2024, 2025]), Decimal(dice.randint(1, 9)), "企业填报")
        make_contact(firm, name=f"人{number}{dice.randint(0, 9)}")
    if dice.random() < 0.5:
        writing.rename(firm, f"改名{number}材料有限公司", some_day, "登记机关")
    if dice.random() < 0.5:
        writing.set_status(firm, "moved_out", some_day, "", "登记机关")
    pool = db.session.scalars(select(PoolType).order_by(PoolType.id)).first()
    if pool is not None and dice.random() < 0.6:
        stay = PoolMember(firm_id=firm.id, type_id=pool.id, from_on=some_day, created_at=clock.now())
        db.session.add(stay)
    make_promise(firm, visit=make_visit(firm, people[0], visit_on=some_day), person=people[0])
    db.session.commit()
    return firm


@pytest.mark.parametrize("seed", range(6))
def test_merging_and_taking_it_back_is_the_identity(seed: int, app: Flask) -> None:
    dice = random.Random(seed)
    people = [make_user(), make_user()]
    areas = [make_area("青禾街道").id, make_area("石桥镇").id]
    kept, gone = some_firm(dice, 1, people, areas), some_firm(dice, 2, people, areas)
    before = everything()
    open_fields = [field.columns[0] for field in plan(kept, gone).fields if field.open]
    record = merging.merge(kept, gone, people[0], dice.sample(open_fields, len(open_fields) // 2))
    assert everything() != before
    assert merging.unmerge(record, people[1]) == []
    after = everything()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert db.session.scalars(select(FirmName.kind).where(FirmName.kind == "alias")).all() == []
