"""Reading and matching without a database: figures per file against what is true."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from crm.imports import clean, match, read, recognise
from crm.imports.index import Facts, Index
from crm.imports.kinds import Row
from crm.imports.kinds.all import KINDS
from crm.imports.match import Match
from crm.imports.recognise import Table
from models.rules import firm_name


@dataclass(slots=True)
class Known:
    """Firms of a register ready for matching; codes tells which firm an id is."""

    index: Index
    codes: dict[int, str] = field(default_factory=dict)

    def rename(self, code: str, name: str) -> None:
        """A firm takes another name, as a list of changes of names says; unknown firms are passed over."""
        for firm_id, known in list(self.codes.items()):
            if known == code:
                self.index.add_name(firm_id, firm_name.match_key(name), "name")


def tables_of(data: bytes, name: str) -> list[Table]:
    """The tables of a file, hidden sheets left out, each kind recognised."""
    sheets = [sheet for sheet in read.read(data, name) if not sheet.hidden]
    return [table for sheet in sheets if (table := recognise.recognise(sheet, name)) is not None]


def rows_of(data: bytes, name: str) -> list[Row]:
    """The rows of a file."""
    return [row for table in tables_of(data, name) for row in clean.clean(table)]


def known(register: Iterable[Row], places: Iterable[str] = ()) -> Known:
    """The firms of these register rows, with the facts that tell namesakes apart."""
    register = list(register)
    found = Known(Index(places))
    for number, row in enumerate(register, 1):
        found.index.add(number, row.code.code or None, row.code.kind, row.name)
        found.codes[number] = row.code.code
    found.index.learn_places()
    for firm_id in found.index.namesakes():
        values = register[firm_id - 1].values
        day, capital = values.get("founded_on"), values.get("capital")
        found.index.facts[firm_id] = Facts(
            values.get("address", ""), "", day.first if day else None, capital.value if capital else None
        )
    return found


def outcome(
    firms: Known, rows: Iterable[Row], truth: Callable[[Row], str], matcher: Callable[[Row, Index], Match] = match.match
) -> Counter[str]:
    """Rows matched rightly, wrongly (a new firm under another's code too), held, new; in: whose firm is known."""
    counts: Counter[str] = Counter()
    here, codes = set(firms.codes.values()), dict(firms.codes)
    for row in sorted(rows, key=lambda row: not row.code.usable):
        true, found = truth(row), matcher(row, firms.index)
        counts["in" if true in here else "out"] += 1
        if found.how == "new":
            counts["new"] += 1
            counts["wrong"] += row.code.code != true
        elif found.firm_id is None:
            counts["held" if true in here else "held_out"] += 1
        elif codes[found.firm_id] == true:
            counts["right"] += 1
        else:
            counts["wrong"] += 1
            print(f"  wrong: {row.sheet} {row.row} {row.name} {row.code.written}: {found.reason}")
    return counts


def matcher_of(kind: str) -> Callable[[Row, Index], Match]:
    """How rows of a kind are matched: some kinds have their own way."""
    own = getattr(KINDS[kind], "match", None)
    return own or match.match


def said(name: str, counts: Counter[str]) -> str:
    """One line of figures."""
    share = f"{counts['right'] / counts['in']:.2%}" if counts["in"] else "–"
    return f"{name}: {dict(counts)} matched {share}"
