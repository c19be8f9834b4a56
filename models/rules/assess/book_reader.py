"""A rule book in TOML becomes a `Book`; a wrong one is refused with the file, the entry and what is wrong with it.

Decimals are read exactly. Nothing is filled in: an entry without its source or confidence is refused, and so is a
key that nobody reads, because a misspelt limit would otherwise be a limit that is not there.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from models.rules.assess.book import (
    AT_LEAST,
    AT_MOST,
    COMPARISONS,
    CONFIDENCE,
    CONTRACT,
    MORE_THAN,
    Book,
    Condition,
    Points,
    Route,
    Step,
    Test,
    Validity,
)
from models.rules.assess.book_lines import said
from models.rules.assess.measures import MEASURES
from models.rules.assess.names import DECLARED, JUDGEMENTS, OTHER_TITLES, TITLES

Made = TypeVar("Made")
DECLARATIONS = frozenset(
    {*DECLARED, *JUDGEMENTS, *TITLES, *OTHER_TITLES}
    | {"rd_institution_provincial", "award_within_three_years", "industry_not_excluded"}
)
_SOURCED = {"key", "label", "source", "confidence"}
_TEST = {"declared", "industry_outside", "measure", "points", "tier_by", *COMPARISONS}
_VALIDITY = {"year_end", "+3y", "+3y-1d"}


class BookRefused(ValueError):
    """The rule book cannot be used; the message names file, entry and reason for an administrator.

    `section` and `number` say which entry of the text it is (the number-th [[section]]), `step` which line of a list in
    it, `line` which line of the text where the reader knows it.
    """

    def __init__(
        self, message: str, reason: str = "", where: str = "", spot: tuple[str, int, int] = ("", 0, 0), line: int = 0
    ) -> None:
        super().__init__(message or reason)
        self.reason, self.where, self.line = reason or message, where, line
        self.section, self.number, self.step = spot


class _Place:
    """Where in which file we are, for the message."""

    def __init__(self, origin: str, where: str = "", spot: tuple[str, int, int] = ("", 0, 0)) -> None:
        self.origin, self.where, self.spot = origin, where, spot

    def at(self, where: str, section: str = "", number: int = 0, step: int = 0) -> "_Place":
        mine = self.spot if not section else (section, number, 0)
        return _Place(self.origin, f"{self.where} {where}".strip(), (*mine[:2], step or mine[2]))

    def refuse(self, message: str, line: int = 0) -> BookRefused:
        text = f"规则文件 {self.origin}" + (f"，{self.where}" if self.where else "") + f"：{message}"
        return BookRefused(text, message, self.where, self.spot, line)


def read_book(text: str, origin: str) -> Book:
    """The book in a TOML text. Raises BookRefused."""
    place = _Place(origin)
    data = _parsed(text, place)
    regime = _text(data, "regime", place)
    if regime not in CONTRACT:
        raise place.refuse(f"regime 应是 {'、'.join(CONTRACT)} 之一，现在写的是“{regime}”")
    _known(data, place, {"regime", "version", "name", "documents", "effective_from", "effective_to", "validity",
                         "scoring", "max", "total", "conditions", "points", "bands", "direct", "triggers"})  # fmt: skip
    scoring = data.get("scoring", True)
    if not isinstance(scoring, bool):
        raise place.refuse("scoring 应写 true 或 false")
    book = Book(
        regime=regime,
        version=_text(data, "version", place),
        name=_text(data, "name", place),
        documents=_texts(data, "documents", place),
        effective_from=_date(data, "effective_from", place) or date.min,
        effective_to=_date(data, "effective_to", place, needed=False),
        validity=_validity(data, place),
        scoring=scoring,
        most=_whole(data["max"], "max", place) if "max" in data else None,
        total=_text(data, "total", place) if "total" in data else "",
        conditions=_entries(data, "conditions", "条件", place, _condition),
        points=_entries(data, "points", "得分项", place, _points),
        bands=_entries(data, "bands", "分数区间", place, _points),
        direct=_entries(data, "direct", "直通条件", place, _route),
        triggers=_entries(data, "triggers", "核查情形", place, _route),
        origin=origin,
    )
    _check(book, place)
    return book


def _parsed(text: str, place: _Place) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise place.refuse(f"不是正确的 TOML 文件（{said(str(error))}）", line) from error


def read_efforts(text: str, origin: str) -> dict[str, Fraction]:
    """What one unit of a change is worth, by figure (efforts.toml). Raises BookRefused."""
    place = _Place(origin)
    data = _parsed(text, place)
    found = {name: _number(value, name, place) for name, value in data.items()}
    if low := [name for name, value in found.items() if value <= 0]:
        raise place.refuse(f"{low[0]} 应大于 0")
    return found


# --- plain values ------------------------------------------------------------------------------------------------


def _known(data: dict[str, Any], place: _Place, names: Iterable[str]) -> None:
    if unknown := sorted(set(data) - set(names)):
        raise place.refuse(f"没有“{unknown[0]}”这一项，请检查拼写")


def _text(data: dict[str, Any], name: str, place: _Place) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise place.refuse(f"缺 {name}" if value is None else f"{name} 应是文字")
    return value


def _texts(data: dict[str, Any], name: str, place: _Place) -> tuple[str, ...]:
    value = data.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise place.refuse(f'{name} 应是一列文字，如 ["…", "…"]')
    return tuple(value)


def _date(data: dict[str, Any], name: str, place: _Place, needed: bool = True) -> date | None:
    value = data.get(name)
    if type(value) is date:
        return value
    if value is None and not needed:
        return None
    raise place.refuse(f"{name} 应是 2026-04-01 这样的日期（不加引号）" if value is not None else f"缺 {name}")


def _number(value: Any, name: str, place: _Place) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise place.refuse(f"{name} 应是数字（百分数写成 0.05），现在写的是“{value}”")
    return Fraction(value)


def _whole(value: Any, name: str, place: _Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise place.refuse(f"{name} 应是不小于 0 的整数，现在写的是“{value}”")
    return value


def _validity(data: dict[str, Any], place: _Place) -> Validity:
    entry = data.get("validity")
    if not isinstance(entry, dict):
        raise place.refuse("缺 validity（有效期规则、出处、可信度）")
    inside = place.at("validity", "validity")
    _known(entry, inside, {"rule", "source", "confidence"})
    rule = _text(entry, "rule", inside)
    if rule not in _VALIDITY:
        raise inside.refuse(f"rule 应是 {'、'.join(sorted(_VALIDITY))} 之一，现在写的是“{rule}”")
    return Validity(rule, _text(entry, "source", inside), _confidence(entry, inside))


def _confidence(entry: dict[str, Any], place: _Place) -> str:
    found = _text(entry, "confidence", place)
    if found not in CONFIDENCE:
        raise place.refuse(f"confidence 应是 {'、'.join(CONFIDENCE)} 之一，现在写的是“{found}”")
    return found


# --- entries -----------------------------------------------------------------------------------------------------


def _entries(
    data: dict[str, Any], name: str, word: str, place: _Place, read: Callable[[dict[str, Any], _Place], Made]
) -> tuple[Made, ...]:
    listed = data.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise place.refuse(f"{name} 应写成 [[{name}]] 一节一节")
    found, seen = [], set()
    for number, entry in enumerate(listed, 1):
        inside = place.at(f"{word} {entry.get('key', f'第 {number} 个')}", name, number)
        if entry.get("key") in seen:
            raise inside.refuse("写了两次")
        seen.add(entry.get("key"))
        found.append(read(entry, inside))
    return tuple(found)


def _sourced(entry: dict[str, Any], place: _Place) -> dict[str, Any]:
    texts = {name: _text(entry, name, place) for name in ("key", "label", "source")}
    return {**texts, "confidence": _confidence(entry, place)}


def _condition(entry: dict[str, Any], place: _Place) -> Condition:
    sourced = _sourced(entry, place)
    own = _SOURCED | {"replaced_by_direct", "unless"}
    rest = {name: value for name, value in entry.items() if name not in own}
    replaced = entry.get("replaced_by_direct", False)
    if not isinstance(replaced, bool):
        raise place.refuse("replaced_by_direct 应写 true 或 false")
    every = True
    tests: tuple[dict[str, Any], ...] = (rest,)
    for word in ("all", "any"):
        if word in rest:
            _known(rest, place, {word})
            every = word == "all"
            tests = _listed(rest[word], word, place)
    unless = _listed(entry["unless"], "unless", place) if "unless" in entry else ()
    return Condition(
        **sourced, tests=tuple(_test(test, place) for test in tests), every=every,
        unless=tuple(_test(test, place.at("unless")) for test in unless), replaced_by_direct=replaced,
    )  # fmt: skip


def _listed(tests: Any, word: str, place: _Place) -> tuple[dict[str, Any], ...]:
    if not isinstance(tests, list) or not tests or not all(isinstance(test, dict) for test in tests):
        raise place.refuse(f"{word} 应是一列要求，如 [{{ measure = …, at_least = … }}]")
    return tuple(tests)


def _route(entry: dict[str, Any], place: _Place) -> Route:
    rest = {name: value for name, value in entry.items() if name not in _SOURCED}
    return Route(**_sourced(entry, place), test=_test(rest, place))


def _test(entry: dict[str, Any], place: _Place) -> Test:
    _known(entry, place, _TEST)
    kinds = [name for name in ("declared", "industry_outside", "measure", "points") if name in entry]
    if len(kinds) != 1:
        raise place.refuse("要写明比什么：measure、points、declared、industry_outside 中的一个")
    if kinds == ["declared"]:
        _known(entry, place, kinds)
        name = _text(entry, "declared", place)
        if name not in DECLARATIONS:
            raise place.refuse(f"declared 没有“{name}”这一项")
        return Test(declared=name)
    if kinds == ["industry_outside"]:
        _known(entry, place, kinds)
        return Test(industry_outside=_texts(entry, "industry_outside", place))
    comparisons = [name for name in COMPARISONS if name in entry]
    if len(comparisons) != 1:
        raise place.refuse(f"要写一个界限：{'、'.join(COMPARISONS)} 中的一个")
    return _compared(entry, kinds[0], comparisons[0], place)


def _compared(entry: dict[str, Any], kind: str, comparison: str, place: _Place) -> Test:
    name, value = _text(entry, kind, place), entry[comparison]
    compared: dict[str, Any] = {kind: name, "comparison": comparison}
    for measure in filter(None, (name if kind == "measure" else "", entry.get("tier_by", ""))):
        if measure not in MEASURES:
            raise place.refuse(f"没有“{measure}”这个指标，可用的有 {'、'.join(MEASURES)}")
    if "tier_by" not in entry:
        return Test(**compared, limit=_number(value, comparison, place))
    if comparison != AT_LEAST or not isinstance(value, list) or not value:
        raise place.refuse("分档界限写成 at_least = [{ up_to = …, limit = … }, …, { limit = … }]")
    tiers: list[tuple[Fraction | None, Fraction]] = []
    for number, tier in enumerate(value, 1):
        inside = place.at(f"第 {number} 档", step=number)
        _known(tier, inside, {"up_to", "limit"})
        up_to = _number(tier["up_to"], "up_to", inside) if "up_to" in tier else None
        if (up_to is None) != (number == len(value)):
            raise inside.refuse("只有最后一档不写 up_to")
        if tiers and up_to is not None and tiers[-1][0] is not None and up_to <= tiers[-1][0]:
            raise inside.refuse("up_to 应一档比一档大")
        tiers.append((up_to, _number(tier.get("limit"), "limit", inside)))
    return Test(**compared, tier_by=entry["tier_by"], tiers=tuple(tiers))


def _points(entry: dict[str, Any], place: _Place) -> Points:
    sourced, most = _sourced(entry, place), _whole(entry.get("max"), "max", place)
    ways = [name for name in ("steps", "best_of", "sum_of", "expert") if name in entry]
    if len(ways) != 1:
        raise place.refuse("要写明怎么得分：steps、best_of、sum_of、expert 中的一个")
    extra = {"steps": {"otherwise"}, "expert": {"bands", "rest"}}.get(ways[0], set())
    _known(entry, place, {*_SOURCED, "max", ways[0], *extra})
    if ways[0] in ("best_of", "sum_of"):
        others: dict[str, Any] = {ways[0]: _texts(entry, ways[0], place)}
        return Points(**sourced, most=most, **others)
    if ways[0] == "expert":
        return Points(
            **sourced, most=most, expert=_text(entry, "expert", place), bands=_texts(entry, "bands", place),
            rest=_whole(entry.get("rest"), "rest", place),
        )  # fmt: skip
    otherwise = _whole(entry.get("otherwise", 0), "otherwise", place)
    steps = _steps(entry["steps"], most, otherwise, place)
    return Points(**sourced, most=most, steps=steps, otherwise=otherwise)


def _steps(listed: Any, most: int, otherwise: int, place: _Place) -> tuple[Step, ...]:
    if not isinstance(listed, list) or not listed or not all(isinstance(step, dict) for step in listed):
        raise place.refuse("steps 应是一列档次，如 [{ measure = …, at_least = …, gives = … }]")
    found: list[Step] = []
    for number, entry in enumerate(listed, 1):
        inside = place.at(f"第 {number} 档", step=number)
        rest = {name: value for name, value in entry.items() if name not in {"gives", "human"}}
        test, gives = _test(rest, inside), entry.get("gives")
        low, high = gives if isinstance(gives, list) and len(gives) == 2 else (gives, gives)
        step = Step(test, _whole(low, "gives", inside), _whole(high, "gives", inside), bool(entry.get("human")))
        if step.low > step.high or step.high > most:
            raise inside.refuse(f"gives 应在 0 到 {most} 之间，从小到大")
        if step.high < otherwise or (found and step.high > found[-1].high):
            raise inside.refuse("各档应从高分写到低分")
        if found and found[-1].test.measure == test.measure and not _easier(found[-1].test, test):
            raise inside.refuse("各档的界限应一档比一档低")
        found.append(step)
    return tuple(found)


def _easier(before: Test, after: Test) -> bool:
    """Whether the limit of a later step is easier to keep than that of the one before it."""
    if before.comparison in (AT_LEAST, MORE_THAN):
        return after.limit < before.limit
    return before.comparison != AT_MOST or after.limit > before.limit


# --- the whole ---------------------------------------------------------------------------------------------------


def _check(book: Book, place: _Place) -> None:
    if book.effective_to is not None and book.effective_to < book.effective_from:
        raise place.refuse("effective_to 早于 effective_from")
    if not book.scoring:
        if book.conditions or book.points or book.bands:
            raise place.refuse("scoring = false 的版本只留文件和有效期，不写条件和得分")
        return
    conditions, points, bands = CONTRACT[book.regime]
    for word, wanted, found in (
        ("条件", conditions, [condition.key for condition in book.conditions]),
        ("得分项", {*points, *([book.total] if book.total else [])}, [item.key for item in book.points]),
        ("分数区间", bands, [item.key for item in book.bands]),
    ):
        if lacking := [key for key in wanted if key not in found]:
            raise place.refuse(f"缺{word} {'、'.join(lacking)}")
        if extra := [key for key in found if key not in wanted]:
            raise place.refuse(f"没有{word} {'、'.join(extra)}")
    if bool(book.total) != (book.most is not None) or bool(book.total) != bool(book.points):
        raise place.refuse("有得分项的版本要写 total（总分是哪一项）和 max（满分）")
    _references(book, place)


def _references(book: Book, place: _Place) -> None:
    """Sums and bests name entries before them; conditions name points there are."""
    bands = [band.key for band in book.bands]
    for word, section, entries in (("得分项", "points", book.points), ("分数区间", "bands", book.bands)):
        before: list[str] = []
        for number, item in enumerate(entries, 1):
            inside = place.at(f"{word} {item.key}", section, number)
            for key in (*item.best_of, *item.sum_of):
                if key not in before:
                    raise inside.refuse(f"要引用写在它前面的一项，没有“{key}”")
            if wrong := [key for key in item.bands if key not in bands]:
                raise inside.refuse(f"没有分数区间“{wrong[0]}”")
            if any(step.test.points for step in item.steps):
                raise inside.refuse("档次不能拿得分来比")
            before.append(item.key)
    items = {item.key for item in book.points}
    tests: dict[str, list[tuple[str, tuple[Test, ...]]]] = {
        "conditions": [(one.key, (*one.tests, *one.unless)) for one in book.conditions],
        "direct": [(one.key, (one.test,)) for one in book.direct],
        "triggers": [(one.key, (one.test,)) for one in book.triggers],
    }
    for section, asked in tests.items():
        for number, (key, each) in enumerate(asked, 1):
            if lost := [test.points for test in each if test.points and test.points not in items]:
                raise place.at(key, section, number).refuse(f"没有得分项“{lost[0]}”")
