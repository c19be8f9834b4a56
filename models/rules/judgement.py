"""What only a person can say of a firm in an assessment: the questions, how an answer is read, for which year it is.

Sources: 工信部企业〔2026〕2号 附件1、附件2 (market position, key link), 工信厅企业〔2024〕75号 (the quality score,
which the ministry alone computes), 国科发火〔2016〕195号 三 (experts, field),
国科发政〔2017〕115号 第六条、第八条.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from models.rules.assess.names import DECLARED, EQUITY, RANKS, amount_problem
from models.rules.assess.reading import Value, number

YES, NO, OPEN = "yes", "no", ""
ANSWERS = {YES: "是", NO: "否", OPEN: "还不清楚"}
LEVEL_NAMES = {
    "none": "没有", "own": "企业自建", "city": "市级", "provincial": "省部级", "national": "国家级",
}  # fmt: skip
#: Longest answer kept.
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be said. kind: yes_no, number or level. of: the year it holds for, `last`, `this` or none."""

    label: str
    kind: str = "yes_no"
    of: str = ""
    unit: str = ""
    hint: str = ""
    group: str = "judgement"


GROUPS = {
    "judgement": "要人判断的",
    "experts": "专家打分（高新技术企业）",
    "declared": "要企业说的",
}

QUESTIONS: Mapping[str, Question] = {
    "market_position_ok": Question("细分市场地位较高、有一定知名度", hint="专精特新条件五，没有数字标准，由人判断"),
    "market_share": Question("主导产品市场占有率", "number", "last", "%", "国内或国际细分市场，填百分数"),
    "market_rank": Question("主导产品国内排名", "number", "last", "名"),
    "key_link_ok": Question("属于六基产品或产业链关键环节", hint="小巨人条件六，由人判断"),
    "quality_score": Question(
        "专精特新发展评价得分", "number", "this", "分", "照抄部里平台上的得分，本系统不计算；写明哪天、谁看的"
    ),
    "strategic_industry": Question("主导产品属于战略性新兴产业"),
    "hightech_field_ok": Question("核心技术属于国家重点支持的高新技术领域"),
    "segment_years": Question("从事细分市场年限（到上年末）", "number", "last", "年"),
    "ip.class1_high_value": Question("高价值Ⅰ类知识产权", "number", "", "项", "G20 同族、维持十年以上、质押融资或获奖"),
    "expert_points.ip": Question("知识产权（30 分）", "number", "", "分", group="experts"),
    "expert_points.conversion": Question("科技成果转化能力（30 分）", "number", "", "分", group="experts"),
    "expert_points.organisation": Question("研究开发组织管理水平（20 分）", "number", "", "分", group="experts"),
    "expert_points.growth": Question("企业成长性（20 分）", "number", "", "分", group="experts"),
    "conversions_three_years": Question("近三年科技成果转化", "number", "last", "项", group="declared"),
    "rd_domestic_three_years": Question("近三年境内研发费用", "number", "last", "万元", group="declared"),
    "compliance_ok": Question("没有重大事故、违法、失信情形", group="declared"),
    "resident": Question("境内居民企业，查账征收", group="declared"),
    "industry_excluded": Question("行业属于限制、淘汰或不适用加计扣除", group="declared"),
    "rd_institution_level": Question("研发机构级别", "level", group="declared"),
    "standard_led_within_five_years": Question("近五年主导制定过标准", group="declared"),
    "awards.national_rank_within_three_years": Question("近三年国家科技奖励名次", "number", "", "名", group="declared"),
    "awards.national_rank_within_five_years": Question("近五年国家科技奖励名次", "number", "", "名", group="declared"),
    "awards.provincial_rank_within_three_years": Question(
        "近三年省部级科技奖励名次", "number", "", "名", group="declared"
    ),
    "equity_paid_in.two_years": Question("近两年合格机构新增股权融资", "number", "", "万元", group="declared"),
    "equity_paid_in.three_years": Question("近三年合格机构新增股权融资", "number", "", "万元", group="declared"),
    "first_time_applicant": Question("首次申报科技型中小企业", group="declared"),
    "dishonest_or_withdrawn_within_three_years": Question("近三年严重失信或被撤销编号", group="declared"),
}


#: Where 还不清楚 says more than saying nothing, because silence is taken as the ordinary case.
OPEN_COUNTS = frozenset({*DECLARED, *RANKS, *EQUITY, "rd_institution_level", "market_rank"})


def year_of(key: str, on: date) -> int | None:
    """The year that an answer given on a day holds for; None where it holds until somebody says otherwise."""
    return {"last": on.year - 1, "this": on.year}.get(QUESTIONS[key].of)


def problem(key: str, text: str) -> str:
    """Why this cannot be an answer, in an officer's words; empty when it can. Empty text is 还不清楚."""
    question, text = QUESTIONS[key], text.strip()
    if text == OPEN:
        return ""
    if question.kind == "yes_no":
        return "" if text in (YES, NO) else "请选是或否"
    if question.kind == "level":
        return "" if text in LEVEL_NAMES else "请选一个级别"
    found = number(text)
    if found is None or len(text) > LONGEST:
        return "请填数字"
    if key == "market_share":
        return "" if 0 <= found <= 100 else "百分数在 0 到 100 之间"
    return amount_problem(key, found)


def value_of(key: str, text: str) -> Value:
    """An answer as the evaluator reads it; None for 还不清楚. Raises ValueError for what `problem` would name."""
    if problem(key, text):
        raise ValueError(text)
    question, text = QUESTIONS[key], text.strip()
    if text == OPEN:
        return None
    if question.kind == "yes_no":
        return text == YES
    if question.kind == "level":
        return text
    found = Fraction(number(text) or Decimal(0))
    return found / 100 if key == "market_share" else found


def said(key: str, text: str) -> str:
    """An answer in words: 是, 12%, 省部级, 还不清楚."""
    question = QUESTIONS.get(key)
    if text == OPEN or question is None:
        return ANSWERS[OPEN] if text == OPEN else text
    if question.kind == "number":
        return f"{text}{question.unit}" if question.unit == "%" else f"{text} {question.unit}".strip()
    return ANSWERS.get(text) or LEVEL_NAMES.get(text, text)
