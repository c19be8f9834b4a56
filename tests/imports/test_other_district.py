"""A district nobody built the import for: its lists are recognised, their rows found, and no firm gets another's."""

import random
from collections import Counter
from functools import cache

import pytest

from crm.imports.kinds import Row
from crm.imports.match import match
from tests.support import matching
from tests.support.other_district import District, district
from tests.support.other_district.files import File

SEEDS = (1, 2, 3)
#: Lists that name firms of the register and others; changes of names are read before them.
FILES = [(file.name, file.kind) for file in district(1, 300).files]
LISTS = [name for name, kind in FILES if kind != "register"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("lite_app")]


@cache
def made(seed: int) -> District:
    return district(seed)


@cache
def read_file(seed: int, name: str) -> tuple[File, list[Row]]:
    file = next(file for file in made(seed).files if file.name == name)
    tables = matching.tables_of(file.data, file.name)
    assert {table.kind.key for table in tables} == {file.kind}
    rows = [row for table in tables for row in matching.clean.clean(table)]
    return file, rows


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", [name for name, _ in FILES])
def test_every_row_of_every_file_is_read_as_what_it_is(seed: int, name: str) -> None:
    file, rows = read_file(seed, name)
    assert {(row.sheet, row.row) for row in rows} == set(file.truth)


def figures(seed: int, known: matching.Known, name: str) -> tuple[Counter[str], Counter[str]]:
    """Figures of all rows of a file, and of those that can be known without doubt."""
    file, rows = read_file(seed, name)
    how = matching.matcher_of(file.kind)
    whole = matching.outcome(known, rows, lambda row: file.truth[row.sheet, row.row].code, how)
    sure = [row for row in rows if file.truth[row.sheet, row.row].certain]
    return whole, matching.outcome(known, sure, lambda row: file.truth[row.sheet, row.row].code, how)


def renamed(seed: int, known: matching.Known) -> None:
    """What the list of changes of name says becomes known first, as it would be imported first."""
    file, rows = read_file(seed, next(name for name, kind in FILES if kind == "rename"))
    for row in rows:
        known.rename(file.truth[row.sheet, row.row].code, row.values["new_name"])


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_find_their_firm_or_are_held(seed: int) -> None:
    register = read_file(seed, made(seed).files[0].name)[1]
    known = matching.known(register)
    renamed(seed, known)
    rows, wrong, sure, right = 0, 0, 0, 0
    for name in LISTS:
        whole, certain = figures(seed, known, name)
        print(matching.said(f"{seed} {name}", whole), matching.said("sure", certain))
        rows, wrong = rows + sum(whole[key] for key in ("in", "out")), wrong + whole["wrong"]
        sure, right = sure + certain["in"], right + certain["right"]
        assert certain["right"] >= 0.98 * certain["in"], name
    print(f"{seed}: {rows} rows, {wrong} wrong; {right} of {sure} certain rows matched ({right / sure:.2%})")
    assert wrong <= rows / 2000
    assert right >= 0.995 * sure


@pytest.mark.parametrize("seed", SEEDS)
def test_a_code_of_another_firm_is_held(seed: int) -> None:
    known = matching.known(read_file(seed, made(seed).files[0].name)[1])
    held = 0
    for name in LISTS:
        file, rows = read_file(seed, name)
        for row in rows:
            if file.truth[row.sheet, row.row].held:
                assert match(row, known.index).how == "none", (name, row.row, row.name)
                held += 1
    assert held


@pytest.mark.parametrize("seed", SEEDS)
def test_with_a_fifth_of_the_firms_gone_hardly_any_row_goes_to_another(seed: int) -> None:
    register = read_file(seed, made(seed).files[0].name)[1]
    known = matching.known(random.Random(seed).sample(register, len(register) * 4 // 5))
    renamed(seed, known)
    gone, wrong, sure, right = 0, 0, 0, 0
    for name in LISTS:
        whole, certain = figures(seed, known, name)
        gone, wrong = gone + whole["out"], wrong + whole["wrong"]
        sure, right = sure + certain["in"], right + certain["right"]
    print(f"{seed}: {gone} rows of firms that are gone, {wrong} matched to another; {right / sure:.2%} of the rest")
    assert wrong <= 0.002 * gone
    assert right >= 0.99 * sure
