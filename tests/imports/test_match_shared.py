"""Matching against the truth of the shared lists: how many rows of each file find their firm, how many a wrong one."""

import csv
import gzip
import random
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from crm.imports.kinds import Row
from tests.support import matching
from tests.support.matching import Known

pytestmark = [pytest.mark.shared, pytest.mark.slow, pytest.mark.usefixtures("lite_app")]
REGISTER = "register/南京江宁_企业登记.csv"
OTHER_REGISTER = "register/南京栖霞_企业名录.xlsx"
WHOLE_CITY = "register/南京全市_企业登记.csv.gz"
RENAMED = "lists/高企更名公告_2025.csv"


@cache
def truth(folder: Path) -> dict[str, dict[tuple[str, int], str]]:
    """File → sheet and row → the code of the firm that is really meant."""
    found: dict[str, dict[tuple[str, int], str]] = defaultdict(dict)
    with (folder / "truth/match_truth.csv").open(encoding="utf-8-sig") as lines:
        for line in csv.DictReader(lines):
            found[line["文件"]][line["工作表"], int(line["行号"])] = line["真实统一社会信用代码"]
    return found


@cache
def rows_of(folder: Path, name: str) -> tuple[str, list[Row]]:
    """The kind of a file and its rows."""
    data = (folder / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    tables = matching.tables_of(data, name.rpartition("/")[2].removesuffix(".gz"))
    rows = [row for table in tables for row in matching.clean.clean(table)]
    return tables[0].kind.key, rows


def known(folder: Path, register: list[Row]) -> Known:
    """The firms of a register, their new names known from the list that says them."""
    firms = matching.known(register)
    for row in rows_of(folder, RENAMED)[1]:
        firms.rename(truth(folder)[RENAMED][row.sheet, row.row], row.values["new_name"])
    return firms


def outcome(folder: Path, firms: Known, name: str) -> Counter[str]:
    kind, rows = rows_of(folder, name)
    meant = truth(folder)[name]
    return matching.outcome(firms, rows, lambda row: meant[row.sheet, row.row], matching.matcher_of(kind))


def test_every_row_with_a_truth_is_read_and_no_other(shared: Path) -> None:
    for name, rows in truth(shared).items():
        assert {(row.sheet, row.row) for row in rows_of(shared, name)[1]} == set(rows), name


def test_the_rows_of_every_list_find_their_firms(shared: Path) -> None:
    firms, whole = known(shared, rows_of(shared, REGISTER)[1]), Counter[str]()
    for name in truth(shared):
        counts = outcome(shared, firms, name)
        print(matching.said(name, counts))
        whole += counts
        assert counts["in"] <= 100 or counts["right"] >= 0.98 * counts["in"], name
    print(matching.said("all", whole))
    assert whole["right"] >= 0.995 * whole["in"]
    assert whole["wrong"] <= (whole["in"] + whole["out"]) / 2000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_a_fifth_of_the_firms_gone_hardly_any_row_goes_to_another(shared: Path, seed: int) -> None:
    register = rows_of(shared, REGISTER)[1]
    firms = known(shared, random.Random(seed).sample(register, len(register) * 4 // 5))
    whole = sum((outcome(shared, firms, name) for name in truth(shared)), Counter[str]())
    print(matching.said(f"seed {seed}", whole))
    assert whole["wrong"] <= 0.002 * whole["out"]
    assert whole["right"] >= 0.99 * whole["in"]


def test_with_the_whole_city_in_the_register_no_row_goes_to_a_wrong_firm(shared: Path) -> None:
    firms = known(shared, rows_of(shared, WHOLE_CITY)[1])
    whole = sum((outcome(shared, firms, name) for name in truth(shared)), Counter[str]())
    print(matching.said("whole city", whole))
    assert whole["wrong"] == 0
    assert whole["right"] >= 0.995 * whole["in"]


def test_another_district_takes_no_rows_of_ours(shared: Path) -> None:
    """With the register of the neighbours only, every row that is not theirs is held or new; a new firm under the code
    of another can only be seen by who knows that other."""
    firms = known(shared, rows_of(shared, OTHER_REGISTER)[1])
    whole = sum((outcome(shared, firms, name) for name in truth(shared)), Counter[str]())
    print(matching.said("another district", whole))
    assert whole["right"] >= 0.995 * whole["in"]
    assert whole["wrong"] <= 0.002 * whole["out"]
