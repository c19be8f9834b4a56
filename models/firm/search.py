"""Finding a firm by any part of a name it bears or bore, by pinyin, initials or code (product.md, promise 15).

Both databases look through pairs of neighbouring characters, made for Chinese: SQLite in an FTS5 table, PostgreSQL in a
GIN index over the function bigrams(). A pair decides a text of one or two characters; a longer one is compared again.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from models import bulk, pinyin
from models.base import among, db
from models.firm.names import FirmName, FirmSearch
from models.firm.record import Firm

Row = TypeVar("Row")

#: Made by migration 0002 on SQLite alone; rows go with those of firm_search by a trigger.
PAIRS = table("firm_search_fts", column("rowid"), column("grams"))

#: The sort key of a row is that of its firm.
INTO = "INSERT INTO firm_search (firm_id, sort_key, lines) SELECT id, sort_key,"

#: Rows per statement: well under the number of parameters either database takes.
CHUNK = 5_000

#: Text that SQLite's tokenizer keeps whole; the pairs of any other are not in its index.
_INDEXED = re.compile("[0-9a-z\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff]*")

EXACT, PREFIX, WITHIN = 0, 1, 2


class Prepared(NamedTuple):
    """The search row of a firm: its lines, and on SQLite the pairs in them."""

    lines: str
    grams: str


def normalise(words: str) -> str:
    """Text as both sides of a search are compared: one width, lower case, letters and digits only."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words).lower()))


def lines_of(name: str, others: Iterable[str], code: str | None) -> str:
    """The row of a firm in firm_search: its name, former names and other forms with their readings, then the code."""
    lines: list[str] = []
    for words in map(normalise, (name, *others)):
        lines += [words, *pinyin.initials(words), *pinyin.signs(words)]
    lines.append(normalise(code or ""))
    return "\n" + "\n".join(filter(None, dict.fromkeys(lines))) + "\n"


def refresh(firm_ids: Iterable[int]) -> int:
    """Make the search rows of these firms anew from their names and codes, and return how many there are now.

    Works in the transaction of the caller, who has flushed the firms.
    """
    written = 0
    for chunk in _chunks(sorted(set(firm_ids))):
        others: dict[int, list[str]] = {}
        names = (
            select(FirmName.firm_id, FirmName.name)
            .where(among(FirmName.firm_id, chunk))
            .order_by(FirmName.firm_id, FirmName.id)
        )
        for firm_id, name in db.session.execute(names):
            others.setdefault(firm_id, []).append(name)
        # A firm is found by what was merged into it too.
        gone = select(Firm.merged_into_id, Firm.name, Firm.code).where(among(Firm.merged_into_id, chunk))
        for into, *texts in db.session.execute(gone.order_by(Firm.id)):
            others.setdefault(into or 0, []).extend(filter(None, texts))
        firms = (
            select(Firm.id, Firm.name, Firm.code)
            .where(among(Firm.id, chunk), Firm.merged_into_id.is_(None))
            .order_by(Firm.id)
        )
        rows = [
            (firm_id, prepare(lines_of(name, others.get(firm_id, ()), code)))
            for firm_id, name, code in db.session.execute(firms)
        ]
        forget(chunk)
        _insert(rows)
        written += len(rows)
    return written


def prepare(lines: str) -> Prepared:
    """What `put` writes, computed beforehand so that the transaction that writes is short."""
    return Prepared(lines, _grams(lines) if _on_sqlite() else "")


def put(rows: Sequence[tuple[int, Prepared]]) -> None:
    """Write the rows of new firms (firm id, what `prepare` made of its lines)."""
    for chunk in _chunks(rows):
        _insert(chunk)


def put_from(shelf: Table, firm_id: ColumnElement[int]) -> None:
    """Write the rows of new firms from a table with the columns id, sort_key, lines and grams (what `prepare` made of
    the lines); `firm_id` is the number of the firm of each row."""
    rows = select(firm_id, shelf.c.sort_key, shelf.c.lines).order_by(shelf.c.id)
    db.session.execute(insert(FirmSearch.__table__).from_select(["firm_id", "sort_key", "lines"], rows))  # type: ignore[arg-type]
    if _on_sqlite():
        pairs = select(firm_id, shelf.c.grams).order_by(shelf.c.id)
        db.session.execute(insert(PAIRS).from_select(["rowid", "grams"], pairs))


