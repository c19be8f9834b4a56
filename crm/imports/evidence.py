"""What speaks for and against each firm that a held row may mean: its name character by character, code, street, day of
founding, officers. A fixed number of statements, however many candidates there are."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from crm.imports.kinds import Row, text
from crm.imports.staged import row_of
from models.base import db
from models.firm import Firm
from models.firm.names import FirmName
from models.importing import ImportRow, ImportRun
from models.rules import firm_name, uscc
from models.user import User

#: Likeness from which a candidate is called 很像.
CLOSE = 86
SAME, DIFFERENT, UNKNOWN = "same", "different", "unknown"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to compare: what it is, what the file says, what Tidu has, and how they stand."""

    label: str
    file: str
    known: str
    state: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A firm that a held row may mean; value is what deciding for it sends. name: pieces and whether the file has them
    too."""

    value: str
    firm_id: int
    name: str
    pieces: list[tuple[str, bool]]
    #: The former name or other form that is nearer to what the file says; empty when the present name is.
    other_name: str
    other_pieces: list[tuple[str, bool]]
    code: str | None
    why: str
    close: bool
    points: list[Point]


def offers_of(run: ImportRun, staged: ImportRow, visible: Select[Firm]) -> tuple[list[Offer], int]:
    """The firms a held row may mean, likeliest first, and how many more there are that this person may not see."""
    # Below zero are firms that the same file would make.
    kept = [candidate for candidate in json.loads(staged.candidates) if candidate[0] > 0]
    if not kept and staged.firm_id is not None:
        kept = [[staged.firm_id, 100, "认得是这家"]]
    offers = _offers(run, staged, [(firm_id, likeness, why) for firm_id, likeness, why in kept], visible)
    return offers, len(kept) - len(offers)


def offers_among(run: ImportRun, staged: ImportRow, firm_ids: Sequence[int], visible: Select[Firm]) -> list[Offer]:
    """The same of firms that somebody looked for."""
    return _offers(run, staged, [(firm_id, 0, "") for firm_id in firm_ids], visible)


def _offers(
    run: ImportRun, staged: ImportRow, wanted: Sequence[tuple[int, int, str]], visible: Select[Firm]
) -> list[Offer]:
    ids = [firm_id for firm_id, _, _ in wanted]
    if not ids:
        return []
    _, row = row_of(run, staged)
    people = [joinedload(officer).lazyload(User.roles) for officer in (Firm.officer_a, Firm.officer_b)]
    query = visible.where(Firm.id.in_(ids)).options(joinedload(Firm.area), *people)
    firms = {firm.id: firm for firm in db.session.scalars(query).unique()}
    names = _names(ids)
    return [
        _offer(firms[firm_id], row, names.get(firm_id, ()), likeness, why)
        for firm_id, likeness, why in wanted
        if firm_id in firms
    ]


def _names(firm_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = select(FirmName.firm_id, FirmName.name).where(FirmName.firm_id.in_(firm_ids)).order_by(FirmName.id)
    for firm_id, name in db.session.execute(query):
        found.setdefault(firm_id, []).append(name)
    return found


def _offer(firm: Firm, row: Row, names: Iterable[str], likeness: int, why: str) -> Offer:
    nearest = max([firm.name, *names], key=lambda name: _alike(row.name, name))
    other = nearest if _alike(row.name, nearest) > _alike(row.name, firm.name) else ""
    return Offer(
        value=firm.code or f"id:{firm.id}",
        firm_id=firm.id,
        name=firm.name,
        pieces=pieces(row.name, firm.name),
        other_name=other,
        other_pieces=pieces(row.name, other) if other else [],
        code=firm.code,
        why=why,
        close=likeness >= CLOSE,
        points=[point for point in _points(firm, row) if point.file or point.known],
    )


def _alike(written: str, name: str) -> float:
    return SequenceMatcher(None, firm_name.match_key(written), firm_name.match_key(name), autojunk=False).ratio()


def pieces(written: str, name: str) -> list[tuple[str, bool]]:
    """A name cut where it agrees with what was written and where it does not: [(云澜, True), (甲, False), …]."""
    found: list[tuple[str, bool]] = []
    for what, _, _, start, end in SequenceMatcher(None, written, name, autojunk=False).get_opcodes():
        if end > start:
            found.append((name[start:end], what == "equal"))
    return found


def _points(firm: Firm, row: Row) -> list[Point]:
    values = row.values
    street, area = text(values.get("street") or ""), firm.area.name if firm.area else ""
    officers = [officer.name for officer in (firm.officer_a, firm.officer_b) if officer]
    named = (values.get(key) for key in ("officer", "officer_a", "visitor"))
    said = next((value for value in named if isinstance(value, str)), "")
    return [
        _code(firm, row),
        Point("街镇", street, area, _state(bool(street and area), street in area or area in street)),
        _founded(firm, values),
        Point("住所", text(values.get("address") or ""), firm.address, _address(values, firm)),
        Point("责任人", said, "、".join(officers), _state(bool(said and officers), said in officers)),
    ]


def _code(firm: Firm, row: Row) -> Point:
    written = row.code.written if row.code.kind != "blank" else ""
    if row.code.kind == "ruined" and firm.code:
        fits = uscc.may_become(firm.code, row.code.fragment) if row.code.fragment else None
        return Point("信用代码", written, firm.code, UNKNOWN if fits is None else SAME if fits else DIFFERENT)
    same = uscc.normalise(written) == (firm.code or "")
    return Point("信用代码", written, firm.code or "", _state(bool(written and firm.code), same))


def _founded(firm: Firm, values: Mapping[str, Any]) -> Point:
    day = values.get("founded_on")
    first: date | None = getattr(day, "first", None)
    said, known = first.isoformat() if first else "", firm.founded_on.isoformat() if firm.founded_on else ""
    return Point("成立日期", said, known, _state(bool(said and known), said == known))


def _address(values: Mapping[str, Any], firm: Firm) -> str:
    said = text(values.get("address") or "")
    if not said or not firm.address:
        return UNKNOWN
    return SAME if said == firm.address else UNKNOWN


def _state(comparable: bool, same: bool) -> str:
    return UNKNOWN if not comparable else SAME if same else DIFFERENT
