"""Composes an edition from the records as they are at a moment: texts with their numbers said, tables, lists, what came
late for earlier editions, and what stands beside each number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from models import setting
from models.base import db
from models.figures.base import Kind, chinese_day
from models.figures.groups import area_groups
from models.figures.scope import Scope
from models.report import late, targets, template
from models.report.content import Content, Line, Listing, Part, Piece, Table
from models.report.counting import Counted, Counter, names
from models.report.record import Report, ReportFigure, ReportSection
from models.report.rows import HEADINGS
from models.rules import report as rules
from models.rules.report_table import COMPARES, Section, sections
from models.rules.report_words import change, growth, parts, slot, slots, split
from models.unit import Unit

#: Words in braces that are no figures.
TOKENS = ("期间", "截止", "全区")
COMPARED = ("指标", "本期", "上年同期", "增幅", "目标", "完成率")
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a number: the period before, the same of the year before, the target."""

    before: str = ""
    change: str = ""
    year: str = ""
    growth: str = ""
    target: str = ""
    done: str = ""


@dataclass
class Composed:
    """An edition as it would be printed now."""

    content: Content
    counter: Counter
    #: Every slot that is printed, in the order of the page.
    slots: list[str]
    #: The slots of the bureau's order: those that are compared.
    main: list[str]
    beside: dict[str, Beside]
    followed: list[late.Followed] = field(default_factory=list)

    def figure(self, slot_name: str) -> Counted:
        """One printed slot. KeyError for one that is not printed here."""
        found = self.counter.get(slot_name) if slot_name in set(self.slots) else None
        if found is None:
            raise KeyError(slot_name)
        return found


def month_from() -> int:
    """The first day of a month as the bureau counts it (setting)."""
    return setting.get_int("report_month_from")


def counter_for(report: Report, on: date) -> Counter:
    """Counts the slots of an edition as of a day."""
    return Counter(report.span, report.unit_id, min(on, report.last_on), month_from())


def where(report: Report) -> str:
    """What a sentence calls the whole it speaks of."""
    return report.unit.name if report.unit else "全区"


def compose(report: Report, on: date) -> Composed:
    """The edition as of a day (its last day once that is over)."""
    counter = counter_for(report, on)
    shape = {part.key: part for part in sections(report.kind, of_unit=report.unit_id is not None)}
    ordered = template.order(report.kind, counter.known)
    main = list(dict.fromkeys(name for _, name in ordered))
    beside = besides(report, counter, main)
    made: list[Part] = []
    for row in report.sections:
        part = _part(report, row, shape.get(row.key, Section(row.key, row.heading)), counter)
        if row.key == "annex":
            made += [_compared(counter, main, beside)] if report.kind in COMPARES else []
        made.append(part)
    earlier = [(one, counter_for(one, one.last_on)) for one in late.issued_before(report)]
    followed = late.followed(earlier, [report])
    if followed:
        place = next((number for number, part in enumerate(made) if part.key == "annex"), len(made))
        made.insert(place, _late_part(followed))
    if not any(piece.text for part in made if part.key == "annex" for line in part.paragraphs for piece in line):
        made = [part for part in made if part.key != "annex" or part.lists]
    content = Content(report.title, setting.get("bureau_name"), _as_of(report, counter), tuple(_numbered(made)))
    printed = [name for name in _printed(content, main) if counter.get(name) is not None]
    return Composed(content, counter, printed, main, beside, followed)


def slot_names(report: Report, counter: Counter, texts: Iterable[str]) -> dict[str, str]:
    """What an officer may name in a text: the figures of the order, those its first text named, and the tokens."""
    shape = sections(report.kind, of_unit=report.unit_id is not None)
    wanted = [name for _, name in template.order(report.kind, counter.known)]
    wanted += [name for part in shape for line in part.lines for name in slots(line)]
    wanted += [name for text in texts for name in slots(text)]
    found = names(counter, dict.fromkeys(name for name in wanted if name not in TOKENS))
    return {**found, **{token: token for token in TOKENS}}


def besides(report: Report, counter: Counter, main: Sequence[str]) -> dict[str, Beside]:
    """What stands beside each main number. The period before as its edition printed it, else as it is counted now."""
    before = rules.before(report.span, counter.month_from)
    query = select(ReportFigure).join(Report, Report.id == ReportFigure.report_id).where(
        Report.kind == report.kind, Report.owner == report.owner, Report.period == before.key, Report.state == "issued"
    )  # fmt: skip
    printed = {one.slot: one for one in db.session.scalars(query.order_by(ReportFigure.position))}
    return {name: _beside(report, counter, name, printed) for name in main if not split(name)[1]}


def _beside(report: Report, counter: Counter, name: str, printed: dict[str, ReportFigure]) -> Beside:
    now = counter.get(name)
    if now is None:
        return Beside()
    kept = printed.get(name)
    then = None if kept is not None else counter.get(slot(name, "before"))
    said = kept.words if kept is not None else then.words if then is not None else ""
    number = kept.value if kept is not None else then.value if then is not None else None
    rate = now.figure.kind is Kind.RATIO
    moved = "" if rate or number is None else change(now.value, number)
    if report.kind not in COMPARES:
        return Beside(said, moved)
    year = counter.get(slot(name, "year_before"))
    goal = None if rate else targets.find(name, report.span.year, report.unit_id)
    return Beside(
        said, moved, year.words if year else "", growth(now.value, year.value) if year and not rate else "",
        goal.words if goal else "", targets.done_words(now.value, goal),
    )  # fmt: skip


