"""What a firm is asked for its year: the figures, how what it writes is read, which answers are asked about again.

Doubts are questions that the firm answers by confirming or mending; only what cannot be a figure at all is refused.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.rules.amounts import parse

#: (figure, year), as a request asks for it.
Cell = tuple[str, int]

MONEY, HEADS, PIECES = "万元", "人", "件"


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure as the firm reads it: its name, its unit, what counts."""

    key: str
    label: str
    unit: str
    counts: str


@dataclass(frozen=True, slots=True)
class Group:
    """What stands on one screen."""

    key: str
    label: str
    figures: tuple[Asked, ...]


GROUPS: tuple[Group, ...] = (
    Group("staff", "人员", (
        Asked("staff_total", "职工总数", HEADS, "全年平均在册的人数，含签了合同的兼职和临时聘用（一年满 183 天）"),
        Asked("tech_staff", "科技人员", HEADS, "做研发、管研发或直接为研发服务，全年累计满 183 天的人"),
        Asked("rd_staff", "研发人员", HEADS, "直接从事研发的人，是科技人员的一部分"),
    )),
    Group("income", "收入", (
        Asked("operating_revenue", "营业收入", MONEY, "利润表第一行，主营和其他业务加在一起"),
        Asked("main_revenue", "主营业务收入", MONEY, "营业收入中主要产品和服务的部分"),
        Asked("total_income", "总收入", MONEY, "企业所得税的收入总额减去不征税收入"),
        Asked("hightech_income", "高新技术产品（服务）收入", MONEY, "用核心技术做出的产品和服务的收入，含技术性收入"),
    )),
    Group("research", "研发", (
        Asked("rd_expense", "研发费用", MONEY, "当年研发活动的全部费用，与研发费用辅助账一致"),
        Asked("cost_and_expense", "成本费用支出", MONEY, "营业成本、税金及附加、销售、管理、研发、财务费用之和"),
    )),
    Group("assets", "资产负债", (
        Asked("total_assets", "资产总额", MONEY, "资产负债表年末的资产总计"),
        Asked("total_liabilities", "负债总额", MONEY, "资产负债表年末的负债合计"),
        Asked("net_assets", "净资产", MONEY, "资产减去负债，可以是负数"),
    )),
    Group("rights", "知识产权", (
        Asked("ip_class_1", "Ⅰ类知识产权", PIECES, "有效的发明专利、植物新品种、集成电路布图等；没有就填 0"),
        Asked("ip_class_2", "Ⅱ类知识产权", PIECES, "有效的实用新型、外观设计、软件著作权；没有就填 0"),
    )),
)  # fmt: skip
FIGURES: dict[str, Asked] = {asked.key: asked for group in GROUPS for asked in group.figures}
GROUP_OF: dict[str, str] = {asked.key: group.key for group in GROUPS for asked in group.figures}
#: These may fall below zero.
MAY_BE_NEGATIVE = frozenset({"net_assets"})
#: Follows from the other two, so it is not asked for by itself.
FOLLOWS = {"net_assets": ("total_assets", "total_liabilities")}

#: More than any firm of a district has: one 万亿元, a million people, a hundred thousand rights.
MOST = {MONEY: Decimal(100_000_000), HEADS: Decimal(1_000_000), PIECES: Decimal(100_000)}
#: (part, whole): the part is not more than the whole.
PARTS: tuple[tuple[str, str], ...] = (
    ("tech_staff", "staff_total"), ("rd_staff", "staff_total"), ("rd_staff", "tech_staff"),
    ("main_revenue", "operating_revenue"), ("hightech_income", "total_income"), ("rd_expense", "cost_and_expense"),
    ("rd_expense", "operating_revenue"), ("total_liabilities", "total_assets"),
)  # fmt: skip
#: Rounding of three amounts to whole 万元.
ROUNDING = Decimal(1)
#: So many times more or less than the year before is asked about.
JUMP = 10
#: From here on 元 may have been written for 万元; 万元 and 元 are 10,000 apart and firms grow or shrink besides.
YUAN = 5_000

