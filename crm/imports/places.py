"""Which area an address lies in, by the names and aliases of the tree (foundations 9). About half of real addresses
name a street fully; the others name it without its last word, or not at all."""

import re
from collections.abc import Iterable

from sqlalchemy import select

from models.area import Area
from models.base import db

_ENDINGS = re.compile(r"(?:街道办事处|街道|镇|乡|办事处|经济开发区|开发区|工业园区|高新区|园区|新区|区|市|县)$")
_AFTER = r"(?:街道|镇|乡|办事处|社区|工业园|工业集中区|开发区|园区|集镇)"
#: What follows a name that is the name of a road or a bridge, not of the place.
_ROAD = r"(?!\d*(?:东|西|南|北|中)?(?:路|街(?!道)|大道|巷|桥|弄))"


class Places:
    """The tree of areas, ready to be looked for in addresses."""

    def __init__(self, areas: Iterable[tuple[int, str, str, int | None]]) -> None:
        """Takes id, name, aliases (one per line) and parent of each area."""
        rows = list(areas)
        parents = {area_id: parent for area_id, _, _, parent in rows}
        self.depths = {area_id: _depth(area_id, parents) for area_id in parents}
        self.names = {area_id: name for area_id, name, _, _ in rows}
        self.by_name: dict[str, int] = {}
        self.short: dict[str, int] = {}
        for area_id, name, aliases, _ in rows:
            for word in (name, *filter(None, map(str.strip, aliases.splitlines()))):
                self.by_name.setdefault(word, area_id)
            short = _ENDINGS.sub("", name)
            if len(short) >= 2 and short != name:
                self.short.setdefault(short, area_id)
        self._whole = _either(self.by_name)
        self._spoken = _either(self.short)
        self._bare = re.compile(rf"(?<=[区县市])({'|'.join(map(re.escape, _longest(self.short))) or '$^'}){_ROAD}")

    @classmethod
    def load(cls) -> "Places":
        """The tree as it stands; closed areas are left out."""
        query = select(Area.id, Area.name, Area.aliases, Area.parent_id).where(
            Area.tree == "area", Area.closed.is_(False)
        )
        return cls([(i, n, a, p) for i, n, a, p in db.session.execute(query.order_by(Area.id))])

    def of_address(self, address: str) -> int | None:
        """The deepest area the address names; None when it names none, or two that are equally deep."""
        found = {self.by_name[word] for word in self._whole.findall(address)}
        found |= {self.short[word] for word in re.findall(rf"({self._spoken.pattern}){_AFTER}", address)}
        if not found or max(self.depths[area_id] for area_id in found) == 0:
            found |= {self.short[word] for word in self._bare.findall(address)}
        if not found:
            return None
        deepest = max(self.depths[area_id] for area_id in found)
        ends = [area_id for area_id in found if self.depths[area_id] == deepest]
        return ends[0] if len(ends) == 1 else None

    def of_name(self, name: str) -> int | None:
        """The area a list calls by this name, its full name, an alias or its name without the last word."""
        name = name.strip()
        return self.by_name.get(name) or self.short.get(_ENDINGS.sub("", name) or name)


def _depth(area_id: int, parents: dict[int, int | None]) -> int:
    depth, above = 0, parents.get(area_id)
    while above is not None and depth < 20:
        depth, above = depth + 1, parents.get(above)
    return depth


def _longest(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _either(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _longest(words))) or "$^")
