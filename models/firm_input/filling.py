"""What the firm does with a request, by its link or by telephone: a screen at a time, then 提交."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from models import clock
from models.base import db
from models.errors import Refused
from models.firm_input.known import Register, register_of
from models.firm_input.record import FirmInput
from models.link import Link
from models.rules import firm_input as rules
from models.rules.firm_input import Cell, Doubt
from models.user import User


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written for one figure; 不清楚 wins over an empty field."""

    text: str = ""
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class By:
    """Who fills in: the firm by its link, or an officer who has it on the telephone."""

    via: str
    user: User | None = None

    @property
    def how(self) -> str:
        """The way the figures came."""
        return "link" if self.via == "link" else "phone"


def opens(link: Link) -> bool:
    """Whether a link leads to a request the firm may still fill in. One that expired is told by the link's own day."""
    row = db.session.get(FirmInput, link.subject_id) if link.subject == "firm_input" else None
    return row is not None and row.state in rules.WITH_FIRM and row.firm.merged_into_id is None


def save(row: FirmInput, answers: Mapping[Cell, Answer], by: By, at: datetime) -> dict[Cell, str]:
    """Keep what was written of these figures; a value that cannot be is not kept, and why is returned. The caller
    commits. Refused for a request that is no longer with the firm."""
    if not row.may("save"):
        row.move("save", at, clock.local(at).date(), by=by.user, via=by.via)
    problems: dict[Cell, str] = {}
    for figure in row.figures:
        given = answers.get(figure.cell)
        if given is None:
            continue
        found = rules.read(figure.key, given.text)
        if found.problem:
            problems[figure.cell] = found.problem
            continue
        figure.value, figure.approximate = found.value, found.approximate
        figure.written = given.text.strip()[:200]
        figure.unclear = given.unclear and found.value is None
    if row.state != "filling":
        row.move("save", at, clock.local(at).date(), by=by.user, via=by.via)
    return problems


def values_of(row: FirmInput) -> dict[Cell, Decimal]:
    """The values that are filled in."""
    return {figure.cell: figure.value for figure in row.figures if figure.value is not None}


def doubts_of(row: FirmInput, register: Register | None = None) -> list[Doubt]:
    """What is asked about before it is handed in, and shown to the officer after."""
    return rules.doubts(values_of(row), (register or register_of(row.firm_id)).best())


def submit(
    row: FirmInput, confirmed: Collection[str], remark: str, by: By, at: datetime, register: Register | None = None
) -> None:
    """Hand it in; the caller commits, and has spent the link. Refused while nothing at all is answered, or while a
    doubt is neither mended nor confirmed."""
    today = clock.local(at).date()
    if not row.filled:
        raise Refused("还什么都没有填。不知道的项目可以选“不清楚”")
    open_doubts = [doubt for doubt in doubts_of(row, register) if doubt.code not in confirmed]
    if open_doubts:
        raise Refused(f"还有 {len(open_doubts)} 处请核对：改过来，或勾选“没有错”")
    row.confirmed = json.dumps(sorted(confirmed)[:100], ensure_ascii=False)
    row.remark, row.how, row.submitted_on = remark.strip()[:2000], by.how, today
    row.move("submit", at, today, by=by.user, via=by.via, words=f"{row.filled} 项")
