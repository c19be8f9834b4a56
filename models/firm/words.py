"""What the change log calls a table, a field, a value in an officer's words."""

from decimal import Decimal

from models.firm.places import PLACE_SOURCES
from models.firm.record import CARE_LEVELS, CODE_KINDS, STATUSES
from models.firm.yearly import YEARLY

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
    "pool_member": {"to_on": "出库日期", "plan_year": "计划年度", "reason": "入库理由", "exit_reason": "出库原因"},
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
    "firm_tag": "标签",
    "contact": "联系人",
    "title": "资质",
    "pool_member": "培育库",
    "visit": "走访",
}

_YES_NO = {"1": "是", "0": "否"}
_VALUES = {
    "care_level": CARE_LEVELS,
    "code_kind": CODE_KINDS,
    "status": STATUSES,
    "source": PLACE_SOURCES,
    **dict.fromkeys(("unverified", "approximate", "provisional", "is_main"), _YES_NO),
}


def value_text(field: str, value: str | None) -> str:
    """A logged value as the page shows it; empty for none."""
    if value is None:
        return ""
    if field in ("capital", "value"):
        return f"{Decimal(value):,f}"
    return _VALUES.get(field, {}).get(value, value)


def figure_name(key: str) -> str:
    """The name of a yearly figure, with its unit left out."""
    return YEARLY[key][0] if key in YEARLY else key
