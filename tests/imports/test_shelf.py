"""New firms are the same whether they were written from memory or from a shelf."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from crm.imports import apply, drafts, engine, undo, work
from crm.imports.plan import Options
from models import integrity
from models.base import db
from models.firm import Firm
from models.importing import ImportRow
from tests.imports.title_files import NAMES, register, run
from tests.support.factories import make_area
from tests.support.sheets import code_of, csv_bytes, register_rows
from tests.support.whole import whole


def names_twice() -> bytes:
    """A register that names one firm twice, and a former name of another."""
    rows: list[list[Any]] = register_rows([1, 2, 2, 3])
    for row, number in zip(rows[1:], (1, 2, 2, 3), strict=True):
        row[0] = NAMES[number]
    rows[4][0] += "（原云澜北渡物流有限公司）"
    rows[1][6] = ""
    return csv_bytes(rows)


def without_numbers(found: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """The tables an import of firms writes, without moments and without numbers that only grow."""
    db.session.expire_all()
    told = {name: len(rows) for name, rows in found.items()}
    firms = [
        (one.code, one.code_kind, one.name, one.sort_key, one.status, one.unverified, one.founded_on, one.capital,
         one.capital_currency, one.kind, one.address, one.scope, one.area_id, one.version,
         db.session.get_one(ImportRow, one.import_row_id).firm_id == one.id)
        for one in db.session.query(Firm).order_by(Firm.code)
    ]  # fmt: skip
    return told | {"firms": firms}


@pytest.mark.parametrize("data", [register(), names_twice()], ids=["plain", "twice"])
def test_the_same_firms_from_the_shelf(app: Flask, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    make_area("石桥街道")
    db.session.commit()
    before = whole()
    stands = []
    for many in (1, 10_000):
        monkeypatch.setattr(drafts, "MANY", many)
        report = run(data, "企业登记.csv")
        assert report["created"] == 3
        assert list(integrity.problems(full=True)) == []
        stands.append(without_numbers(whole()))
        linked = db.session.query(ImportRow).filter_by(import_id=report["id"])
        assert all(row.firm_id is not None for row in linked)
        undo.undo(report["id"], None)
        db.session.commit()
        assert whole() == before
    assert stands[0] == stands[1]


def test_a_shelf_that_cannot_be_written_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MANY", 1)
    data = register()
    started = work.begin(data, "企业登记.csv", Options(), None)
    plan = engine.prepare(data, "企业登记.csv", Options())
    engine.stage(started, plan)
    run(csv_bytes(register_rows([7])), "另一份企业登记.csv")
    before = whole()
    with pytest.raises(apply.Stale):
        apply.apply(started, plan)
    db.session.rollback()
    assert whole() == before
    report = run(register(), "企业登记.csv")
    assert report["created"] == 3
    assert db.session.query(Firm).filter_by(code=code_of(3)).one().name == NAMES[3]


def test_nothing_of_the_shelf_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MANY", 1)
    # A connection that another test left in the middle of an import may hold a shelf of its own still.
    db.session.remove()
    db.engine.dispose()
    run(register(), "企业登记.csv")
    assert "new_firm" not in inspect(db.engine).get_temp_table_names()
    with pytest.raises(Exception, match="new_firm"):
        db.session.execute(text("SELECT 1 FROM new_firm"))
    db.session.rollback()
