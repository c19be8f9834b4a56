"""Matching against the truth of the shared lists: how many rows find their firm, how many a wrong one."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.imports import clean, match, read, recognise
from crm.imports.index import Index
from crm.imports.kinds import Row

pytestmark = pytest.mark.shared
REGISTER = "register/南京江宁_企业登记.csv"
HNTE = "lists/江宁区高新技术企业认定名单（2022-2025）.xlsx"


def rows_of(folder: Path, name: str) -> Iterator[Row]:
    for sheet in read.read((folder / name).read_bytes(), name):
        table = recognise.recognise(sheet, name.rpartition("/")[2])
        if table is not None:
            yield from clean.clean(table)


def truth_of(folder: Path, name: str) -> dict[tuple[str, int], str]:
    with (folder / "truth/match_truth.csv").open(encoding="utf-8-sig") as lines:
        return {
            (line["工作表"], int(line["行号"])): line["真实统一社会信用代码"]
            for line in csv.DictReader(lines)
            if line["文件"] == name
        }


def outcome(register: list[Row], rows: list[Row], truth: dict[tuple[str, int], str]) -> dict[str, int]:
    """Rows matched rightly, wrongly, held though their firm is there, and the rest."""
    index = Index()
    codes: dict[int, str] = {}
    for number, row in enumerate(register, 1):
        index.add(number, row.code.code, row.code.kind, row.name)
        codes[number] = row.code.code
    index.learn_places()
    held_back = set(codes.values())
    counts = dict.fromkeys(("in_register", "right", "held", "wrong", "new"), 0)
    for row in sorted(rows, key=lambda row: not row.code.usable):
        true = truth[row.sheet, row.row]
        found = match.match(row, index)
        counts["in_register"] += true in held_back
        if found.how == "new":
            counts["new"] += 1
            counts["wrong"] += row.code.code != true
            codes[-len(codes)] = row.code.code
            index.add(-len(codes) + 1, row.code.code, row.code.kind, row.name)
        elif found.firm_id is not None:
            counts["wrong"] += codes[found.firm_id] != true
            counts["right"] += codes[found.firm_id] == true and true in held_back
        else:
            counts["held"] += true in held_back
    return counts


def test_the_list_finds_its_firms_in_the_register(shared: Path) -> None:
    register, rows, truth = list(rows_of(shared, REGISTER)), list(rows_of(shared, HNTE)), truth_of(shared, HNTE)
    assert {(row.sheet, row.row) for row in rows} == set(truth)
    counts = outcome(register, rows, truth)
    print(f"{HNTE}: {counts}")
    assert counts["right"] >= 0.995 * counts["in_register"]
    assert counts["wrong"] <= len(rows) / 2000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_with_a_fifth_of_the_firms_gone_none_becomes_another(shared: Path, seed: int) -> None:
    register, rows, truth = list(rows_of(shared, REGISTER)), list(rows_of(shared, HNTE)), truth_of(shared, HNTE)
    left = random.Random(seed).sample(register, len(register) * 4 // 5)
    counts = outcome(left, rows, truth)
    print(f"{HNTE}, seed {seed}: {counts}")
    assert counts["wrong"] <= 0.002 * (len(rows) - counts["in_register"])
    assert counts["right"] >= 0.99 * counts["in_register"]
