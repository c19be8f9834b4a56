"""Names are read as people read them: surnames, phrases, letters between."""

import pytest

from models import pinyin


@pytest.mark.parametrize(
    "text, key",
    [
        ("云澜启衡传感", "yun lan qi heng chuan gan"),
        ("青禾银行", "qing he yin hang"),
        ("重庆路", "chong qing lu"),
        ("3D打印", "3 d da yin"),
        ("绿洲", "lv zhou"),
        ("", ""),
    ],
)
def test_a_sort_key_is_the_syllables_of_the_name(text: str, key: str) -> None:
    assert pinyin.sort_key(text) == key


def test_a_long_name_gives_a_key_that_fits_its_column() -> None:
    assert len(pinyin.sort_key("双" * 150)) == 200


@pytest.mark.parametrize(
    "name, key", [("单明", "shan ming"), ("仇远", "qiu yuan"), ("曾可", "zeng ke"), ("解清", "xie qing")]
)
def test_a_persons_surname_is_read_as_a_surname(name: str, key: str) -> None:
    assert pinyin.sort_key(name, person=True) == key


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("单氏机械", {"dsjx", "ssjx"}),
        ("仇记食品", {"cjsp", "qjsp"}),
        ("云澜曾氏机械", {"ylcsjx", "ylzsjx"}),
        ("青禾长风", {"qhcf", "qhzf"}),
        ("A股咨询", {"agzx"}),
    ],
)
def test_initials_come_in_every_reading_of_a_surname(name: str, wanted: set[str]) -> None:
    assert set(pinyin.initials(name)) == wanted


def test_a_phrase_decides_a_doubtful_character() -> None:
    assert pinyin.initials("大河云澜商业银行") == ["dhylsyyh"]


def test_readings_never_multiply_without_end() -> None:
    assert len(pinyin.initials("单曾仇解" + "长乐行重" * 10)) <= 8


@pytest.mark.parametrize(
    "letters, readings",
    [
        ("qihe", {"qi he", "qi hei", "qi hen", "qi heng"}),
        ("lvzhou", {"lv zhou"}),
        ("qh", set()),
        ("q", set()),
        ("q1", set()),
        ("启", set()),
    ],
)
def test_typed_letters_are_cut_into_syllables(letters: str, readings: set[str]) -> None:
    assert read(letters) == readings


def test_letters_that_may_be_cut_in_several_places_mean_all_of_them() -> None:
    assert {"xian", "xiang", "xi an", "xi ang"} <= read("xian")


def test_letters_that_can_be_cut_in_endless_ways_are_cut_at_once() -> None:
    assert pinyin.spellings("an" * 45 + "vv") == ()
    assert len(pinyin.spellings("an" * 45)) <= 48


def read(letters: str) -> set[str]:
    return {" ".join(pinyin.SYLLABLES[ord(sign) - 0xE000] for sign in pattern) for pattern in pinyin.spellings(letters)}


def test_the_code_of_a_syllable_never_changes() -> None:
    """Stored search lines hold these codes; a new syllable goes to the end."""
    assert (pinyin.SYLLABLES[0], pinyin.SYLLABLES[100], pinyin.SYLLABLES[300], pinyin.SYLLABLES[424]) == (
        "a",
        "gan",
        "sen",
        "zuo",
    )
    assert len(set(pinyin.SYLLABLES)) == len(pinyin.SYLLABLES)
