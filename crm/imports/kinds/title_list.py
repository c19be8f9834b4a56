"""Lists of titles: one maker, so that a kind is its words. Every type of title has one, also those the office made;
types with cues of their own are known by their key, the others as `title:KEY` (`imports run --kind title --type
KEY`)."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm.imports import titles
from crm.imports.kinds import (
    CODE,
    DISTRICT,
    KINDS,
    NAME,
    REMARK,
    STREET,
    TITLE,
    Field,
    Kind,
    date_of,
    is_date,
    plain_text,
    register_kind,
    text,
)  # fmt: skip
from crm.imports.titles import closing
from models.base import db
from models.rules import dates, uscc
from models.title import TitleType

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

#: What a list of titles never is.
AGAINST = r"更名|变更|取消|撤销|注销|异常|专利|走访|台账|整体迁|服务记录"
LIBRARY_NUMBER = re.compile(r"20\d{2}\d{6}[0-9A-Z]{8}")


def term_of(cell: Any) -> dates.Term | None:
    """The time a cell says: a last day, or a span such as 2023年12月至2026年12月; ValueError when it is neither."""
    if isinstance(cell, str):
        return dates.span(cell)
    day = date_of(cell)
    return dates.Term(None, day) if day else None


def is_term(cell: Any) -> bool:
    """Whether a cell looks like a date or a span of dates."""
    if is_date(cell):
        return True
    try:
        return isinstance(cell, str) and dates.span(cell) is not None
    except ValueError:
        return False


def certificate_text(cell: Any) -> str:
    """A number as it is kept where no form of it is known: one width, capitals, no spaces; empty for none."""
    number = uscc.normalise(text(cell)).strip("-—/")
    if number in ("", "无", "N/A", "暂无"):
        return ""
    if re.fullmatch(r"\d(?:\.\d+)?E\+\d+", number):
        raise ValueError("编号被表格软件改成了科学计数，已认不出原来的数字")
    if len(number) > 64:
        raise ValueError("编号太长")
    return number


def library_number(cell: Any) -> str:
    """A 入库登记编号: year, division, eight more (rules.md 1.4); finer structure is not looked at. ValueError for
    another shape."""
    number = certificate_text(cell)
    if number and not LIBRARY_NUMBER.fullmatch(number):
        raise ValueError("入库登记编号应是 18 位：年份 4 位、区划代码 6 位，再 8 位数字或字母")
    return number


def is_library_number(cell: Any) -> bool:
    """Whether a cell is a 入库登记编号, and no code of a firm."""
    number = uscc.normalise(text(cell))
    return LIBRARY_NUMBER.fullmatch(number) is not None and uscc.classify(number).kind != "uscc"


def number_field(words: str, hints: str, clean: Callable[[Any], str], holds: Callable[[Any], bool] | None) -> Field:
    """The column of numbers of a type."""
    return Field("number", "证书编号", words, hints, holds, clean, tells=holds is not None)


ANY_NUMBER = number_field(
    r"(?:资质|认定|登记|备案|入库登记|入库)?证?书?(?:编)号码?|证书(?:编|文)?号码?|证书编码|登记编号|文号",
    r"证书.*号|编号",
    certificate_text,
    None,
)
LIBRARY = number_field(
    r"(?:科技型中小企业|科小)?(?:入库|登记|入库登记|评价)?(?:登记)?编号|(?:入库|登记)号|证书编号",
    r"登记.*号|入库.*号|编号",
    library_number,
    is_library_number,
)
ISSUED = Field(
    "issued_on",
    "发证日期",
    r"(?:发证|认定|颁证|批准|获证|通过|公告|入库|公布|备案|公示|获批|授牌|评定)(?:日期|时间|年月)|发证日|有效期起(?:始日期)?|起始日期|证书日期",
    r"发证|认定日期|认定时间|颁证|获证|起始|批准|入库时间|入库日期|公告日期",
    is_term,
    lambda cell: term.start or term.end if (term := term_of(cell)) else None,
)
ENDS = Field(
    "ends_on",
    "有效期至",
    r"有效期(?:至|限|止|内|起止(?:日期|时间)?|截止(?:日期)?|到期日?)?|(?:证书|称号)?(?:到期|有效)(?:日期|时间|日|期限?)?|(?:失效|截止|终止|有效|起止)(?:日期|时间)",
    r"有效期|到期|失效|截止|终止|起止",
    is_term,
    term_of,
)
YEAR = Field("year", "认定年度", r"(?:认定|证书|入库|评价|申报|批准)?(?:年度|年份)", r"年度|年份", None, plain_text)
FIELD = Field(
    "field", "技术领域", r"(?:技术|所属|高新技术|产品|主导产品)?(?:技术)?领域|领域", r"领域", None, plain_text
)
BATCH = Field("batch", "批次", r"(?:认定|入库|公示|公告|第几)?批次?", r"批次", None, plain_text)


def fields(number: Field) -> tuple[Field, ...]:
    """The columns of a list of titles."""
    return (NAME, CODE, number, ISSUED, ENDS, YEAR, FIELD, BATCH, DISTRICT, STREET, REMARK)


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A row of the list: the firm's title."""
    titles.plan_title(whole, row_plan, facts)


def title_kind(
    key: str, name: str, cues: str, *, type_key: str = "", against: str = "", number: Field = ANY_NUMBER
) -> Kind:
    """The kind of lists of one type of title; `against` are words of like types."""
    return Kind(
        key=key,
        name=name,
        fields=fields(number),
        cues=cues,
        against=f"{AGAINST}|{against}" if against else AGAINST,
        marks=("number",) if number.tells else (),
        title_type=type_key or key,
        load=titles.load,
        reads=("title_source", *closing.READS),
        plan=plan,
    )


TECH_SME = register_kind(
    title_kind("tech_sme", "科技型中小企业名单", r"科技型中小|科小", against="高新技术企业名单|培育", number=LIBRARY)
)
SRDI_SME = register_kind(
    title_kind("srdi_sme", "专精特新中小企业名单", r"专精特新", against="小巨人|创新型中小|科技型中小|培育")
)
LITTLE_GIANT = register_kind(title_kind("little_giant", "专精特新“小巨人”名单", r"小巨人", against="培育"))
INNOVATIVE_SME = register_kind(
    title_kind("innovative_sme", "创新型中小企业名单", r"创新型中小", against="科技型中小|培育")
)


def of_type(kind: TitleType) -> Kind:
    """The kind of lists of a type of title."""
    known = KINDS.get(kind.key)
    if known is not None and known.title_type == kind.key:
        return known
    words = {re.escape(word) for word in (kind.name, kind.short_name) if len(word) > 1}
    cues = "|".join(sorted(words, key=len, reverse=True)) or r"$^"
    return title_kind(TITLE + kind.key, f"{kind.name}名单", cues, type_key=kind.key)


def by_key(key: str) -> Kind | None:
    """The kind `title:KEY`; None for a type that is not there."""
    found = db.session.scalar(select(TitleType).where(TitleType.key == key.removeprefix(TITLE)))
    return of_type(found) if found is not None else None


def others() -> Iterable[Kind]:
    """The kinds of types that are in use and have no kind of their own, in the order of the office."""
    kinds = (of_type(kind) for kind in TitleType.list_all() if kind.active)
    return [kind for kind in kinds if kind.key.startswith(TITLE)]


def all_kinds() -> list[Kind]:
    """Every kind there is, those of types that the office made last."""
    return [*KINDS.values(), *others()]


KINDS.maker = by_key
