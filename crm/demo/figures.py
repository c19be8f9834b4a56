"""What firms of the demo district report of their years, and what people judged of them: enough of each kind that every
title has firms that are ready, nearly there, far from it, and unknown."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm.demo.rights import add_rights
from models.rules.judgement import year_of

Row = dict[str, Any]

#: Years before this one that firms reported.
YEARS = 4
#: How firms stand: share of them, least and most revenue of the latest year, share of R&D, of main and of high-tech
#: income, of debts, in percent, and the yearly growth of all of it.
PROFILES: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    #              revenue       R&D    main    high-tech  debts   growth
    ("strong", 0.25, (1500, 18000, 5, 12, 82, 99, 68, 97, 15, 60, 8, 35)),
    ("steady", 0.35, (400, 8000, 4, 8, 65, 95, 55, 90, 25, 75, -2, 22)),
    ("weak", 0.40, (150, 5000, 1, 5, 45, 85, 20, 75, 40, 95, -20, 12)),
)
CHAMPION = (12000, 38000, 5, 9, 90, 99, 80, 98, 20, 60, 8, 25)
#: What nobody gave of a firm's figures: share of firms, and of their figures.
GIVEN = ((0.55, 1.0), (0.35, 0.75), (0.10, 0.0))

WHY = {
    "hightech_field_ok": "走访时看了研发台账和主要产品说明",
    "strategic_industry": "对照分类目录看了主导产品",
    "segment_years": "看了营业执照和历年合同",
    "market_position_ok": "看了行业协会出具的说明",
    "quality_score": "从部里平台上抄录",
    "market_share": "行业协会证明",
    "key_link_ok": "看了产业链配套证明",
    "rd_domestic_three_years": "看了研发费用辅助账",
    "conversions_three_years": "看了成果转化清单",
    "industry_excluded": "经营范围属于批发零售、餐饮等",
    "compliance_ok": "应急管理部门通报有一起较大事故",
    "expert_points.ip": "预评审专家打分",
    "expert_points.conversion": "预评审专家打分",
    "expert_points.organisation": "预评审专家打分",
    "expert_points.growth": "预评审专家打分",
}


def add_figures(rng: random.Random, district: Any, today: date, ids: Any) -> None:
    """Append yearly figures, rights and judgements of every firm that somebody looks after."""
    names = {type_id: key for key, type_id in ids.title_types.items()}
    held: dict[int, set[str]] = {}
    for title in district.rows.get("title", ()):
        if title["issued_on"] <= today <= title["ends_on"] and not title["revoked_on"] and not title["provisional"]:
            held.setdefault(title["firm_id"], set()).add(names[title["type_id"]])
    for firm in district.rows["firm"]:
        if not firm["officer_a_id"]:
            continue
        profile, shape = _profile(rng, held.get(firm["id"], set()))
        shares = _yearly(rng, district, firm["id"], shape, today)
        add_rights(rng, district, firm, profile, today)
        _judged(rng, district, firm, profile, shares, today)


def _profile(rng: random.Random, held: set[str]) -> tuple[str, tuple[int, ...]]:
    """Holders of higher titles are stronger; a few are champions."""
    if "srdi_sme" in held and rng.random() < 0.5:
        return "champion", CHAMPION
    chance = rng.random() * (0.55 if held & {"hnte", "srdi_sme"} else 0.8 if held else 1.0)
    for name, share, shape in PROFILES:
        if chance < share:
            return name, shape
        chance -= share
    return PROFILES[-1][0], PROFILES[-1][2]


def _yearly(rng: random.Random, district: Any, firm_id: int, shape: tuple[int, ...], today: date) -> Decimal:
    """The figures of the years, the latest first; returns the R&D of the last three."""
    low, high, *rest = shape
    rd, main, hightech, debts, growth = (rng.randrange(*rest[place : place + 2]) for place in range(0, len(rest), 2))
    revenue = Decimal(rng.randrange(low, high))
    staff = max(4, int(revenue) // rng.randrange(35, 90))
    technical = rng.randrange(22, 48) if rd >= 4 else rng.randrange(5, 28)
    assets = Decimal(rng.randrange(60, 180)) / 100
    known = 1.0 if shape is CHAMPION else _known(rng)
    spent = Decimal(0)
    for year in range(today.year - 1, today.year - 1 - YEARS, -1):
        total = _money(revenue * assets)
        owed = _money(total * debts / 100)
        values = {
            "operating_revenue": revenue,
            "main_revenue": _money(revenue * main / 100),
            "total_income": revenue,
            "hightech_income": _money(revenue * hightech / 100),
            "rd_expense": _money(revenue * (rd * 100 + rng.randrange(0, 60)) / 10_000),
            "cost_and_expense": _money(revenue * rng.randrange(82, 104) / 100),
            "total_assets": total,
            "total_liabilities": owed,
            "net_assets": total - owed,
            "tax_paid": _money(revenue * rng.randrange(1, 7) / 100),
            "staff_total": Decimal(staff),
            "tech_staff": Decimal(staff * technical // 100),
            "rd_staff": Decimal(staff * technical * 7 // 1000),
        }
        spent += values["rd_expense"] if year >= today.year - 3 else 0
        for key, value in values.items():
            if rng.random() < known:
                district.add(
                    "firm_figure", firm_id=firm_id, key=key, year=year, value=value, source="企业填报",
                    source_on=date(year + 1, 4, 20),
                )  # fmt: skip
        revenue = _money(revenue * 100 / (100 + growth + rng.randrange(-3, 4)))
        staff = max(4, staff - rng.randrange(-1, 6))
    return spent


def _known(rng: random.Random) -> float:
    """Which part of its figures a firm gave."""
    chance = rng.random()
    for share, given in GIVEN:
        if chance < share:
            return given
        chance -= share
    return GIVEN[-1][1]


def _judged(rng: random.Random, district: Any, firm: Row, profile: str, spent: Decimal, today: date) -> None:
    """What an officer said of the firm; of the weak ones nobody has said much."""
    if not firm["industry_code"] and rng.random() < 0.5:
        _say(district, firm, "industry_excluded", "yes", today - timedelta(days=90), today)
    if rng.random() < 0.04:
        _say(district, firm, "compliance_ok", "no", today - timedelta(days=60), today)
    if rng.random() > {"champion": 1.0, "strong": 0.8, "steady": 0.45, "weak": 0.1}[profile]:
        return
    good = profile in ("champion", "strong")
    said = {
        "hightech_field_ok": "yes" if rng.random() < 0.9 else "no",
        "strategic_industry": "yes" if rng.random() < 0.6 else "no",
        "segment_years": str(min(rng.randrange(2, 14), max(1, today.year - 1 - firm["founded_on"].year))),
        "rd_domestic_three_years": f"{spent * rng.randrange(80, 101) / 100:.2f}",
        "conversions_three_years": str(rng.randrange(9, 19) if good else rng.randrange(1, 10)),
    }
    if profile == "champion":
        said |= {"market_position_ok": "yes", "segment_years": "8"}
        said |= {"quality_score": str(rng.randrange(57, 92))} if rng.random() < 0.75 else {}
        said |= {"market_share": str(rng.randrange(8, 32)), "key_link_ok": "yes" if rng.random() < 0.85 else "no"}
    elif rng.random() < (0.85 if good else 0.5):
        said |= {"market_position_ok": "yes" if good or rng.random() < 0.4 else "no"}
        said |= {"quality_score": str(rng.randrange(48, 82) if good else rng.randrange(30, 60))}
    if rng.random() < 0.5:
        parts = (("ip", 30), ("conversion", 30), ("organisation", 20), ("growth", 20))
        least = 68 if good else 52
        for part, most in parts:
            said[f"expert_points.{part}"] = str(most * rng.randrange(least, 93) // 100)
    day = today - timedelta(days=rng.randrange(10, 200))
    for key, answer in said.items():
        _say(district, firm, key, answer, max(day, date(today.year, 1, 4)), today)


def _say(district: Any, firm: Row, key: str, answer: str, on: date, today: date) -> None:
    district.add(
        "firm_judgement", firm_id=firm["id"], key=key, year=year_of(key, today), answer=answer, why=WHY[key],
        said_on=min(on, today), said_by_id=firm["officer_a_id"],
    )  # fmt: skip


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
