"""Where the header of a sheet stands, and what it says over each column."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

from crm.imports.kinds import Kind, is_code, is_firm_name, text
from crm.imports.kinds.all import KINDS
from crm.imports.read import Sheet

#: A header is looked for in so many rows; titles and notes above it are few.
HEAD = 60
FOOTER = re.compile(
    r"^(?:合计|总计|共计|小计|汇总|注|备注|说明|附注|公示期|制表|填表|审核|联系|监督|来源|数据来源|单位负责人|[*※])"
    r"|^(?:合计|总计|共)[:：]?\d+"
)

#: What stands above a header and says who filled the sheet in and when: 填报单位：经济发展局, 2022年6月.
_NOTED = re.compile(r"[:：]\s*\S|[:：]$|\d{4}年\d{1,2}月")


def plain(cell: Any) -> str:
    """A header word as it is compared: one width, upper case, no spaces, stars or colons."""
    return re.sub(r"[\s*:]+", "", unicodedata.normalize("NFKC", text(cell))).upper()


def filled(row: Sequence[Any]) -> list[Any]:
    """The cells of a row that say anything."""
    return [cell for cell in row if cell is not None and str(cell).strip()]


def find(sheet: Sheet) -> tuple[list[int], int | None]:
    """Rows of the header (as a person counts) and the index of the first row of data, None when there are no data."""
    if sheet.head is not None:
        return list(sheet.head[0]), sheet.head[1]
    first = next((i for i, row in enumerate(sheet.rows[:HEAD]) if looks_like_data(row)), None)
    named = _below_words(sheet)
    if named is not None and (first is None or named < first):
        first = named
    if first is None:
        return [], None
    rows: list[int] = []
    for index in range(first - 1, -1, -1):
        cells = filled(sheet.rows[index])
        if len(cells) >= 2 and not any(isinstance(cell, int | float) and not _is_year(cell) for cell in cells):
            rows.insert(0, index + 1)
            if len(rows) == 2:
                break
        elif rows:
            break
        elif len(cells) == 1 and first == index + 1 and _one_column(sheet.rows[index], sheet.rows[first]):
            return [index + 1], first
    if len(rows) == 2 and not _belongs_together(sheet, rows):
        rows = rows[1:]
    return rows, first


def joined(sheet: Sheet, header_rows: Sequence[int]) -> list[str]:
    """One header per column; of two rows the group, which reaches to the next group, and the column: 证书信息/编号."""
    if not header_rows:
        return []
    lower = _words_of(sheet, header_rows[-1])
    for above in reversed(header_rows[:-1]):
        lower = _grouped(_words_of(sheet, above), lower)
    return lower


def looks_like_data(row: Sequence[Any]) -> bool:
    """Whether a row speaks of a firm: a code or a full name stands in it, and it is no title or footer."""
    cells = filled(row)
    if not cells or (len(cells) == 1 and not is_firm_name(cells[0])):
        return False
    if len(cells) == 1:
        return not re.search(r"名单|公示|公告|汇总|附件|通知", text(cells[0]))
    return any(is_code(cell) or (is_firm_name(cell) and len(text(cell)) < 60) for cell in cells) and not any(
        FOOTER.match(text(cell)) for cell in cells[:1]
    )


def side_by_side(headers: Sequence[str], name: int | None, sample: Sequence[Sequence[Any]]) -> bool:
    """Whether a list goes on at its right: the header over the names stands again, over other names of firms."""
    if name is None or name >= len(headers) or not headers[name]:
        return False
    for again, written in enumerate(headers):
        if again == name or plain(written) != plain(headers[name]):
            continue
        pairs = [(row[name], row[again]) for row in sample if max(name, again) < len(row) and text(row[again])]
        others = sum(is_firm_name(second) and text(second) != text(first) for first, second in pairs)
        if pairs and others * 2 >= len(pairs):
            return True
    return False


def words(row: Sequence[Any], kind: Kind) -> int:
    """How many cells of a row are header words of a kind."""
    pattern = _pattern(tuple(known.words for known in kind.fields))
    return sum(pattern.fullmatch(word) is not None for word in map(plain, filled(row)))


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """The header words of a kind as one pattern."""
    return re.compile("|".join(f"(?:{word})" for word in words))


def _words_of(sheet: Sheet, row: int) -> list[str]:
    cells = sheet.rows[row - 1] if row <= len(sheet.rows) else []
    return [re.sub(r"\s+", "", text(cell)) for cell in cells]


def _grouped(upper: list[str], lower: list[str]) -> list[str]:
    group, groups = "", []
    for column in range(max(len(lower), len(upper))):
        group = (upper[column] if column < len(upper) else "") or group
        groups.append(group)
    lower = lower + [""] * (len(groups) - len(lower))
    return [f"{group}/{word}" if group and word else group or word for group, word in zip(groups, lower, strict=True)]


def _one_column(header: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether a lone cell is the header of a list of one column: short, and right above a lone name."""
    return len(filled(below)) == 1 and len(text(filled(header)[0])) <= 10


def _below_words(sheet: Sheet) -> int | None:
    """The row below the header, where a row has two cells or more that are header words of one kind: lists of short
    names do not look like data by what they hold."""
    best, found = 1, None
    for index, row in enumerate(sheet.rows[:HEAD]):
        hits = _most_words(row)
        if hits > best:
            best, found = hits, index + 1
    if found is None:
        return None
    below = sheet.rows[found] if found < len(sheet.rows) else []
    if len(filled(below)) > 1 and _most_words(below) and not looks_like_data(below):
        found += 1
    return found if found < len(sheet.rows) else None


def _most_words(row: Sequence[Any]) -> int:
    """How many cells of a row are header words of one kind, of the kind that has most."""
    said = list(map(plain, filled(row)))
    patterns = [_pattern(tuple(known.words for known in kind.fields)) for kind in KINDS.values()]
    return max(sum(pattern.fullmatch(word) is not None for word in said) for pattern in patterns)


def _belongs_together(sheet: Sheet, rows: list[int]) -> bool:
    """Whether the upper of two rows groups the columns of the lower one: fewer cells, short ones; or each column that
    the lower leaves blank has its word in the upper, as where cells are merged downwards."""
    upper, lower = (filled(sheet.rows[row - 1]) for row in rows)
    if any(len(text(cell)) > 15 or _NOTED.search(text(cell)) for cell in upper):
        return False
    if len(upper) <= len(lower):
        return True
    above, below = (_words_of(sheet, row) for row in rows)
    covered = all(above[column] for column, word in enumerate(below) if not word and column < len(above))
    return covered and len(below) <= len(above) and not any(re.search(r"\d{5}|\d[-/.]\d", word) for word in below)


def _is_year(cell: Any) -> bool:
    """Whether a number in a header is a year under a group such as 营业收入."""
    return 1990 <= cell <= 2100 and cell == int(cell)
