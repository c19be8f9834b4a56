"""What matching looks firms up in: every code, every name a firm has or had, and the names that are alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import itemgetter

from rapidfuzz import fuzz, process

from models.rules import firm_name
from models.rules.firm_name import Parts

#: Likeness (0–100) of core and trade below which two names are not alike.
ALIKE = 75
MOST_ALIKE = 4
#: Characters that a short name must keep besides place and legal form.
SHORTEST = 4
#: A pair of characters that so many names share says nothing.
COMMON = 3000
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 "
    "湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 "
    "内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾 中国"
)


@dataclass(slots=True)
class Known:
    """A firm as matching knows it; keys are its names as match_key writes them, with how each is borne."""

    code: str | None
    code_kind: str | None
    name: str
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What tells a firm from its namesakes."""

    address: str = ""
    area: str = ""
    founded_on: date | None = None
    capital: Decimal | None = None


#: A firm by id, code, kind of code and name; a name by firm, as it is written, its key and how it is borne.
Named = tuple[int, str | None, str | None, str]
Borne = tuple[int, str, str, str]


class Index:
    """Firms by code and name. Firms that a plan is about to make are added with negative ids, so that later rows of
    the same file find them."""

    def __init__(self, places: Iterable[str] = ()) -> None:
        self.places = frozenset(places)
        self.firms: dict[int, Known] = {}
        self.by_code: dict[str, int] = {}
        self.by_name: dict[str, set[int]] = defaultdict(set)
        #: Name key → firm, as people decided before.
        self.chosen: dict[str, int] = {}
        #: Of firms that share a name with another: what tells them apart.
        self.facts: dict[int, Facts] = {}
        self._parts: dict[str, Parts] = {}
        self._loose: dict[str, set[int]] = defaultdict(set)
        self._hearts: dict[str, set[int]] = defaultdict(set)
        #: Pair of characters → hearts that have it, each once; heart → firms, branches too.
        self._pairs: dict[str, list[str]] = defaultdict(list)
        self._bearers: dict[str, set[int]] = defaultdict(set)
        #: Every name in the order in which it became known, and how many of them are in the tables for likeness.
        self.names: list[tuple[int, str]] = []
        self._caught = 0
        #: Whether a plan added firms or names that are not in the database (yet, or ever: a row may end held).
        self.guessed = False

    def add(self, firm_id: int, code: str | None, code_kind: str | None, name: str) -> None:
        """Make a firm known by its code and present name."""
        self.firms[firm_id] = Known(code, code_kind, name)
        if code:
            self.by_code[code] = firm_id
        self.add_name(firm_id, firm_name.match_key(name), "name")

    def add_name(self, firm_id: int, key: str, how: str) -> None:
        """Make one more name of a firm known; `how` is name, former_name, or alias for what lists only call it."""
        if self.firms[firm_id].keys.get(key) == "alias" and how == "former_name":
            self.firms[firm_id].keys[key] = how
        if key and key not in self.firms[firm_id].keys:
            self.firms[firm_id].keys[key] = how
            self.by_name[key].add(firm_id)
            self.names.append((firm_id, key))
            self.guessed = True

    def fill(self, firms: Iterable[Named], names: Iterable[Borne]) -> None:
        """Make many firms known at once, each by all its names: as `add` and `add_name` one after the other would."""
        for firm_id, code, code_kind, name in firms:
            self.firms[firm_id] = Known(code, code_kind, name, {})
            if code:
                self.by_code[code] = firm_id
        others: list[tuple[int, str, str]] = []
        for firm_id, name, key, how in names:
            known = self.firms.get(firm_id)
            if known is None:
                continue
            if name == known.name:
                known.keys[key] = "name"
            else:
                others.append((firm_id, key, how))
        for firm_id, known in self.firms.items():
            key = next(iter(known.keys), "") or firm_name.match_key(known.name)
            if key:
                known.keys[key] = "name"
                self.by_name[key].add(firm_id)
                self.names.append((firm_id, key))
        for firm_id, key, how in others:
            self.add_name(firm_id, key, how)

    def learn_places(self) -> None:
        """Take for names of places, besides the provinces, the openings that many of the firms' names share."""
        openings = Counter(map(itemgetter(slice(2)), self.by_name))
        openings.update(map(itemgetter(slice(3)), self.by_name))
        enough = max(20, len(self.by_name) // 50)
        common = {opening for opening, count in openings.items() if count >= enough}
        whole = {opening for opening in common if opening[:2] == opening or opening[:2] not in common}
        self.places |= {*PROVINCES.split(), *whole}

    def parts(self, key: str) -> Parts:
        """A name key taken apart; remembered."""
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = firm_name.split_key(key, self.places)
        return found

    def same_but_for_form(self, key: str) -> set[int]:
        """The firms one of whose names differs from this one only in what carries no meaning: 市 after the city's
        name, 省 after the province's, 责任 in 有限责任公司."""
        self._catch_up()
        return self._loose.get(self._loose_key(key), set())

    def namesakes(self) -> set[int]:
        """The firms that share a name with another."""
        return {firm_id for firms in self.by_name.values() if len(firms) > 1 for firm_id in firms}

    def meant_by_short(self, key: str) -> set[int]:
        """The firms that a short name can mean: those whose name is the same once place and legal form are left away,
        in the same place when the short name gives one. No branch is meant by its mother's name."""
        self._catch_up()
        parts = self.parts(key)
        if len(parts.heart) < SHORTEST:
            return set()
        place = _bare(parts.place)
        if place:
            return {
                firm_id
                for firm_id in self._hearts.get(parts.heart, ())
                if any(_bare(self.parts(own).place) == place for own in self.firms[firm_id].keys)
            }
        # What stands before the same words may be a place that is not known as one.
        longer = {firm_id for firm_id, _ in self.alike(key) if self._ends_so(firm_id, parts.heart)}
        return self._hearts.get(parts.heart, set()) | longer

    def _ends_so(self, firm_id: int, heart: str) -> bool:
        own = (self.parts(key).heart for key in self.firms[firm_id].keys if not firm_name.is_branch(key))
        return any(other.endswith(heart) and len(other) - len(heart) in (2, 3) for other in own)

    def alike(self, key: str, cutoff: int = ALIKE) -> list[tuple[int, int]]:
        """Firms with a name like this one and how like (0–100), the most alike first, at most MOST_ALIKE."""
        self._catch_up()
        heart = self.parts(key).heart
        pairs = sorted(
            {heart[p : p + 2] for p in range(len(heart) - 1)}, key=lambda pair: len(self._pairs.get(pair, ()))
        )
        hearts: set[str] = set()
        for pair in pairs:
            found = self._pairs.get(pair, [])
            if hearts and len(found) > COMMON:
                break
            hearts.update(found)
        best: dict[int, int] = {}
        for other, score, _ in process.extract(heart, hearts, scorer=fuzz.ratio, limit=None, score_cutoff=cutoff):
            for firm_id in self._bearers[other]:
                best[firm_id] = max(best.get(firm_id, 0), round(score))
        return sorted(best.items(), key=lambda item: (-item[1], abs(item[0])))[:MOST_ALIKE]

    def likeness(self, firm_id: int, key: str) -> int:
        """How like a name is to the names of a firm (0–100), place and legal form left aside."""
        heart = self.parts(key).heart
        return round(max(fuzz.ratio(heart, self.parts(own).heart) for own in self.firms[firm_id].keys))

    def agrees(self, firm_id: int, key: str) -> bool:
        """Whether a name can be a careless way of writing a name of this firm: for rows whose code names the firm. A
        branch is never its mother."""
        branch = firm_name.is_branch(key)
        return any(
            _agree(self.parts(key), self.parts(own)) and firm_name.is_branch(own) == branch
            for own in self.firms[firm_id].keys
        )

    def same_heart(self, firm_id: int, key: str) -> bool:
        """Whether a name differs from one of this firm in its legal form alone, or in a place that one leaves out."""
        parts = self.parts(key)
        return len(parts.heart) >= SHORTEST and any(
            parts.heart == (own := self.parts(known)).heart
            and (_bare(parts.place) == _bare(own.place) or not (parts.place and own.place))
            and firm_name.is_branch(known) == firm_name.is_branch(key)
            for known in self.firms[firm_id].keys
        )

    def _loose_key(self, key: str) -> str:
        return _loose(key, self.parts(key))

    def _catch_up(self) -> None:
        """Tables for likeness are filled when a row asks: a file whose codes all match never pays for them."""
        if self._caught == len(self.names):
            return
        pairs, bearers = self._pairs, self._bearers
        for firm_id, key in islice(self.names, self._caught, None):
            parts = self.parts(key)
            heart = parts.heart
            self._loose[_loose(key, parts)].add(firm_id)
            if not firm_name.is_branch_key(key):
                self._hearts[heart].add(firm_id)
            if heart not in bearers:
                for start in range(len(heart) - 1):
                    having = pairs[heart[start : start + 2]]
                    # A pair that stands in it twice counts once.
                    if not having or having[-1] is not heart:
                        having.append(heart)
            bearers[heart].add(firm_id)
        self._caught = len(self.names)


def _loose(key: str, parts: Parts) -> str:
    form = parts.form.replace("有限责任公司", "有限公司")
    return f"{_bare(parts.place)}|{'(' in key}|{parts.heart}|{form}"


def _bare(place: str) -> str:
    """A place without the words that many leave out: 云澜省青禾市 and 云澜青禾 are one."""
    return place.replace("省", "").replace("市", "")


def _agree(a: Parts, b: Parts) -> bool:
    if a.heart == b.heart:
        return True
    core, other = (a.core or a.trade), (b.core or b.trade)
    shorter, longer = sorted((core, other), key=len)
    if len(shorter) >= 2 and longer.startswith(shorter) and (a.trade == b.trade or not a.trade or not b.trade):
        return True
    return _one_apart(core, other) and (a.trade == b.trade or len(shorter) >= 3)


def _one_apart(a: str, b: str) -> bool:
    """Whether one character was mistaken, left out or added; two of two or more must remain."""
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 2:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if {*a[start : start + 1], *b[start : start + 1]} & firm_name.NUMERALS:
        # 一厂 and 二厂 are two firms, whatever else they share.
        return False
    return a[start + 1 :] == b[start + 1 :] or a[start:] == b[start + 1 :] or a[start + 1 :] == b[start:]
