"""Lists of titles, changes of name and lost titles as offices publish them, with invented names; and what to look at
afterwards."""

from datetime import date
from typing import Any

from sqlalchemy import select

from crm.imports import work
from crm.imports.plan import Options
from models.base import db
from models.firm import Firm
from models.firm.names import FirmName
from models.title import Title, TitleType
from tests.support.sheets import code_of, csv_bytes, register_rows

#: Names that no other of these resembles.
NAMES = {
    1: "云澜青禾信息技术有限公司",
    2: "云澜石桥铸造有限公司",
    3: "云澜渔湾食品股份有限公司",
    4: "云澜北渡物流有限公司",
}


def register(*numbers: int) -> bytes:
    rows = register_rows(numbers or (1, 2, 3))
    for row, number in zip(rows[1:], numbers or (1, 2, 3), strict=True):
        row[0] = NAMES[number]
    return csv_bytes(rows)


def hnte_number(serial: int, year: int = 2024) -> str:
    return f"GR{year}99{serial:06d}"


def library_number(serial: int, year: int = 2025) -> str:
    return f"{year}99010108{serial:06d}"


def run(data: bytes, name: str = "名单.csv", **options: Any) -> dict[str, Any]:
    return work.run_file(data, name, Options(**options))


def counts(report: dict[str, Any]) -> tuple[int, ...]:
    found = tuple(report[key] for key in ("created", "updated", "unchanged", "held", "rejected"))
    assert sum(found) == report["rows"]
    return found


def kinds(report: dict[str, Any]) -> list[str]:
    return [sheet["kind"] for sheet in report["sheets"]]


def titles(key: str = "hnte") -> list[tuple[str | None, date, date | None, str, bool]]:
    """Every title of a type: code, first and last day, number, whether 公示中."""
    db.session.expire_all()
    query = select(Firm.code, Title).join(Firm, Firm.id == Title.firm_id).join(TitleType).where(TitleType.key == key)
    rows = db.session.execute(query.order_by(Firm.code, Title.issued_on, Title.id))
    return [(code, one.issued_on, one.ends_on, one.number, one.provisional) for code, one in rows]


def everything() -> list[tuple[Any, ...]]:
    """Every title as a reader knows it, without numbers of rows."""
    db.session.expire_all()
    query = select(Firm.code, TitleType.key, Title).join(Firm, Firm.id == Title.firm_id).join(TitleType)
    found = [
        (
            code, key, one.number, one.batch, one.issued_on, one.issued_precision, one.ends_on, one.noticed_on,
            one.provisional, one.source, one.revoked_on,
        )
        for code, key, one in db.session.execute(query)
    ]  # fmt: skip
    return sorted(found, key=str)


def names(number: int) -> list[tuple[str, str, date | None, date | None]]:
    """The names of a firm: name, kind, first and last day; in the order of their ends."""
    db.session.expire_all()
    firm = db.session.scalars(select(Firm).where(Firm.code == code_of(number))).one()
    rows = db.session.scalars(select(FirmName).where(FirmName.firm_id == firm.id))
    found = [(row.name, row.kind, row.from_on, row.to_on) for row in rows]
    assert [name for name, kind, _, to_on in found if kind == "registered" and to_on is None] == [firm.name]
    return sorted(found, key=lambda row: (row[1], row[3] or date.max))
