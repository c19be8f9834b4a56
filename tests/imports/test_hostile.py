"""Broken and hostile files: a clear message, nothing more, and memory within bounds."""

import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from crm.imports import clean, read, recognise
from crm.imports.read import ImportRefused, limits
from models.rules import dates
from tests.support import hostile
from tests.support.sheets import csv_bytes, name_of, register_rows, xlsx_bytes

ROOT = Path(__file__).parents[2]
#: Of the process that reads, everything it loads included.
MOST_MEMORY = 900 * 1024 * 1024


def through(data: bytes, name: str = "名单.xlsx") -> str:
    """Read, recognise and clean; returns the refusal, or what came of it."""
    try:
        rows = 0
        for sheet in read.read(data, name):
            table = recognise.recognise(sheet, name, "register")
            rows += sum(1 for _ in clean.clean(table)) if table else 0
        return f"{rows} rows"
    except ImportRefused as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (hostile.good(), "29 rows"),
        (hostile.good()[:-700], "损坏"),
        (hostile.good()[:100], "损坏"),
        (hostile.entities(), "打不开|里面没有数据|0 rows"),
        (hostile.outside_entity(), "打不开|里面没有数据|0 rows"),
        (hostile.wide(), "太大"),
        (hostile.unaddressed(640, 16_000), "太大"),
        (hostile.many_merged(300_000), "合并的单元格太多"),
        (hostile.shared_strings(1, 10_000_000, 1_000), "太大"),
        (hostile.blank_rows(100_000), "里面没有数据"),
        (hostile.changed({"xl/vbaProject.bin": b"\0" * 100}), "29 rows"),
        (hostile.changed({"xl/workbook.bin": b"\0"}), "xlsb"),
        (hostile.changed({"xl/worksheets/sheet1.xml": b""}), "打不开|没有数据"),
        (hostile.changed({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='1'><c>"}), "打不开|没有数据"),
        (xlsx_bytes({"空": []}), "里面没有数据"),
        (hostile.old_header(), "打不开|损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "打不开|损坏"),
        (b"\x00\x01\x02" * 500, "认不出"),
        (b"{\\rtf1 abc}", "文字文档"),
    ],
    ids=[str(number) for number in range(19)],
)  # fmt: skip
def test_a_broken_or_hostile_workbook_is_refused_or_read_but_never_breaks(data: bytes, says: str) -> None:
    answer = through(data)
    assert re.search(says, answer), answer


TEXTS = {
    "lone quote": (csv_bytes(register_rows([1, 2, 3])).replace("云澜".encode(), '"云澜'.encode(), 1), "引号"),
    "quote within": (csv_bytes(register_rows([1, 2, 3])).replace("云溪路".encode(), '5"管'.encode(), 1), "3 rows"),
    "cut within a sign": (csv_bytes(register_rows([1, 2, 3]))[:-5], "断了|3 rows"),
    "cut in GB18030": (csv_bytes(register_rows([1, 2, 3]), "gb18030")[:-5], "认不出|3 rows"),
    "a stray zero": (csv_bytes(register_rows([1, 2, 3])).replace("石桥街道".encode(), b"\x00", 1), "3 rows"),
    "UTF-16 without mark": (csv_bytes(register_rows([1, 2, 3]), "utf-16-le"), "3 rows"),
    "UTF-16 the other way": (csv_bytes(register_rows([1, 2, 3]), "utf-16-be"), "3 rows"),
    "cut in UTF-16": (csv_bytes(register_rows([1, 2, 3]), "utf-16")[:-3], "3 rows"),
    "both encodings": (
        csv_bytes(register_rows([1, 2, 3]), "utf-8") + csv_bytes(register_rows([4, 5])[1:], "gb18030"),
        "5 rows",
    ),
    "one line in another": (
        csv_bytes(register_rows([1, 2, 3]), "utf-8") + b"\xff\xfe\xfd,\x81\r\n" + csv_bytes([["甲"]], "utf-8"),
        "第 5 行起",
    ),
    "semicolons": (csv_bytes(register_rows([1, 2, 3]), delimiter=";"), "3 rows"),
    "bars": (csv_bytes(register_rows([1, 2, 3]), delimiter="|"), "3 rows"),
}


@pytest.mark.parametrize("which", TEXTS)
def test_broken_text_is_refused_or_read_whole(which: str) -> None:
    data, says = TEXTS[which]
    answer = through(data, "名单.csv")
    assert re.search(says, answer), answer


def test_both_encodings_in_one_file_give_the_same_names() -> None:
    (sheet,) = read.read(TEXTS["both encodings"][0], "名单.csv")
    assert [row[0] for row in sheet.rows[1:]] == [name_of(number) for number in range(1, 6)]


def test_a_formula_without_a_value_is_a_problem_and_no_guess() -> None:
    header = ["企业名称", "统一社会信用代码", "注册资金", "注册地址"]
    data = xlsx_bytes(
        {"表 &一": [header, [name_of(1), "=A1&B1", "=100+1", "石桥街道1号"], [name_of(2), "", "30万元", "石桥街道2号"]]}
    )
    (sheet,) = read.read(data, "登记.xlsx")
    assert sheet.unvalued == {(1, 1), (1, 2)}
    table = recognise.recognise(sheet, "登记.xlsx", "register")
    assert table is not None
    first, second = clean.clean(table)
    assert {(problem.column, problem.message[:6]) for problem in first.problems} == {
        ("统一社会信用代码", "公式没有存下"),
        ("注册资金", "公式没有存下"),
    }
    assert second.problems == []


def test_text_that_looks_like_a_command_stays_text() -> None:
    data = csv_bytes([["企业名称", "注册地址"], [name_of(1), "=cmd|' /C calc'!A0"], [name_of(2), "@SUM(1+1)*cmd"]])
    assert read.read(data, "a.csv")[0].rows[1][1] == "=cmd|' /C calc'!A0"


def test_macros_and_other_files_are_named_and_left_alone() -> None:
    data = hostile.changed({"xl/vbaProject.bin": b"\0" * 9, "xl/externalLinks/externalLink1.xml": b"<x/>"})
    notes = read.read(data, "名单.xlsm")[0].notes
    assert [note[:4] for note in notes] == ["文件带宏", "文件引用"]


def test_dates_no_calendar_has_are_no_dates() -> None:
    (sheet,) = read.read(hostile.dates_out_of_range(), "a.xlsx")
    refused = []
    for cell in sheet.rows[0]:
        try:
            day = dates.parse(cell)
        except ValueError as error:
            refused.append(str(error))
        else:
            assert day is None or isinstance(cell, date | datetime)
    assert set(refused) <= {"不是日期", "年份 1899 不对", "没有这一天"}


def test_merged_ranges_that_lie_over_each_other_take_no_time() -> None:
    merged = [(1, 0, 900_000, 0)] * 2_000
    sheet = read.Sheet("表", register_rows(range(1, 1_000)), merged=merged)
    assert recognise.recognise(sheet, "登记.xlsx") is not None


def test_what_mutations_make_of_files_is_read_or_refused() -> None:
    answers = [through(data) for data in [*hostile.mutations(7, 60), *hostile.inner_mutations(7, 60)]]
    refused = sum(not answer.endswith("rows") for answer in answers)
    print(f"{len(answers)} broken files: {refused} refused, the others read")
    assert all(answer.endswith("rows") or re.search(r"[\u4e00-\u9fff]{4}", answer) for answer in answers)


HEAVY = {
    "wide": hostile.wide,
    "shared": lambda: hostile.shared_strings(1_000, 2_000, 90_000),
    "blank rows": lambda: hostile.blank_rows(1_000_000),
    "merged": lambda: hostile.many_merged(190_000),
    "entities": hostile.entities,
    "old": hostile.old_header,
}
CHILD = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000,) * 2)
sys.path.insert(0, sys.argv[1])
from crm.imports import read
began = time.time()
try:
    print(sum(len(sheet.rows) for sheet in read.read(sys.stdin.buffer.read(), "a.xlsx")), "rows")
except read.ImportRefused as refused:
    print(refused)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, round(time.time() - began, 1))
"""


@pytest.mark.slow
@pytest.mark.parametrize("which", HEAVY)
def test_memory_is_bounded(which: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(ROOT)], input=HEAVY[which](), capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    answer, measured = done.stdout.decode().strip().splitlines()[-2:]
    memory, seconds = measured.split()
    print(f"{which}: {answer} ({int(memory) // 1024} MB, {seconds} s)")
    assert int(memory) * 1024 < MOST_MEMORY
    assert limits.MOST_CELLS <= 10_000_000
