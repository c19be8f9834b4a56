"""Kind `patents`: lists of patents, software copyrights and the like, each with its owners (rules.md 4)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from crm.imports import owners
from crm.imports.kinds import (
    CODE,
    REMARK,
    Field,
    Kind,
    Problem,
    Row,
    date_of,
    is_date,
    plain_text,
    register_kind,
    text,
)
from crm.imports.state import chunks
from models import clock
from models.base import db
from models.patent import Patent, PatentOwner
from models.rules import firm_name
from models.rules import patent as rules
from models.rules.dates import Day

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

#: What a later list may say anew of a right that is known: field, label.
TOLD = (
    ("title", "名称"),
    ("kind", "类型"),
    ("filed_on", "申请日"),
    ("granted_on", "授权公告日"),
    ("expires_on", "期满日"),
    ("fee_due_on", "年费应缴日"),
)
#: Longest name of an owner that is kept.
LONGEST_OWNER = 200


@dataclass(slots=True)
class OwnerFacts:
    """An owner as it stands; ids below zero are made by the plan."""

    id: int
    position: int
    name: str
    firm_id: int | None
    obtained: str
    assumed: bool
    left_on: date | None


@dataclass(slots=True)
class Known:
    """A right as it stands, with its owners; `row` is the row of this file that spoke of it first."""

    id: int
    values: dict[str, Any]
    owners: list[OwnerFacts]
    row: Row | None = None


def _is_number(cell: Any) -> bool:
    try:
        found = rules.read_number(cell)
    except ValueError:
        return False
    return found is not None and (bool(found.kind) or not found.broken) and len(found.number) > 7


def _number(cell: Any) -> rules.Number | None:
    return rules.read_number(cell)


FIELDS = (
    Field(
        "name",
        "权利人",
        r"(?:第一|全部|现|当前)?(?:专利|共同|著作)?权利?人(?:名称|姓名)?|申请\(?(?:专利权)?\)?人|专利权人[/(]申请人\)?|申请人[/(]专利权人\)?"
        r"|权属(?:单位|企业)?|所属(?:企业|单位|公司)|(?:企业|单位|公司)(?:名称|全称)?|持有人|所有权人|品种权人",
        r"权利?人|权属|著作权人|申请人|企业|公司|单位|持有",
        owners.is_owner_cell,
        owners.read_owners,
    ),
    CODE,
    Field(
        "number",
        "专利号",
        r"(?:专利|知识产权|授权|证书)?(?:专利|申请|登记|授权|证书)?(?:编)?号码?|专利号[/(或]?申请号\)?|申请号[/(或]?专利号\)?"
        r"|(?:专利|软著)(?:申请|登记|证书|授权)(?:编)?号|(?:专利)?(?:ZL|授权)号|著作权登记号|品种权号",
        r"专利号|申请号|登记号|证书号|授权号|品种权号",
        _is_number,
        _number,
        tells=True,
    ),
    Field(
        "title",
        "专利名称",
        r"(?:专利|发明(?:创造)?|软件|知识产权|成果|著作权|作品|布图|品种)?名称|专利题目|题名",
        r"专利名称|名称|题目",
        None,
        plain_text,
    ),
    Field(
        "kind",
        "专利类型",
        r"(?:专利|知识产权|权利|IP)?(?:类型|类别|种类)",
        r"类型|类别|种类",
        lambda cell: bool(rules.read_kind(text(cell))),
        plain_text,
        tells=True,
    ),
    Field("filed_on", "申请日", r"(?:专利)?申请(?:日期?|时间)|递交日期?", r"申请日|申请时间", is_date, date_of),
    Field(
        "granted_on",
        "授权公告日",
        r"(?:专利)?(?:授权|登记|颁证|发证|获权|取得|授予|批准)(?:公告|公布)?(?:日期?|时间)|公告日期?",
        r"授权.*[日间]|公告日|登记日|发证日|获得时间",
        is_date,
        date_of,
    ),
    Field(
        "status",
        "法律状态",
        r"(?:当前|专利|最新|现)?(?:法律)?状态|有效性|专利有效性|是否有效|维持情况",
        r"状态|有效性",
        lambda cell: rules.read_status(text(cell)) != "unknown",
        plain_text,
    ),
    Field(
        "status_on",
        "状态日期",
        r"(?:法律)?状态(?:公告)?(?:日期?|时间)|终止日期?|失效日期?",
        r"状态.*日|终止日|失效日",
        is_date,
        date_of,
    ),
    Field(
        "fee_due_on",
        "年费应缴日",
        r"(?:下次)?年费(?:应缴|缴纳|缴费|到期|截止)?(?:日期?|时间)|缴费(?:日期|截止日)",
        r"年费|缴费",
        is_date,
        date_of,
    ),
    Field(
        "expires_on",
        "期满日",
        r"(?:专利权?)?(?:期满|届满|到期|有效期(?:至|止))(?:日期?|时间)?",
        r"届满|期满|有效期",
        is_date,
        date_of,
    ),
    Field(
        "obtained",
        "取得方式",
        r"(?:权利)?(?:取得|获得|获取|来源)方式|权利来源|来源",
        r"取得方式|获得方式|权利来源",
        None,
        plain_text,
    ),
    Field(
        "transferred_on",
        "转让日期",
        r"(?:受让|转让|转移|变更)(?:日期?|时间)",
        r"受让.*[日间]|转让.*[日间]",
        is_date,
        date_of,
    ),
    REMARK,
)


def load(whole: "Plan", rows: list["RowPlan"]) -> None:
    """The rights these rows speak of, as they stand, by number."""
    numbers = {row_plan.row.values["number"].number for row_plan in rows if row_plan.row.values.get("number")}
    found: dict[str, Known] = whole.store.setdefault("patents", {})
    columns = [column for column in Patent.__table__.columns if column.name not in ("created_at", "import_row_id")]
    by_id: dict[int, Known] = {}
    for chunk in chunks(sorted(numbers)):
        for line in db.session.execute(select(*columns).where(Patent.number.in_(chunk)).order_by(Patent.id)).mappings():
            known = Known(line["id"], dict(line), [])
            found[line["number"]] = by_id[known.id] = known
    wanted: tuple[Any, ...] = (
        PatentOwner.patent_id, PatentOwner.id, PatentOwner.position, PatentOwner.name, PatentOwner.firm_id,
        PatentOwner.obtained, PatentOwner.assumed, PatentOwner.left_on,
    )  # fmt: skip
    for ids in chunks(sorted(by_id)):
        query: Select[Any] = select(*wanted).where(PatentOwner.patent_id.in_(ids))
        query = query.order_by(PatentOwner.patent_id, PatentOwner.position)
        for owner in db.session.execute(query).all():
            patent_id, *rest = tuple(owner)
            by_id[patent_id].owners.append(OwnerFacts(*rest))


def plan(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """A right: new, or known by its number and told anew; its owners, firms of the register or not."""
    row = row_plan.row
    number: rules.Number | None = row.values.get("number")
    if number is None:
        row_plan.reject("没有专利号（登记号），不知道是哪一件")
        whole.drop_draft(row_plan)
        return
    if number.broken:
        row.problems.append(Problem("专利号", number.number, number.reason))
    values = _values(row, number)
    found: dict[str, Known] = whole.store["patents"]
    known = found.get(number.number)
    if known is None:
        patent_id = whole.add(row_plan, "patent", values)
        known = found[number.number] = Known(patent_id, values | {"id": patent_id}, [])
        row_plan.effect = "created"
    else:
        _tell(whole, row_plan, known, values, facts)
    added = _own(whole, row_plan, known, facts)
    if row_plan.effect == "unchanged" and (row_plan.changes or added):
        row_plan.effect = "updated"
    if row_plan.effect == "unchanged" and known.row is not None:
        row_plan.reason = f"和“{known.row.sheet.strip()}”第 {known.row.row} 行是同一件，只算一次"
    known.row = known.row or row


def _values(row: Row, number: rules.Number) -> dict[str, Any]:
    """What a row says of the right itself, as columns of patent."""

    def day(key: str, label: str) -> date | None:
        written: Day | None = row.values.get(key)
        if written is not None and written.precision == "year":
            row.problems.append(Problem(label, str(written.first.year), "只有年份，没有用"))
            return None
        return written.first if written else None

    filed_on, granted_on = day("filed_on", "申请日"), day("granted_on", "授权公告日")

    written_kind = row.values.get("kind", "")
    kind = rules.read_kind(written_kind) or number.kind
    if written_kind and not rules.read_kind(written_kind):
        row.problems.append(
            Problem("专利类型", written_kind, "不认识这种类型，不计数" if not kind else "不认识这种类型，按专利号算")
        )
    status_text = row.values.get("status", "")
    status = rules.read_status(status_text) if status_text else ("granted" if granted_on else "examination")
    if status == "unknown":
        row.problems.append(Problem("法律状态", status_text, "看不出是什么状态，不计数"))
    if status == "granted" and granted_on is None:
        row.problems.append(Problem("授权公告日", "", "写着授权，没有授权公告日，不计数"))
    ends: Day | None = row.values.get("expires_on")
    return {
        "number": number.number,
        "number_problem": number.reason,
        "kind": kind,
        "title": row.values.get("title", ""),
        "filed_on": filed_on,
        "granted_on": granted_on,
        "expires_on": ends.last if ends else rules.expires_on(kind, filed_on),
        "fee_due_on": day("fee_due_on", "年费应缴日"),
        "status": status,
        "status_text": status_text[:200],
        "ended_on": None if status == "granted" else day("status_on", "状态日期"),
    }


def _tell(whole: "Plan", row_plan: "RowPlan", known: Known, values: dict[str, Any], facts: "Facts") -> None:
    """Write what the row says otherwise; what it leaves blank stays. Of two rows of one file the first is right."""
    row, old = row_plan.row, known.values
    again = known.row is not None
    for name, label in TOLD:
        if values[name] in (None, "") or values[name] == old[name] or (again and old[name] not in (None, "")):
            continue
        _set(whole, row_plan, known, name, label, values[name])
    said = bool(row.values.get("status"))
    if again or not said or (values["status"], values["status_text"]) == (old["status"], old["status_text"]):
        return
    if (old["status"] == "granted") != (values["status"] == "granted"):
        ended = None if values["status"] == "granted" else values["ended_on"] or _learned_on(whole, facts)
        if ended != old["ended_on"]:
            _set(whole, row_plan, known, "ended_on", "失去日期", ended)
    if values["status"] != old["status"]:
        _set(whole, row_plan, known, "status", "状态", values["status"])
    _set(whole, row_plan, known, "status_text", "法律状态", values["status_text"])


def _set(whole: "Plan", row_plan: "RowPlan", known: Known, name: str, label: str, new: Any) -> None:
    whole.change(row_plan, "patent", known.id, name, label, known.values[name], new, row_plan.firm_id)
    known.values[name] = new


def _learned_on(whole: "Plan", facts: "Facts") -> date:
    """The day a list speaks of, where it does not date its rows."""
    return whole.options.on or (facts.day.first if facts.day else clock.today())


def _own(whole: "Plan", row_plan: "RowPlan", known: Known, facts: "Facts") -> bool:
    """Bring the owners of the row in; True when that adds one."""
    row = row_plan.row
    how = rules.read_obtained(
        row.values.get("obtained", ""), row.values.get("status", ""), row.values.get("remark", "")
    )
    dated: Day | None = row.values.get("transferred_on")
    if dated is not None:
        how = "transferred"
    named = owners.firms_of(row, row_plan.firm_id, whole.index)
    held = [_owner_of(known, name, firm_id) for name, firm_id in named]
    if how == "transferred" and known.owners and not any(held):
        for gone in known.owners:
            if gone.left_on is None:
                gone.left_on = dated.first if dated else _learned_on(whole, facts)
                label = f"{gone.name}转出"
                whole.change(row_plan, "patent_owner", gone.id, "left_on", label, None, gone.left_on, gone.firm_id)
    added = False
    for (name, firm_id), owner in zip(named, held, strict=True):
        if owner is None:
            added = True
            _add_owner(whole, row_plan, known, name, firm_id, how, dated)
        elif firm_id is not None:
            _better_owner(whole, row_plan, owner, firm_id, how)
    return added


def _owner_of(known: Known, name: str, firm_id: int | None) -> OwnerFacts | None:
    key = firm_name.match_key(name)
    for owner in known.owners:
        if firm_id is not None and owner.firm_id == firm_id:
            return owner
    return next(
        (
            owner
            for owner in known.owners
            if firm_name.match_key(owner.name) == key and (firm_id is None or owner.firm_id is None)
        ),
        None,
    )


def _add_owner(
    whole: "Plan", row_plan: "RowPlan", known: Known, name: str, firm_id: int | None, how: str, dated: Day | None
) -> None:
    position = max((owner.position for owner in known.owners), default=0) + 1
    values = {
        "patent_id": known.id,
        "position": position,
        "name": name[:LONGEST_OWNER],
        "firm_id": firm_id,
        "obtained": how or "self",
        "assumed": not how,
        "transferred_on": dated.first if dated else None,
    }
    made = whole.add(row_plan, "patent_owner", values)
    known.owners.append(OwnerFacts(made, position, name, firm_id, how or "self", not how, None))


def _better_owner(whole: "Plan", row_plan: "RowPlan", owner: OwnerFacts, firm_id: int, how: str) -> None:
    """An owner who was only a name is a firm now; how it was obtained is known now."""
    if owner.firm_id is None:
        whole.change(row_plan, "patent_owner", owner.id, "firm_id", "权利人是", None, firm_id)
        owner.firm_id = firm_id
    if how and owner.assumed:
        if how != owner.obtained:
            whole.change(row_plan, "patent_owner", owner.id, "obtained", "取得方式", owner.obtained, how)
        whole.change(row_plan, "patent_owner", owner.id, "assumed", "推定", True, False)
        owner.obtained, owner.assumed = how, False


KIND = register_kind(
    Kind(
        key="patents",
        name="专利与知识产权清单",
        fields=FIELDS,
        cues=r"专利|知识产权|软件著作权|软著|布图设计|植物新品种",
        against=r"走访|培育库|更名|取消|撤销|优势企业|示范企业|高新技术企业认定",
        needs=(("name", "code"), ("number",)),
        marks=("number", "kind", "filed_on", "granted_on", "status"),
        least=4,
        load=load,
        reads=("patent", "patent_owner"),
        match=owners.match_owners,
        plan=plan,
    )
)
