"""Cells that name several owners of a right: taken apart, and each looked for among the firms of the register."""

import re
from typing import Any

from crm.imports.index import Index
from crm.imports.kinds import Row, text
from crm.imports.match import Candidate, Match, match
from models.rules import firm_name
from models.rules.firm_name import Written
from models.rules.uscc import Code

#: Between two owners wherever it stands outside brackets.
_SEPARATORS = "；;、，,/|｜"
_OPENING, _CLOSING = "（(【[〔", "）)】]〕"
#: Pieces of a foreign name, which a comma does not end.
_TAIL = re.compile(r"(?:co\.?|ltd\.?|inc\.?|llc|limited|corp\.?|gmbh)\.?", re.IGNORECASE)
_NOTE = re.compile(r"[（(](?:联合申请|共同申请|共有|共同权利人|第[一二三四五]?\d?权利人|排名第?\d+|等)[)）]$")
_INSTITUTION = re.compile(
    r"(?:大学|学院|学校|研究院|研究所|研究中心|医院|实验室|中心|设计院|科学院|检验院|局|站|所|厂|公司|集团|合作社|合伙\)?)$"
)
_FIRM_WORDS = re.compile(r"公司|企业|工厂|厂$|集团|合作社|合伙|事务所|商行|经营部|中心$|研究院|研究所")
MOST_CANDIDATES = 6


def split(cell: Any) -> list[str]:
    """The owners a cell names, in its order: `甲公司；乙大学（联合申请）` → two. Brackets are never taken apart, and a
    space or line break ends a name only where each piece is whole by itself."""
    pieces: list[str] = []
    depth, piece = 0, ""
    for sign in text(cell):
        if sign in _OPENING:
            depth += 1
        elif sign in _CLOSING:
            depth = max(0, depth - 1)
        if depth == 0 and sign in _SEPARATORS:
            pieces.append(piece)
            piece = ""
        else:
            piece += sign
    pieces.append(piece)
    found: list[str] = []
    for part in (piece.strip() for piece in pieces):
        if found and _TAIL.fullmatch(part):
            found[-1] += f", {part}"
        elif part:
            found += _by_spaces(part)
    return found


def _by_spaces(piece: str) -> list[str]:
    parts = piece.split()
    whole = len(parts) > 1 and all(
        len(part) >= 4 and _INSTITUTION.search(_NOTE.sub("", part)) and firm_name.clean(part) for part in parts
    )
    return parts if whole else [piece]


def read_owners(cell: Any) -> Written:
    """The owner that is most likely a firm, first of equals, with all of them in `together` when there are several."""
    names = [firm_name.split_former(_NOTE.sub("", piece)) for piece in split(cell)]
    written = [
        Written(firm_name.clean(piece) if not one.former else one.name, one.former)
        for piece, one in zip(split(cell), names, strict=True)
    ]
    if not names:
        return Written("")
    best = next((place for place, one in enumerate(names) if firm_name.full(one.name)), 0)
    together = tuple(written) if len(names) > 1 else ()
    return Written(names[best].name, names[best].former, together)


def is_owner_cell(cell: Any) -> bool:
    """Whether a cell names at least one firm."""
    return isinstance(cell, str) and len(cell) < 400 and firm_name.full(read_owners(cell).name)


def match_owners(row: Row, index: Index) -> Match:
    """The first owner who is a firm of the register; held when none certainly is. Co-owners need not be firms here."""
    if not row.together:
        return match(row, index)
    matches = _matches(row, index)
    certain = [found for found in matches if found.certain]
    if certain:
        return next((found for found in certain if found.firm_id is not None), certain[0])
    candidates = [candidate for found in matches for candidate in found.candidates]
    seen: dict[int, Candidate] = {}
    for candidate in sorted(candidates, key=lambda one: -one.likeness):
        seen.setdefault(candidate.firm_id, candidate)
    reason = f"{len(row.together)} 个权利人在册里都没有" if not seen else "权利人在册里只有相像的名字"
    return Match("none", 0.0, None, reason, list(seen.values())[:MOST_CANDIDATES])


def firms_of(row: Row, firm_id: int | None, index: Index) -> list[tuple[str, int | None]]:
    """Every owner of a matched row as written, with its firm; `firm_id` is the one the row was matched to, which is
    the owner of the row's own name unless another owner is that firm."""
    if not row.together:
        return [(row.name or index.firms[firm_id].name if firm_id else row.name, firm_id)]
    found = [(owner.name, match.firm_id) for owner, match in zip(row.together, _matches(row, index), strict=True)]
    if firm_id is None or any(known == firm_id for _, known in found):
        return found
    place = next((place for place, owner in enumerate(row.together) if _plain(owner.name) == row.name), 0)
    return [(name, firm_id if place == number else known) for number, (name, known) in enumerate(found)]


def _matches(row: Row, index: Index) -> list[Match]:
    """What each owner is by itself; the code of the row belongs to the owner it is named by."""
    found = []
    for owner in row.together:
        name = _plain(owner.name)
        code = row.code if name == row.name else Code("blank", "")
        alone = Row(row.sheet, row.row, [], name, owner.former, code)
        if code.kind == "blank" and not _FIRM_WORDS.search(name) and firm_name.match_key(name) not in index.by_name:
            found.append(Match("none", reason="不像企业"))
        else:
            found.append(match(alone, index))
    return found


def _plain(name: str) -> str:
    return firm_name.split_former(_NOTE.sub("", name)).name
