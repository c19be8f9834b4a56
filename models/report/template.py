"""Which figures stand in which section of an edition, in the bureau's order; the shipped one where it has none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from models.base import db
from models.errors import Refused
from models.figures import registry
from models.figures.base import Figure
from models.report.record import ReportLine
from models.rules.report import KINDS
from models.rules.report_table import SECTIONS, Section, sections
from models.rules.report_words import split

#: The most figures one kind may print.
MOST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One figure of the order: section, slot, and the name an officer reads."""

    section: str
    slot: str
    name: str


def order(kind: str, known: Mapping[str, Figure]) -> list[tuple[str, str]]:
    """(section, slot) of every figure of a kind, in order; figures that exist no more are left out. One statement."""
    query = select(ReportLine.section, ReportLine.figure).where(ReportLine.kind == kind)
    rows = [(row[0], row[1]) for row in db.session.execute(query.order_by(ReportLine.position, ReportLine.id))]
    wanted = rows or [(part.key, key) for part in SECTIONS[kind] for key in part.figures]
    return [(section, slot) for section, slot in wanted if split(slot)[0] in known]


def figures_of(kind: str, part: Section, ordered: Sequence[tuple[str, str]]) -> list[str]:
    """The slots of one section in their order."""
    return [slot for section, slot in ordered if section == part.key]


def places(kind: str) -> list[Place]:
    """The order as the office edits it. Two statements."""
    known = registry.all_figures()
    return [Place(section, slot, known[split(slot)[0]].name) for section, slot in order(kind, known)]


def keep(kind: str, wanted: Sequence[tuple[str, str]]) -> None:
    """Take this order for a kind; an empty one brings the shipped one back. The caller commits. Refused for a section
    or figure that does not exist, or one twice; editions that are issued keep theirs."""
    known, named = registry.all_figures(), {part.key for part in SECTIONS[kind]}
    if len(wanted) > MOST:
        raise Refused(f"{KINDS[kind]}最多放 {MOST} 个数")
    if len(set(wanted)) < len(wanted):
        raise Refused("同一段里有重复的指标，请去掉一个")
    for section, slot in wanted:
        if section not in named or split(slot)[0] not in known:
            raise Refused("有一段或一个指标已经不在了，请刷新后再改")
    for row in db.session.scalars(select(ReportLine).where(ReportLine.kind == kind).order_by(ReportLine.id)):
        db.session.delete(row)
    db.session.flush()
    db.session.add_all(
        ReportLine(kind=kind, section=section, figure=slot, position=position)
        for position, (section, slot) in enumerate(wanted, 1)
    )
    db.session.flush()


def sections_of(kind: str, *, of_unit: bool, switches: Mapping[str, bool]) -> list[Section]:
    """The sections that a new draft gets: those without a switch, and those whose switch is on."""
    return [part for part in sections(kind, of_unit=of_unit) if not part.switch or switches.get(part.switch, False)]


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be added: sections by key, and figures as choices."""

    sections: dict[str, str]
    figures: list[tuple[str, str]]


def offers(kind: str) -> Offers:
    """The sections of a kind, and the figures that an edition can print: not every pair of rungs. One statement."""
    known = registry.all_figures()
    shown = [(key, one.name) for key, one in known.items() if not key.startswith(("flow.", "band.", "issues.left."))]
    # Rows of every registered firm would be copied each month.
    figures = [(key, name) for key, name in shown if not key.startswith(("rung.registered", "move.unchanged"))]
    return Offers({part.key: part.heading for part in SECTIONS[kind]}, sorted(figures, key=lambda pair: pair[0]))


def add(kind: str, section: str, figure: str) -> None:
    """Put one more figure at the end of a section; the caller commits. Refused when it stands there already."""
    now = order(kind, registry.all_figures())
    last = max((place for place, (part, _) in enumerate(now) if part == section), default=len(now) - 1)
    keep(kind, [*now[: last + 1], (section, figure), *now[last + 1 :]])


def change(kind: str, doing: str, text: str) -> None:
    """Move the figure at a place up or down, take it out, or bring the shipped order back; the caller commits. Refused
    for a place that is none."""
    now = order(kind, registry.all_figures())
    if doing == "reset":
        return keep(kind, [])
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    other = {"up": place - 1, "down": place + 1, "out": place}.get(doing, -1)
    if not (0 <= place < len(now) and 0 <= other < len(now)):
        raise Refused("顺序刚被别人改过，请看现在的再改")
    if doing == "out":
        return keep(kind, [*now[:place], *now[place + 1 :]])
    now[place], now[other] = now[other], now[place]
    return keep(kind, now)
