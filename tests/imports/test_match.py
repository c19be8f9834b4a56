"""Matching: certain or held, never guessed. Each way a list spoils a row, and what must come of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crm.imports.index import Facts, Index
from crm.imports.kinds import Row
from crm.imports.match import Match, match
from models.rules import firm_name, uscc
from models.rules.amounts import Amount
from models.rules.dates import Day
from tests.support.sheets import code_of

FIRMS = {
    1: ("云澜青禾信息技术有限公司", code_of(1)),
    2: ("云澜石桥新材料科技有限公司", code_of(4)),
    3: ("云澜溪口铸造有限责任公司", code_of(3)),
    4: ("云澜双塔贸易有限公司", code_of(40)),
    5: ("云澜双塔贸易有限公司", code_of(5)),
    6: ("云澜渔湾食品厂", "320199000012345"),
    7: ("云澜北渡物流有限公司", None),
    8: ("云澜第一石料有限公司", code_of(8)),
    9: ("云澜江湾自动化设备有限公司", code_of(9)),
    10: ("山泽江湾自动化设备有限公司", code_of(10)),
}


@pytest.fixture
def index() -> Index:
    index = Index(("云澜",))
    for firm_id, (name, code) in FIRMS.items():
        index.add(firm_id, code, uscc.classify(code).kind if code else None, name)
    index.add_name(1, firm_name.match_key("云澜旧禾软件有限公司"), "former_name")
    index.chosen[firm_name.match_key("青禾信息")] = 1
    return index


def found(index: Index, name: str, code: object = "", *, register: bool = False) -> Match:
    written = firm_name.split_former(name)
    row = Row("表", 5, [], written.name, written.former, uscc.classify(code))
    return match(row, index, makes_firms=register)


@pytest.mark.parametrize(
    ("name", "code", "how", "firm_id"),
    [
        ("云澜青禾信息技术有限公司", code_of(1), "code", 1),
        ("云澜青禾信息技术有限公司", f" {code_of(1).lower()} ", "code", 1),
        ("", code_of(1), "code", 1),
        ("云澜市青禾信息技术有限公司", code_of(1), "code", 1),
        ("云澜青禾信息技术有限责任公司", code_of(1), "code", 1),
        ("云澜晴禾信息技术有限公司", code_of(1), "code", 1),
        ("青禾信息技术", code_of(1), "code", 1),
        ("云澜旧禾软件有限公司", code_of(1), "code", 1),
        ("云澜新名机电有限公司（原云澜青禾信息技术有限公司）", code_of(1), "code", 1),
        ("云澜石桥新材料科技有限公司", "", "name", 2),
        ("云澜石桥\n新材料 科技有限公司", "/", "name", 2),
        ("云澜石桥新材料科技有限公司", "9.199E+17", "name", 2),
        ("云澜石桥新材料科技有限公司", code_of(4)[:17], "name", 2),
        ("云澜旧禾软件有限公司", "", "former_name", 1),
        ("云澜新名机电有限公司（原云澜青禾信息技术有限公司）", "", "former_name", 1),
        ("云澜市石桥新材料科技有限公司", "", "repaired", 2),
        ("云澜溪口铸造有限公司", "", "repaired", 3),
        ("云澜时桥新材料科技有限公司", code_of(4)[:17], "repaired", 2),
        ("青禾信息", "", "chosen", 1),
        ("石桥新材料科技", "", "repaired", 2),
        ("云澜石桥新材料科技", "", "repaired", 2),
        ("云澜江湾自动化设备", "", "repaired", 9),
        ("石桥新材料科技公司", "", "repaired", 2),
        ("云澜石桥新材料科技有限公司（原云澜山前机电有限公司）※", "", "name", 2),
        ("云澜渔湾食品厂", code_of(60), "name", 6),
        ("云澜北渡物流有限公司", code_of(70), "name", 7),
        ("云澜山前电子有限公司", code_of(90), "new", None),
    ],
)
def test_a_certain_row_needs_no_person(index: Index, name: str, code: str, how: str, firm_id: int | None) -> None:
    answer = found(index, name, code)
    assert (answer.how, answer.firm_id) == (how, firm_id), answer


@pytest.mark.parametrize(
    ("name", "code", "says", "candidates"),
    [
        # The code of one firm with the name of another: neither.
        ("云澜石桥新材料科技有限公司", code_of(1), "名字却不同", {1, 2}),
        ("云澜山前电子有限公司", code_of(1), "名字却不同", {1}),
        # A valid code nobody has, on the name of a firm with another code, or on nearly its name.
        ("云澜石桥新材料科技有限公司", code_of(92), "信用代码却不同", {2}),
        ("云澜市石桥新材料科技有限公司", code_of(92), "很像", {2}),
        ("云澜石乔新材料科技有限公司", code_of(92), "很像", {2}),
        # A short name that two firms can mean; a branch, which is not its firm; another numeral, another firm.
        ("江湾自动化设备", "", "相像", {9, 10}),
        ("云澜石桥新材料科技有限公司青禾分公司", "", "", set()),
        ("云澜石桥新材料科技有限公司（青禾分公司）", code_of(4), "名字却不同", {2}),
        ("云澜石桥新材料科技有限公司青禾分公司", code_of(4), "名字却不同", {2}),
        ("云澜第二石料有限公司", code_of(8), "名字却不同", {8}),
        ("云澜第二石料有限公司", "", "", {8}),
        # Namesakes, near names, short names, nothing.
        ("云澜双塔贸易有限公司", "", "2 家同名", {4, 5}),
        ("云澜石乔新材料科技有限公司", "", "相像", {2}),
        ("石桥新材料", "", "相像", {2}),
        ("云澜山前电子有限公司", "", "没有这个名字", set()),
        ("山前电子", code_of(90), "名字也不全", set()),
        ("", "", "没有企业名称", set()),
        # What is left of the code speaks against the name.
        ("云澜石桥新材料科技有限公司", "9.13E+17", "对不上", {2}),
        ("云澜石桥新材料科技有限公司", "91320000MA1WXYT12", "对不上", {2}),
    ],
)
def test_an_uncertain_row_is_held_with_its_candidates(
    index: Index, name: str, code: str, says: str, candidates: set[int]
) -> None:
    answer = found(index, name, code)
    assert (answer.how, answer.firm_id) == ("none", None), answer
    assert says in answer.reason
    assert {candidate.firm_id for candidate in answer.candidates} >= candidates
    assert bool(answer.candidates) == bool(candidates)


def test_of_namesakes_the_one_that_the_damaged_code_fits_is_meant(index: Index) -> None:
    answer = found(index, "云澜双塔贸易有限公司", code_of(5)[:17])
    assert (answer.how, answer.firm_id) == ("name", 5)


@pytest.mark.parametrize(
    ("values", "firm_id"),
    [
        ({"street": "石桥街道"}, 4),
        ({"street": "溪口"}, 5),
        ({"district": "渔湾区"}, 5),
        ({"address": "渔湾区溪口镇云溪路8号"}, 5),
        ({"founded_on": Day(date(2015, 3, 1))}, 4),
        ({"founded_on": Day(date(2019, 1, 1), "month")}, 5),
        ({"capital": Amount(Decimal(500))}, 5),
        # Facts that speak for both, for neither, or against each other decide nothing.
        ({"street": "双塔街道"}, None),
        ({"street": "石桥街道", "capital": Amount(Decimal(500))}, None),
        ({}, None),
    ],
)
def test_namesakes_are_told_apart_by_facts_that_decide(
    index: Index, values: dict[str, Any], firm_id: int | None
) -> None:
    index.facts = {
        4: Facts("云澜市青禾区石桥街道云溪路1号", "", date(2015, 3, 1), Decimal(100)),
        5: Facts("云澜市渔湾区溪口镇云溪路8号", "溪口镇", date(2019, 1, 20), Decimal(500)),
    }
    assert index.namesakes() == {4, 5}
    row = Row("表", 5, [], "云澜双塔贸易有限公司", values=values)
    assert match(row, index).firm_id == firm_id


def test_a_name_that_one_firm_bears_and_another_bore_is_held(index: Index) -> None:
    index.add_name(2, firm_name.match_key("云澜溪口铸造有限责任公司"), "former_name")
    answer = found(index, "云澜溪口铸造有限责任公司")
    assert answer.how == "none"
    assert {candidate.firm_id: candidate.why for candidate in answer.candidates} == {2: "曾用名相同", 3: "名字相同"}


def test_a_register_makes_firms_even_when_a_like_name_is_known(index: Index) -> None:
    assert found(index, "云澜石乔新材料科技有限公司", code_of(92), register=True).how == "new"
    assert found(index, "云澜石桥新材料科技有限公司", code_of(92), register=True).how == "none"


def test_a_firm_made_by_an_earlier_row_is_found_by_a_later_one(index: Index) -> None:
    index.add(-1, code_of(90), "uscc", "云澜山前电子有限公司")
    assert found(index, "云澜山前电子有限公司").firm_id == -1


def test_places_are_learnt_from_the_names_themselves() -> None:
    index = Index()
    for number in range(40):
        index.add(number, None, None, f"云澜{chr(0x4E10 + number * 7)}{chr(0x5210 + number * 3)}科技有限公司")
    index.learn_places()
    assert "云澜" in index.places
    assert index.parts("云澜青禾科技有限公司").core == "青禾"


def test_many_firms_made_known_at_once_are_as_one_after_the_other() -> None:
    firms = [(number, code, "uscc" if code else None, name) for number, (name, code) in FIRMS.items()]
    names = [
        (number, name, firm_name.match_key(name), how)
        for number, name, how in [
            (1, "云澜旧禾软件有限公司", "former_name"),
            (2, "云澜石桥新材科技有限公司", "former_name"),
            (2, "云澜石桥新材料科技有限公司", "name"),
            (2, "云澜 石桥新材料科技有限公司", "former_name"),
            (3, "云澜溪口铸造公司", "alias"),
            (3, "云澜溪口铸造公司", "former_name"),
            (4, "", "alias"),
            (99, "云澜别区有限公司", "name"),
        ]
    ]
    alone, together = Index(("云澜",)), Index(("云澜",))
    for firm in firms:
        alone.add(*firm)
    for firm_id, _, key, how in names:
        if firm_id in alone.firms:
            alone.add_name(firm_id, key, how)
    together.fill(firms, names)
    assert together.firms == alone.firms
    assert together.by_code == alone.by_code
    assert together.by_name == alone.by_name
    assert sorted(together.names) == sorted(alone.names)
    for _, name, key, _ in names:
        assert together.alike(key) == alone.alike(key), name
        assert together.same_but_for_form(key) == alone.same_but_for_form(key), name


def test_a_pair_of_characters_that_stands_in_a_name_twice_counts_once() -> None:
    index = Index()
    index.add(1, None, None, "科技科技科技有限公司")
    index.add(2, None, None, "科技科技科技厂")
    assert [firm_id for firm_id, _ in index.alike("科技科技有限公司")] == [1, 2]
    assert {pair: len(hearts) for pair, hearts in index._pairs.items()} == {"科技": 1, "技科": 1}
