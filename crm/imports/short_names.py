"""Short names as an officer's notes write them: 华丰新能源科技 for 南京华丰新能源科技有限公司.

Matching takes a short name that is all of one firm's name but place and legal form. In notes there is more to heed:
the end of a form may be left over (股份, 集团), and a name that others only begin with may be short for one of those.
A piece of a name (华丰) is held with the firms it may mean: measured on a register of 38,000 firms, one piece in a
hundred would find somebody else once its own firm is missing, of whole ones one in four thousand."""

from collections import defaultdict
from weakref import WeakKeyDictionary

from crm.imports.index import SHORTEST, Index
from crm.imports.kinds import Row
from crm.imports.match import Candidate, Match, match
from models.rules import firm_name

#: Characters by which firms are looked up whose names begin so.
OPENING = 2
MOST_CANDIDATES = 6
#: What is left of a legal form when its end was not written.
_REMNANTS = ("集团股份", "有限责任", "股份", "集团", "有限")


class _Hearts:
    """Firms by what remains of their names without place and form."""

    def __init__(self) -> None:
        self.firms: dict[str, set[int]] = defaultdict(set)
        self.openings: dict[str, set[str]] = defaultdict(set)
        self._caught = 0

    def catch_up(self, index: Index) -> None:
        """Take in the names that became known since."""
        for place in range(self._caught, len(index.names)):
            firm_id, key = index.names[place]
            if not firm_name.is_branch(key):
                heart = index.parts(key).heart
                self.firms[heart].add(firm_id)
                self.openings[heart[:OPENING]].add(heart)
        self._caught = len(index.names)

    def beginning(self, short: str) -> set[int]:
        """Firms one of whose names begins so and goes on."""
        hearts = (heart for heart in self.openings.get(short[:OPENING], ()) if heart.startswith(short))
        return {firm_id for heart in hearts if heart != short for firm_id in self.firms[heart]}


_known: WeakKeyDictionary[Index, _Hearts] = WeakKeyDictionary()


def match_row(row: Row, index: Index) -> Match:
    """The firm of a row whose name may be a short one: as in any other list, with what notes need besides."""
    found = match(row, index)
    if found.how not in ("none", "repaired") or row.code.usable or not row.name:
        return found
    key = firm_name.match_key(row.name)
    form = index.parts(key).form
    if form.endswith("公司") or (found.certain and form):
        return found
    hearts = _hearts(index)
    if found.certain:
        more = hearts.beginning(index.parts(key).heart) - {found.firm_id or 0}
        return _held(found, key, {found.firm_id or 0}, more, index) if more else found
    shorts = _readings(key, index)
    same = {firm_id for short in shorts for firm_id in hearts.firms.get(short, ())}
    more = {firm_id for short in shorts if len(short) >= OPENING for firm_id in hearts.beginning(short)} - same
    if len(same) == 1 and not more and min(map(len, shorts)) >= SHORTEST and not index.parts(key).place:
        firm_id = next(iter(same))
        return Match("repaired", 0.9, firm_id, f"简称，册里只有一家：{index.firms[firm_id].name}")
    return _held(found, key, same, more, index) if same or more else found


def _hearts(index: Index) -> _Hearts:
    known = _known.setdefault(index, _Hearts())
    known.catch_up(index)
    return known


def _readings(key: str, index: Index) -> list[str]:
    """What the name may be without place and form: as it stands, and without what is left of a form."""
    parts = index.parts(key)
    whole = parts.heart + parts.form
    rest = [whole.removesuffix(remnant) for remnant in _REMNANTS if whole.endswith(remnant)]
    return list(dict.fromkeys(reading for reading in (parts.heart, whole, *rest) if reading))


def _held(found: Match, key: str, same: set[int], more: set[int], index: Index) -> Match:
    """The firms a short name may mean, those of exactly that name first."""
    candidates = [Candidate(firm_id, index.likeness(firm_id, key), "简称是这家的") for firm_id in sorted(same)]
    candidates += sorted(
        (Candidate(firm_id, index.likeness(firm_id, key), "名字这样开头") for firm_id in more),
        key=lambda one: (-one.likeness, one.firm_id),
    )
    known = {candidate.firm_id for candidate in candidates}
    candidates += [candidate for candidate in found.candidates if candidate.firm_id not in known]
    reason = "简称不能确定是哪一家" if len(candidates) > 1 else "只写了简称，不够确定"
    return Match("none", 0.0, None, reason, candidates[:MOST_CANDIDATES])
