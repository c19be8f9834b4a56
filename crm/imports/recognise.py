"""Stage 2: where the header is, what each column holds, which kind of list a sheet is, and what its titles say."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.imports.kinds import Field, Kind, is_code, is_firm_name, text
from crm.imports.kinds.all import KINDS
from crm.imports.read import ImportRefused, Sheet
from models.rules import amounts, dates

#: A header is looked for in so many rows; titles and notes above it are few.
HEAD = 60
SAMPLE = 200
_BATCH = re.compile(r"第?[一二三四五六七八九十百\d]+批次?|[一二三四五六七八九十\d]+批次|补充批")
_FOOTER = re.compile(
    r"^(?:合计|总计|共计|小计|汇总|注|备注|说明|附注|公示期|制表|填表|审核|联系|监督|来源|数据来源|单位负责人|[*※])"
    r"|^(?:合计|总计|共)[:：]?\d+"
)
_TOTAL = re.compile(r"^(?:合计|总计|共计|小计)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|\D|$)")


@dataclass(slots=True)
class Facts:
    """What titles, sheet and file name say about all rows."""

    title: str = ""
    year: int | None = None
    #: A 公示: its titles are provisional.
    notice: bool = False
    #: A 公告, the strongest source.
    announced: bool = False
    batch: str = ""
    day: dates.Day | None = None


@dataclass(slots=True)
class Table:
    """One sheet, understood."""

    sheet: str
    kind: Kind
    rows: list[list[Any]]
    #: As a person counts rows.
    header_rows: list[int]
    headers: list[str]
    #: Field → column, counted from 0.
    columns: dict[str, int]
    facts: Facts
    #: Where data begin, counted from 0.
    first: int
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def header_of(self, key: str) -> str:
        """What stands over the column of a field; its label when nothing does."""
        column = self.columns.get(key)
        found = self.headers[column] if column is not None and column < len(self.headers) else ""
        return found or self.kind.field(key).label


def recognise(sheet: Sheet, file_name: str, kind_key: str | None = None) -> Table | None:
    """The table of a sheet; None when it holds none (empty, or notes only). Raises ImportRefused when the sheet is a
    table of no known kind, or lacks what the kind wanted needs."""
    header_rows, first = _header(sheet)
    if first is None:
        return None
    headers = _joined(sheet, header_rows)
    above = header_rows[0] - 1 if header_rows else first
    facts = _facts(sheet, above, first, file_name)
    sample = _sample(sheet.rows, first)
    kinds = [KINDS[kind_key]] if kind_key else list(KINDS.values())
    tried = [(_score(kind, headers, sample, facts, sheet, file_name), kind) for kind in kinds]
    (score, columns), kind = max(tried, key=lambda one: one[0][0])
    named = f"表“{sheet.name.strip()}”" if sheet.name.strip() else "这个文件"
    if kind_key is None and score < kind.least:
        raise ImportRefused(f"{named}认不出是哪种名单，请选种类后再导")
    for group in kind.needs:
        if not any(key in columns for key in group):
            labels = "或".join(kind.field(key).label for key in group)
            raise ImportRefused(f"{named}里找不到{labels}一列，不能按“{kind.name}”导入")
    return Table(sheet.name, kind, sheet.rows, header_rows, headers, columns, facts, first, sheet.merged)


def body(table: Table) -> Iterator[tuple[int, list[Any], str, dates.Day | None]]:
    """The data rows: number, cells, and the batch and day of the batch row above. Blank rows, batch rows, repeated
    headers, totals and footers are passed over."""
    batch, day = table.facts.batch, table.facts.day
    header = {_plain(cell) for cell in table.headers if cell}
    wanted = sorted(set(table.columns.values()))
    name = table.columns.get("name", -1)
    for index in range(table.first, len(table.rows)):
        cells = table.rows[index]
        filled = [cell for cell in cells if cell not in ("", None) and (not isinstance(cell, str) or cell.strip())]
        if not filled:
            continue
        if len(filled) <= 2 and not _is_data(cells, name):
            line = " ".join(text(cell) for cell in filled)
            if _BATCH.search(line) and not _TOTAL.match(line):
                batch, day = _batch_of(line), dates.within(line) or day
            continue
        if _TOTAL.match(text(filled[0])) or (len(filled) > 1 and _same_as_header(filled, header)):
            continue
        if any(column < len(cells) and cells[column] not in ("", None) for column in wanted):
            yield index + 1, cells, batch, day


def _is_data(cells: Sequence[Any], name: int) -> bool:
    """Whether a row of one or two cells is a data row: a name stands where names stand, or a code somewhere."""
    if 0 <= name < len(cells) and text(cells[name]):
        line = text(cells[name])
        if is_firm_name(cells[name]) and not _FOOTER.match(line):
            return True
        if name > 0 and not _FOOTER.match(line) and not _BATCH.search(line) and not _FOOTER.match(text(cells[0])):
            return True
    return any(is_code(cell) for cell in cells)


def _same_as_header(filled: Sequence[Any], header: set[str]) -> bool:
    return len(filled) > 1 and all(isinstance(cell, str) and _plain(cell) in header for cell in filled)


def _batch_of(line: str) -> str:
    found = _BATCH.search(line)
    return found.group() if found else ""


def _filled(row: Sequence[Any]) -> list[Any]:
    return [cell for cell in row if cell is not None and str(cell).strip()]


def _header(sheet: Sheet) -> tuple[list[int], int | None]:
    """Rows of the header (as a person counts) and the index of the first row of data, None when there are no data."""
    first = next((i for i, row in enumerate(sheet.rows[:HEAD]) if _looks_like_data(row)), None)
    named = _below_words(sheet)
    if named is not None and (first is None or named < first):
        first = named
    if first is None:
        return [], None
    rows: list[int] = []
    for index in range(first - 1, -1, -1):
        filled = _filled(sheet.rows[index])
        if len(filled) >= 2 and not any(isinstance(cell, int | float) for cell in filled):
            rows.insert(0, index + 1)
            if len(rows) == 2:
                break
        elif rows:
            break
        elif len(filled) == 1 and first == index + 1 and _one_column(sheet.rows[index], sheet.rows[first]):
            return [index + 1], first
    if len(rows) == 2 and not _belongs_together(sheet, rows):
        rows = rows[1:]
    return rows, first


def _looks_like_data(row: Sequence[Any]) -> bool:
    filled = _filled(row)
    if not filled or (len(filled) == 1 and not is_firm_name(filled[0])):
        return False
    if len(filled) == 1:
        return not re.search(r"名单|公示|公告|汇总|附件|通知", text(filled[0]))
    return any(is_code(cell) or (is_firm_name(cell) and len(text(cell)) < 60) for cell in filled) and not any(
        _FOOTER.match(text(cell)) for cell in filled[:1]
    )


def _one_column(header: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether a lone cell is the header of a list of one column: short, and right above a lone name."""
    return len(_filled(below)) == 1 and len(text(_filled(header)[0])) <= 10


