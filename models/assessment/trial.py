"""What-if: figures typed over those of a firm, as they stand in the address of the card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from models.rules.assess.names import NUMBERS, amount_problem, label_of, with_year
from models.rules.assess.reading import Value, number

YES_NO = {"yes": "是", "no": "否"}


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing that may be changed on the card."""

    key: str
    label: str
    unit: str
    yes_no: bool = False


@dataclass(slots=True)
class Trial:
    """What was typed, what it means, and what cannot be."""

    typed: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Value] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


_LAST_YEAR = (
    "staff_total", "tech_staff", "sales_revenue", "main_revenue", "rd_expense", "cost_and_expense", "total_assets",
    "total_liabilities", "total_income", "hightech_income", "net_assets",
)  # fmt: skip
_EARLIER = (("rd_expense", 2), ("rd_expense", 3), ("sales_revenue", 2), ("sales_revenue", 3), ("main_revenue", 2),
            ("net_assets", 2), ("net_assets", 3))  # fmt: skip
_RIGHTS = ("ip.class1_self", "ip.class1_high_value", "ip.class2_any", "ip.class2_kept_two_years")
_OTHER = ("segment_years", "market_share", "conversions_three_years", "rd_domestic_three_years")
_EXPERTS = ("expert_points.ip", "expert_points.conversion", "expert_points.organisation", "expert_points.growth")
_CHOICES = ("titles.tech_sme", "titles.innovative_sme", "titles.srdi_sme", "titles.hnte", "market_position_ok",
            "key_link_ok", "strategic_industry", "hightech_field_ok")  # fmt: skip
#: Names under which one figure of a firm may stand: changing the first changes the others that are there.
_TOGETHER = {"sales_revenue": "operating_revenue", "operating_revenue": "sales_revenue"}
_WHOLE = (("ip.class1_high_value", "ip.class1_self"), ("ip.class2_kept_two_years", "ip.class2_any"))


def levers(on: date) -> dict[str, list[Lever]]:
    """What the card offers to change on a day, by group."""
    year = on.year - 1
    return {
        f"{year} 年": [_number(f"{key}_{year}", year) for key in _LAST_YEAR],
        "知识产权": [_number(key, year) for key in _RIGHTS],
        "前两年": [_number(f"{key}_{on.year - back}", year) for key, back in _EARLIER],
        "其他": [*(_number(f"{key}_{year}", year) for key in _OTHER), _number(f"quality_score_{on.year}", on.year),
               *(_number(key, year) for key in _EXPERTS), *(Lever(key, label_of(key), "", True) for key in _CHOICES)],
    }  # fmt: skip


def _number(key: str, year: int) -> Lever:
    name, _ = with_year(key)
    return Lever(key, label_of(key, year), "%" if name == "market_share" else NUMBERS[name].unit)


def read(args: Mapping[str, str], on: date, present: Mapping[str, Value]) -> Trial:
    """What an address asks to try. What equals the present is no change; what cannot be stays out and is named."""
    trial = Trial()
    for group in levers(on).values():
        for lever in group:
            text = args.get(lever.key, "").strip()
            if text:
                _one(trial, lever, text)
    for key, text in args.items():
        # The nearest changes may name a figure under its other name.
        if with_year(key)[0] in _TOGETHER and key not in trial.typed and text.strip() and _levers_key(key, on):
            _one(trial, Lever(key, label_of(key), "万元"), text.strip())
    trial.changes = {key: value for key, value in trial.changes.items() if present.get(key, _NOTHING) != value}
    trial.typed = {key: text for key, text in trial.typed.items() if key in trial.changes or key in trial.problems}
    _follow(trial, present)
    return trial


_NOTHING = object()


def _levers_key(key: str, on: date) -> bool:
    year = with_year(key)[1]
    return year is not None and on.year - 3 <= year < on.year


def _one(trial: Trial, lever: Lever, text: str) -> None:
    trial.typed[lever.key] = text
    if lever.yes_no:
        if text in YES_NO:
            trial.changes[lever.key] = text == "yes"
        else:
            trial.problems[lever.key] = f"{lever.label}：请选是或否"
        return
    name, _ = with_year(lever.key)
    found = number(text.replace(",", "").replace("，", ""))
    if found is None:
        trial.problems[lever.key] = f"{lever.label}：请填数字，现在写的是“{text[:20]}”"
        return
    if name == "market_share":
        found /= 100
    if fault := amount_problem(name, found):
        trial.problems[lever.key] = f"{lever.label}：{fault}"
    else:
        trial.changes[lever.key] = Fraction(found)


def _follow(trial: Trial, present: Mapping[str, Value]) -> None:
    """What must change with it: the same figure under its other name, and the whole that a part belongs to."""
    for key, value in list(trial.changes.items()):
        name, year = with_year(key)
        other = f"{_TOGETHER[name]}_{year}" if name in _TOGETHER else ""
        if other in present and other not in trial.changes:
            trial.changes[other] = value
    for part, whole in _WHOLE:
        few, many = trial.changes.get(part), trial.changes.get(whole, present.get(whole))
        if isinstance(few, Fraction) and (not isinstance(many, Fraction) or many < few):
            trial.changes[whole] = few
