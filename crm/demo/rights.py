"""Patents and software copyrights of the demo firms, with numbers that nobody was given."""

import random
from datetime import date, timedelta
from typing import Any

from models.rules.patent import check_digit, expires_on

Row = dict[str, Any]

#: Kind → its digit in a number, how many a firm of each profile has at most, and what such a right is about.
KINDS = {
    "invention": ("1", {"champion": 12, "strong": 5, "steady": 3, "weak": 1}),
    "utility_model": ("2", {"champion": 15, "strong": 9, "steady": 6, "weak": 3}),
    "software_copyright": ("", {"champion": 8, "strong": 6, "steady": 5, "weak": 2}),
}
ABOUT = (
    "控制方法",
    "检测装置",
    "在线监测系统",
    "夹具",
    "信号处理方法",
    "散热结构",
    "加工装置",
    "标定方法",
    "分选设备",
    "封装结构",
)
#: Firms of whom no list of rights came: their rights are not known.
WITHOUT = {"champion": 0.0, "strong": 0.06, "steady": 0.2, "weak": 0.35}


def add_rights(rng: random.Random, district: Any, firm: Row, profile: str, today: date) -> None:
    """Append the rights of one firm."""
    if rng.random() < WITHOUT[profile]:
        return
    for kind, (digit, most) in KINDS.items():
        for _ in range(rng.randrange(most[profile] + 1) + (3 if profile == "champion" else 0)):
            _right(rng, district, firm, kind, digit, today)


def _right(rng: random.Random, district: Any, firm: Row, kind: str, digit: str, today: date) -> None:
    filed = max(today - timedelta(days=rng.randrange(150, 3200)), firm["founded_on"] + timedelta(days=30))
    granted = filed + timedelta(days=rng.randrange(90, 1000 if kind == "invention" else 300))
    lapsed = rng.random() < 0.06
    status = "examination" if granted > today else "lapsed" if lapsed else "granted"
    if granted > today and kind == "software_copyright":
        return
    serial = len(district.rows.get("patent", ()))
    patent_id = district.add(
        "patent", number=_number(filed, digit, serial), kind=kind, title=f"一种{rng.choice(ABOUT)}",
        filed_on=filed, granted_on=granted if granted <= today else None, expires_on=expires_on(kind, filed),
        status=status, ended_on=granted + (today - granted) // 2 if status == "lapsed" else None,
    )  # fmt: skip
    bought = granted <= today and rng.random() < 0.05
    district.add(
        "patent_owner", patent_id=patent_id, position=1, name=firm["name"], firm_id=firm["id"],
        obtained="transferred" if bought else "self", assumed=False,
        transferred_on=granted + (today - granted) // 2 if bought else None,
    )  # fmt: skip


def _number(filed: date, digit: str, serial: int) -> str:
    """A number of a serial that offices do not reach in a year."""
    if not digit:
        return f"{filed.year}SR9{serial:06d}"
    stem = f"{filed.year}{digit}9{serial:06d}"
    return f"{stem}.{check_digit(stem)}"
