"""The titles of the firms that an import speaks of, as they stand and as its rows change them, with what each source
said of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.titles import closing
from models.base import among, db
from models.rules.dates import Day
from models.rules.title_sources import SOURCES, Said, speaks_of
from models.title import Title, TitleType
from models.title_source import TitleSource

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: Values of a title that sources settle, as a reader calls them.
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
    "revoked_on": "撤销日期",
    "revoked_reason": "撤销原因",
}
COLUMNS = tuple(LABELS)
PERSON = "人工"


@dataclass(slots=True)
class Known:
    """A title as it stands; an id below zero is one that this plan makes."""

    id: int
    firm_id: int
    type_id: int
    values: dict[str, Any]
    said: list[Said] = field(default_factory=list)
    #: What stood before any source was kept; kept beside the first one that comes.
    base: Said | None = None
    #: The import row it came from.
    row_id: int | None = None

    def get(self, name: str) -> Any:
        """A value as it stands."""
        return self.values.get(name)


class Book:
    """The titles of firms by type; what was read once is not read again."""

    def __init__(self) -> None:
        self.titles: dict[tuple[int, int], list[Known]] = defaultdict(list)
        self.read: set[tuple[int, int]] = set()

    @classmethod
    def of(cls, whole: "Plan") -> "Book":
        """The book of a plan."""
        if "titles" not in whole.store:
            whole.store["titles"] = cls()
        book: Book = whole.store["titles"]
        return book

    def load(self, firm_ids: Iterable[int], type_ids: Iterable[int]) -> None:
        """Read the titles of these types; two statements for each few thousand firms."""
        types = sorted(set(type_ids))
        wanted = sorted({one for one in firm_ids if one > 0 and any((one, kind) not in self.read for kind in types)})
        for chunk in state.chunks(wanted):
            self._read(chunk, types)
        self.read |= {(firm_id, kind) for firm_id in wanted for kind in types}

    def _read(self, firm_ids: Sequence[int], types: list[int]) -> None:
        table = Title.__table__
        query = select(
            *(table.c[name] for name in ("id", "firm_id", "type_id", "import_row_id", "confirmed_by_id", *COLUMNS)),
        )  # fmt: skip
        query = query.where(among(Title.firm_id, firm_ids), Title.type_id.in_(types))
        found: dict[int, Known] = {}
        confirmed: set[int] = set()
        for title_id, firm_id, type_id, row_id, by_id, *values in db.session.execute(
            query.order_by(Title.issued_on, Title.id)
        ):
            if (firm_id, type_id) in self.read:
                continue
            known = Known(title_id, firm_id, type_id, dict(zip(COLUMNS, values, strict=True)), row_id=row_id)
            found[title_id] = known
            self.titles[firm_id, type_id].append(known)
            confirmed |= {title_id} if by_id else set()
        rows: dict[int, list[TitleSource]] = defaultdict(list)
        sources = select(TitleSource).where(among(TitleSource.title_id, list(found))).order_by(TitleSource.id)
        for row in db.session.scalars(sources) if found else ():
            rows[row.title_id].append(row)
        for title_id, known in found.items():
            known.said = [row.said for row in rows[title_id]]
            if known.row_id not in {row.import_row_id for row in rows[title_id]}:
                known.base = _stands(known)
                known.said.append(known.base)
            if title_id in confirmed:
                known.said.append(_confirmation(known))

    def of_firm(self, firm_id: int, type_id: int) -> list[Known]:
        """The titles of a firm, those this plan makes included."""
        return self.titles[firm_id, type_id]

    def find(self, firm_id: int, kind: TitleType, said: Said) -> Known | None:
        """The title that a source speaks of; one of its number before all others."""
        titles = self.of_firm(firm_id, kind.id)
        if said.number:
            for known in titles:
                if any(one.number == said.number for one in known.said):
                    return known
        return next((known for known in titles if speaks_of(said, known.said, yearly=kind.rule.yearly)), None)


def load(whole: "Plan", rows: Iterable["RowPlan"]) -> None:
    """Read the titles that rows of lists of one type are compared with (Kind.load)."""
    rows = list(rows)
    types = {whole.types[one.kind.title_type].id for one in rows if one.kind.title_type}
    closing.load(whole, rows, types)
    Book.of(whole).load((one.firm_id for one in rows if one.firm_id is not None), types)


def row_of(said: Said) -> dict[str, Any]:
    """The columns of title_source for what was said."""
    return {
        "source": said.source,
        "provisional": said.provisional,
        "number": said.number,
        "batch": said.batch,
        "field": said.field,
        "issued_on": said.issued.first if said.issued else None,
        "issued_precision": said.issued.precision if said.issued else "day",
        "ends_on": said.ends_on,
        "ends_vague": said.ends_vague,
        "noticed_on": said.noticed_on,
        "year": said.year,
        "said_on": said.said_on,
    }


def same(one: Said, other: Said) -> bool:
    """Whether two sources of one strength say the same; when they said it makes no difference."""
    names = ("source", "provisional", "number", "batch", "field", "issued", "ends_on", "noticed_on")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _stands(known: Known) -> Said:
    """What stands of a title that was typed, or imported before sources were kept, as its source's word."""
    values: Mapping[str, Any] = known.values
    issued: date = values["issued_on"]
    return Said(
        source=values["source"] if values["source"] in SOURCES else PERSON,
        provisional=values["provisional"],
        number=values["number"],
        batch=values["batch"],
        field=values["field"],
        issued=Day(issued, values["issued_precision"]),
        ends_on=values["ends_on"],
        noticed_on=values["noticed_on"],
    )


def _confirmation(known: Known) -> Said:
    """A person said that the 公告 is out."""
    issued = Day(known.values["issued_on"], known.values["issued_precision"])
    return Said(source=PERSON, number=known.values["number"], issued=issued)
