"""`flask --app crm imports run|held|decide` as contracts.md has it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from models.base import db
from models.firm import Firm
from models.importing import ImportRun
from models.title import Title
from tests.support.sheets import code_of, csv_bytes, name_of, register_rows, xlsx_bytes

REPORT = {
    "id", "file", "sha256", "kind", "sheets", "rows", "created", "updated", "unchanged", "held", "rejected", "problems",
    "matches", "needs_date", "unread", "seconds",
}  # fmt: skip
LIST: list[list[Any]] = [
    ["青禾区2024年高新技术企业认定名单"],
    ["单位", "社会信用代码", "证书编号", "发证日期"],
    [name_of(1), code_of(1), "GR202499000001", "2024.10.12"],
    [name_of(7), "", "GR202499000002", "2024年10月"],
]


def call(app: Flask, *arguments: object) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["imports", *map(str, arguments)])


def answer(app: Flask, *arguments: object, status: int = 0) -> Any:
    result = call(app, *arguments, "--json")
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "企业登记.csv"
    path.write_bytes(csv_bytes(register_rows([1, 2, 3])))
    return path


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "高企.xlsx"
    path.write_bytes(xlsx_bytes({"2024年": LIST, "说明": [["请勿改动"]]}))
    return path


def test_the_report_has_the_keys_of_the_contract(lite_app: Flask, register: Path, listed: Path) -> None:
    first = answer(lite_app, "run", register)
    assert set(first) == REPORT
    assert (first["id"], first["rows"], first["created"]) == (1, 3, 3)
    second = answer(lite_app, "run", listed)
    assert second["sheets"] == [
        {
            "name": "2024年",
            "kind": "hnte",
            "header_rows": [2],
            "columns": {"name": "单位", "code": "社会信用代码", "number": "证书编号", "issued_on": "发证日期"},
        }
    ]
    assert sum(second[key] for key in ("created", "updated", "unchanged", "held", "rejected")) == second["rows"] == 2
    assert second["matches"] == [
        {"sheet": "2024年", "row": 3, "code": code_of(1), "how": "code", "score": 1.0},
        {"sheet": "2024年", "row": 4, "code": None, "how": "none", "score": 0.0},
    ]
    assert [(problem["row"], problem["column"]) for problem in second["problems"]] == [(4, "")]


def test_held_rows_are_listed_and_decided(lite_app: Flask, register: Path, listed: Path) -> None:
    call(lite_app, "run", register)
    call(lite_app, "run", listed)
    (held,) = answer(lite_app, "held", 2)
    assert set(held) == {"id", "sheet", "row", "reason", "candidates"}
    assert (held["id"], held["sheet"], held["row"]) == (2, "2024年", 4)
    assert {"code", "name"} <= set(held["candidates"][0])
    assert answer(lite_app, "held") == [held]
    assert answer(lite_app, "decide", 2, "2024年", 4, code_of(2))["effect"] == "created"
    assert answer(lite_app, "held") == []
    assert db.session.scalar(select(func.count()).select_from(Title)) == 2
    assert "已经认过" in answer(lite_app, "decide", 2, "2024年", 4, code_of(2), status=1)["error"]
    assert "没有第 99 行" in answer(lite_app, "decide", 2, "2024年", 99, "skip", status=1)["error"]
    assert "没有编号" in answer(lite_app, "held", 77, status=1)["error"]


def test_a_dry_run_says_all_and_writes_nothing(lite_app: Flask, register: Path) -> None:
    report = answer(lite_app, "run", register, "--dry-run")
    assert (report["created"], report["id"]) == (3, None)
    assert db.session.scalar(select(func.count()).select_from(Firm)) == 0
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_a_sheet_a_kind_and_a_date_can_be_given(lite_app: Flask, register: Path, tmp_path: Path) -> None:
    call(lite_app, "run", register)
    path = tmp_path / "名单.xlsx"
    rows = [["企业", "代码"], [name_of(1), code_of(1)], [name_of(2), code_of(2)]]
    path.write_bytes(xlsx_bytes({"甲": rows, "乙": rows[:2]}))
    assert "认不出" in answer(lite_app, "run", path, status=1)["error"]
    assert answer(lite_app, "run", path, "--kind", "hnte", "--sheet", "甲")["held"] == 2
    report = answer(lite_app, "run", path, "--kind", "hnte", "--sheet", "甲", "--on", "2024-10-12")
    assert (report["created"], report["rows"]) == (2, 2)
    assert "没有叫" in answer(lite_app, "run", path, "--sheet", "丙", status=1)["error"]


def test_a_refused_sheet_beside_a_good_one_is_named_and_ends_with_1(lite_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "企业登记.xlsx"
    other = [["专利清单"], ["名称", "编号"], [name_of(1), "1"], [name_of(2), "2"]]
    path.write_bytes(xlsx_bytes({"企业登记": register_rows([1, 2]), "专利": other}))
    report = answer(lite_app, "run", path, status=1)
    assert report["created"] == 2
    assert [problem["sheet"] for problem in report["problems"]] == ["专利"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["run"], 2), (["run", "没有.csv"], 2), (["run", "x", "--kind", "nothing"], 2), (["decide", "1"], 2)],
)
def test_wrong_usage_ends_with_2(lite_app: Flask, arguments: list[str], status: int) -> None:
    assert call(lite_app, *arguments).exit_code == status


def test_a_refused_file_ends_with_1_and_its_reason(lite_app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(b"%PDF-1.7")
    assert "PDF" in answer(lite_app, "run", path, status=1)["error"]
