"""Kind `hnte`: lists of 高新技术企业. A certificate number is GR, year, province, serial (rules.md 3.5)."""

import re
from typing import TYPE_CHECKING, Any

from crm.imports import titles
from crm.imports.kinds import CODE, NAME, REMARK, STREET, Field, Kind, date_of, is_date, plain_text, register_kind, text
from models.rules import uscc

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

NUMBER = re.compile(r"G[A-Z]\d{12}")


def certificate(cell: Any) -> str:
    """The number without spaces, in capitals; ValueError when it is none."""
    number = uscc.normalise(text(cell)).strip("-—/")
    if number in ("", "无", "N/A"):
        return ""
    if not NUMBER.fullmatch(number):
        raise ValueError("证书编号应是 GR 加 12 位数字")
    return number


def _is_certificate(cell: Any) -> bool:
    return NUMBER.fullmatch(uscc.normalise(text(cell))) is not None


FIELDS = (
    NAME,
    CODE,
    Field(
        "number",
        "证书编号",
        r"(?:高企|高新技术企业)?(?:资质|认定)?证书(?:编)?号码?|(?:高企|证书)编号|证书编码|证书号",
        r"证书.*号|高企.*号",
        _is_certificate,
        certificate,
        tells=True,
    ),
    Field(
        "issued_on",
        "发证日期",
        r"(?:发证|认定|颁证|批准|获证|通过|公告)(?:日期|时间|年月)|发证日|有效期起(?:始日期)?|起始日期|证书日期",
        r"发证|认定日期|认定时间|颁证|获证|起始|批准",
        is_date,
        date_of,
    ),
    Field(
        "ends_on",
        "有效期至",
        r"有效期(?:至|限|止|截止(?:日期)?|到期日?)?|(?:证书)?到期(?:日期|时间|日)?|(?:失效|截止|终止|有效)(?:日期|时间)",
        r"有效期|到期|失效|截止|终止",
        is_date,
        date_of,
    ),
    Field("year", "认定年度", r"(?:认定|证书)?(?:年度|年份)", r"年度|年份", None, plain_text),
    Field("field", "技术领域", r"(?:技术|所属|高新技术|产品)?(?:技术)?领域|领域", r"领域", None, plain_text),
    Field("batch", "批次", r"(?:认定)?批次", r"批次", None, plain_text),
    STREET,
    REMARK,
)


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A row of the list: the firm's title."""
    titles.plan_title(whole, row_plan, facts)


KIND = register_kind(
    Kind(
        key="hnte",
        name="高新技术企业名单",
        fields=FIELDS,
        cues=r"高新技术企业|高企",
        against=r"更名|变更|取消|撤销|异常|专利|走访|培育|台账|入库|整体迁",
        needs=(("name", "code"),),
        marks=("number",),
        least=2,
        title_type="hnte",
        plan=plan,
    )
)
