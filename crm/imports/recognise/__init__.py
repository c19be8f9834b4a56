"""Stage 2: where the header is, what each column holds, which kind of list a sheet is, and what its titles say."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.imports import personal
from crm.imports.kinds import Kind, text
from crm.imports.kinds.all import KINDS
from crm.imports.read import Sheet
from crm.imports.recognise import header, learned
from crm.imports.recognise.body import blocks_of, body, fill_merged
from crm.imports.recognise.columns import Shares, cells_by_column, map_columns, sample_of, score, settled
from crm.imports.recognise.facts import facts_of
from crm.imports.recognise.groups import fill_groups
from crm.imports.recognise.halves import halves
from crm.imports.recognise.table import WHY, Block, Choice, Facts, Learned, Look, Table, Unrecognised, refuse

__all__ = [
    "WHY",
    "Block",
    "Choice",
    "Facts",
    "Learned",
    "Look",
    "Table",
    "Unrecognised",
    "body",
    "glance",
    "halves",
    "map_columns",
    "recognise",
]

#: What a page shows of each column.
SHOWN_CELLS, LONGEST_SHOWN = 3, 60


def recognise(
    sheet: Sheet,
    file_name: str,
    kind_key: str | None = None,
    *,
    choice: Choice | None = None,
    known: Iterable[Learned] = (),
    more: Iterable[Kind] = (),
) -> Table | None:
    """The table of a sheet; None when it holds none (empty, or notes only) or is not to be imported. Raises
    Unrecognised when the sheet is a table of no known kind, or lacks what the kind wanted needs.

    What a person said of this very sheet (`choice`) counts most, then what was learned from sheets like it (`known`),
    then the kind asked for and what words and cells say. `more` are kinds beside those every bureau has.
    """
    header_rows, first = header.find(sheet)
    if choice is not None and choice.header_rows:
        header_rows, first = _given(sheet, choice.header_rows)
    if first is None:
        return None
    by = "person" if choice else "asked" if kind_key else "guess"
    learned_id: int | None = None
    look = _look(sheet, header_rows, first, file_name)
    if choice is None:
        found = learned.nearest(known, sheet, header_rows, look.words, look.cued)
        if found is not None and kind_key in (None, found[1].kind):
            by, learned_id, choice = "learned", found[0].id, found[1]
            if choice.header_rows:
                header_rows, first = _given(sheet, choice.header_rows)
                look = _look(sheet, header_rows, first or 0, file_name)
    if choice is not None and not choice.kind:
        return None
    assert first is not None
    facts = facts_of(sheet, header_rows[0] - 1 if header_rows else first, first, file_name)
    asked = choice.kind if choice else kind_key
    kinds = [KINDS[asked]] if asked else [*more, *KINDS.values()]
    kind, columns, points = _understood(kinds, sheet, look, facts, first, file_name)
    if not asked and points < kind.least:
        raise refuse(f"{_named(sheet.name)}认不出是哪种名单，请选种类后再导", look)
    if choice is not None:
        columns = _chosen(columns, choice.columns, kind)
        if choice.notice is not None:
            facts.announced = (facts.announced or facts.notice) and not choice.notice
            facts.notice = choice.notice
    columns = settled(kind, columns, look.headers, facts, sample_of(sheet.rows, first))
    columns = _without(columns, choice.columns) if choice is not None else columns
    _check(kind, columns, look)
    if choice is None and header.side_by_side(look.headers, columns.get("name"), sample_of(sheet.rows, first)):
        # Half the firms would be lost without a word.
        raise refuse(f"{_named(sheet.name)}左右并排了几组同样的列，请把后面几组剪下来接在第一组下面，再传", look)
    table = Table(
        sheet.name, kind, sheet.rows, header_rows, look.headers, columns, facts, first, sheet.merged,
        look=look, by=by, learned_id=learned_id,
        unvalued=frozenset((row + 1, column) for row, column in sheet.unvalued),
    )  # fmt: skip
    look.kind = kind.key
    _mask(look, personal.columns(kind, columns, look.headers))
    fill_merged(table)
    table.blocks = blocks_of(table)
    fill_groups(table)
    return table


def glance(sheet: Sheet, file_name: str) -> Look | None:
    """What a sheet holds that is not to be read, so that a person can ask for it; None when it holds no table."""
    header_rows, first = header.find(sheet)
    return None if first is None else _look(sheet, header_rows, first, file_name)


def _given(sheet: Sheet, rows: Iterable[int]) -> tuple[list[int], int | None]:
    """Header rows that a person named, and where data begin below them."""
    named = sorted(row for row in rows if 1 <= row <= len(sheet.rows))
    below = named[-1] if named else 0
    return named, below if below < len(sheet.rows) else None


def _look(sheet: Sheet, header_rows: list[int], first: int, file_name: str) -> Look:
    headers = header.joined(sheet, header_rows)
    sample = sample_of(sheet.rows, first)
    above = header_rows[0] - 1 if header_rows else first
    title = " ".join(text(cell) for row in sheet.rows[:above] for cell in header.filled(row))
    width = max([len(headers), *(len(row) for row in sample[:SHOWN_CELLS])])
    samples = [
        [text(row[column])[:LONGEST_SHOWN] if column < len(row) else "" for row in sample[:SHOWN_CELLS]]
        for column in range(width)
    ]
    look = Look(
        sheet.name,
        headers,
        header_rows,
        list(learned.words_of(headers, sample)),
        learned.cued_kind(f"{title} {sheet.name} {file_name}"),
        samples,
        notes=list(sheet.notes),
    )
    _mask(look, {column for column, written in enumerate(headers) if personal.HEADERS.search(written)})
    return look


def _mask(look: Look, columns: Iterable[int]) -> None:
    """Nothing of a person is kept with what a page shows: columns of persons, and whatever looks like a phone."""
    hidden = set(columns)
    look.samples = [
        [personal.shown(cell, column in hidden) for cell in cells] for column, cells in enumerate(look.samples)
    ]


def _understood(
    kinds: Iterable[Kind], sheet: Sheet, look: Look, facts: Facts, first: int, file_name: str
) -> tuple[Kind, dict[str, int], float]:
    """The kind that most speaks for, its columns, and how much that is; the first of equals. One for which enough
    speaks goes before one for which not enough does."""
    sample = sample_of(sheet.rows, first)
    where = f"{facts.title} {sheet.name} {file_name}"
    cells = cells_by_column(look.headers, sample)
    shares: Shares = {}
    tried = [(score(kind, look.headers, cells, where, shares), kind) for kind in kinds]
    (points, columns), kind = max(tried, key=lambda one: (one[0][0] >= one[1].least, one[0][0]))
    return kind, columns, points


def _chosen(columns: dict[str, int], said: Mapping[str, int | None], kind: Kind) -> dict[str, int]:
    """The columns with what a person said: each named field is where they say, or nowhere."""
    taken = {column for column in said.values() if column is not None}
    kept = {key: column for key, column in columns.items() if key not in said and column not in taken}
    return kept | {key: column for key, column in said.items() if column is not None and kind.has(key)}


def _without(columns: dict[str, int], said: Mapping[str, int | None]) -> dict[str, int]:
    """The columns without those that a person wants nothing made of."""
    chosen = {column for column in said.values() if column is not None}
    return {key: column for key, column in columns.items() if said.get(key, column) is not None or column in chosen}


def _check(kind: Kind, columns: Mapping[str, Any], look: Look) -> None:
    for group in kind.needs:
        if not any(key in columns for key in group):
            labels = "或".join(kind.field(key).label for key in group)
            raise refuse(f"{_named(look.name)}里找不到{labels}一列，不能按“{kind.name}”导入", look)


def _named(name: str) -> str:
    return f"表“{name.strip()}”" if name.strip() else "这个文件"