def _below_words(sheet: Sheet) -> int | None:
    """The row below the header, where a row has two cells or more that are header words of one kind: lists of short
    names do not look like data by what they hold."""
    best, found = 1, None
    for index, row in enumerate(sheet.rows[:HEAD]):
        hits = max(_words(row, kind) for kind in KINDS.values())
        if hits > best:
            best, found = hits, index + 1
    if found is None:
        return None
    below = sheet.rows[found] if found < len(sheet.rows) else []
    if len(_filled(below)) > 1 and max(_words(below, kind) for kind in KINDS.values()) and not _looks_like_data(below):
        found += 1
    return found if found < len(sheet.rows) else None


def _words(row: Sequence[Any], kind: Kind) -> int:
    """How many cells of a row are header words of a kind."""
    return sum(any(re.fullmatch(known.words, _plain(cell)) for known in kind.fields) for cell in _filled(row))


def _belongs_together(sheet: Sheet, rows: list[int]) -> bool:
    """Whether the upper of two rows groups the columns of the lower one: fewer cells, short ones."""
    upper, lower = (_filled(sheet.rows[row - 1]) for row in rows)
    return len(upper) <= len(lower) and all(len(text(cell)) <= 15 for cell in upper)


def _plain(cell: Any) -> str:
    return re.sub(r"[\s*:]+", "", unicodedata.normalize("NFKC", text(cell))).upper()


def _joined(sheet: Sheet, header_rows: list[int]) -> list[str]:
    """One header per column; of two rows the group, which reaches to the next group, and the column: 证书信息/编号."""
    if not header_rows:
        return []
    lower = [re.sub(r"\s+", "", text(cell)) for cell in sheet.rows[header_rows[-1] - 1]]
    if len(header_rows) == 1:
        return lower
    group, groups = "", []
    upper = [re.sub(r"\s+", "", text(cell)) for cell in sheet.rows[header_rows[0] - 1]]
    for column in range(max(len(lower), len(upper))):
        group = (upper[column] if column < len(upper) else "") or group
        groups.append(group)
    lower += [""] * (len(groups) - len(lower))
    return [f"{group}/{word}" if group and word else group or word for group, word in zip(groups, lower, strict=True)]


