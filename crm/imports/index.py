"""What matching looks firms up in: every code, every name a firm has or had, and the names that are alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from models.rules import firm_name
from models.rules.firm_name import Parts

#: Likeness (0–100) of core and trade below which two names are not alike.
ALIKE = 75
MOST_ALIKE = 4
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
        self._parts: dict[str, Parts] = {}
        self._loose: dict[str, set[int]] = defaultdict(set)
        self._pairs: dict[str, set[int]] = defaultdict(set)
        #: Entry → (firm, heart): what _pairs points to.
        self._entries: list[tuple[int, str]] = []
        self._waiting: list[tuple[int, str]] = []

    def add(self, firm_id: int, code: str | None, code_kind: str | None, name: str) -> None:
        """Make a firm known by its code and present name."""
        self.firms[firm_id] = Known(code, code_kind, name)
        if code:
            self.by_code[code] = firm_id
        self.add_name(firm_id, firm_name.match_key(name), "name")

    def add_name(self, firm_id: int, key: str, how: str) -> None:
        """Make one more name of a firm known; `how` is name or former_name."""
        if key and key not in self.firms[firm_id].keys:
            self.firms[firm_id].keys[key] = how
            self.by_name[key].add(firm_id)
            self._waiting.append((firm_id, key))

    def learn_places(self) -> None:
        """Take for names of places, besides the provinces, the openings that many of the firms' names share."""
        openings = Counter(key[:length] for key in self.by_name for length in (2, 3))
        enough = max(20, len(self.by_name) // 50)
        common = {opening for opening, count in openings.items() if count >= enough}
        whole = {opening for opening in common if opening[:2] == opening or opening[:2] not in common}
        self.places |= {*PROVINCES.split(), *whole}

    def parts(self, key: str) -> Parts:
        """A name key taken apart; remembered."""
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = firm_name.split(key, self.places)
        return found

    def same_but_for_form(self, key: str) -> set[int]:
        """The firms one of whose names differs from this one only in what carries no meaning: 市 after the city's
        name, 省 after the province's, 责任 in 有限责任公司."""
        self._catch_up()
        return self._loose.get(self._loose_key(key), set())

    def alike(self, key: str, cutoff: int = ALIKE) -> list[tuple[int, int]]:
        """Firms with a name like this one and how like (0–100), the most alike first, at most MOST_ALIKE."""
        self._catch_up()
        heart = self.parts(key).heart
        pairs = sorted(
            {heart[p : p + 2] for p in range(len(heart) - 1)}, key=lambda pair: len(self._pairs.get(pair, ()))
        )
        entries: set[int] = set()
        for pair in pairs:
            found = self._pairs.get(pair, set())
            if entries and len(found) > COMMON:
                break
            entries |= found
        hearts = {entry: self._entries[entry][1] for entry in entries}
        best: dict[int, int] = {}
        for _, score, entry in process.extract(heart, hearts, scorer=fuzz.ratio, limit=40, score_cutoff=cutoff):
            firm_id = self._entries[entry][0]
            best[firm_id] = max(best.get(firm_id, 0), round(score))
        return sorted(best.items(), key=lambda item: (-item[1], abs(item[0])))[:MOST_ALIKE]

    def likeness(self, firm_id: int, key: str) -> int:
        """How like a name is to the names of a firm (0–100), place and legal form left aside."""
        heart = self.parts(key).heart
        return round(max(fuzz.ratio(heart, self.parts(own).heart) for own in self.firms[firm_id].keys))

    def agrees(self, firm_id: int, key: str) -> bool:
        """Whether a name can be a careless way of writing a name of this firm: for rows whose code names the firm."""
        return any(_agree(self.parts(key), self.parts(own)) for own in self.firms[firm_id].keys)

    def _loose_key(self, key: str) -> str:
        parts = self.parts(key)
        place = parts.place.replace("省", "").replace("市", "")
        form = parts.form.replace("有限责任公司", "有限公司")
        return f"{place}|{'(' in key}|{parts.heart}|{form}"

    def _catch_up(self) -> None:
        """Tables for likeness are filled when a row asks: a file whose codes all match never pays for them."""
        for firm_id, key in self._waiting:
            self._loose[self._loose_key(key)].add(firm_id)
            heart = self.parts(key).heart
            entry = len(self._entries)
            self._entries.append((firm_id, heart))
            for place in range(len(heart) - 1):
                self._pairs[heart[place : place + 2]].add(entry)
        self._waiting.clear()


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
    return a[start + 1 :] == b[start + 1 :] or a[start:] == b[start + 1 :] or a[start + 1 :] == b[start:]
