"""Names of firms as matching reads them."""

import pytest

from models.rules import firm_name


@pytest.mark.parametrize(
    "written",
    [
        "云澜青禾（中国）科技有限公司",
        "云澜青禾(中国)科技有限公司",
        " 云澜青禾 （中国） 科技有限公司 ",
        "云澜青禾［中国］科技有限公司",
        "云澜青禾【中国】科技\n有限公司",
        "云澜\u200b青禾（中国）科技\u3000有限公司\ufeff",
    ],
)
def test_ways_of_writing_one_name_have_one_key(written: str) -> None:
    assert firm_name.match_key(written) == "云澜青禾(中国)科技有限公司"


def test_the_key_tells_different_names_apart() -> None:
    names = ["青禾科技有限公司", "青禾科技股份有限公司", "云澜青禾科技有限公司", "青和科技有限公司"]
    assert len({firm_name.match_key(name) for name in names}) == 4


@pytest.mark.parametrize(("written", "key"), [(None, ""), ("", ""), ("abc科技", "ABC科技"), ("ＡＢＣ科技", "ABC科技")])
def test_the_key_has_one_width_and_case(written: str | None, key: str) -> None:
    assert firm_name.match_key(written) == key


@pytest.mark.parametrize(
    ("written", "name", "former"),
    [
        ("云澜青禾科技有限公司（原云澜石桥机电有限公司）", "云澜青禾科技有限公司", ("云澜石桥机电有限公司",)),
        ("云澜青禾科技有限公司(原名：云澜石桥机电有限公司)", "云澜青禾科技有限公司", ("云澜石桥机电有限公司",)),
        (
            "云澜青禾科技有限公司（曾用名:云澜石桥(集团)有限公司）",
            "云澜青禾科技有限公司",
            ("云澜石桥（集团）有限公司",),
        ),
        ("云澜青禾科技有限公司（原甲田公司、乙田公司）", "云澜青禾科技有限公司", ("甲田公司", "乙田公司")),
        ("云澜青禾科技有限公司（中国）", "云澜青禾科技有限公司（中国）", ()),
        ("云澜原野科技中心（有限合伙）", "云澜原野科技中心（有限合伙）", ()),
    ],
)
def test_a_former_name_in_brackets_is_taken_apart(written: str, name: str, former: tuple[str, ...]) -> None:
    assert firm_name.split_former(written) == firm_name.Written(name, former)


@pytest.mark.parametrize(
    ("name", "place", "core", "trade", "form"),
    [
        ("云澜市青禾信息技术有限公司", "云澜市", "青禾", "信息技术", "有限公司"),
        ("青禾（云澜）机电股份有限公司", "云澜", "青禾", "机电", "股份有限公司"),
        ("云澜青禾新材料科技有限公司", "云澜", "青禾", "新材料科技", "有限公司"),
        ("云澜科技有限公司", "云澜", "科技", "", "有限公司"),
        ("云澜石桥铸造厂", "云澜", "石桥铸造", "", "厂"),
        ("云澜青禾创业投资中心（有限合伙）", "云澜", "青禾创业", "投资", "中心"),
    ],
)
def test_a_name_is_taken_apart(name: str, place: str, core: str, trade: str, form: str) -> None:
    assert firm_name.split(name, ("云澜",)) == firm_name.Parts(place, core, trade, form)


@pytest.mark.parametrize(
    ("name", "answer"),
    [("云澜青禾科技有限公司", True), ("青禾科技", False), ("有限公司", False), ("青禾公司", False), ("", False)],
)
def test_a_full_name_is_told_from_a_short_one(name: str, answer: bool) -> None:
    assert firm_name.full(name) is answer


@pytest.mark.parametrize(
    "written",
    [
        "云澜青禾科技有限公司*",
        "云澜青禾科技有限公司①",
        "云澜青禾科技有限公司（注1）",
        "云澜青禾科技有限公司2",
        "云澜青禾科技有限公司 ★",
        "3、云澜青禾科技有限公司",
        "云澜青禾科技有限公司（注）※",
    ],
)
def test_marks_of_footnotes_are_no_part_of_a_name(written: str) -> None:
    assert firm_name.split_former(written) == firm_name.Written("云澜青禾科技有限公司")


@pytest.mark.parametrize(
    "written",
    [
        "云澜青禾科技有限公司（由云澜石桥机电有限公司更名）",
        "云澜青禾科技有限公司（云澜石桥机电有限公司更名而来）",
        "云澜青禾科技有限公司，原云澜石桥机电有限公司",
        "云澜青禾科技有限公司【曾用名：云澜石桥机电有限公司】",
        "云澜青禾科技有限公司（更名前名称：云澜石桥机电有限公司）*",
    ],
)
def test_former_names_are_written_in_many_ways(written: str) -> None:
    assert firm_name.split_former(written) == firm_name.Written("云澜青禾科技有限公司", ("云澜石桥机电有限公司",))


@pytest.mark.parametrize(
    ("name", "core", "trade"),
    [
        ("云澜石桥市政工程有限公司", "石桥市政", "工程"),
        ("云澜港佳超市有限公司", "港佳超市", ""),
        ("云澜市青禾区石桥市政工程有限公司", "石桥市政", "工程"),
        ("云澜青禾社区服务有限公司", "青禾社区", "服务"),
        ("云澜造币有限公司", "造币", ""),
    ],
)
def test_not_every_word_of_a_place_ends_one(name: str, core: str, trade: str) -> None:
    parts = firm_name.split(name, ("云澜",))
    assert (parts.core, parts.trade) == (core, trade)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("云澜青禾科技有限公司石桥分公司", True),
        ("云澜青禾科技有限公司（石桥分公司）", True),
        ("云澜青禾科技有限公司营业部", True),
        ("云澜青禾科技有限公司", False),
        ("云澜青禾分布式能源有限公司", False),
    ],
)
def test_a_branch_is_told_from_its_firm(name: str, answer: bool) -> None:
    assert firm_name.is_branch(name) is answer
