"""The shared ledger: which cells are not read and why, figures against the cells, firms against the truth."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from crm.imports import engine, unread
from crm.imports.plan import Options
from models.base import db
from models.firm import Firm
from models.firm.yearly import FirmFigure
from models.importing import ImportRow
from tests.support import shared_import
from tests.support.factories import make_area
from tests.support.shared_import import REGISTER, import_file

pytestmark = [pytest.mark.shared, pytest.mark.slow]
LEDGER = "ledger/江宁区科技企业培育台账_2025.xlsx"
#: Why a cell may go unread. Everything else is a fault of ours.
RIGHT = (
    r"行号",
    r"信用代码应是 18 位，这里有 1\d 位",
    r"信用代码里不会有 [OI]",
    r"街镇园区里没有“其他”，这些企业按地址推定",
)
STREETS = (
    "东山街道 横溪街道 江宁街道 汤山街道 淳化街道 湖熟街道 禄口街道 秣陵街道 谷里街道 麒麟街道"
    " 江宁开发区 江宁滨江开发区"
)
FIGURES = {
    10: ("operating_revenue", 2023), 11: ("rd_expense", 2023), 12: ("operating_revenue", 2024),
    13: ("rd_expense", 2024), 14: ("staff_total", 2024), 15: ("tech_staff", 2024),
    16: ("invention_patents", 2025), 17: ("utility_models", 2025), 18: ("software_copyrights", 2025),
}  # fmt: skip


def test_every_cell_is_read_or_says_why(lite_app: Flask, shared: Path) -> None:
    for name in STREETS.split():
        make_area(name)
    db.session.commit()
    import_file(shared, REGISTER)
    data = (shared / LEDGER).read_bytes()
    plan = engine.prepare(data, LEDGER.rpartition("/")[2], Options())
    said = Counter((one.header.rpartition("/")[2], one.why) for one in unread.unread_cells(plan))
    for (header, why), cells in said.most_common():
        print(f"{cells:5} {header}: {why}")
    assert [why for _, why in said if not any(re.fullmatch(reason, why) for reason in RIGHT)] == []


def test_firms_and_figures(lite_app: Flask, shared: Path) -> None:
    import_file(shared, REGISTER)
    began = perf_counter()
    report = import_file(shared, LEDGER)
    print(f"{report['rows']} rows in {perf_counter() - began:.1f} s")
    truth = shared_import.truth_of(shared, LEDGER)
    sure = [match for match in report["matches"] if match["how"] != "none"]
    assert [match for match in sure if match["code"] != truth[match["sheet"], match["row"]]] == []
    print(f"{len(sure)} of {report['rows']} matched; the others are renamed firms, their renaming unknown here")
    assert len(sure) >= 0.975 * report["rows"]
    _figures_are_those_of_the_cells(shared, {match["row"] for match in sure})


def _figures_are_those_of_the_cells(shared: Path, rows: set[int]) -> None:
    """Each figure in the unit of its column, against what the cell says read in another way."""
    query = select(ImportRow.row, FirmFigure).join(ImportRow, ImportRow.id == FirmFigure.import_row_id)
    found = {(row, one.key, one.year): one for row, one in db.session.execute(query)}
    sheet = load_workbook(shared / LEDGER, read_only=True).worksheets[0]
    yuan, compared = 0, Counter[str]()
    for number, cells in enumerate(sheet.iter_rows(min_row=4, values_only=True), start=4):
        for column, (key, year) in FIGURES.items():
            cell = cells[column - 1]
            digits = re.search(r"\d[\d,]*\.?\d*", "" if cell is None else str(cell))
            one = found.get((number, key, year))
            if number not in rows or digits is None:
                assert one is None, (number, key)
                continue
            assert one is not None, (number, key, cell)
            value = Decimal(digits[0].replace(",", "")) * (10_000 if "亿" in str(cell) else 1)
            yuan += one.value != value
            assert one.value in (value, (value / 10_000).quantize(Decimal("0.000001"))), (number, key, cell)
            assert one.approximate == ("约" in str(cell))
            compared[f"{key} {year}"] += 1
    print(f"{dict(compared)}; {yuan} in yuan")
    most = select(func.max(FirmFigure.value)).where(FirmFigure.key.in_(("operating_revenue", "rd_expense")))
    assert (db.session.scalar(most) or 0) < 1_000_000, "nothing is left ten thousand times too large"
    assert yuan < 0.03 * sum(compared.values())
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 5581, "no firm was made"
