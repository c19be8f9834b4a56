"""An exported cell can never be a formula, in no program."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from crm.documents import excel


def only_cell(value: object) -> Any:
    data, count = excel.workbook("企业", "谁", [excel.Column("一")], [[value]])
    assert count == 1
    return load_workbook(io.BytesIO(data)).active["A3"]


@pytest.mark.parametrize("text", ["=1+1", "+86 25", "-3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x.example")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    cell = only_cell(text)
    assert (cell.data_type, str(cell.value).startswith("'")) == ("s", True)


@pytest.mark.parametrize("text", ["91339902MA7QH5C31D", "320115000012345", "0012", "http://firm.example", "A=B"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    cell = only_cell(text)
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


@pytest.mark.parametrize(
    "value, written",
    [
        (12, 12),
        (Decimal("1234.5"), 1234.5),
        (date(2026, 11, 22), datetime(2026, 11, 22)),
        (None, None),
        (True, "是"),
        ("", None),
    ],
)
def test_values_keep_their_kind(value: object, written: object) -> None:
    assert only_cell(value).value == written


def test_the_first_line_says_who_took_it_and_when() -> None:
    line = excel.watermark("企业名单", "陆以宁", datetime(2026, 11, 22, 9, 5), "云澜区科技局")
    assert line == "企业名单　陆以宁 2026-11-22 09:05 导出　云澜区科技局　内部资料，用后妥善保管"
