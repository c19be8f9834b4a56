"""The two shared files from end to end: titles against the truth, twice is once, held rows decided."""

import csv
from pathlib import Path
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.firm import Firm
from models.title import Title
from tests.support import shared_import
from tests.support.shared_import import HNTE, REGISTER, import_file

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def test_the_titles_are_those_of_the_truth(lite_app: Flask, shared: Path) -> None:
    report, left = shared_import.import_both(shared)
    print(f"left to a person, nothing known of the firm: {left}")
    assert len(left) <= 6
    truth = shared_import.truth_of(shared, HNTE)
    unknown = {truth[place] for place in left}
    with (shared / "truth/certs_truth.csv").open(encoding="utf-8-sig") as lines:
        wanted = {(line["统一社会信用代码"], int(line["认定年度"])): line for line in csv.DictReader(lines)}
    query = select(Firm.code, Title).join(Firm, Firm.id == Title.firm_id).order_by(Title.id)
    found = {(code, title.issued_on.year): title for code, title in db.session.execute(query)}
    assert set(found) <= set(wanted), "no firm has a title of another"
    missing = {place for place in set(wanted) - set(found) if place[0] not in unknown}
    assert missing == set()
    for place, title in found.items():
        line = wanted[place]
        assert title.number in (line["证书编号"], ""), place
        exact = title.issued_on.isoformat()
        assert line["发证日期"].startswith(exact if title.issued_precision == "day" else exact[:7]), place
    print(f"{len(found)} of {len(wanted)} titles; {sum(not title.number for title in found.values())} without a number")
    assert report["rows"] == 640


def test_both_files_again_change_nothing(lite_app: Flask, shared: Path) -> None:
    began = perf_counter()
    first = import_file(shared, REGISTER)
    print(f"register: {first['rows']} rows in {first['seconds']:.1f} s")
    assert first["created"] == first["rows"] == 5581
    import_file(shared, HNTE)
    again = [import_file(shared, REGISTER), import_file(shared, HNTE)]
    assert [(report["created"], report["updated"]) for report in again] == [(0, 0), (0, 0)]
    print(f"four imports in {perf_counter() - began:.1f} s")


def test_the_other_order_gives_the_same_titles(lite_app: Flask, shared: Path) -> None:
    """The list first: its firms are made by code, and found again by the register."""
    import_file(shared, HNTE)
    import_file(shared, REGISTER)
    import_file(shared, HNTE)
    query = select(Firm.code, Title.issued_on, Title.number).join(Firm, Firm.id == Title.firm_id)
    reverse = {tuple(row) for row in db.session.execute(query) if row[0]}
    with (shared / "truth/certs_truth.csv").open(encoding="utf-8-sig") as lines:
        truth = {(line["统一社会信用代码"], line["认定年度"]) for line in csv.DictReader(lines)}
    assert {(code, str(day)[:4]) for code, day, _ in reverse} <= truth
    print(f"{len(reverse)} titles")
    assert len(reverse) >= 0.98 * len(truth)
