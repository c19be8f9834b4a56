"""What the register holds of the figures that a firm is asked for, by the order of 0046, and which are missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from models.assessment.bridge import Inputs, inputs_of
from models.base import db
from models.firm.profile import origins
from models.firm.yearly import FirmFigure
from models.rules.firm_input import FIGURES, FOLLOWS, GROUP_OF, Cell

#: A right is a record of its own where patents were imported; this regime counts all of them.
ANY_RIGHT = {"ip_class_1": ("hnte", "ip.class1_self"), "ip_class_2": ("hnte", "ip.class2_any")}
#: What rules look at in earlier years too: growth, two and three years together.
EARLIER = ("operating_revenue", "main_revenue", "rd_expense", "total_assets", "total_liabilities", "net_assets")
#: Accounting years that can be asked for, beside the last one.
YEARS_BACK = 2


@dataclass(frozen=True, slots=True)
class Held:
    """One value of the register: what, from where, of which day."""

    value: Decimal
    year: int
    source: str
    on: date | None
    imported: bool


@dataclass(slots=True)
class Register:
    """What is held of one firm: every source of each figure, the one that counts first."""

    rows: dict[Cell, list[Held]]

    def best(self) -> dict[Cell, Decimal]:
        """The value that counts for each figure and year."""
        return {cell: rows[0].value for cell, rows in self.rows.items()}

    def last(self, key: str, year: int) -> Held | None:
        """What counts for the latest year up to this one; None where nothing is held."""
        held = [rows[0] for (of, when), rows in self.rows.items() if of == key and when <= year]
        return max(held, key=lambda row: row.year, default=None)

    def of(self, cell: Cell) -> list[Held]:
        """Every source of one figure of one year, the one that counts first."""
        return self.rows.get(cell, [])

    def stays(self, cell: Cell, source: str, on: date) -> Held | None:
        """What counts before a person's word from this source on this day (0046): another person's, dated later."""
        found = self.of(cell)
        first = next((row for row in found if row.source != source), None)
        return first if first and not first.imported and first.on is not None and first.on > on else None


def register_of(firm_id: int) -> Register:
    """What the register holds of the figures a firm can be asked for. Two statements at most."""
    imported = FirmFigure.import_row_id.is_not(None)
    query = select(FirmFigure).where(FirmFigure.firm_id == firm_id, FirmFigure.key.in_(FIGURES))
    order = (FirmFigure.year.desc(), imported, FirmFigure.source_on.desc().nulls_last(), FirmFigure.id.desc())
    figures = list(db.session.scalars(query.order_by(*order)))
    files = origins({row.import_row_id for row in figures if row.import_row_id})
    rows: dict[Cell, list[Held]] = {}
    for row in figures:
        source = files.get(row.import_row_id or 0) or row.source
        held = Held(row.value, row.year, source, row.source_on, row.import_row_id is not None)
        rows.setdefault((row.key, row.year), []).append(held)
    return Register(rows)


def years_to_ask(today: date) -> list[int]:
    """The accounting years a firm can be asked for, the last one first."""
    return [today.year - 1 - back for back in range(YEARS_BACK + 1)]


def missing(firm_ids: Sequence[int], years: Iterable[int], on: date) -> dict[int, list[Cell]]:
    """The figures of these years that the titles look at and nobody gave, for each firm, in the order of the form; of
    the years before the first of them only what rules look at across years. The same number of statements for one firm
    and five thousand."""
    wanted = sorted(set(years), reverse=True)
    return {firm_id: _missing(inputs, wanted) for firm_id, inputs in inputs_of(firm_ids, on).items()}


def _missing(inputs: Inputs, years: Sequence[int]) -> list[Cell]:
    found = []
    for year in years:
        keys = FIGURES if year == years[0] else EARLIER
        lacking = [key for key in keys if not _known(inputs, key, year)]
        asked = set(lacking)
        for key, parts in FOLLOWS.items():
            if all(part in asked or f"{part}_{year}" in inputs.known for part in parts):
                asked.discard(key)
        found += [(key, year) for key in lacking if key in asked]
    return found


def _known(inputs: Inputs, key: str, year: int) -> bool:
    """Rights on record need no asking; a number of them serves for its year and later ones."""
    if GROUP_OF[key] != "rights":
        return f"{key}_{year}" in inputs.known
    regime, name = ANY_RIGHT[key]
    held = inputs.of(regime).get(name)
    return held is not None and (held.year is None or held.year >= year)


def all_cells(years: Iterable[int]) -> list[Cell]:
    """Everything that can be asked for these years."""
    wanted = sorted(set(years), reverse=True)
    return [(key, year) for year in wanted for key in FIGURES if GROUP_OF[key] != "rights" or year == wanted[0]]
