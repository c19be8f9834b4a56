"""Fuzzing of the readers: whatever a file holds, it is read or refused in plain words, and nothing is half written."""

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from crm.imports import clean, read, recognise, work
from crm.imports.plan import Options
from crm.imports.read import ImportRefused
from models.base import db
from models.firm import Firm
from models.importing import ImportRun
from tests.support import hostile
from tests.support.laws import law
from tests.support.sheets import csv_bytes, register_rows

pytestmark = pytest.mark.proof
TEXT = csv_bytes(register_rows(range(1, 8)))
OPENINGS = (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf", TEXT[:200])


def through(data: bytes) -> int | None:
    """How many rows a file holds; None when it is refused, in plain words."""
    rows, said = 0, ""
    try:
        for sheet in read.read(data, "名单.xlsx"):
            table = recognise.recognise(sheet, "名单.xlsx", "register")
            rows += sum(1 for _ in clean.clean(table)) if table else 0
    except ImportRefused as refused:
        said = str(refused)
    assert not said or re.search(r"[\u4e00-\u9fff]{4}", said)
    return None if said else rows


@law(400, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(OPENINGS), st.binary(max_size=2_000))
def test_random_bytes(lite_app: Flask, opening: bytes, rest: bytes) -> None:
    through(opening + rest)


@law(400, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_changed_files(lite_app: Flask, seed: int) -> None:
    for data in [*hostile.mutations(seed, 3), *hostile.inner_mutations(seed, 3)]:
        through(data)


@law(300, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.text(max_size=30), max_size=8), max_size=12))
def test_any_text_in_cells(lite_app: Flask, rows: list[list[str]]) -> None:
    through(csv_bytes([*register_rows([1, 2])[:1], *rows], "utf-8-sig", ",") if rows else TEXT)


def test_a_broken_file_is_written_whole_or_not_at_all(lite_app: Flask) -> None:
    refused = 0
    for data in [*hostile.mutations(11, 60), *hostile.inner_mutations(11, 60)]:
        before = db.session.scalar(select(func.count()).select_from(Firm))
        try:
            report = work.run_file(data, "名单.xlsx", Options(kind="register"))
        except ImportRefused:
            refused += 1
            assert db.session.scalar(select(func.count()).select_from(Firm)) == before
            continue
        run = db.session.get_one(ImportRun, report["id"])
        after = db.session.scalar(select(func.count()).select_from(Firm))
        assert run.state == "applied"
        assert (after or 0) - (before or 0) <= report["created"]
    print(f"120 broken files imported: {refused} refused whole")