def forget(firm_ids: Sequence[int]) -> None:
    """Take these firms out of the search."""
    db.session.execute(
        delete(FirmSearch).where(among(FirmSearch.firm_id, firm_ids)).execution_options(synchronize_session=False)
    )


def rebuild() -> int:
    """Make the whole search anew, after a restore; returns how many firms it holds."""
    return refresh(db.session.scalars(select(Firm.id).order_by(Firm.id)).all())


def patterns(query: str) -> list[str]:
    """What a row must contain one of to match the typed text; empty when there is nothing to look for."""
    words = normalise(query)
    return [words, *pinyin.spellings(words)] if words else []


def matches(wanted: Sequence[str]) -> ColumnElement[bool]:
    """The condition on FirmSearch that holds for rows containing one of these patterns."""
    short = [pattern for pattern in wanted if len(pattern) <= 2]
    long = [pattern for pattern in wanted if len(pattern) > 2]
    if _on_sqlite():
        return _matches_sqlite(wanted, compare=bool(long))
    grams = func.bigrams(FirmSearch.lines)
    conditions = [and_(grams.op("@>")(_array(_pairs(pattern))), _contains(pattern)) for pattern in long]
    if short:
        conditions.append(grams.op("&&")(_array(short)))
    return or_(*conditions)


def rank(wanted: Sequence[str]) -> ColumnElement[int]:
    """0 where a whole line is what was typed, 1 where a line begins with it, 2 elsewhere; for ORDER BY."""
    return case(
        (or_(*(_contains(f"\n{pattern}\n") for pattern in wanted)), EXACT),
        (or_(*(_contains(f"\n{pattern}") for pattern in wanted)), PREFIX),
        else_=WITHIN,
    )


def _matches_sqlite(wanted: Sequence[str], compare: bool) -> ColumnElement[bool]:
    same = or_(*map(_contains, wanted))
    if not all(map(_INDEXED.fullmatch, wanted)):
        return same
    tokens = " OR ".join(
        "(" + " AND ".join(f'"{pair}"' + (" *" if len(pair) == 1 else "") for pair in _pairs(pattern)) + ")"
        for pattern in wanted
    )
    found = FirmSearch.firm_id.in_(select(PAIRS.c.rowid).where(literal_column("firm_search_fts").op("MATCH")(tokens)))
    return and_(found, same) if compare else found


def _token(pair: str) -> str:
    """A pair as FTS5 is asked for it; a character alone asks for every pair that begins with it."""
    return f'"{pair}"' + (" *" if len(pair) == 1 else "")


def _contains(pattern: str) -> ColumnElement[bool]:
    return FirmSearch.lines.contains(pattern, autoescape=True)


def _insert(rows: Sequence[tuple[int, Prepared]]) -> None:
    if not rows:
        return
    if _on_sqlite():
        given = [{"firm_id": firm_id, "lines": prepared.lines} for firm_id, prepared in rows]
        db.session.execute(text(f"{INTO} :lines FROM firm WHERE id = :firm_id"), given)
        bulk.put(PAIRS, ("rowid", "grams"), [(firm_id, prepared.grams) for firm_id, prepared in rows])
        return
    ids = [firm_id for firm_id, _ in rows]
    lines = [prepared.lines for _, prepared in rows]
    these = "unnest(CAST(:ids AS integer[]), CAST(:lines AS text[])) AS given (firm_id, lines)"
    joined = text(f"{INTO} lines FROM {these} JOIN firm ON firm.id = given.firm_id")
    db.session.execute(joined, {"ids": ids, "lines": lines})


def _grams(lines: str) -> str:
    """All pairs of each line, and its last character alone: what the FTS5 table holds."""
    found: list[str] = []
    for line in filter(None, lines.split("\n")):
        found += [first + second for first, second in pairwise(line)]
        found.append(line[-1])
    return " ".join(found)


def _pairs(pattern: str) -> list[str]:
    """The neighbouring pairs of a text; the character itself when it is alone."""
    return [pattern[place : place + 2] for place in range(len(pattern) - 1)] or [pattern]


def _array(values: Sequence[str]) -> ColumnElement[Sequence[str]]:
    return cast(array(values), ARRAY(Text))


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


def _chunks(items: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