#: 100 亿元 a year: hardly a firm of a district, so where nothing is held of the year before it is asked about.
LARGE = Decimal(1_000_000)
#: What the other amounts of a year are held against, the first that is there.
SCALE = ("operating_revenue", "total_income", "total_assets")

_COUNTERS = {HEADS: ("人", "名", "个"), PIECES: ("件", "项", "个")}
_NONE = frozenset({"无", "没有", "暂无"})


@dataclass(frozen=True, slots=True)
class Read:
    """What was written: a value (None: nothing), whether it was 约, or why it cannot be taken."""

    value: Decimal | None = None
    approximate: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about what was filled in. `code` names it together with the values, so that a confirmation holds only
    as long as they do; `cells` are what may be mended."""

    code: str
    words: str
    cells: tuple[Cell, ...]


def read(key: str, text: str) -> Read:
    """One figure as a firm writes it: 3,000, 约3000, 3000万, 1.2亿元; heads and rights as whole numbers."""
    asked = FIGURES[key]
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in _NONE:
        return Read(problem="没有的请填 0；还不知道的请选“不清楚”")
    try:
        value, approximate = _amount(plain) if asked.unit == MONEY else _count(plain, asked.unit)
    except ValueError as error:
        return Read(problem=str(error))
    if value is None:
        return Read()
    return Read(value, approximate, _fault(asked, value))


def _amount(text: str) -> tuple[Decimal | None, bool]:
    found = parse(text)
    if found is None:
        return None, False
    if found.currency != "CNY":
        raise ValueError("请折成人民币，以万元填")
    return found.value, found.approximate


def _count(text: str, unit: str) -> tuple[Decimal | None, bool]:
    """A bare number counts ones; 1.2万人 counts ten thousands."""
    for word in _COUNTERS[unit]:
        text = text.replace(word, "")
    if "元" in text:
        raise ValueError(f"请填{unit}数，不是金额")
    in_ten_thousands = any(word in text for word in "万亿千百")
    try:
        found = parse(text)
    except ValueError as error:
        raise ValueError("看不懂这个数，请只填数字" if "金额" in str(error) else str(error)) from None
    if found is None:
        return None, False
    return found.value * (10_000 if in_ten_thousands else 1), found.approximate


def _fault(asked: Asked, value: Decimal) -> str:
    if value < 0 and asked.key not in MAY_BE_NEGATIVE:
        return "不能是负数"
    if asked.unit != MONEY and value != value.to_integral_value():
        return f"请填整数（{asked.unit}）"
    if abs(value) > MOST[asked.unit]:
        return f"太大了，请核对单位是不是{asked.unit}"
    return ""


def doubts(filled: Mapping[Cell, Decimal], known: Mapping[Cell, Decimal]) -> list[Doubt]:
    """What is asked about: figures of one year against each other, then each against the year before. `known` is what
    the register holds; where the firm filled in the year before too, that counts. Nothing filled in is no doubt."""
    found: list[Doubt] = []
    for year in sorted({year for _, year in filled}, reverse=True):
        values = {key: value for (key, of), value in filled.items() if of == year}
        found += _parts(values, year)
        found += _balance(values, year)
        for key, value in values.items():
            before = filled.get((key, year - 1), known.get((key, year - 1)))
            doubt = _alone(key, year, value, values) if before is None else _jump(key, year, value, before)
            if doubt:
                found.append(doubt)
    return found


def _parts(values: Mapping[str, Decimal], year: int) -> Iterable[Doubt]:
    for part, whole in PARTS:
        if part in values and whole in values and values[part] > values[whole]:
            words = f"{year} 年{_said(part, values[part])}，比{_said(whole, values[whole])}还多，对吗？"
            code = f"part:{part}:{whole}:{year}={values[part]:f}>{values[whole]:f}"
            yield Doubt(code, words, ((part, year), (whole, year)))


def _balance(values: Mapping[str, Decimal], year: int) -> Iterable[Doubt]:
    keys = ("net_assets", "total_assets", "total_liabilities")
    if all(key in values for key in keys):
        net, assets, debts = (values[key] for key in keys)
        if abs(assets - debts - net) > ROUNDING:
            words = f"{year} 年资产总额减负债总额是 {assets - debts:,f} 万元，净资产填的是 {net:,f} 万元，对吗？"
            yield Doubt(f"balance:{year}={net:f}:{assets:f}:{debts:f}", words, tuple((key, year) for key in keys))


def _jump(key: str, year: int, value: Decimal, before: Decimal) -> Doubt | None:
    """Ten times the year before, or a tenth; ten thousand times is 元 for 万元."""
    if value <= 0 or before <= 0:
        return None
    times, asked = value / before, FIGURES[key]
    if asked.unit == MONEY and times >= YUAN:
        question = "是不是填成了元？这里以万元填。"
    elif asked.unit == MONEY and times <= Decimal(1) / YUAN:
        question = "是不是填成了亿元？这里以万元填。"
    elif times >= JUMP:
        question = f"是上一年的 {_times(times)} 倍，对吗？"
    elif times <= Decimal(1) / JUMP:
        question = "不到上一年的十分之一，对吗？" if times < Decimal(1) / JUMP else "只有上一年的十分之一，对吗？"
    else:
        return None
    words = f"{year} 年{_said(key, value)}，{year - 1} 年是 {before:,f} {asked.unit}。{question}"
    return Doubt(f"jump:{key}:{year}={value:f}/{before:f}", words, ((key, year),))


def _alone(key: str, year: int, value: Decimal, values: Mapping[str, Decimal]) -> Doubt | None:
    """Without a year before: an amount far beyond a firm of a district, or beyond the scale of its own year."""
    if FIGURES[key].unit != MONEY:
        return None
    scale = next((one for one in SCALE if one != key and values.get(one, 0) > 0), None)
    if abs(value) < LARGE and not (scale and abs(value) / values[scale] >= YUAN):
        return None
    words = f"{year} 年{_said(key, value)}，也就是 {value / 10_000:,f} 亿元。是不是填成了元？这里以万元填。"
    return Doubt(f"large:{key}:{year}={value:f}", words, ((key, year),))


def _times(times: Decimal) -> str:
    return f"{times.quantize(Decimal(1)) if times >= 100 else times.quantize(Decimal('0.1')):,f}".removesuffix(".0")


def _said(key: str, value: Decimal) -> str:
    asked = FIGURES[key]
    return f"{asked.label} {value:,f} {asked.unit}"


# --- where a request stands --------------------------------------------------------------------------------------

STATES: dict[str, str] = {
    "asked": "待发出", "sent": "已发出", "filling": "填写中", "submitted": "已提交", "returned": "退回补正",
    "adopted": "已采用", "void": "已作废",
}  # fmt: skip
#: What is computed for a day: its time is over and the firm has not handed in.
EXPIRED = "expired"
EXPIRED_NAME = "过期"
#: Waiting for the firm.
WITH_FIRM = ("asked", "sent", "filling", "returned")
OPEN = (*WITH_FIRM, "submitted")
#: event → (its word, from which states, to which).
MOVES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "send": ("发出链接", ("asked", "sent", "filling", "returned"), "sent"),
    "save": ("填写", ("asked", "sent", "filling", "returned"), "filling"),
    "submit": ("提交", ("asked", "sent", "filling", "returned"), "submitted"),
    "adopt": ("采用", ("submitted",), "adopted"),
    "return": ("退回补正", ("submitted",), "returned"),
    "void": ("作废", OPEN, "void"),
}


def may(event: str, state: str) -> bool:
    """Whether this can happen to a request in this state."""
    return state in MOVES[event][1]


def after(event: str, state: str) -> str:
    """The state it leads to. A link sent anew for what is being filled in or was sent back leaves it so."""
    return state if event == "send" and state in ("filling", "returned") else MOVES[event][2]


def is_old(latest_year: int, today_year: int) -> bool:
    """Whether figures of an accounting year are older than a year: it ended before the last one began."""
    return latest_year < today_year - 1
