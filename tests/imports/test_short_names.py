"""Short names of an officer's notes: certain only where one firm alone can be meant; else held with candidates."""

import pytest

from crm.imports import short_names
from crm.imports.index import Index
from crm.imports.kinds import Row
from models.rules import firm_name, uscc

FIRMS = (
    "云澜青石新能源科技有限公司",
    "云澜石桥建材科技集团有限公司",
    "云澜渔湾机械有限公司",
    "云澜渔湾机械设备有限公司",
    "青禾北渡精密模具有限公司",
    "云澜北渡精密模具有限公司",
    "溪原（云澜）机电有限公司",
    "云澜东皋智能科技股份有限公司",
    "云澜望溪信息技术有限公司",
    "云澜南圃自动化工程有限公司第一分公司",
    "云澜南圃自动化工程有限公司",
)


@pytest.fixture(scope="module")
def index() -> Index:
    made = Index(["云澜", "青禾"])
    for number, name in enumerate(FIRMS, 1):
        made.add(number, None, None, name)
    return made


def row(name: str, code: str = "") -> Row:
    written = firm_name.split_former(name)
    return Row("", 2, [], written.name, written.former, uscc.classify(code))


@pytest.mark.parametrize(
    "name, firm",
    [
        ("青石新能源科技", "云澜青石新能源科技有限公司"),
        ("云澜青石新能源科技", "云澜青石新能源科技有限公司"),
        ("云澜青石新能源科技有限公司", "云澜青石新能源科技有限公司"),
        ("望溪信息技术", "云澜望溪信息技术有限公司"),
        ("东皋智能科技股份", "云澜东皋智能科技股份有限公司"),
        ("东皋智能科技", "云澜东皋智能科技股份有限公司"),
        ("石桥建材科技集团", "云澜石桥建材科技集团有限公司"),
        ("南圃自动化工程", "云澜南圃自动化工程有限公司"),
    ],
)
def test_the_whole_of_a_name_but_place_and_form_is_certain(name: str, firm: str, index: Index) -> None:
    found = short_names.match_row(row(name), index)
    assert found.firm_id == FIRMS.index(firm) + 1, found.reason


@pytest.mark.parametrize(
    "name, candidate",
    [
        ("渔湾机械", "云澜渔湾机械有限公司"),
        ("渔湾机械", "云澜渔湾机械设备有限公司"),
        ("北渡精密模具", "青禾北渡精密模具有限公司"),
        ("北渡精密模具", "云澜北渡精密模具有限公司"),
        ("望溪", "云澜望溪信息技术有限公司"),
        ("望溪信息", "云澜望溪信息技术有限公司"),
        ("东皋", "云澜东皋智能科技股份有限公司"),
    ],
)
def test_what_may_mean_another_is_held_with_its_candidates(name: str, candidate: str, index: Index) -> None:
    found = short_names.match_row(row(name), index)
    assert found.how == "none" and found.firm_id is None
    assert FIRMS.index(candidate) + 1 in [one.firm_id for one in found.candidates], found


@pytest.mark.parametrize("name", ["机电", "（云澜）机电", "机电（云澜）", "新能源", "科技", "无此企业科技", "石桥"])
def test_words_of_trade_name_nobody(name: str, index: Index) -> None:
    assert short_names.match_row(row(name), index).firm_id is None


def test_a_firm_added_later_is_known(index: Index) -> None:
    own = Index(["云澜"])
    own.add(1, None, None, "云澜西泽生物制药有限公司")
    assert short_names.match_row(row("西泽生物制药"), own).firm_id == 1
    own.add(2, None, None, "云澜西泽生物制药设备有限公司")
    assert short_names.match_row(row("西泽生物制药"), own).firm_id is None
