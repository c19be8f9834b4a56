"""The columns a ledger can have. Yearly figures and titles have a column for each year or part: their keys are made
from the headers (columns.py); the fields here name what such a column can be."""

import re
from collections.abc import Callable
from typing import Any

from crm.imports.kinds import CODE, NAME, STREET, Field, date_of, is_date, plain_text
from crm.imports.kinds.ledger import cells
from crm.imports.kinds.ledger.headers import FIGURES
from models.firm.yearly import YEARLY
from models.rules import dates


def day_of(cell: Any) -> dates.Day | None:
    """The date of a cell; 23.12.8 and 23年12月8日 are of this century when that is not far ahead, else of the last."""
    if cells.says_nothing(cell):
        return None
    written = cells.plain(cell)
    if found := re.fullmatch(r"(\d{2})(年|[.-])(\d{1,2}(?:月?|[.-])(?:\d{1,2}日?)?)", written):
        century = 2000 if int(found[1]) <= 40 else 1900
        return dates.parse(f"{century + int(found[1])}{found[2]}{found[3]}")
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2}", written):
        raise ValueError("年份只有两位，看不准哪个是年")
    return date_of(cell)


def _reads(read: Callable[[Any], Any]) -> Callable[[Any], bool]:
    """Whether a reader finds something in a cell."""

    def holds(cell: Any) -> bool:
        try:
            return read(cell) not in (None, "", [])
        except ValueError:
            return False

    return holds


def _is_phone(cell: Any) -> bool:
    """Whether a cell holds numbers and no names."""
    return _reads(cells.phones)(cell) and not re.search(r"[一-鿿]", re.sub(r"转|分机", "", str(cell)))


_CONTACT = (
    r"(?:企业|单位|公司)?(?:联系|联络|对接|经办)人(?:员)?(?:姓名|[及和、/](?:联系)?(?:电话|方式|职务))*"
    r"|姓名|联系方式"
)
_PHONE = (
    r"(?:联系|联络|企业|单位|公司|办公)?(?:人)?(?:电话|手机)(?:号码?|\(.*\))?"
    r"|手机号码?|联系(?:人)?(?:电话|手机)|移动电话|座机"
)
_OFFICER = (
    r"(?:挂钩|包保|联系|服务|包联|跟踪|责任|对接|培育)(?:干部|人员|专员|领导)|责任人|责任干部|A\s*角"
    r"|(?:区|局|科室|街道|镇街|部门)?(?:服务|责任|包干|包保|包联|跟进|跟踪|对接|帮扶|挂钩|培育)(?:责任)?人"
    r"|跟踪服务人员?|服务管家|企业管家|科技专员|(?:局|科室|区|街道|镇街|部门|政府)联系人"
)
_LEVEL = (
    r"(?:企业)?(?:培育|分类|企业|服务|走访|关注|梯队|管理)?(?:层级|等级|级别|类别|分级|分类|梯队)"
    r"|ABC?(?:分?类|级)|(?:培育|梯队)类别"
)
_TARGET = (
    r"(?:拟|计划|预计|意向|可|准备|今年|本年)?(?:申报|培育|认定|冲刺)(?:类型|类别|方向|目标|计划|资质|项目|意向)"
    r"|(?:拟|计划)(?:申报|认定|培育)|培育(?:方向|目标)|目标资质"
)
#: Columns of words on a firm.
REMARK = re.compile(
    r"备注|说明|备注说明|(?:企业)?(?:主要)?(?:需求|诉求|问题|困难|存在(?:的)?问题|情况说明|工作进展|进展情况|走访情况)"
    r"|意见建议|跟进情况|主导产品|主营产品|主要产品"
)
#: Beside the words a header may give year and unit, before or after them.
_YEAR = r"(?:截[至止])?(?:(?:20)?\d{2}年?(?:度|末|底)?|[上去前本今当]一?年度?)?"
#: Words that also stand in cells (发明 as the kind of a patent) make a header only with what is counted.
_COUNTED = r"(?:数量?|件数|\((?:件|项|个)\))"
_FIGURES = tuple(
    Field(
        key,
        f"{YEARLY[key][0]}（年度和单位看表头）",
        rf"{_YEAR}(?:{words}){_COUNTED if YEARLY[key][1] == '件' else ''}(?:\([^)]*\))?{_YEAR}(?:\([^)]*\))?",
    )
    for key, words in FIGURES
)

FIELDS = (
    NAME,
    CODE,
    STREET,
    Field(
        "park",
        "所属园区",
        r"(?:所属|所在)?(?:园区|科技园|产业园|孵化器|载体)(?:名称)?",
        clean=plain_text,
    ),
    Field(
        "founded_on",
        "成立日期",
        r"成立(?:日期|时间|年月|年份)|(?:注册|登记|设立|开业)(?:日期|时间)",
        r"成立|注册时间|设立",
        is_date,
        day_of,
    ),
    Field(
        "capital",
        "注册资本",
        r"(?:(?:注册|认缴|登记)(?:资本|资金)|出资额|注册资本金)(?:\(.*\))?",
        r"注册资[本金]|出资额",
        clean=cells.capital,
    ),
    Field(
        "address",
        "住所",
        r"住所|(?:注册|企业|单位|公司|经营|通讯|详细|办公)?地址|注册地|经营场所",
        r"地址|住所",
        clean=plain_text,
    ),
    Field(
        "industry",
        "行业",
        r"(?:主营|所属|国民经济|国标)?行业(?:代码|类别|分类|名称|领域)?|行业代码及名称|主营业务行业",
        r"行业",
        clean=cells.industry,
    ),
    Field("field", "技术领域", r"(?:所属|高新|主要)?(?:技术|产业)领域|领域", r"领域", clean=plain_text),
    Field("contact", "联系人", _CONTACT, r"联系人|联络人|联系方式", None, cells.people, personal=True),
    Field("contact_phone", "联系电话", _PHONE, r"电话|手机|座机", _is_phone, cells.phones, personal=True),
    Field("contact_post", "联系人职务", r"(?:联系人)?(?:职务|职位|岗位)", r"职务|职位", clean=plain_text),
    Field("officer", "责任人", _OFFICER, r"责任人|责任干部|联系干部|挂钩|包保|包联|A角", clean=cells.names),
    Field("officer_b", "B 角", r"B\s*角|(?:协助|配合|第二)(?:责任人|联系人|干部)", r"B角", clean=cells.names),
    Field(
        "care_level",
        "培育层级",
        _LEVEL,
        r"培育.*(?:级|类)|层级|分级",
        _reads(cells.care_level),
        cells.care_level,
    ),
    Field("target", "拟申报类型", _TARGET, r"拟申报|申报(?:类型|意向|方向)|培育(?:方向|目标)", clean=plain_text),
    Field(
        "plan_year",
        "申报年度",
        r"(?:拟|计划|预计)?(?:申报|培育|冲刺)(?:年度|年份|年|时间)|计划年度|目标年度",
        r"申报年|计划年",
        clean=cells.plan_year,
    ),
    Field("remark", "备注", REMARK.pattern, r"备注|需求|诉求|存在问题", clean=plain_text),
    *_FIGURES,
)

#: Columns that say a workbook is a ledger and not a list: what the bureau does with its firms.
MARKS = ("care_level", "officer", "target", "plan_year", "contact", "contact_phone", *(key for key, _ in FIGURES))
