"""What a row says of the firm itself: who it is, where it lies, how often it is to be seen, what is remarked on it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm.imports.kinds import Problem
from crm.imports.kinds.ledger.known import known_of
from models.rules.amounts import Amount

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: In a column of 万元 so much is more than nearly every firm has: 元 for certain or 100 亿, which nobody can tell.
LARGE = 1_000_000
YUAN = 10_000


def plan_identity(whole: "Plan", row_plan: "RowPlan") -> None:
    """The code when the firm has none, what it lacks of day of founding, capital, address and industry, other names."""
    row, firm_id = row_plan.row, row_plan.firm_id or 0
    firm = whole.firms.get(firm_id)
    if firm is not None and firm.code is None and row.code.usable and row.code.code not in whole.index.by_code:
        whole.set_field(row_plan, "code", "统一社会信用代码", row.code.code)
        whole.set_field(row_plan, "code_kind", "证照种类", row.code.kind)
    values = row.values
    if (day := values.get("founded_on")) is not None and day.precision == "day":
        fill(whole, row_plan, "founded_on", "成立日期", day.first)
    _capital(whole, row_plan)
    fill(whole, row_plan, "address", "住所", values.get("address"))
    fill(whole, row_plan, "industry_code", "行业", values.get("industry"))
    for name in row.former:
        whole.add_name(row_plan, name)


def fill(whole: "Plan", row_plan: "RowPlan", name: str, label: str, new: Any) -> None:
    """Put a value where the firm has none; what a register or a person said stays, and the other is told."""
    firm = whole.firms.get(row_plan.firm_id or 0)
    old = getattr(firm, name) if firm is not None else None
    if new in (None, ""):
        return
    if old in (None, ""):
        whole.set_field(row_plan, name, label, new)
    elif old != new and name != "address":
        row_plan.kept.append((label, _text(new), f"以已有的 {_text(old)} 为准"))


def _capital(whole: "Plan", row_plan: "RowPlan") -> None:
    key = next((key for key in row_plan.row.values if key == "capital" or key.startswith("capital@")), "")
    capital: Amount | None = row_plan.row.values.get(key)
    if capital is None:
        return
    firm = whole.firms.get(row_plan.firm_id or 0)
    known = firm.capital if firm is not None else None
    if known is not None:
        if not _same_capital(capital, known):
            row_plan.kept.append(("注册资本（万元）", _text(capital.value), f"以已有的 {_text(known)} 为准"))
    elif capital.value >= LARGE and key == "capital":
        problem(whole, row_plan, key, f"写的是 {_text(capital.value)} 万元，可能是元，请核对单位；这一格没有写入")
    else:
        whole.set_field(row_plan, "capital_currency", "币种", capital.currency)
        whole.set_field(row_plan, "capital", "注册资本（万元）", capital.value)


def _same_capital(written: Amount, known: Decimal) -> bool:
    """Whether a capital says the same as far as it goes: rounded, written 约, or in yuan."""
    places = Decimal(1).scaleb(min(0, int(written.value.as_tuple().exponent)))
    near = written.approximate and abs(written.value - known) * 10 <= known
    return near or written.value in (known.quantize(places), known, known * YUAN)


def plan_places(whole: "Plan", row_plan: "RowPlan") -> None:
    """The street (a list outweighs an address) and the park; names the tree does not know are told once each."""
    known, values = known_of(whole), row_plan.row.values
    if street := values.get("street"):
        area_id = whole.places.of_name(street)
        if area_id is not None:
            whole.set_area(row_plan, area_id, "list")
        elif not _park(whole, row_plan, street) and ("street", street) not in known.told:
            known.told.add(("street", street))
            problem(whole, row_plan, "street", f"街镇园区里没有“{street}”，这些企业按地址推定")
    if (address := values.get("address")) and not values.get("street"):
        whole.set_area(row_plan, whole.places.of_address(address), "address")
    if (park := values.get("park")) and not _park(whole, row_plan, park) and ("park", park) not in known.told:
        known.told.add(("park", park))
        problem(whole, row_plan, "park", f"园区里没有“{park}”")


def _park(whole: "Plan", row_plan: "RowPlan", name: str) -> bool:
    """Put the firm into a park of this name; False when there is none. What a person said stays."""
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    park_id = known.parks.of_name(name)
    if park_id is None:
        return False
    current = known.park_of.get(firm_id)
    if current is None:
        values = {"firm_id": firm_id, "tree": "park", "area_id": park_id, "source": "list"}
        row_id = whole.add(row_plan, "firm_place", values)
        whole.set_field(row_plan, "park_id", "园区", park_id)
        known.park_of[firm_id] = (row_id, park_id, "list")
    elif current[1] != park_id and current[2] == "person":
        row_plan.kept.append(("园区", name, "有人手工定过，不覆盖"))
    elif current[1] != park_id:
        whole.change(row_plan, "firm_place", current[0], "area_id", "园区", current[1], park_id)
        whole.set_field(row_plan, "park_id", "园区", park_id)
        known.park_of[firm_id] = (current[0], park_id, "list")
    return True


def plan_notes(whole: "Plan", row_plan: "RowPlan", source: str) -> None:
    """Remarks and needs, each once whatever the year."""
    for key, value in row_plan.row.values.items():
        if key not in ("remark", "field") and not key.startswith("note@"):
            continue
        label = "技术领域" if key == "field" else "备注" if key == "remark" else key.split("@")[1].rpartition("/")[2]
        note(whole, row_plan, source, label, value)


def note(whole: "Plan", row_plan: "RowPlan", source: str, label: str, words: str) -> None:
    """Keep a remark on the firm unless it is there."""
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    if (firm_id, label, words) in known.notes:
        return
    known.notes.add((firm_id, label, words))
    whole.add(row_plan, "firm_note", {"firm_id": firm_id, "label": label, "text": words, "source": source})
    row_plan.tell("firm_note", label, words)


def problem(whole: "Plan", row_plan: "RowPlan", key: str, message: str, value: str = "", *, read: bool = False) -> None:
    """Name what is wrong with the cell of a field; `read`: it was taken all the same."""
    table = next(table for table in whole.tables if table.sheet == row_plan.row.sheet)
    column = table.columns_at(row_plan.row.row).get(key, -1)
    cells = row_plan.row.cells
    written = value or (str(cells[column]).strip() if 0 <= column < len(cells) else "")
    row_plan.row.problems.append(Problem(table.header_of(key), written[:80], message, read))


def _text(value: Any) -> str:
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)
