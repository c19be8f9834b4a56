"""What a row of a list of titles does: a new title, a better known one, a 公示 confirmed by its 公告."""

from datetime import date
from typing import TYPE_CHECKING

from crm.imports.titles import closing
from crm.imports.titles.book import LABELS, Book, Known, row_of, same
from crm.imports.titles.dating import issue_of, wait, year_of
from models.rules import firm_name
from models.rules.dates import Day, Term
from models.rules.title_sources import Said, Settled, settle
from models.title import TitleType

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts

SETTLED = (
    "number", "batch", "field", "issued_on", "issued_precision", "ends_on", "provisional", "noticed_on", "source",
)  # fmt: skip
COMPARED = {"number": "证书编号", "issued_on": "发证日期", "ends_on": "有效期至"}


def plan_title(whole: "Plan", row_plan: "RowPlan", facts: "Facts") -> None:
    """Plan the title of a matched row of a list of one type; a row without any date waits, one whose title ends before
    it begins is refused."""
    row = row_plan.row
    assert row_plan.kind.title_type is not None
    kind = whole.types[row_plan.kind.title_type]
    number = row.values.get("number", "")
    issued, batch_ends, reason = issue_of(whole, row_plan, facts, kind.id, number=number)
    if reason:
        wait(whole, row_plan, reason)
        return
    source, provisional = source_of(whole, facts)
    term: Term | None = row.values.get("ends_on")
    ends = term.end if term else None
    said = Said(
        source=source,
        provisional=provisional,
        number=number,
        batch=row.values.get("batch") or row.batch,
        field=row.values.get("field", ""),
        issued=issued,
        ends_on=ends.last if ends else batch_ends,
        ends_vague=ends is not None and ends.precision != "day",
        noticed_on=issued.first if provisional and issued else None,
        year=year_of(row.values.get("year")) or facts.year,
        said_on=_said_on(whole, row_plan),
    )
    known = give(whole, row_plan, kind, said)
    if known is not None:
        _firm(whole, row_plan)
        closing.move(whole, row_plan, kind, said, known.get("issued_on"))
        if row_plan.effect == "unchanged" and row_plan.changes:
            row_plan.effect = "updated"


def source_of(whole: "Plan", facts: "Facts") -> tuple[str, bool]:
    """What a list is by its title words, and whether its titles are only 公示中."""
    if facts.notice and not whole.options.confirm_notice:
        return "公示", True
    return ("公告" if facts.announced or facts.notice else "名单"), False


def give(whole: "Plan", row_plan: "RowPlan", kind: TitleType, said: Said) -> Known | None:
    """Give the row's firm the title a source speaks of, or tell what it says of a known one; None when the row was
    held (no day to begin with) or refused."""
    assert row_plan.firm_id is not None
    book = Book.of(whole)
    known = book.find(row_plan.firm_id, kind, said)
    if known is None:
        return _new(whole, row_plan, kind, said)
    if any(same(said, one) for one in known.said):
        if known.id < 0:
            other = whole.added[known.id].plan.row
            row_plan.reason = f"和“{other.sheet.strip()}”第 {other.row} 行重复，只算一次"
        return known
    if said.confirms and said.issued is None and known.get("provisional"):
        wait(whole, row_plan)
        return None
    return _better(whole, row_plan, kind, known, said)


def _new(whole: "Plan", row_plan: "RowPlan", kind: TitleType, said: Said) -> Known | None:
    if said.issued is None:
        wait(whole, row_plan)
        return None
    settled = settle([said], kind.validity)
    if reason := _impossible(settled, said):
        row_plan.reject(reason)
        whole.drop_draft(row_plan)
        return None
    values = {name: settled.values[name] for name in SETTLED}
    assert row_plan.firm_id is not None
    firm_and_type = {"firm_id": row_plan.firm_id, "type_id": kind.id}
    title_id = whole.add(row_plan, "title", firm_and_type | values)
    whole.add(row_plan, "title_source", row_of(said) | {"title_id": title_id})
    known = Known(title_id, row_plan.firm_id, kind.id, dict(values), [said])
    Book.of(whole).of_firm(row_plan.firm_id, kind.id).append(known)
    row_plan.effect = "created"
    return known


def _better(whole: "Plan", row_plan: "RowPlan", kind: TitleType, known: Known, said: Said) -> Known | None:
    """Take what this source says better than all before; what others said better stays, and the row tells so."""
    before = settle(known.said, kind.validity)
    after = settle([*known.said, said], kind.validity)
    if reason := _impossible(after, said):
        row_plan.reject(reason)
        return None
    for name in SETTLED:
        new = after.values.get(name)
        # What a person corrected stays until a source says something new of it.
        if name in after.values and new != before.values.get(name) and new != known.get(name):
            whole.change(row_plan, "title", known.id, name, LABELS[name], known.get(name), new)
            known.values[name] = new
    if known.base is not None:
        # Nobody wrote down yet who said what stood here.
        row = {} if known.row_id is None else {"import_row_id": known.row_id}
        whole.add(row_plan, "title_source", row_of(known.base) | {"title_id": known.id} | row)
        known.base = None
    whole.add(row_plan, "title_source", row_of(said) | {"title_id": known.id})
    known.said.append(said)
    _keep_losers(row_plan, after, said)
    return known


def _impossible(settled: Settled, said: Said) -> str:
    """Why the dates cannot stand; empty when they can."""
    issued, ends = settled.values.get("issued_on"), settled.values.get("ends_on")
    if said.ends_on is not None and said.issued is not None and said.ends_on < said.issued.first:
        return f"有效期至 {said.ends_on} 早于发证日期 {said.issued.first}"
    if issued is not None and ends is not None and ends < issued:
        return f"有效期至 {ends} 早于发证日期 {issued}"
    return ""


def _keep_losers(row_plan: "RowPlan", settled: Settled, said: Said) -> None:
    """Tell what this row says otherwise than what stands, and whose word stands."""
    for name, value, source in settled.losers:
        mine = {"number": said.number, "issued_on": said.issued and said.issued.first, "ends_on": said.ends_on}
        if source == said.source and mine[name] == value:
            winner = settled.sources.get(name) or "已有记录"
            row_plan.kept.append((COMPARED[name], _text(value), f"以{winner}的 {_text(settled.values[name])} 为准"))


def _text(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _said_on(whole: "Plan", row_plan: "RowPlan") -> date | None:
    day: Day | None = row_plan.row.batch_on
    return day.first if day else whole.options.on


def _firm(whole: "Plan", row_plan: "RowPlan") -> None:
    """What the row says about the firm itself: a code it lacked, a street, former names written in brackets."""
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
        whole.add_name(row_plan, row.name, "alias")
