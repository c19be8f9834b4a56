"""Kind `register`: firms as the register of companies has them."""

import re
from typing import TYPE_CHECKING, Any

from crm.imports import registration
from crm.imports.kinds import CODE, NAME, STREET, Field, Kind, date_of, is_date, plain_text, register_kind, text
from models import clock
from models.firm.record import STATUSES as STATUS_NAMES
from models.rules import amounts
from models.rules.dates import Day

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts


def _is_capital(cell: Any) -> bool:
    return bool(re.search(r"\d.*万", text(cell)))


def _is_address(cell: Any) -> bool:
    return bool(re.search(r"(?:路|街|道|村|镇|园|区|巷|大厦|号).*\d|\d+号", text(cell)))


FIELDS = (
    NAME,
    CODE,
    Field(
        "founded_on",
        "成立日期",
        r"成立(?:日期|时间|年月)|注册(?:日期|时间)|登记(?:日期|时间)|设立(?:日期|时间)|开业(?:日期|时间)",
        r"成立|注册日期|注册时间|登记日期|设立",
        is_date,
        date_of,
    ),
    Field(
        "kind",
        "企业类型",
        r"(?:企业|单位|公司|主体|市场主体|机构|登记)?(?:注册)?类型|(?:企业|单位|公司)性质|经济性质|登记注册类型",
        r"类型",
        lambda cell: (
            bool(re.search(r"责任公司|股份|独资|合伙|国有|集体|个人|N/A", text(cell))) and len(text(cell)) < 40
        ),
        plain_text,
    ),
    Field(
        "capital",
        "注册资本",
        r"注册(?:资本|资金)(?:\(?万元?(?:人民币)?\)?)?|认缴(?:资本|出资额)|资金数额|出资额|注册资本\(金\)",
        r"注册资[本金]|出资额",
        _is_capital,
        amounts.parse,
    ),
    Field(
        "address",
        "住所",
        r"住所|地址|注册地址|企业地址|经营场所|经营地址|单位地址|公司地址|注册地|登记住所|住址|主要经营场所",
        r"地址|住所|场所",
        _is_address,
        plain_text,
    ),
    Field(
        "scope",
        "经营范围",
        r"(?:经营|业务|许可经营)?范围|主营业务|经营项目",
        r"范围",
        lambda cell: len(text(cell)) > 12 and bool(re.search(r"销售|服务|生产|制造|技术|开发|加工|零售", text(cell))),
        plain_text,
    ),
    STREET,
    Field("status", "登记状态", r"(?:登记|经营|企业|单位|市场主体)?状态", r"状态", None, plain_text),
    Field(
        "status_on",
        "状态日期",
        r"(?:状态|注销|吊销|迁出)(?:变更)?(?:日期|时间)",
        r"(?:注销|吊销|迁出).*(?:日期|时间)",
        None,
        date_of,
    ),
)

#: What a register calls the status of a firm, by the first word found.
STATUSES = (
    ("吊销", "revoked"),
    ("注销", "deregistered"),
    ("迁出", "moved_out"),
    ("存续", "active"),
    ("在业", "active"),
)


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """Read the registration status of the firms whose rows give one."""
    registration.load(whole, (one.firm_id for one in rows if one.firm_id is not None and one.row.values.get("status")))


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A register row: the firm and its facts; what it leaves blank stays as it is."""
    row, firm_id = row_plan.row, row_plan.firm_id
    assert firm_id is not None
    values = row.values
    made_here = firm_id < 0 and whole.drafts[firm_id].plan is row_plan
    if firm_id > 0:
        _identity(whole, row_plan)
    if day := values.get("founded_on"):
        whole.set_field(row_plan, "founded_on", "成立日期", day.first)
    if (capital := values.get("capital")) is not None:
        whole.set_field(row_plan, "capital_currency", "币种", capital.currency)
        whole.set_field(row_plan, "capital", "注册资本（万元）", capital.value)
    _status(whole, row_plan, facts)
    for name, label in (("kind", "企业类型"), ("address", "住所"), ("scope", "经营范围")):
        whole.set_field(row_plan, name, label, values.get(name))
    if street := values.get("street"):
        whole.set_area(row_plan, whole.places.of_name(street), "list")
    if address := values.get("address"):
        whole.set_area(row_plan, whole.places.of_address(address), "address")
    for name in row.former:
        whole.add_name(row_plan, name)
    if made_here:
        row_plan.effect = "created"
    elif firm_id < 0:
        row_plan.reason = f"和第 {whole.drafts[firm_id].plan.row.row} 行是同一家"
    elif row_plan.changes:
        row_plan.effect = "updated"


def _status(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """The status a register gives: from the day it gives, else the date of the list, else the day it is noticed. Of a
    firm that nobody knew before, nobody can say since when it is gone: it was so as far back as anybody knows."""
    row, firm_id = row_plan.row, row_plan.firm_id
    assert firm_id is not None
    written = row.values.get("status", "")
    status = next((status for words, status in STATUSES if words in written), None)
    if status is None or (firm_id < 0 and whole.drafts[firm_id].plan is not row_plan):
        return
    said: Day | None = row.values.get("status_on") if status != "active" else None
    day = said.first if said else None
    if firm_id > 0:
        if "status" in (firm := whole.firms[firm_id]).typed and firm.status != status:
            row_plan.kept.append(("登记状态", STATUS_NAMES[status], "有人手工改过，不覆盖"))
            return
        day = day or whole.options.on or (facts.day.first if facts.day else clock.today())
    why = registration.set_status(whole, row_plan, status, day, reason=written, source="企业登记")
    if why:
        row_plan.kept.append(("登记状态", STATUS_NAMES[status], why))


def _identity(whole: "Plan", row_plan: "RowPlan") -> None:
    """What the register says about who the firm is: a code it lacked, the name as registered, that it exists."""
    row = row_plan.row
    firm = whole.firms[row_plan.firm_id or 0]
    free = row.code.usable and row.code.code not in whole.index.by_code
    if free and (firm.code is None or (row.code.kind == "uscc" and firm.code_kind != "uscc")):
        whole.set_field(row_plan, "code", "统一社会信用代码", row.code.code)
        whole.set_field(row_plan, "code_kind", "证照种类", row.code.kind)
    if firm.unverified:
        whole.set_field(row_plan, "unverified", "待核实", False)
    if row_plan.match.how == "code" and row.name:
        whole.rename(row_plan, row.name)


KIND = register_kind(
    Kind(
        key="register",
        name="企业登记",
        fields=FIELDS,
        cues=r"登记|名录|注册|工商|市场主体|企业库|企业信息|法人单位",
        against=r"高新技术企业|高企|科技型中小|专精特新|小巨人|更名|取消|撤销|专利|走访|台账|公示|公告",
        needs=(("name",),),
        marks=("founded_on", "capital", "address", "scope", "kind"),
        least=3,
        load=load,
        reads=("firm_status",),
        plan=plan,
    )
)
