"""The figures an assessment knows, by the names of contracts.md: what they are called, counted in, and may be."""

import re
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """A figure: its Chinese label, unit, and what a number of it may be.

    yearly: it belongs to an accounting year and must say which. dated: it may say a year, and need not.
    """

    label: str
    unit: str = "万元"
    yearly: bool = False
    dated: bool = False
    whole: bool = False
    least: int | None = 0
    most: int | None = None


#: Numbers. Missing is unknown.
NUMBERS: dict[str, Name] = {
    "staff_total": Name("职工总数", "人", dated=True),
    "tech_staff": Name("科技人员", "人", dated=True),
    "rd_staff": Name("研发人员", "人", dated=True),
    "sales_revenue": Name("销售收入", yearly=True),
    "operating_revenue": Name("营业收入", yearly=True),
    "main_revenue": Name("主营业务收入", yearly=True),
    "total_income": Name("总收入", yearly=True),
    "hightech_income": Name("高新技术产品（服务）收入", yearly=True),
    "rd_expense": Name("研发费用", yearly=True),
    "rd_domestic_three_years": Name("近三年境内研发费用", dated=True),
    "cost_and_expense": Name("成本费用支出", yearly=True),
    "total_assets": Name("资产总额", yearly=True),
    "total_liabilities": Name("负债总额", yearly=True),
    "net_assets": Name("净资产", yearly=True, least=None),
    "ip.class1_self": Name("自主Ⅰ类知识产权", "项", whole=True),
    "ip.class1_transferred": Name("受让Ⅰ类知识产权", "项", whole=True),
    "ip.class1_high_value": Name("高价值Ⅰ类知识产权", "项", whole=True),
    "ip.class2_any": Name("Ⅱ类知识产权", "项", whole=True),
    "ip.class2_kept_two_years": Name("维持两年以上的Ⅱ类知识产权", "项", whole=True),
    "segment_years": Name("从事细分市场年限", "年", dated=True),
    "market_share": Name("市场占有率", "", dated=True, most=1),
    "market_rank": Name("国内排名", "名", dated=True, whole=True, least=1),
    "quality_score": Name("专精特新发展评价得分", "分", yearly=True, most=100),
    "conversions_three_years": Name("近三年科技成果转化", "项", dated=True, whole=True),
    "expert_points.ip": Name("专家分·知识产权", "分", whole=True, most=30),
    "expert_points.conversion": Name("专家分·成果转化", "分", whole=True, most=30),
    "expert_points.organisation": Name("专家分·组织管理", "分", whole=True, most=20),
    "expert_points.growth": Name("专家分·成长性", "分", whole=True, most=20),
}

#: Yes or no, where missing is unknown: somebody has to look.
JUDGEMENTS = {
    "strategic_industry": "主导产品属于战略性新兴产业",
    "market_position_ok": "细分市场地位（人判断）",
    "key_link_ok": "六基产品或关键环节（人判断）",
}

#: Yes or no, where missing is the ordinary case and named in `assumed`.
DECLARED: dict[str, tuple[str, bool]] = {
    "compliance_ok": ("合规情况", True),
    "standard_led_within_five_years": ("近五年主导制定标准", False),
    "first_time_applicant": ("首次申报", False),
    "dishonest_or_withdrawn_within_three_years": ("近三年严重失信或被撤销编号", False),
    "industry_excluded": ("行业不适用", False),
    "resident": ("境内居民企业，查账征收", True),
    "hightech_field_ok": ("核心技术属于高新技术领域", True),
}
#: Other ways to write a name.
ALIASES = {"industry_exclusion": "industry_excluded", "excluded_industry": "industry_excluded"}

RANKS = {
    "awards.national_rank_within_five_years": "近五年国家科技奖励名次",
    "awards.national_rank_within_three_years": "近三年国家科技奖励名次",
    "awards.provincial_rank_within_three_years": "近三年省部级科技奖励名次",
}
EQUITY = {
    "equity_paid_in.three_years": "近三年合格机构新增股权融资",
    "equity_paid_in.two_years": "近两年合格机构新增股权融资",
}
TITLES = {
    "titles.tech_or_innovative_sme": "科技和创新型中小企业",
    "titles.srdi_sme": "专精特新中小企业",
    "titles.hnte": "高新技术企业",
}
#: Titles that may be said too; not named in `assumed`, because the contract does not ask for them.
OTHER_TITLES = {
    "titles.tech_sme": "科技型中小企业",
    "titles.innovative_sme": "创新型中小企业",
    "titles.innovation_demo_firm": "国家级技术创新示范企业",
    "titles.ip_advantage_firm": "知识产权优势企业",
    "titles.ip_demo_firm": "知识产权示范企业",
}
#: Levels of an R&D institution, lowest first.
LEVELS = {"none": 0, "own": 1, "city": 2, "provincial": 3, "ministerial": 3, "national": 4}
PROVINCIAL = 3

#: Names that hold other names.
GROUPS = ("ip", "equity_paid_in", "titles", "awards", "expert_points")
_YEAR = re.compile(r"(.+)_((?:19|20)\d\d)")
#: A number is refused beyond this: nobody means it, and a fraction of it would fill the memory.
MOST_DIGITS = 24


def with_year(name: str) -> tuple[str, int | None]:
    """`rd_expense_2025` as (`rd_expense`, 2025); a name without a year with None."""
    if name not in NUMBERS and (found := _YEAR.fullmatch(name)) and found[1] in NUMBERS:
        return found[1], int(found[2])
    return name, None


def label_of(figure: str, latest: int | None = None) -> str:
    """What an officer calls a figure: 研发费用; 2024 年研发费用 when it is not of the latest year."""
    name, year = with_year(figure)
    text = (
        NUMBERS[name].label if name in NUMBERS else
        JUDGEMENTS.get(name) or RANKS.get(name) or EQUITY.get(name) or TITLES.get(name) or OTHER_TITLES.get(name)
        or (DECLARED[name][0] if name in DECLARED else _OTHERS.get(name, name))
    )  # fmt: skip
    return text if year is None or year == latest else f"{year} 年{text}"


_OTHERS = {
    "registered": "注册日期",
    "rd_institution_level": "研发机构级别",
    "industry_code": "行业代码",
    "expert_points": "专家评分",
    "ip": "知识产权",
    "titles": "资质",
    "awards": "科技奖励",
    "equity_paid_in": "新增股权融资",
}


def amount_problem(name: str, value: Decimal) -> str:
    """Why this number cannot be that figure, in an officer's words; empty when it can."""
    rule = NUMBERS.get(name) or Name("", least=1 if name in RANKS else 0, whole=name in RANKS)
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS or len(value.as_tuple().digits) > 2 * MOST_DIGITS:
        return "不是一个说得通的数"
    if rule.least is not None and value < rule.least:
        return f"不能小于 {rule.least}" if rule.least else "不能是负数"
    if rule.most is not None and value > rule.most:
        return "请写成 0.08 这样的小数（8%）" if name == "market_share" else f"不能大于 {rule.most}"
    if rule.whole and value != value.to_integral_value():
        return "应是整数"
    return ""
