"""What rule books compare with their limits: each measure is a small tree over figures, so that the exact evaluator
and the one for many firms (``crm/assessing``) read the same definition.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import inf

from models.rules.assess.firm import UNKNOWN, Firm, Interval, Number, exactly

#: What a quotient is when its divisor is 0: too low for every minimum, too high for every maximum, or for a person.
TOO_LOW, TOO_HIGH, ASK = -inf, inf, None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, of the year so many years back (1 is the latest accounting year; 0 for one without a year)."""

    name: str
    back: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """The sum of a figure over the last three accounting years, or those a younger firm has (32号)."""

    name: str


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of figures."""

    parts: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """One over the other, less `less`; `zero` is what a divisor of 0 makes of it."""

    top: "Figure | Window | Total"
    bottom: "Figure | Window | Total | int"
    less: int = 0
    zero: float | None = TOO_LOW


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth rate of 195号 三（七）4 over three years, two for a younger firm; see `growth_rate`."""

    name: str


Tree = Figure | Window | Total | Quotient | Growth


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared: its tree, label and unit (% for a share), and the figure one would change (`lever`).

    step: the smallest change of the lever that means something; 0 for any. squared: the limit is a yearly rate over
    two years and the tree the quotient of the two ends.
    """

    label: str
    unit: str
    tree: Tree
    lever: Figure | None = None
    step: int = 0
    squared: bool = False


def _share(label: str, top: Figure | Window, bottom: Figure | Window, lever: Figure | None = None,
           step: int = 0, zero: float | None = TOO_LOW) -> Measure:  # fmt: skip
    return Measure(
        label, "%", Quotient(top, bottom, zero=zero), lever or (top if isinstance(top, Figure) else None), step
    )


def _plain(label: str, unit: str, figure: Figure, step: int = 0) -> Measure:
    return Measure(label, unit, figure, figure, step)


_RD, _RD_BEFORE = Figure("rd_expense", 1), Figure("rd_expense", 2)
_SELF, _OTHER, _CLASS2 = Figure("class1_self"), Figure("class1_transferred"), Figure("class2_any")

MEASURES: dict[str, Measure] = {
    "staff_total": _plain("职工总数", "人", Figure("staff_total"), 1),
    "sales": _plain("上年销售收入", "万元", Figure("sales_revenue", 1)),
    "assets": _plain("上年末资产总额", "万元", Figure("total_assets", 1)),
    "revenue": _plain("上年营业收入", "万元", Figure("revenue", 1)),
    "rd_last": _plain("上年研发费用", "万元", _RD),
    "rd_before": _plain("前年研发费用", "万元", _RD_BEFORE),
    "rd_two_years": Measure("近两年研发费用", "万元", Total((_RD, _RD_BEFORE)), _RD),
    "equity_two_years": _plain("近两年新增股权融资", "万元", Figure("equity_two_years")),
    "equity_three_years": _plain("近三年新增股权融资", "万元", Figure("equity_three_years")),
    "segment_years": _plain("从事细分市场年限", "年", Figure("segment_years")),
    "quality_score": _plain("本年发展评价得分", "分", Figure("quality_score")),
    "market_share": _plain("市场占有率", "%", Figure("market_share")),
    "market_rank": _plain("国内排名", "名", Figure("market_rank"), 1),
    "days_registered": Measure("注册至今", "天", Figure("days_registered"), Figure("days_registered"), 1),
    "national_award_rank": Measure("近三年国家科技奖励名次", "名", Figure("national_award_rank")),
    "national_award_rank_five": Measure("近五年国家科技奖励名次", "名", Figure("national_award_rank_five")),
    "provincial_award_rank": Measure("近三年省部级以上科技奖励名次", "名", Figure("provincial_award_rank")),
    "class1": Measure("Ⅰ类", "项", Total((_SELF, _OTHER)), _SELF, 1),
    "class1_self": _plain("自主Ⅰ类", "项", _SELF, 1),
    "class1_high_value": _plain("高价值Ⅰ类", "项", Figure("class1_high_value"), 1),
    "class2": _plain("Ⅱ类", "项", _CLASS2, 1),
    "class2_kept": _plain("维持两年以上的Ⅱ类", "项", Figure("class2_kept"), 1),
    "ip_all": Measure("知识产权", "项", Total((_SELF, _OTHER, _CLASS2)), _CLASS2, 1),
    "tech_staff_share": _share("科技人员占比", Figure("tech_staff"), Figure("staff_total"), step=1),
    "tech_staff_share_now": _share("科技人员占比", Figure("tech_staff_now"), Figure("staff_total_now"), step=1),
    "rd_to_sales": _share("研发费用占销售收入", _RD, Figure("sales_revenue", 1)),
    "rd_to_cost": _share("研发费用占成本费用支出", _RD, Figure("cost_and_expense", 1)),
    "rd_to_revenue": _share("上年研发费用占营业收入", _RD, Figure("revenue", 1)),
    "rd_to_revenue_before": _share("前年研发费用占营业收入", _RD_BEFORE, Figure("revenue", 2)),
    "rd_three_years_to_sales": _share("近三年研发费用占销售收入", Window("rd_expense"), Window("sales_revenue"), _RD),
    "rd_domestic_share": _share("境内研发费用占比", Figure("rd_domestic_three_years"), Window("rd_expense")),
    "hightech_share": _share("高新技术产品（服务）收入占比", Figure("hightech_income", 1), Figure("total_income", 1)),
    "main_share": _share("主营业务收入占比", Figure("main_revenue", 1), Figure("revenue", 1)),
    "debt_ratio": _share("资产负债率", Figure("total_liabilities", 1), Figure("total_assets", 1), zero=TOO_HIGH),
    "main_growth": Measure(
        "主营业务收入增长率", "%",
        Quotient(Figure("main_revenue", 1), Figure("main_revenue", 2), less=1, zero=ASK), Figure("main_revenue", 1),
    ),
    # R(t) >= R(t-2) x 1.05²: a start from nothing passes.
    "compound_growth": Measure(
        "营业收入两年复合增长率", "%", Quotient(Figure("revenue", 1), Figure("revenue", 3), zero=TOO_HIGH),
        Figure("revenue", 1), squared=True,
    ),
    "conversions_per_year": Measure("年均科技成果转化", "项", Quotient(Figure("conversions_three_years"), 3)),
    "net_asset_growth": Measure("净资产增长率", "%", Growth("net_assets")),
    "sales_growth": Measure("销售收入增长率", "%", Growth("sales_revenue")),
}  # fmt: skip


def evaluate(tree: Tree, firm: Firm) -> Interval:
    """The exact value of a tree for a firm."""
    match tree:
        case Figure(name, back):
            return firm.figure(name, back)
        case Total(parts):
            found = [firm.figure(part.name, part.back) for part in parts]
            return Interval(_add([part.low for part in found]), _add([part.high for part in found]))
        case Window(name):
            return _window(name, firm)
        case Quotient():
            return _quotient(tree, firm)
        case Growth(name):
            rate = growth_rate(name, firm)
            return UNKNOWN if rate is None or isinstance(rate, str) else exactly(rate)


def _add(numbers: list[Number]) -> Number:
    # A fraction beside an infinity must not become a float that has lost digits.
    return next((number for number in numbers if isinstance(number, float)), None) or sum(numbers, Fraction(0))


def _window(name: str, firm: Firm) -> Interval:
    values = [firm.figure(name, back).value for back in firm.years()]
    known = [value for value in values if value is not None]
    return exactly(sum(known, Fraction(0))) if values and len(known) == len(values) else UNKNOWN


def _quotient(tree: Quotient, firm: Firm) -> Interval:
    top = evaluate(tree.top, firm).value
    bottom = Fraction(tree.bottom) if isinstance(tree.bottom, int) else evaluate(tree.bottom, firm).value
    if bottom == 0 and (top is not None or tree.zero is ASK):
        return UNKNOWN if tree.zero is None else Interval(tree.zero, tree.zero)
    if top is None or bottom is None:
        # Nothing of whatever is nothing.
        return exactly(-tree.less) if top == 0 and tree.zero == TOO_LOW else UNKNOWN
    return exactly(top / bottom - tree.less)


def growth_rate(name: str, firm: Firm) -> Fraction | str | None:
    """½(N₂/N₁ + N₃/N₂) − 1 with the zeros, short lives and negatives of 195号 三（七）4.

    Answers the rate; None when a figure is unknown; "human" where a negative base leaves the rate without meaning.
    What the guideline gives 0 points for (no base, one year of business) is a rate of 0.
    """
    years = list(firm.years())
    values = [firm.figure(name, back).value for back in reversed(years)]
    if len(values) < 2:
        return Fraction(0)
    *earlier, base, last = values
    if base == 0:
        return Fraction(0)
    if (base is not None and base < 0) or any(value is not None and value < 0 for value in earlier):
        return "human"
    if last is None or base is None or any(value is None for value in earlier):
        return None
    if not earlier or earlier[0] == 0:
        return last / base - 1
    return (base / earlier[0] + last / base) / 2 - 1 if earlier[0] is not None else None


def missing(tree: Tree, firm: Firm) -> list[str]:
    """The flat names of the figures that leave a tree unknown, in the order they stand in it."""
    match tree:
        case Figure(name, back):
            return [] if firm.figure(name, back).known else _sources(name, back, firm)
        case Total(parts):
            return [figure for part in parts for figure in missing(part, firm)]
        case Window(name) | Growth(name):
            return [figure for back in firm.years() for figure in missing(Figure(name, back), firm)]
        case Quotient(top, bottom):
            return missing(top, firm) + ([] if isinstance(bottom, int) else missing(bottom, firm))


def undefined(tree: Tree, firm: Firm) -> list[str]:
    """The figures that make a quotient meaningless although they are all known: a divisor of 0 that no rule covers, a
    negative base. Empty for a tree that has a value, or lacks a figure."""
    if evaluate(tree, firm).value is not None or missing(tree, firm):
        return []
    if isinstance(tree, Growth):
        return [f"{tree.name}_{firm.on.year - back}" for back in firm.years()]
    bottom = tree.bottom if isinstance(tree, Quotient) else tree
    return _sources(bottom.name, bottom.back, firm) if isinstance(bottom, Figure) else []


#: Measures' own names of figures that stand under another one in the contract.
_STANDS_AS = {
    "class1_self": ("ip.class1_self",),
    "class1_transferred": ("ip.class1_transferred",),
    "class1_high_value": ("ip.class1_high_value",),
    "class2_any": ("ip.class2_any",),
    "class2_kept": ("ip.class2_kept_two_years",),
    "equity_two_years": ("equity_paid_in.two_years",),
    "equity_three_years": ("equity_paid_in.three_years",),
    "days_registered": ("registered",),
    "staff_total_now": ("staff_total",),
    "tech_staff_now": ("tech_staff",),
    "national_award_rank": ("awards.national_rank_within_three_years",),
    "national_award_rank_five": ("awards.national_rank_within_five_years",),
    "provincial_award_rank": ("awards.provincial_rank_within_three_years",),
}


def _sources(name: str, back: int, firm: Firm) -> list[str]:
    if name == "revenue":
        return [firm.key("operating_revenue", back)]
    if name == "quality_score":
        return [f"quality_score_{firm.on.year}"]
    return list(_STANDS_AS.get(name, (firm.key(name, back),)))


def stands_as(figure: Figure, firm: Firm) -> str:
    """The flat name under which a figure of a tree is written for this firm: what a change of it would change."""
    name = {"staff_total_now": "staff_total", "tech_staff_now": "tech_staff"}.get(figure.name, figure.name)
    if name == "revenue":
        return firm.revenue_key(figure.back)
    if name in ("staff_total", "tech_staff"):
        return firm.dated_key(name, *((0, 1) if figure.name.endswith("_now") else (1, 0)))
    if name in ("segment_years", "market_share", "market_rank", "rd_domestic_three_years"):
        return firm.dated_key(name, 1, 0)
    return _sources(name, figure.back, firm)[0]
