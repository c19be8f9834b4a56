"""A rule book in an officer's words, entry by entry, and what differs between two of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from models.rules.assess.book import CONFIDENCE, Book, Condition, Points, Sourced, Test
from models.rules.assess.measures import MEASURES
from models.rules.assess.names import NUMBERS, label_of
from models.rules.assess.wording import decimal, wanted, wanted_points

SECTIONS = {
    "conditions": "条件",
    "points": "得分项",
    "bands": "分数区间",
    "direct": "直通条件",
    "triggers": "核查情形",
}
VALIDITY = {"year_end": "到当年 12 月 31 日", "+3y": "三年", "+3y-1d": "三年，到期日前一天止"}
#: Declarations that several figures answer.
_DECLARED = {
    "rd_institution_provincial": "有省部级以上研发机构",
    "award_within_three_years": "近三年有科技奖励",
    "industry_not_excluded": "行业不属于限制、淘汰或不适用加计扣除",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing an entry says: what it is (要求, 第 1 档, 最高分 …) and in words."""

    part: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a book in words."""

    section: str
    key: str
    label: str
    lines: Sequence[Line]
    source: str
    confidence: str

    @property
    def sure(self) -> str:
        """How sure we are, in words."""
        return CONFIDENCE[self.confidence]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: in which entry, what, the earlier and the later words (empty: not there)."""

    section: str
    label: str
    part: str
    old: str
    new: str
    source: str

    @property
    def kind(self) -> str:
        """新增, 取消 or 改动."""
        return "改动" if self.old and self.new else ("新增" if self.new else "取消")


def entries(book: Book) -> list[Entry]:
    """Every entry in the order of the book, section by section."""
    labels = {item.key: item.label for item in (*book.points, *book.bands)}
    found = [_entry("conditions", one, list(_condition(one, labels))) for one in book.conditions]
    for section, items in (("points", book.points), ("bands", book.bands)):
        found += [_entry(section, item, list(_points(item, labels))) for item in items]
    for section, routes in (("direct", book.direct), ("triggers", book.triggers)):
        found += [_entry(section, route, [Line("要求", said(route.test, labels))]) for route in routes]
    return found


def confidence_of(book: Book) -> list[tuple[str, int]]:
    """How many entries there are of each degree of sureness, in words, the surest first; none left out but zeros."""
    levels = [one.confidence for one in entries(book)]
    return [(words, levels.count(key)) for key, words in CONFIDENCE.items() if key in levels]


def said(test: Test, labels: dict[str, str]) -> str:
    """What one test asks, in words."""
    if test.declared:
        return _DECLARED.get(test.declared) or f"{label_of(test.declared)}：是"
    if test.industry_outside:
        return f"行业代码不在 {'、'.join(test.industry_outside)} 之内"
    if test.points:
        return f"{labels.get(test.points, test.points)}{wanted_points(test)}"
    return f"{MEASURES[test.measure].label}{wanted(test, test.limit)}"


def _tiers(test: Test) -> Iterator[Line]:
    """Each limit of a test whose limit depends on another measure."""
    label, by, below = MEASURES[test.measure].label, MEASURES[test.tier_by], None
    for top, limit in test.tiers:
        reach = (
            f"{decimal(top)} {by.unit}以内" if top is not None else f"超过 {decimal(below or Fraction(0))} {by.unit}"
        )
        yield Line("分档", f"{by.label} {reach}，{label}{wanted(test, limit)}")
        below = top


def _entry(section: str, one: Sourced, lines: Sequence[Line]) -> Entry:
    return Entry(section, one.key, one.label, lines, one.source, one.confidence)


def _condition(one: Condition, labels: dict[str, str]) -> Iterator[Line]:
    several = "要求" if len(one.tests) == 1 else ("同时满足" if one.every else "满足一项")
    for test in one.tests:
        if test.tiers:
            yield from _tiers(test)
        else:
            yield Line(several, said(test, labels))
    for test in one.unless:
        yield Line("有此项则不看", said(test, labels))
    if one.replaced_by_direct:
        yield Line("直通", "符合一项直通条件的，视为达到")


