"""The shared register and 高新技术企业 workbook, imported as an officer would, held rows decided by the truth."""

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crm.imports import decide, work
from crm.imports.plan import Options
from models.base import db
from models.firm import Firm

REGISTER = "register/南京江宁_企业登记.csv"
HNTE = "lists/江宁区高新技术企业认定名单（2022-2025）.xlsx"


def truth_of(folder: Path, name: str) -> dict[tuple[str, int], str]:
    """(sheet, row) → the code of the firm that is really meant."""
    with (folder / "truth/match_truth.csv").open(encoding="utf-8-sig") as lines:
        return {
            (line["工作表"], int(line["行号"])): line["真实统一社会信用代码"]
            for line in csv.DictReader(lines)
            if line["文件"] == name
        }


def import_file(folder: Path, name: str, **options: Any) -> dict[str, Any]:
    """Import one file; returns its report."""
    return work.run_file((folder / name).read_bytes(), name.rpartition("/")[2], Options(**options))


def import_both(folder: Path, **options: Any) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """Import both files and decide each held row whose firm is known by then; returns the report of the workbook and
    the rows that stay held: firms outside the register without a code anywhere."""
    import_file(folder, REGISTER)
    report = import_file(folder, HNTE, **options)
    truth = truth_of(folder, HNTE)
    left = []
    for row in decide.held_rows(report["id"]):
        code = truth[row.sheet, row.row]
        if db.session.scalar(select(Firm.id).where(Firm.code == code)) is None:
            left.append((row.sheet, row.row))
            continue
        decide.decide(report["id"], row.sheet, row.row, code, None)
        db.session.commit()
    return report, left
