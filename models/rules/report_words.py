"""The text of an edition around its figures: placeholders, growth, and how what came later adds up.

A sentence holds {KEY}: the number of a slot. Whoever edits sees the Chinese name: {走访次数}, {上期·走访次数}.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

_HOLE = re.compile(r"\{([^{}\n]{1,120})\}")
#: Of another period than the edition's own: suffix of the slot → the word before the name.
WHEN = {"before": "上期", "after": "下期", "year_before": "上年同期"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence: plain text, or the number of a slot."""

    text: str
    slot: str = ""


def parts(text: str) -> list[Part]:
    """A text cut at its placeholders; a placeholder's text is what stands between the braces."""
    found, at = [], 0
    for hole in _HOLE.finditer(text):
        if hole.start() > at:
            found.append(Part(text[at : hole.start()]))
        found.append(Part(hole.group(1), hole.group(1)))
        at = hole.end()
    if at < len(text):
        found.append(Part(text[at:]))
    return found


def slots(text: str) -> list[str]:
    """The slots that a text names, in its order, each once."""
    return list(dict.fromkeys(part.slot for part in parts(text) if part.slot))


def slot(key: str, when: str = "", place: str = "") -> str:
    """The name of a slot: a figure, of another period (WHEN), of one area or unit (area:5)."""
    return "@".join(filter(None, (key, when, place)))


def split(name: str) -> tuple[str, str, str]:
    """Figure, period and place of a slot."""
    key, *rest = name.split("@")
    when = rest[0] if rest and rest[0] in WHEN else ""
    place = next((one for one in rest if ":" in one), "")
    return key, when, place


def shown(text: str, names: Mapping[str, str]) -> str:
    """A stored text as an officer edits it: slots by their Chinese names."""
    return _HOLE.sub(lambda hole: "{" + names.get(hole.group(1), hole.group(1)) + "}", text)


def stored(text: str, names: Mapping[str, str]) -> tuple[str, list[str]]:
    """An edited text as it is stored, and what it names that is no figure here."""
    keys = {name: key for key, name in names.items()}
    unknown: list[str] = []

    def key_of(hole: re.Match[str]) -> str:
        said = hole.group(1).strip()
        key = keys.get(said, said if said in names else "")
        if not key:
            unknown.append(said)
        return "{" + (key or said) + "}"

    return _HOLE.sub(key_of, text), unknown


def spoken(text: str, say: Callable[[str], str]) -> str:
    """A text with every placeholder said."""
    return "".join(say(part.slot) if part.slot else part.text for part in parts(text))


def growth(now: int, then: int) -> str:
    """增幅 in per cent with one decimal, halves away from zero; a dash where there was nothing to grow from."""
    if then <= 0:
        return "—"
    thousandths = abs(now - then) * 2000 + then
    tenths = thousandths // (then * 2)
    sign = "" if now == then or not tenths else "＋" if now > then else "−"
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def change(now: int, then: int) -> str:
    """A difference with its sign: ＋7, −2, 0."""
    gap = now - then
    return "0" if not gap else f"＋{gap:,}" if gap > 0 else f"−{-gap:,}"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """汇报数 ＋ 补录 − 撤回 ＝ 今天数, by rows."""

    printed: frozenset[int]
    late: frozenset[int]
    gone: frozenset[int]

    @property
    def today(self) -> int:
        """今天数."""
        return len(self.printed) + len(self.late) - len(self.gone)

    @property
    def same(self) -> bool:
        """Whether nothing came or went since."""
        return not self.late and not self.gone

    @property
    def words(self) -> str:
        """As it is printed."""
        printed, late, gone = len(self.printed), len(self.late), len(self.gone)
        return f"汇报数 {printed:,} ＋ 补录 {late:,} − 撤回 {gone:,} ＝ 今天数 {self.today:,}"


def reconcile(printed: AbstractSet[int], now: AbstractSet[int]) -> Reconciled:
    """What came later and what went, against the rows as printed; today's number is the number of rows now."""
    return Reconciled(frozenset(printed), frozenset(now - printed), frozenset(printed - now))
