"""The register and the 高企 workbook through the import, then the ladder against the truth, firm by firm."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import decide, work
from crm.imports.plan import Options
from models.base import db
from models.figures import registry
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.record import Firm
from models.importing import ImportRow
from models.title import Title

pytestmark = [pytest.mark.shared, pytest.mark.slow]

DAYS = (date(2023, 12, 31), date(2025, 11, 30), date(2026, 10, 31))


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def run_import(path: Path, options: Options | None = None) -> int:
    report = work.run_file(path.read_bytes(), path.name, options or Options())
    return int(report["id"])


def decide_from_truth(run_id: int, truth: dict[tuple[str, int], str]) -> None:
    """Decide every held row as a person who knows the truth would: the firm by its code, or a new firm."""
    while held := decide.held_rows(run_id):
        row = held[0]
        code = truth[row.sheet.strip(), row.row]
        known = db.session.scalar(select(Firm.code).where(Firm.code == code))
        decide.decide(run_id, row.sheet, row.row, known or "new", None)
        db.session.commit()


@dataclass(frozen=True)
class Certificate:
    """One line of the truth."""

    code: str
    year: int
    issued_on: date
    ends_on: date


def certificates(path: Path) -> list[Certificate]:
    return [
        Certificate(line["统一社会信用代码"], int(line["认定年度"]), date.fromisoformat(line["发证日期"]),
                    date.fromisoformat(line["有效期至"]))
        for line in table(path)
    ]  # fmt: skip


@pytest.mark.parametrize("confirmed", [True, False], ids=["taken as 公告", "2025 still 公示"])
def test_the_ladder_equals_the_truth_for_every_firm_the_two_files_identify(
    confirmed: bool, lite_app: Flask, shared: Path
) -> None:
    run_import(shared / "register/南京江宁_企业登记.csv")
    workbook = next((shared / "lists").glob("江宁区高新技术企业认定名单*.xlsx"))
    run_id = run_import(workbook, Options(confirm_notice=confirmed))
    lines = [line for line in table(shared / "truth/match_truth.csv") if line["文件"].endswith(workbook.name)]
    truth = {(line["工作表"].strip(), int(line["行号"])): line["真实统一社会信用代码"] for line in lines}
    outside = {(line["工作表"].strip(), int(line["行号"])) for line in lines if line["是否在主登记册"] == "否"}
    decide_from_truth(run_id, truth)
    stored = (
        select(ImportRow.sheet, ImportRow.row, Firm.code)
        .outerjoin(Firm, Firm.id == ImportRow.firm_id)
        .where(ImportRow.import_id == run_id)
        .order_by(ImportRow.id)
    )
    places = {(sheet.strip(), row): code for sheet, row, code in db.session.execute(stored)}
    assert set(places) == set(truth)
    assert {place: code for place, code in places.items() if code not in (None, truth[place])} == {}
    unidentified = sorted(place for place, code in places.items() if code is None)
    print("outside the register and without a code:", unidentified)
    assert set(unidentified) <= outside
    assert len(unidentified) <= 10
    identified = {code for code in places.values() if code}
    held = certificates(shared / "truth/certs_truth.csv")
    for day in DAYS:
        for notice in (False, True):
            expected = {
                one.code
                for one in held
                if one.code in identified
                and one.issued_on <= day <= one.ends_on
                and (one.year == 2025 and not confirmed) is notice
            }
            key = "title.hnte.provisional" if notice else "title.hnte.in_force"
            figure = registry.find(key)
            found = set(
                db.session.scalars(select(Firm.code).where(Firm.id.in_(figure.rows(Period.up_to(day), Scope()))))
            )
            assert found - {None} == expected, f"{key} {day}"


def test_the_command_counts_the_same_firms(lite_app: Flask, shared: Path) -> None:
    run_import(shared / "register/南京江宁_企业登记.csv")
    workbook = next((shared / "lists").glob("江宁区高新技术企业认定名单*.xlsx"))
    run_import(workbook, Options(confirm_notice=True))
    for day in DAYS:
        answer = lite_app.test_cli_runner().invoke(args=["funnel", "--on", day.isoformat(), "--json"])
        counts = json.loads(answer.stdout)
        titles = [(t.firm_id, t.issued_on, t.ends_on) for t in db.session.scalars(select(Title)) if not t.provisional]
        in_force = {firm for firm, issued, ends in titles if issued <= day <= (ends or day)}
        waiting = {firm for firm, _, ends in titles if ends and ends < day <= date(ends.year, 12, 31)} - in_force
        assert counts["rungs"]["hnte"] == counts["titles"]["hnte"]["in_force"] == len(in_force)
        assert counts["rungs_with_pending"]["hnte"] == len(in_force | waiting)
        assert counts["titles"]["hnte"]["pending_renewal"] == len(waiting)
        founded = db.session.scalars(select(Firm.founded_on).where(Firm.merged_into_id.is_(None))).all()
        present = sum(1 for known in founded if known is None or known <= day)
        assert sum(counts["rungs"].values()) == present
