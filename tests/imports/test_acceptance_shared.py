"""The shared lists from the command line on an empty database, in the order an office would take them, against the
truth: which firm each row was given, the figures per file, certificates year by year."""

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import integrity
from models.base import db
from models.firm import Firm
from models.patent import Patent, PatentOwner
from models.title import Title, TitleType
from models.visit import Visit, VisitDemand

pytestmark = [pytest.mark.shared, pytest.mark.slow]

REGISTER = "register/南京江宁_企业登记.csv"
HNTE = "lists/江宁区高新技术企业认定名单（2022-2025）.xlsx"
PATENTS = "lists/专利清单_截至2026年10月.csv"
LEDGER = "ledger/江宁区科技企业培育台账_2025.xlsx"
VISITS = "ledger/企业走访服务记录.csv"
#: File and its kind, in order. Lists without any date of their own get one by --on.
FILES = (
    ("lists/高企更名公告_2025.csv", "rename"),
    (HNTE, "hnte"),
    ("lists/科技型中小企业入库公示_2025第一批.csv", "tech_sme"),
    ("lists/科技型中小企业入库公示_2025第二批.csv", "tech_sme"),
    ("lists/科技型中小企业入库公示_2025第三批.csv", "tech_sme"),
    ("lists/省级专精特新中小企业名单_2024.csv", "srdi_sme"),
    ("lists/国家级小巨人企业公示名单.xls", "little_giant"),
    ("lists/取消高企资格名单.csv", "revocation"),
    (PATENTS, "patents"),
    (LEDGER, "ledger"),
    (VISITS, "visits"),
)
#: Of a hundred rows or fewer no share is asked.
SMALL = 100


@dataclass(slots=True)
class Figures:
    """What became of the rows of one file."""

    file: str
    rows: int = 0
    in_register: int = 0
    right: int = 0
    wrong: int = 0
    absent_wrong: int = 0
    seconds: float = 0.0
    held: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the rows whose firm is in the register, how many were matched rightly without a person."""
        return self.right / self.in_register if self.in_register else 1.0

    def line(self) -> str:
        """The figures of the file as the test prints them."""
        reasons = "，".join(f"{reason} {count}" for reason, count in self.held.most_common())
        return (
            f"{self.file}: {self.rows} rows, {self.in_register} in register, {self.share:.2%} matched, "
            f"{self.wrong + self.absent_wrong} wrong, {self.seconds:.1f} s; held: {reasons or 'none'}"
        )


def truth_of(folder: Path) -> dict[str, dict[tuple[str, int], dict[str, str]]]:
    found: dict[str, dict[tuple[str, int], dict[str, str]]] = {}
    with (folder / "truth/match_truth.csv").open(encoding="utf-8-sig") as lines:
        for line in csv.DictReader(lines):
            found.setdefault(line["文件"], {})[line["工作表"], int(line["行号"])] = line
    return found


def command(app: Flask, path: Path, *arguments: str) -> dict[str, Any]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["imports", "run", str(path), *arguments, "--json"])
    assert result.exit_code == 0, f"{path.name}: {result.output[-500:]}"
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def import_all(app: Flask, folder: Path, register: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each file with its report, the register first."""
    yield REGISTER, command(app, register)
    for name, kind in FILES:
        report = command(app, folder / name, "--on", "2025-10-01")
        assert report["kind"] == kind, name
        yield name, report


def figures_of(
    name: str, report: dict[str, Any], truth: dict[tuple[str, int], dict[str, str]], kept: set[str]
) -> Figures:
    """What became of each row; kept are the codes the register has."""
    reasons = {(problem["sheet"], problem["row"]): problem["message"] for problem in report["problems"]}
    found = Figures(name, rows=report["rows"], seconds=report["seconds"])
    matches = {(match["sheet"], match["row"]): match for match in report["matches"]}
    assert set(truth) <= set(matches), f"rows that were not read: {sorted(set(truth) - set(matches))[:5]}"
    for place, line in truth.items():
        true, match = line["真实统一社会信用代码"], matches[place]
        here = true in kept
        found.in_register += here
        if match["how"] == "none":
            found.held[reasons.get(place, "")[:30]] += 1
        elif match["code"] == true:
            found.right += here
        else:
            found.wrong += here
            found.absent_wrong += not here
            found.mistakes.append(f"{place} {match['how']} {match['code']} for {true}")
        if "code_of_other_firm" in line["注入的问题"]:
            assert match["how"] == "none", f"{name} {place}: a code of another firm was not held"
    return found


