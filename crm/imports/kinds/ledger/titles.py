"""What a row says of titles. With a date it is a title of the source 台账, the weakest of lists; a mark without a date
(是, √, 省级), a year or a number alone is a claim: it does not say from which day to which day the title holds."""

import re
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm.imports import titles
from crm.imports.kinds.ledger import cells, headers
from crm.imports.kinds.ledger.facts import problem
from crm.imports.kinds.ledger.known import known_of
from models.rules.dates import Day, Term
from models.rules.title_sources import Said, year_in
from models.title import TitleType

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

SOURCE = "台账"
LEVELS = (("国家", "national"), ("省", "provincial"), ("市", "city"), ("区", "district"), ("县", "district"))
_ONLY_LEVEL = re.compile(r"(?:国家|省|市|区|县)级?(?:专精特新|企业|中小企业)?")


def plan_titles(whole: "Plan", row_plan: "RowPlan", source: str) -> None:
    """Give the titles the row dates, and keep what it only claims."""
    parts: dict[str, dict[str, Any]] = defaultdict(dict)
    for key, value in row_plan.row.values.items():
        if key.startswith("title@"):
            _, type_key, part = key.split("@")
            parts[type_key][part] = value
    for key, said in parts.items():
        kind = whole.types.get(key)
        if kind is not None and not _title(whole, row_plan, kind, said):
            for part in ("number", "issued_on"):
                if part in said:
                    _claim(whole, row_plan, kind, source, _written(said[part]), "")
        if mark := said.get("mark"):
            _marks(whole, row_plan, key, mark, source)


def _title(whole: "Plan", row_plan: "RowPlan", kind: TitleType, said: dict[str, Any]) -> bool:
    """Give the title when there is a day to begin with; True when nothing of it is left to claim."""
    number: str = said.get("number", "")
    term: Term | None = said.get("ends_on")
    ends = term.end if term else None
    issued: Day | None = said.get("issued_on") or (term.start if term else None)
    if issued is not None and issued.precision == "year":
        issued = None
    if ends is not None and ends.precision == "year":
        problem(whole, row_plan, f"title@{kind.key}@ends_on", "只有年份，看不出哪一天到期；没有写入")
        ends = None
    begins = issued or _beginning(kind.validity, ends)
    if begins is None:
        return bool(number) and _is_known(whole, row_plan, kind, number)
    year = year_in(number)
    if year is not None and abs(begins.first.year - year) > 1:
        where = f"title@{kind.key}@{'issued_on' if issued else 'ends_on'}"
        problem(
            whole,
            row_plan,
            where,
            f"编号是 {year} 年的，日期却是 {begins.first.year} 年发证的，请核对；这项资质没有写入",
        )
        return True
    spoken = Said(
        source=SOURCE,
        number=number,
        issued=begins,
        ends_on=ends.last if ends else None,
        ends_vague=ends is not None and ends.precision != "day",
    )
    _give(whole, row_plan, kind, spoken)
    return True


def _give(whole: "Plan", row_plan: "RowPlan", kind: TitleType, said: Said) -> None:
    """Give it; where its dates cannot be, that is a problem of the cell and not of the row."""
    before = (row_plan.effect, row_plan.reason, row_plan.match, list(row_plan.changes))
    titles.give(whole, row_plan, kind, said)
    if row_plan.effect in ("held", "rejected"):
        message = row_plan.reason
        row_plan.effect, row_plan.reason, row_plan.match, row_plan.changes = before
        part = "ends_on" if said.ends_on else "issued_on"
        problem(whole, row_plan, f"title@{kind.key}@{part}", f"{message}；这项资质没有写入")
    elif row_plan.effect == "created":
        row_plan.effect = before[0]
        ends = f"，到 {said.ends_on}" if said.ends_on else ""
        row_plan.tell("title", kind.name, f"{said.number or '没有编号'}{ends}")
    row_plan.reason = before[1]


def _beginning(validity: str, ends: Day | None) -> Day | None:
    """The day of issue that a last day gives by the rule of its type, as exactly as it is given."""
    rule = re.fullmatch(r"\+(\d+)y(-1d)?", validity)
    if ends is None or not rule:
        return None
    if ends.precision == "month":
        return Day(ends.first.replace(year=ends.first.year - int(rule[1])), "month")
    day = ends.first + timedelta(days=1) if rule[2] else ends.first
    year = day.year - int(rule[1])
    return Day(day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 2, 28))


def _is_known(whole: "Plan", row_plan: "RowPlan", kind: TitleType, number: str) -> bool:
    book = titles.Book.of(whole)
    known = book.of_firm(row_plan.firm_id or 0, kind.id)
    return any(said.number == number for title in known for said in title.said)


def _marks(whole: "Plan", row_plan: "RowPlan", key: str, mark: str, source: str) -> None:
    """Keep what a mark claims: of the column's title, or of each title it names."""
    own = {kind.name: kind.key for kind in whole.types.values()}
    own |= {kind.short_name: kind.key for kind in whole.types.values()}
    for piece in filter(None, (part.strip() for part in re.split(r"[、,，;；/／+＋\n]|和|及", mark))):
        word = cells.plain(piece)
        if word in cells.NO or word in cells.NOTHING:
            continue
        named = next((known for known, words in headers.TITLES if re.search(words, piece)), None)
        named = named or next((known for name, known in own.items() if name in piece), None) or key
        kind = whole.types.get(named)
        if kind is None:
            problem(whole, row_plan, f"title@{key}@mark", f"不认得的资质“{piece}”")
            continue
        level = next((level for said, level in LEVELS if said in piece), "") if _ONLY_LEVEL.match(piece) else ""
        _claim(whole, row_plan, kind, source, piece, level)


def _claim(whole: "Plan", row_plan: "RowPlan", kind: TitleType, source: str, written: str, level: str) -> None:
    known, firm_id = known_of(whole), row_plan.firm_id or 0
    written = written[:200]
    if not written or (firm_id, kind.id, source, written) in known.claims:
        return
    known.claims.add((firm_id, kind.id, source, written))
    values = {"firm_id": firm_id, "type_id": kind.id, "level": level, "written": written, "source": source}
    whole.add(row_plan, "title_claim", values)
    row_plan.tell("title_claim", f"{kind.short_name}（台账自报）", written)


def _written(value: Any) -> str:
    return f"{value.first.year} 年" if isinstance(value, Day) else str(value)
