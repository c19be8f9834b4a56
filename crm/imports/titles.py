"""What a row of a list of titles does: a new title, a better known one, a 公示 confirmed by its 公告."""

from datetime import date
from typing import TYPE_CHECKING, Any

from models.rules import firm_name
from models.rules.dates import Day
from models.rules.ladder import last_day_of

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts
    from crm.imports.state import TitleFacts

#: Sources of a title, the weakest first: a weaker one never writes over a stronger one.
SOURCES = ("人工", "台账", "名单", "公示", "公告")
LABELS = {
    "number": "证书编号",
    "batch": "批次",
    "field": "技术领域",
    "issued_on": "发证日期",
    "issued_precision": "发证日期精度",
    "ends_on": "有效期至",
    "provisional": "公示中",
    "noticed_on": "公示日期",
    "source": "来源",
}


def plan_title(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """Plan the title of a matched row; a row without any date is held, a title that ends before it begins refused."""
    row = row_plan.row
    assert row_plan.firm_id is not None
    assert row_plan.kind.title_type is not None
    kind = whole.types[row_plan.kind.title_type]
    issued = _issued(whole, row_plan, facts, kind.id)
    if issued is None:
        row_plan.hold("名单没有发证日期，批次表里也没有。请填名单日期再导")
        whole.drop_draft(row_plan)
        return
    ends: Day | None = row.values.get("ends_on")
    ends_on = (
        ends.last if ends else last_day_of(kind.validity, issued.first, _year(row.values.get("year")) or facts.year)
    )
    if ends_on is not None and ends_on < issued.first:
        row_plan.reject(f"有效期至 {ends_on} 早于发证日期 {issued.first}")
        whole.drop_draft(row_plan)
        return
    provisional = facts.notice and not whole.options.confirm_notice
    values: dict[str, Any] = {
        "number": row.values.get("number", ""),
        "batch": row.values.get("batch") or row.batch,
        "field": row.values.get("field", ""),
        "issued_on": issued.first,
        "issued_precision": issued.precision,
        "ends_on": ends_on,
        "provisional": provisional,
        "noticed_on": issued.first if provisional else None,
        "source": "公示" if provisional else "公告" if facts.announced else "名单",
    }
    known = _same(whole.titles_of(row_plan.firm_id), values)
    if known is None:
        whole.new_title(row_plan, kind.id, values)
        row_plan.effect = "created"
    else:
        _better(whole, row_plan, known, values, ends is not None)
    _firm(whole, row_plan)
    if row_plan.effect == "unchanged" and row_plan.changes:
        row_plan.effect = "updated"
    if row_plan.effect == "unchanged" and known is not None and known.id < 0:
        other = whole.new_titles[known.id][1].row
        row_plan.reason = f"和“{other.sheet.strip()}”第 {other.row} 行重复，只算一次"


def _firm(whole: "Plan", row_plan: "RowPlan") -> None:
    """What the row says about the firm itself: a street, former names written in brackets."""
    row, firm_id = row_plan.row, row_plan.firm_id or 0
    if (
        firm_id > 0
        and whole.firms[firm_id].code is None
        and row.code.usable
        and row.code.code not in whole.index.by_code
    ):
        whole.set_field(row_plan, "code", "统一社会信用代码", row.code.code)
        whole.set_field(row_plan, "code_kind", "证照种类", row.code.kind)
    if street := row.values.get("street"):
        whole.set_area(row_plan, whole.places.of_name(street), "list")
    for name in row.former:
        whole.add_name(row_plan, name)
    key = firm_name.match_key(row.name)
    if (
        row.former
        and row_plan.match.how in ("former_name", "code")
        and firm_id not in whole.index.same_but_for_form(key)
    ):
        whole.add_name(row_plan, row.name)


def _issued(whole: "Plan", row_plan: "RowPlan", facts: "Facts", type_id: int) -> Day | None:
    """From the row, else the batch row above it, else the table of batches, else what the person gave."""
    row = row_plan.row
    written: Day | None = row.values.get("issued_on")
    if written is not None and written.precision != "year":
        return written
    if row.batch_on is not None:
        return row.batch_on
    batch = row.values.get("batch") or row.batch
    announced = whole.announced_on(type_id, batch, facts.year)
    if announced is not None:
        return Day(announced)
    return Day(whole.options.on) if whole.options.on else None


def _year(written: Any) -> int | None:
    digits = str(written or "")[:4]
    return int(digits) if digits.isdigit() and digits.startswith("20") else None


def _same(known: list["TitleFacts"], values: dict[str, Any]) -> "TitleFacts | None":
    """The title that this row speaks of: of the same number, or granted in the same year where a number is missing or
    both agree."""
    number = values["number"]
    for title in known:
        if number and title.number == number:
            return title
    return next((title for title in known if title.issued_on.year == values["issued_on"].year), None)


def _better(whole: "Plan", row_plan: "RowPlan", known: "TitleFacts", values: dict[str, Any], ends_given: bool) -> None:
    """Fill what a known title lacks; write over what differs only from an equal or better source, never with less. Of
    two rows of one file that speak of the same title the first is right, or each run would undo the other."""
    again = known.id in whole.spoken
    whole.spoken.add(known.id)
    stronger = _strength(values["source"]) >= _strength(known.source) and not again
    confirms = known.provisional and not values["provisional"]
    new: dict[str, Any] = {}
    for name in ("number", "batch", "field"):
        if values[name] and values[name] != getattr(known, name) and (stronger or not getattr(known, name)):
            new[name] = values[name]
    if _says_more(known, values) and (stronger or confirms or _refines(known, values)):
        new |= {"issued_on": values["issued_on"], "issued_precision": values["issued_precision"]}
        if not ends_given:
            new["ends_on"] = values["ends_on"]
    if ends_given and values["ends_on"] != known.ends_on and (stronger or confirms):
        new["ends_on"] = values["ends_on"]
    if confirms:
        new |= {"provisional": False, "noticed_on": known.noticed_on or known.issued_on}
    if not stronger and not again:
        _keep_losers(row_plan, known, values)
    elif new and values["source"] != known.source:
        new["source"] = values["source"]
    whole.change_title(row_plan, known, {name: value for name, value in new.items() if value != getattr(known, name)})


def _says_more(known: "TitleFacts", values: dict[str, Any]) -> bool:
    """Whether the date of issue is another and at least as exact; a month says nothing against a day within it."""
    old, new = known.issued_on, values["issued_on"]
    if values["issued_precision"] == "month" and known.issued_precision == "day":
        return (old.year, old.month) != (new.year, new.month)
    return (old, known.issued_precision) != (new, values["issued_precision"])


def _refines(known: "TitleFacts", values: dict[str, Any]) -> bool:
    """Whether the day lies in the month that was known before."""
    old, new = known.issued_on, values["issued_on"]
    exact = known.issued_precision == "month" and values["issued_precision"] == "day"
    return exact and (old.year, old.month) == (new.year, new.month)


def _keep_losers(row_plan: "RowPlan", known: "TitleFacts", values: dict[str, Any]) -> None:
    for name in ("number", "issued_on", "ends_on"):
        old, new = getattr(known, name), values[name]
        if new and old and new != old:
            row_plan.kept.append((LABELS[name], _text(new), f"以{known.source or '已有记录'}的 {_text(old)} 为准"))


def _text(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _strength(source: str) -> int:
    return SOURCES.index(source) if source in SOURCES else 0