def _points(item: Points, labels: dict[str, str]) -> Iterator[Line]:
    yield Line("最高分", f"{item.most} 分")
    for step in item.steps:
        gives = f"{step.low}" if step.low == step.high else f"{step.low}～{step.high}"
        yield Line("分档", f"{said(step.test, labels)}，得 {gives} 分" + ("，由人定" if step.human else ""))
    if item.steps:
        yield Line("都不符合", f"{item.otherwise} 分")
    if item.best_of:
        yield Line("怎么算", f"取高的一项：{_named(item.best_of, labels)}")
    if item.sum_of:
        yield Line("怎么算", f"相加：{_named(item.sum_of, labels)}")
    if item.expert:
        yield Line("怎么算", f"{_expert(item.expert)}，由专家打分")
        if item.bands:
            yield Line("推算", f"按 {_named(item.bands, labels)} 的区间推算")
        if item.rest:
            yield Line("推算", f"没有数可依的，至多 {item.rest} 分")


def _expert(key: str) -> str:
    name = f"expert_points.{key}"
    return NUMBERS[name].label.removeprefix("专家分·") if name in NUMBERS else key


def _named(keys: Sequence[str], labels: dict[str, str]) -> str:
    return "、".join(labels.get(key, key) for key in keys)


# --- what differs ------------------------------------------------------------------------------------------------


def differences(old: Book, new: Book) -> list[Difference]:
    """What the later book says otherwise: of the whole, then entry by entry in its order, what is gone last."""
    found = list(_of_the_whole(old, new))
    before = {(one.section, one.key): one for one in entries(old)}
    after = {(one.section, one.key): one for one in entries(new)}
    for key, one in after.items():
        found += _of_entry(before.get(key), one)
    for key, one in before.items():
        if key not in after:
            found += _of_entry(one, None)
    return found


def _of_the_whole(old: Book, new: Book) -> Iterator[Difference]:
    pairs = (
        ("名称", old.name, new.name, ""),
        ("文件", "；".join(old.documents), "；".join(new.documents), ""),
        ("资质有效期", VALIDITY[old.validity.rule], VALIDITY[new.validity.rule], new.validity.source),
        ("有效期出处", _sourced(old), _sourced(new), ""),
        ("评分", "按条件对照" if old.scoring else "只留文件", "按条件对照" if new.scoring else "只留文件", ""),
        ("满分", _full(old.most), _full(new.most), ""),
    )
    for part, before, after, source in pairs:
        if before != after:
            yield Difference("总则", new.name, part, before, after, source)


def _sourced(book: Book) -> str:
    return f"{book.validity.source}（{CONFIDENCE[book.validity.confidence]}）"


def _full(most: int | None) -> str:
    return "" if most is None else f"{most} 分"


def _of_entry(old: Entry | None, new: Entry | None) -> Iterator[Difference]:
    here = new or old
    assert here is not None
    section = SECTIONS[here.section]
    if old and new:
        extra = (("名称", old.label, new.label), ("出处", old.source, new.source), ("可信度", old.sure, new.sure))
        for part, before, after in extra:
            if before != after:
                yield Difference(section, here.label, part, before, after, new.source)
    for before_line, after_line in _paired(old.lines if old else (), new.lines if new else ()):
        line = after_line or before_line
        assert line is not None
        yield Difference(section, here.label, line.part, before_line.words if before_line else "",
                         after_line.words if after_line else "", here.source)  # fmt: skip


def _paired(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """Lines that differ, old beside new: those of the same part in the same place of a changed run belong together."""
    for act, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            continue
        left, right = list(old[from_old:to_old]), list(new[from_new:to_new])
        for line in right:
            twin = next((one for one in left if one.part == line.part), None)
            if twin is not None:
                left.remove(twin)
            yield twin, line
        for line in left:
            yield line, None
