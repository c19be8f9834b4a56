"""Why something stays when an import is undone, in an officer's words."""

from crm.imports.undo.history import Step
from models import clock
from models.change import CHANGE_SOURCES
from models.firm.words import FIELDS, TABLES, value_text

GONE = "导入时删掉的记录不能恢复，请照原件补录"
GONE_SINCE = "这条记录后来删除了"
UNKNOWN = "这一项现在的系统已经不记了"
POINTS_NOWHERE = "原来的值指向的记录已经不在了"
TAKEN = "原来的值现在另一条记录在用"
NEEDED = "还有留下来的记录要靠它"
OF_FIRM = "企业留下了，它的名称、归属和状态也留下"
ROLES = "角色由管理员按权限分配，不随导入撤回"
BY_HAND = "有人手工改过，留着改过的值"
STAYS_THERE = "这件申报后来又动过，留在现在的阶段"
SIGNED_IN = "这个账号已经登录过"

#: What is in the way of taking a row away, by the table that points at it.
LEANING = {
    "visit": "有走访记录",
    "visit_officer": "有走访记录",
    "title": "有别处登记的资质",
    "title_source": "别的名单也列了它，只去掉了这次导入说的",
    "application": "有企业的申报记录",
    "application_move": "有申报记录",
    "application_batch": "有申报批次",
    "title_claim": "有别处登记的资质自报",
    "contact": "有别处登记的联系人",
    "firm": "有企业用着它",
    "firm_name": "有别处登记的名称",
    "firm_place": "有企业落在这里，或归属是别处登记的",
    "firm_status": "有别处登记的状态",
    "firm_officer": "有联系干部的记录",
    "firm_figure": "有别处登记的年度数据",
    "firm_flag": "有列入名单的记录",
    "firm_tag": "有人打过标签",
    "firm_merge": "合并过",
    "pool_member": "有培育库记录",
    "match_decision": "有人把别的写法认成了它",
    "patent_owner": "有别处登记的知识产权",
    "user_session": "这个账号已经登录过",
    "membership": "有人员的任职记录",
    "unit": "有下级单位，或是负责人",
    "area": "有下级镇街或园区",
    "user_area": "有人员的辖区",
}


def leaned_on(child: str) -> str:
    """Why a row stays that a row of this table points at."""
    return LEANING.get(child, f"还有{TABLES.get(child, '别的')}记录用着它")


def changed(table: str, step: Step) -> str:
    """Why a row stays that somebody changed since."""
    source = CHANGE_SOURCES.get(step.source, "")
    field = FIELDS.get(table, {}).get(step.field, "")
    on = clock.local(step.at).date()
    return f"{on} 又改过{field}（{source}）" if source else f"{on} 又改过{field}"


def other_now(table: str, field: str, now: str | None) -> str:
    """Why a field stays that is another now. The value is told where a page tells it too."""
    if field in FIELDS.get(table, {}) and now:
        return f"后来改成了“{value_text(field, now)}”"
    return "后来又改过"


def with_field(table: str, field: str, reason: str) -> str:
    """A reason with the field it is about, where that has a name."""
    named = {"name": "企业名称", "area_id": "镇街", "status": "登记状态"} if table == "firm" else {}
    label = FIELDS.get(table, {}).get(field) or named.get(field)
    return f"{label}：{reason}" if label else reason
