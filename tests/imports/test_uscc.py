"""Codes of firms, case by case: examples of rules.md section 7 and what spreadsheets do to them."""

import pytest

from models.rules import uscc

VALID = (
    "914403001922038216",
    "9144030071526726XG",
    "91330100716105852F",
    "12100000400000624D",
    "91350100M000100Y43",
)


@pytest.mark.parametrize("code", VALID)
def test_the_examples_of_the_standard_are_valid(code: str) -> None:
    assert uscc.check_character(code[:17]) == code[17]
    assert uscc.classify(code) == uscc.Code("uscc", code, warning=uscc.classify(code).warning)


@pytest.mark.parametrize("code", VALID)
def test_another_last_character_is_broken(code: str) -> None:
    others = [uscc.classify(code[:17] + last) for last in uscc.ALPHABET if last != code[17]]
    assert {(other.kind, other.code) for other in others} == {("broken", "")}


def test_two_swapped_neighbours_are_broken() -> None:
    code = "91330100716105852F"
    for place in range(8, 16):
        if code[place] != code[place + 1]:
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert uscc.classify(swapped).kind == "broken", swapped


@pytest.mark.parametrize(
    ("written", "kind", "code"),
    [
        ("  91330100716105852f ", "uscc", "91330100716105852F"),
        ("91330100 7161 05852F", "uscc", "91330100716105852F"),
        ("９１３３０１００７１６１０５８５２Ｆ", "uscc", "91330100716105852F"),
        ("'91330100716105852F", "uscc", "91330100716105852F"),
        ("9133\u200b0100716105852F", "uscc", "91330100716105852F"),
        ("91330100716105852", "broken", ""),
        ("91330100716105852FF", "broken", ""),
        ("91350100M000100Y4Z", "broken", ""),
        ("91350100M0OO1O0Y43", "broken", ""),
        ("9135A100M000100Y43", "broken", ""),
        ("0" * 18, "broken", ""),
        ("0" * 15, "broken", ""),
        ("320121000012345", "regno", "320121000012345"),
        (320121000012345, "regno", "320121000012345"),
        (320121000012345.0, "regno", "320121000012345"),
        ("320121000012345.0", "regno", "320121000012345"),
        ("3201212345678", "regno", "3201212345678"),
        ("320115na000123x", "regno", "320115NA000123X"),
        ("企合苏宁总字第001234号", "other", "企合苏宁总字第001234号"),
        ("企独苏总副字第000123", "other", "企独苏总副字第000123"),
        ("71610585-2", "other", "71610585-2"),
        ("3201211234", "other", "3201211234"),
        ("320121", "broken", ""),
        ("9.13E+17", "ruined", ""),
        ("9.13201E+17", "ruined", ""),
        ("913e15", "ruined", ""),
        (9.1330100716105e17, "ruined", ""),
        (913301007161058520, "ruined", ""),
        ("913301007161058000.0", "ruined", ""),
        ("", "blank", ""),
        (None, "blank", ""),
        (" / ", "blank", ""),
        ("N/A", "blank", ""),
        ("无", "blank", ""),
        ("——", "blank", ""),
        ("待办理中", "broken", ""),
    ],
)
def test_a_written_code_is_sorted_and_never_repaired(written: object, kind: str, code: str) -> None:
    found = uscc.classify(written)
    assert (found.kind, found.code) == (kind, code)
    assert (found.reason == "") == found.usable


def test_the_letter_o_is_never_read_as_zero() -> None:
    assert "O" in uscc.classify("9133O100716105852F").reason


def test_the_organisation_check_only_warns() -> None:
    assert uscc.organisation_check_character("71526726") == "X"
    good = "91330100" + "71526726" + "X"
    bad = "91330100" + "71526726" + "1"
    assert uscc.classify(good + uscc.check_character(good)).warning == ""
    doubtful = uscc.classify(bad + uscc.check_character(bad))
    assert doubtful.kind == "uscc"
    assert doubtful.warning


def test_a_character_outside_the_alphabet_has_no_check_character() -> None:
    with pytest.raises(ValueError, match="alphabet"):
        uscc.check_character("91330100716105I52")


@pytest.mark.parametrize(
    ("written", "code", "answer"),
    [
        (9.14403001922038e17, "914403001922038216", True),
        (9.14403001922039e17, "914403001922038216", True),
        (9.14403001922048e17, "914403001922038216", False),
        ("9.144E+17", "914403001922038216", True),
        ("9.133E+17", "914403001922038216", False),
        ("9.144E+17", "91440300192203821X", False),
    ],
)
def test_what_is_left_of_a_ruined_code_can_confirm_or_contradict(written: object, code: str, answer: bool) -> None:
    assert uscc.may_become(code, uscc.classify(written).fragment) is answer
