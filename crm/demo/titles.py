"""How a demo firm climbed: titles over the years, pools, and how it left."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crm.demo.words import DIVISION

Row = dict[str, Any]

#: Days on which certificates of the demo province were announced.
HNTE_DAYS = ((11, 6), (11, 18), (12, 8))


@dataclass
class FirmHistory:
    """What one firm was granted, joined, and when it left the district (status, day)."""

    titles: list[Row] = field(default_factory=list)
    pools: list[Row] = field(default_factory=list)
    left: tuple[str, date] | None = None


def firm_history(rng: random.Random, firm: Row, today: date) -> FirmHistory:
    """A plausible history up to this day: most climb slowly, some lapse, are revoked, wait or leave."""
    history = FirmHistory()
    oldest = max(firm["founded_on"].year + 1, today.year - 6)
    if firm["field"] and oldest < today.year:
        strength = rng.random()
        if strength > 0.25:
            _tech_sme(rng, history, oldest, today)
        if strength > 0.45:
            _hnte(rng, history, oldest, today)
        if strength > 0.72:
            _srdi(rng, history, oldest, today, little_giant=strength > 0.93)
        if strength > 0.6:
            _badge(rng, history, "innovative_sme", oldest, today)
        if strength > 0.95:
            _badge(rng, history, "gazelle", oldest, today)
    if rng.random() < 0.45:
        _pool(rng, history, today)
    if rng.random() < 0.03:
        status = rng.choice(("moved_out", "deregistered"))
        history.left = (status, today - timedelta(days=rng.randrange(5, 500)))
    history.titles.sort(key=lambda title: (title["issued_on"], title["type"]))
    return history


def _title(kind: str, number: str, issued: date, ends: date, **more: Any) -> Row:
    return {
        "type": kind,
        "number": number,
        "batch": more.pop("batch", ""),
        "field": "",
        "issued_on": issued,
        "issued_precision": "day",
        "ends_on": ends,
        "revoked_on": None,
        "revoked_reason": "",
        "noticed_on": None,
        "provisional": False,
        **more,
    }


def _tech_sme(rng: random.Random, history: FirmHistory, oldest: int, today: date) -> None:
    for year in range(max(oldest, rng.randrange(oldest, today.year + 1)), today.year + 1):
        issued = date(year, rng.choice((7, 8, 9)), rng.randrange(1, 28))
        if rng.random() < 0.8 and issued <= today:
            serial = f"{rng.randrange(10**8):08d}"
            history.titles.append(
                _title(
                    "tech_sme",
                    f"{year}{DIVISION}{serial}",
                    issued,
                    date(year, 12, 31),
                    batch=f"{year} 年第{issued.month - 6}批",
                )
            )


def _hnte(rng: random.Random, history: FirmHistory, oldest: int, today: date) -> None:
    year = rng.randrange(oldest, today.year + 1)
    while year <= today.year:
        month, day = rng.choice(HNTE_DAYS)
        issued = date(year, month, day)
        fresh = issued > today - timedelta(days=20)
        if issued > today and not fresh:
            break
        issued = min(issued, today - timedelta(days=rng.randrange(1, 10)))
        title = _title(
            "hnte",
            f"GR{year}99{rng.randrange(10**6):06d}",
            issued,
            date(year + 3, issued.month, issued.day),
            provisional=fresh,
            noticed_on=issued if fresh else None,
        )
        if not fresh and rng.random() < 0.03:
            revoked = issued + timedelta(days=rng.randrange(60, 900))
            if revoked <= today:
                title |= {"revoked_on": revoked, "revoked_reason": "累计两年未报年报"}
        history.titles.append(title)
        if title["revoked_on"] or rng.random() > 0.8:
            break
        year += 3


def _srdi(rng: random.Random, history: FirmHistory, oldest: int, today: date, *, little_giant: bool) -> None:
    for kind in ("srdi_sme", "little_giant") if little_giant else ("srdi_sme",):
        issued = date(rng.randrange(max(oldest, today.year - 4), today.year + 1), 6, rng.randrange(10, 28))
        while issued <= today:
            ends = date(issued.year + 3, issued.month, issued.day) - timedelta(days=1)
            history.titles.append(_title(kind, "", issued, ends, batch=f"{issued.year} 年"))
            if rng.random() > 0.75:
                break
            issued = ends + timedelta(days=1)


def _badge(rng: random.Random, history: FirmHistory, kind: str, oldest: int, today: date) -> None:
    issued = date(rng.randrange(max(oldest, today.year - 3), today.year + 1), 3, rng.randrange(1, 28))
    if issued <= today:
        history.titles.append(
            _title(kind, "", issued, date(issued.year + 3, issued.month, issued.day) - timedelta(days=1))
        )


def _pool(rng: random.Random, history: FirmHistory, today: date) -> None:
    entered = today - timedelta(days=rng.randrange(20, 900))
    left = entered + timedelta(days=rng.randrange(30, 700)) if rng.random() < 0.3 else None
    if left and left > today:
        left = None
    history.pools.append(
        {
            "type": rng.choice(("cultivation_pool", "cultivation_pool", "sme_to_hnte", "srdi_pool")),
            "from_on": entered,
            "to_on": left,
            "plan_year": entered.year + 1,
            "reason": "摸排入库",
            "exit_reason": "已认定" if left else "",
        }
    )