def _sample(rows: list[list[Any]], first: int) -> list[list[Any]]:
    step = max(1, (len(rows) - first) // SAMPLE)
    return [row for row in rows[first::step] if len(_filled(row)) > 1][: SAMPLE * 2] or rows[first : first + SAMPLE]


def _score(
    kind: Kind, headers: list[str], sample: list[list[Any]], facts: Facts, sheet: Sheet, file_name: str
) -> tuple[float, dict[str, int]]:
    columns = map_columns(kind, headers, sample)
    where = f"{facts.title} {sheet.name} {file_name}"
    score = 3.0 * bool(re.search(kind.cues, where)) - 4.0 * bool(re.search(kind.against, where))
    score += sum(2.0 if kind.field(key).tells else 1.0 for key in kind.marks if key in columns)
    return score, columns


def map_columns(kind: Kind, headers: list[str], sample: list[list[Any]]) -> dict[str, int]:
    """Field → column, the surest first: a header's words count most, what the cells hold confirms or contradicts."""
    sure = []
    for column, cells in enumerate(_cells_by_column(headers, sample)):
        header = _plain(headers[column]) if column < len(headers) else ""
        for place, known in enumerate(kind.fields):
            points = _fit(known, header, cells)
            if points >= 2:
                sure.append((-points, column, place, known.key))
    columns: dict[str, int] = {}
    for _, column, _, key in sorted(sure):
        if key not in columns and column not in columns.values():
            columns[key] = column
    return columns


def _cells_by_column(headers: list[str], sample: list[list[Any]]) -> list[list[Any]]:
    """The cells of each column that say anything, whatever the length of the rows."""
    import pandas as pd  # slow to load: only who imports a list waits for it

    # As objects: a frame would otherwise turn codes into numbers and dates into moments.
    frame = pd.DataFrame(sample, dtype=object)
    frame = frame.reindex(columns=range(max(len(headers), frame.shape[1])))
    said = frame.map(lambda cell: isinstance(cell, str) or not pd.isna(cell)) & ~frame.map(_says_nothing)
    return [frame.loc[said[column], column].tolist() for column in frame.columns]


def _says_nothing(cell: Any) -> bool:
    return not text(cell) or text(cell).upper() in amounts.NOTHING


def _fit(known: Field, header: str, cells: list[Any]) -> float:
    word = header.rpartition("/")[2] if not re.fullmatch(known.words, header) else header
    if re.fullmatch(known.words, header) or re.fullmatch(known.words, word):
        points = 4.0
    elif known.hints and re.search(known.hints, word):
        points = 2.5
    else:
        points = 0.0
    if known.holds is None or not cells:
        return points
    share = sum(map(known.holds, cells)) / len(cells)
    if share < 0.2 and points:
        return points - 2.0
    if known.tells or points:
        return points + (2.5 * share if share >= 0.5 else 0.0)
    # Content alone names a column only where nothing but its kind looks like that.
    return 1.0 + share if share >= 0.8 and not header else 0.0


def _facts(sheet: Sheet, above: int, first: int, file_name: str) -> Facts:
    lines = [text(cell) for row in sheet.rows[: max(above, 0)] for cell in _filled(row)]
    between = [text(_filled(row)[0]) for row in sheet.rows[above:first] if len(_filled(row)) == 1]
    footers = [text(_filled(row)[0]) for row in sheet.rows[-5:] if len(_filled(row)) == 1]
    title = " ".join(lines)
    names = (title, sheet.name, file_name)
    facts = Facts(title=title, year=_year(names))
    facts.announced = any("公告" in name and "拟" not in name for name in names)
    shown = any(re.search(r"公示|拟认定|拟入库|拟备案|拟推荐", name) for name in names) or any(
        line.startswith("公示") for line in footers
    )
    facts.notice = shown and not facts.announced
    for line in [*lines, *between]:
        if _BATCH.search(line) and len(line) < 60:
            facts.batch = _batch_of(line)
            facts.day = dates.within(line)
    return facts


def _year(names: Sequence[str]) -> int | None:
    """The year of the nearest name that gives exactly one."""
    for name in names:
        years = {int(year) for year in _YEAR.findall(name)}
        if len(years) == 1:
            return years.pop()
    return None
