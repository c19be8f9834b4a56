"""The yearly figures of a row: each with its year, its unit and its source."""

from decimal import Decimal
from typing import TYPE_CHECKING

from crm.imports.kinds.ledger import units
from crm.imports.kinds.ledger.cells import Money, Number
from crm.imports.kinds.ledger.facts import problem
from crm.imports.kinds.ledger.known import FigureFacts, known_of
from models.firm.yearly import YEARLY

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan


def plan_figures(whole: "Plan", row_plan: "RowPlan", source: str) -> None:
    """Keep every figure the row gives. Of one source the last file is right; other sources are left as they are."""
    found = {
        (key.split("@")[0], int(key.split("@")[1])): (key, value)
        for key, value in row_plan.row.values.items()
        if key.count("@") == 2 and key.split("@")[0] in YEARLY
    }
    yuan = _units(whole, row_plan, {place: value for place, (_, value) in found.items()}, found)
    for place, (_, read) in sorted(found.items()):
        if place in yuan and not yuan[place]:
            continue
        value = read.value / units.YUAN if yuan.get(place) else read.value
        _keep(whole, row_plan, source, place, value.quantize(Decimal("0.000001")), read.approximate)


def _units(
    whole: "Plan",
    row_plan: "RowPlan",
    read: dict[units.Place, Money | Number],
    found: dict[units.Place, tuple[str, object]],
) -> dict[units.Place, bool]:
    """Amounts that are yuan in a column of 万元: certainly (they are converted) or perhaps (they are left out)."""
    money = {place: value for place, value in read.items() if isinstance(value, Money)}
    sure = [place for place, value in money.items() if value.own_unit or found[place][0].rpartition("@")[2] != "万"]
    staff = [
        value.value for (key, _), value in sorted(read.items(), key=lambda item: item[0][1]) if key == "staff_total"
    ]
    yuan = units.doubtful({place: one.value for place, one in money.items()}, sure, staff[-1] if staff else None)
    for place, certain in yuan.items():
        value = money[place].value
        if certain:
            said = f"和这一行别的数相比，写的是元，按 {_shown(value / units.YUAN)} 万元写入"
        else:
            said = "和这一行别的数差得太远，可能是元，请核对单位；这一格没有写入"
        problem(whole, row_plan, found[place][0], said, read=certain)
    return yuan


def _keep(
    whole: "Plan", row_plan: "RowPlan", source: str, place: units.Place, value: Decimal, approximate: bool
) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    (key, year), row = place, row_plan.row.row
    label = f"{year} 年{YEARLY[key][0]}"
    stands = known.figures.get((firm_id, key, year, source))
    if stands is None:
        values = {
            "firm_id": firm_id,
            "key": key,
            "year": year,
            "value": value,
            "approximate": approximate,
            "source": source,
        }
        row_id = whole.add(row_plan, "firm_figure", values)
        known.figures[firm_id, key, year, source] = FigureFacts(row_id, value, approximate, row)
        row_plan.tell("firm_figure", label, ("约 " if approximate else "") + _shown(value))
    elif stands.row is not None:
        if stands.value != value:
            row_plan.kept.append(
                (label, _shown(value), f"第 {stands.row} 行是同一家，以那一行的 {_shown(stands.value)} 为准")
            )
    else:
        whole.change(row_plan, "firm_figure", stands.id, "value", label, stands.value, value)
        whole.change(
            row_plan, "firm_figure", stands.id, "approximate", f"{label}（约数）", stands.approximate, approximate
        )
        stands.value, stands.approximate, stands.row = value, approximate, row


def _shown(value: Decimal) -> str:
    return f"{value.normalize():f}"
