"""What titles, batch rows, footers, sheet and file name say about all rows."""

import re
from collections.abc import Sequence

from crm.imports.kinds import text
from crm.imports.read import Sheet
from crm.imports.recognise import standing
from crm.imports.recognise.header import filled
from crm.imports.recognise.table import Facts
from models.rules import dates

BATCH = re.compile(r"第?[一二三四五六七八九十百\d]+批次?|[一二三四五六七八九十\d]+批次|补充批")
#: A line that says when the list was published, and nothing else: 公告日期：2025年6月30日, or a day in brackets.
_DATED = re.compile(
    r"(?:公告|发布|公示|发文|认定|公布|批准|印发|发证)(?:日期|时间|日)[:：]?\s*20\d{2}"
    r"|^[（(]?\s*20\d{2}(?:年|[-./])\d{1,2}(?:月|[-./])\d{1,2}日?\s*[）)]?$"
)
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?=年|\D|$)")


def facts_of(sheet: Sheet, above: int, first: int, file_name: str) -> Facts:
    """The facts of a sheet whose header begins at row `above` and whose data begin at row `first`, from 0."""
    lines = [text(cell) for row in sheet.rows[: max(above, 0)] for cell in filled(row)]
    between = [text(filled(row)[0]) for row in sheet.rows[above:first] if len(filled(row)) == 1]
    footers = [text(filled(row)[0]) for row in sheet.rows[-5:] if len(filled(row)) == 1]
    title = " ".join(lines)
    names = (title, sheet.name, file_name)
    facts = Facts(title=title, year=_year(names), where=" ".join(names))
    said = standing.of(names, footers)
    facts.notice, facts.announced = said == "notice", said == "announced"
    for line in [*lines, *between]:
        if BATCH.search(line) and len(line) < 60:
            facts.batch = batch_of(line)
            facts.day = dates.within(line)
    if not facts.batch:
        facts.batch = batch_of(sheet.name) or batch_of(file_name)
    dated = (line for line in lines if len(line) < 60 and _DATED.search(line))
    facts.day = facts.day or next(filter(None, map(dates.within, dated)), None)
    return facts


def batch_of(line: str) -> str:
    """The batch a line names; empty when it names none."""
    found = BATCH.search(line)
    return found.group() if found else ""


def _year(names: Sequence[str]) -> int | None:
    """The year of the nearest name that gives exactly one."""
    for name in names:
        years = {int(year) for year in _YEAR.findall(name)}
        if len(years) == 1:
            return years.pop()
    return None