def codes_of(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig") as lines:
        return {line["统一社会信用代码"] for line in csv.DictReader(lines)}


def check_certificates(folder: Path) -> tuple[int, int]:
    """Every certificate that was brought in is one of the truth; returns how many, and how many the truth has."""
    with (folder / "truth/certs_truth.csv").open(encoding="utf-8-sig") as lines:
        truth = {(line["统一社会信用代码"], int(line["认定年度"])): line for line in csv.DictReader(lines)}
    query = select(Firm.code, Title).join(Firm, Firm.id == Title.firm_id).join(TitleType, TitleType.id == Title.type_id)
    found = {
        (code, title.issued_on.year): title for code, title in db.session.execute(query.where(TitleType.key == "hnte"))
    }
    assert set(found) <= set(truth), sorted(set(found) - set(truth))
    for place, title in found.items():
        line, exact = truth[place], title.issued_on.isoformat()
        assert title.number in ("", line["证书编号"]), place
        assert line["发证日期"].startswith(exact if title.issued_precision == "day" else exact[:7]), place
    return len(found), len(truth)


def check_patents(folder: Path) -> None:
    """Every right is one row of the file, in its one way of writing, with all its owners in order."""
    with (folder / PATENTS).open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    states = Counter(row["法律状态"] for row in rows)
    found = list(db.session.execute(select(Patent.number, Patent.status, Patent.number_problem)))
    assert len({number for number, _, _ in found}) == len(found) and not any(wrong for _, _, wrong in found)
    assert len(rows) - len(found) < 0.01 * len(rows)
    assert sum(status == "granted" for _, status, _ in found) <= states["授权"]
    owners = db.session.execute(select(PatentOwner.patent_id, PatentOwner.firm_id)).all()
    several = Counter(patent_id for patent_id, _ in owners)
    print(f"patents: {len(found)}, {sum(count > 1 for count in several.values())} of several owners, {dict(states)}")
    assert {patent_id for patent_id, firm_id in owners if firm_id} == set(several)


def check_visits(report: dict[str, Any]) -> None:
    """Each matched row is a visit of its author, and what is not settled waits for review."""
    visits = db.session.scalars(select(Visit)).all()
    assert len(visits) == report["created"]
    assert all(visit.recorded_by_text and visit.import_row_id for visit in visits), "nobody there has an account"
    states = Counter((demand.handling, demand.state) for demand in db.session.scalars(select(VisitDemand)))
    print(f"demands: {dict(states)}")
    waiting = {handling for handling, state in states if state == "to_review"}
    assert waiting == {"in_hand", "to_forward"} and ("settled", "to_review") not in states


def test_an_office_brings_in_everything_it_has(lite_app: Flask, shared: Path) -> None:
    truth, kept = truth_of(shared), codes_of(shared / REGISTER)
    reports = dict(import_all(lite_app, shared, shared / REGISTER))
    found = [figures_of(name, reports[name], truth[name], kept) for name, _ in FILES]
    for figures in found:
        print(figures.line())
    rows, here = sum(one.rows for one in found), sum(one.in_register for one in found)
    wrong, right = sum(one.wrong + one.absent_wrong for one in found), sum(one.right for one in found)
    print(f"all: {rows} rows, {right / here:.3%} of {here} matched without a person, {wrong} wrong")
    assert wrong <= rows / 2000, [one.mistakes for one in found]
    assert right >= 0.995 * here
    assert [one.file for one in found if one.in_register > SMALL and one.share < 0.98] == []
    print("certificates: {} of {}".format(*check_certificates(shared)))
    check_patents(shared)
    check_visits(reports[VISITS])
    assert list(integrity.problems()) == []


@pytest.mark.proof
def test_every_file_again_changes_nothing(lite_app: Flask, shared: Path) -> None:
    list(import_all(lite_app, shared, shared / REGISTER))
    again = {
        name: (report["created"], report["updated"]) for name, report in import_all(lite_app, shared, shared / REGISTER)
    }
    assert {name: done for name, done in again.items() if done != (0, 0)} == {}


@pytest.mark.proof
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_of_firms_that_are_not_there_become_nobody_elses(
    seed: int, lite_app: Flask, shared: Path, tmp_path: Path
) -> None:
    with (shared / REGISTER).open(encoding="utf-8-sig", newline="") as lines:
        header, *rows = csv.reader(lines)
    left = random.Random(seed).sample(rows, len(rows) * 4 // 5)
    register = tmp_path / "企业登记.csv"
    with register.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([header, *left])
    truth, kept = truth_of(shared), codes_of(register)
    reports = dict(import_all(lite_app, shared, register))
    found = [figures_of(name, reports[name], truth[name], kept) for name, _ in FILES]
    absent = sum(len(truth[one.file]) - one.in_register for one in found)
    mistaken = sum(one.absent_wrong for one in found)
    print(
        f"seed {seed}: {absent} rows of firms that are gone, {mistaken} became another's; {[f.mistakes for f in found]}"
    )
    assert mistaken <= 0.002 * absent


@pytest.mark.proof
def test_both_databases_come_to_the_same(app: Flask, shared: Path) -> None:
    for name, report in import_all(app, shared, shared / REGISTER):
        print(f"{name}: {report['rows']} rows in {report['seconds']:.1f} s")
    check_certificates(shared)
    check_patents(shared)
