"""What the change log calls a table, a field, a value in an officer's words."""

from decimal import Decimal

from models.firm.places import PLACE_SOURCES
from models.firm.record import CARE_LEVELS, CODE_KINDS, STATUSES
from models.firm.yearly import YEARLY
from models.rules.industry import industry_name
from models.rules.patent import IP_KINDS, OBTAINED

#: Fields of a firm that a reader wants to see change. The columns made from dated rows are told by those rows.
FIRM_FIELDS = {
    "code": "代码",
    "code_kind": "代码种类",
    "founded_on": "成立日期",
    "industry_code": "行业",
    "capital": "注册资本",
    "capital_currency": "资本币种",
    "kind": "企业类型",
    "address": "注册地址",
    "scope": "经营范围",
    "care_level": "培育层级",
    "unverified": "待核实",
}

#: Fields of other tables, by table.
FIELDS = {
    "firm": FIRM_FIELDS,
    "firm_name": {"name": "名称", "from_on": "起用日期", "to_on": "用到"},
    "firm_figure": {"value": "数值", "approximate": "约数", "source_on": "来源日期"},
    "firm_note": {"text": "备注"},
    "firm_plan": {"due_on": "完成日期", "note": "思路", "ended_on": "结束", "ended_reason": "结束原因"},
    "firm_judgement": {"answer": "判断", "why": "依据"},
    "firm_flag": {"from_on": "列入日期", "to_on": "移出日期", "reason": "原因"},
    "firm_status": {"from_on": "起始日期", "reason": "原因"},
    "firm_place": {"from_on": "起始日期", "source": "来源"},
    "title": {
        "number": "编号",
        "batch": "批次",
        "issued_on": "发证日期",
        "ends_on": "有效期至",
        "revoked_on": "撤销日期",
        "provisional": "公示中",
        "field": "技术领域",
    },
    "title_claim": {"written": "写法", "claimed_on": "台账日期"},
    "pool_member": {
        "to_on": "出库日期",
        "plan_year": "计划年度",
        "reason": "入库理由",
        "exit_reason": "出库原因",
        "batch": "预计批次",
        "next_step": "下一步",
        "next_on": "下一步日期",
        "measures": "培育措施",
    },
    "training_firm": {"people": "参训人数"},
    "patent": {
        "title": "名称",
        "kind": "类型",
        "filed_on": "申请日",
        "granted_on": "授权公告日",
        "expires_on": "期满日",
        "status_text": "法律状态",
    },
    "patent_owner": {"obtained": "取得方式", "name": "权利人", "transferred_on": "转让日期", "left_on": "转出日期"},
    "opinion": {
        "words": "原话",
        "passed_to": "转给",
        "answer": "答复",
        "told_how": "怎么告知",
        "kept_reason": "为什么不转出",
    },
    "scheme_contact": {"to_on": "联系到", "ended_reason": "结束原因"},
    "visit": {"visit_on": "走访日期", "text": "走访记录"},
    "contact": {
        "post": "职务",
        "keep_until": "保存到",
        "is_main": "主要联系人",
        "ended_on": "离任日期",
        "name_sealed": "姓名",
        "phone_sealed": "电话",
    },
}

#: What a whole row is called when it came or went.
TABLES = {
    "firm": "企业档案",
    "firm_figure": "年度数据",
    "firm_note": "备注",
    "firm_judgement": "评定判断",
    "firm_plan": "一企一策",
    "firm_tag": "标签",
    "contact": "联系人",
    "title": "资质",
    "title_claim": "资质自报",
    "pool_member": "培育库",
    "training_firm": "申报培训",
    "scheme_contact": "联系制度",
    "opinion": "意见建议",
    "team_firm": "小组的企业",
    "visit": "走访",
    "patent": "知识产权",
    "patent_owner": "知识产权",
}

_YES_NO = {"1": "是", "0": "否"}
_VALUES = {
    "care_level": CARE_LEVELS,
    "code_kind": CODE_KINDS,
    "status": STATUSES,
    "source": PLACE_SOURCES,
    "obtained": OBTAINED,
    "kind": {key: kind.name for key, kind in IP_KINDS.items()},
    **dict.fromkeys(("unverified", "approximate", "provisional", "is_main"), _YES_NO),
}


def value_text(field: str, value: str | None) -> str:
    """A logged value as the page shows it; empty for none."""
    if value is None:
        return ""
    if field in ("capital", "value"):
        return f"{Decimal(value):,f}"
    if field == "industry_code":
        return industry_name(value) or value
    return _VALUES.get(field, {}).get(value, value)


def figure_name(key: str) -> str:
    """The name of a yearly figure, with its unit left out."""
    return YEARLY[key][0] if key in YEARLY else key
