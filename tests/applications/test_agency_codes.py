"""The code of an agency is a code, and one agency has it."""

import pytest
from flask import Flask

from models.errors import Refused
from models.rules.uscc import check_character
from tests.support.application_factories import make_agency

FIRST = "91320115MA1KX0001"
CODE = FIRST + check_character(FIRST)
WRONG = FIRST + ("0" if CODE[-1] != "0" else "1")


@pytest.mark.parametrize("code", [WRONG, FIRST, "12345", "320115000012345"])
def test_what_is_no_code_is_refused_and_nothing_changes(lite_app: Flask, code: str) -> None:
    row = make_agency()
    before = row.code
    with pytest.raises(Refused, match="信用代码不对"):
        row.write(row.name, code, "", active=True, reason="")
    assert row.code == before


def test_a_code_is_kept_in_one_spelling_and_stands_once(app: Flask) -> None:
    row, other = make_agency(), make_agency()
    row.write(row.name, f" {CODE.lower()} ", "", active=True, reason="")
    row.write(row.name, CODE, "", active=True, reason="")
    assert row.code == CODE
    with pytest.raises(Refused, match="已用这个信用代码"):
        other.write(other.name, CODE, "", active=True, reason="")
    for blank in ("", "无"):
        other.write(other.name, blank, "", active=True, reason="")
        assert other.code == ""