def _part(report: Report, row: ReportSection, shape: Section, counter: Counter) -> Part:
    paragraphs = tuple(
        tuple(_piece(report, counter, one.text, one.slot) for one in parts(line.strip()))
        for line in row.text.split("\n") if line.strip()
    )  # fmt: skip
    tables = tuple(_table(counter, *one) for one in shape.tables)
    lists = tuple(made for name, caption in shape.lists if (made := _list(counter, name, caption)) is not None)
    return Part(row.key, row.heading, paragraphs, tables, lists)


def _piece(report: Report, counter: Counter, text: str, name: str) -> Piece:
    if not name:
        return Piece(text)
    if name in TOKENS:
        on = counter.period().on if report.kind == "week" else min(counter.period().on, counter.on)
        return Piece({"期间": report.span.days_words, "截止": f"{on.month}月{on.day}日", "全区": where(report)}[name])
    found = counter.get(name)
    return Piece("—") if found is None else Piece(found.words, name)


def _list(counter: Counter, name: str, caption: str) -> Listing | None:
    found = counter.get(name)
    if found is None or not found.rows:
        return None
    return Listing(name, caption, found.figure.of, HEADINGS[found.figure.of], len(found.rows))


def _table(counter: Counter, dimension: str, caption: str, keys: tuple[str, ...]) -> Table:
    """Figures by area or unit; with a ! the largest first by the first figure."""
    wanted = [key for key in keys if key in counter.known]
    ranked, kind = dimension.endswith("!"), dimension.rstrip("!")
    lines: list[tuple[int, Line]] = []
    for name, place in _areas() if kind == "area" else _units(counter):
        cells = [counter.get(slot(key, "", place)) for key in wanted]
        numbers = [cell.value for cell in cells if cell is not None]
        if any(numbers):
            line = Line(name, tuple(Piece(cell.words, cell.slot) for cell in cells if cell is not None))
            lines.append((numbers[0], line))
    if ranked:
        lines.sort(key=lambda pair: -pair[0])
    heads = ("街镇" if kind == "area" else "科室", *(counter.known[key].name for key in wanted))
    note = (
        "按现在所属街镇。"
        if kind == "area"
        else "走访按当时科室，问题按现在牵头科室；一件事几个科室同去的各计一次，不相加。"
    )
    return Table(caption, heads, tuple(line for _, line in lines), note)


def _areas() -> list[tuple[str, str]]:
    groups, _ = area_groups(Scope())
    return [(group.name, f"area:{group.narrowing['area']}") for group in groups if group.narrowing]


def _units(counter: Counter) -> list[tuple[str, str]]:
    query = select(Unit).where(Unit.kind == "section").order_by(Unit.sort_key, Unit.id)
    closed = counter.period().since
    rows = db.session.scalars(query)
    return [(row.name, f"unit:{row.id}") for row in rows if row.closed_on is None or row.closed_on > closed]


def _compared(counter: Counter, main: Sequence[str], beside: dict[str, Beside]) -> Part:
    lines = []
    for name in main:
        now, told = counter.get(name), beside.get(name)
        if now is None or told is None:
            continue
        year = slot(name, "year_before")
        cells = (Piece(now.words, name), Piece(told.year, year), Piece(told.growth), Piece(told.target or "—"),
                 Piece(told.done or "—"))  # fmt: skip
        lines.append(Line(counter.name(name), cells))
    note = "上年同期按现在的记录重算；没有下达目标的不算完成率。"
    return Part("compare", "指标对照", tables=(Table("指标对照", COMPARED, tuple(lines), note),))


def _late_part(followed: Sequence[late.Followed]) -> Part:
    paragraphs, lists = [], []
    for one in followed:
        said = [f"补录{len(one.late)}{one.unit}"] * bool(one.late) + [f"更正、撤回{len(one.gone)}{one.unit}"] * bool(
            one.gone
        )
        paragraphs.append((Piece(f"{one.about} 的{one.name}签发以后{'，'.join(said)}，不计入本期。"),))
        for how, ids, word in ((late.LATE, one.late, "补录"), (late.GONE, one.gone, "更正、撤回")):
            if ids:
                heads = (*HEADINGS[one.of], *(("原因",) if how == late.GONE else ()))
                name = late_slot(one, how)
                lists.append(Listing(name, f"{word}：{one.about} {one.name}", one.of, heads, len(ids)))
    return Part("late", "补录和更正", tuple(paragraphs), lists=tuple(lists))


def late_slot(one: late.Followed, how: str) -> str:
    """The name of the list of what came late (or went) of an earlier edition's figure."""
    return f"{one.slot}@{how}@{one.about}"


def _as_of(report: Report, counter: Counter) -> str:
    if report.kind == "week":
        return f"安排时段 {report.first_on} 至 {report.last_on}"
    return f"时点 {chinese_day(counter.on)}" + ("" if counter.on == report.last_on else "，本期还没有结束")


def _numbered(made: Sequence[Part]) -> list[Part]:
    """Headings as official documents number them: 一、二、; 附件 stands apart."""
    found, number = [], 0
    for part in made:
        heading = part.heading
        if part.key != "annex":
            number += 1
            heading = f"{NUMERALS[number - 1] if number <= 10 else number}、{heading}"
        found.append(Part(part.key, heading, part.paragraphs, part.tables, part.lists))
    return found


def _printed(content: Content, main: Sequence[str]) -> list[str]:
    """Every slot the edition prints, in its order; the main ones too where no sentence names them."""
    found = [piece.slot for part in content.parts for line in part.paragraphs for piece in line]
    for part in content.parts:
        found += [cell.slot for table in part.tables for line in table.lines for cell in line.cells]
        found += [one.slot for one in part.lists if part.key != "late"]
    return [name for name in dict.fromkeys([*found, *main]) if name]
