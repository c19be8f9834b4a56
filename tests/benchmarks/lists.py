"""Lists of invented titles and patents of the firms of a district, as offices publish them."""

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select

from crm.demo import words
from models.base import db
from models.firm import Firm
from models.rules.patent import check_digit
from tests.benchmarks.districts import District

#: Name and code of a firm.
Known = tuple[str, str]


def firms_of(made: District) -> list[Known]:
    """Every firm of a district by name and code."""
    with made.app.app_context():
        rows = db.session.execute(select(Firm.name, Firm.code).order_by(Firm.id))
        found = [(name, code or "") for name, code in rows]
        db.session.remove()
    return found


def write(path: Path, rows: Iterator[Sequence[str]]) -> Path:
    """A text table as a spreadsheet writes it."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


def tech_sme(firms: Sequence[Known], count: int) -> Iterator[Sequence[str]]:
    """A list of 科技型中小企业: number of the library, day, name and code."""
    yield ("序号", "企业名称", "统一社会信用代码", "入库登记编号", "入库日期", "所属区")
    for place, (name, code) in enumerate(picked(firms, count)):
        number = f"2025{words.DIVISION}08{place:06d}"
        yield (str(place + 1), name, code, number, "2025-06-18", f"{words.DISTRICT}区")


def hnte(firms: Sequence[Known], count: int) -> Iterator[Sequence[str]]:
    """A list of 高新技术企业: name and number of the certificate, no code."""
    yield ("序号", "企业名称", "证书编号", "发证日期", "有效期")
    for place, (name, _) in enumerate(picked(firms, count)):
        yield (str(place + 1), name, f"GR202499{place:06d}", "2024-12-16", "三年")


def patents(firms: Sequence[Known], count: int) -> Iterator[Sequence[str]]:
    """A list of rights with their owners, every tenth with a second one from outside the district."""
    yield ("专利号", "专利名称", "专利类型", "申请日", "授权公告日", "法律状态", "专利权人")
    for place, (name, _) in enumerate(picked(firms, count)):
        digits = f"20231{place:07d}"
        filed = date(2023, 1, 3) + timedelta(days=place % 300)
        owners = f"{name}；梧州理工大学" if place % 10 == 0 else name
        yield (
            f"ZL{digits}.{check_digit(digits)}", f"一种第 {place} 号装置", "发明专利", filed.isoformat(),
            (filed + timedelta(days=400)).isoformat(), "授权", owners,
        )  # fmt: skip


def picked(firms: Sequence[Known], count: int) -> list[Known]:
    """So many firms by chance, the same each time; each once where there are enough of them."""
    rng = random.Random(count)
    return rng.sample(firms, count) if count <= len(firms) else rng.choices(firms, k=count)


LISTS = {"tech_sme": tech_sme, "hnte": hnte, "patents": patents}
