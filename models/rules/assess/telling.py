"""One way to pass a condition, as contracts.md prints it and as an officer says it."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from models.rules.assess.firm import Firm
from models.rules.assess.judge import Judge
from models.rules.assess.names import NUMBERS, label_of, with_year
from models.rules.assess.nearest import Way, now
from models.rules.assess.wording import amount_up, plain

_IP = {
    "ip.class1_self": "Ⅰ类",
    "ip.class1_high_value": "高价值Ⅰ类",
    "ip.class2_any": "Ⅱ类",
    "ip.class2_kept_two_years": "维持两年以上的Ⅱ类",
}
#: What is said already by saying the part.
_PART_OF = {"ip.class1_self": "ip.class1_high_value", "ip.class2_any": "ip.class2_kept_two_years"}


def change_of(way: Way, judge: Judge) -> dict[str, Any]:
    """The way with figure, from, to, delta and text; further changes that belong to it stand in `together`.

    `verdict` is what the regime would say once this is done and nothing else, `effort` what it is worth in 万元.
    """
    after: Firm | None = None
    if way.title:
        after, changes = judge.firm.changed({way.title: True}), [_title(way)]
    elif way.days:
        changes = [_wait(way, judge.firm)]
    else:
        after = judge.firm.changed(way.changes)
        changes = [_change(key, to, judge.firm) for key, to in _in_order(way.changes)]
    # An item that becomes a high-value one is one: it is said once.
    said = [change["text"] for change in changes if _PART_OF.get(change["figure"]) not in way.changes]
    found = {"condition": way.condition, **changes[0], "text": "，".join(said)}
    if len(changes) > 1:
        found["together"] = changes[1:]
    found["effort"] = plain(way.cost)
    if after is not None:
        found["verdict"] = Judge(judge.book, after).verdict
    return found


def _in_order(changes: Mapping[str, Fraction]) -> list[tuple[str, Fraction]]:
    # IP after money and people: it reads 研发费用 +23.4 万元，1 项 Ⅱ类. What is said by its part comes last.
    return sorted(changes.items(), key=lambda one: (one[0].startswith("ip."), _PART_OF.get(one[0]) in changes, one[0]))


def _title(way: Way) -> dict[str, Any]:
    return {"figure": way.title, "from": False, "to": True, "delta": None, "text": f"先取得{label_of(way.title)}资质"}


def _wait(way: Way, firm: Firm) -> dict[str, Any]:
    ready = firm.on + timedelta(days=way.days)
    return {
        "figure": "on", "from": firm.on.isoformat(), "to": ready.isoformat(), "delta": way.days,
        "text": f"再等 {way.days} 天（{ready.isoformat()} 起满一年）",
    }  # fmt: skip


def _change(key: str, to: Fraction, firm: Firm) -> dict[str, Any]:
    start: Fraction | None = now(firm, key)
    name, _ = with_year(key)
    if name == "market_rank" and key not in firm.values:
        start = None
    delta = None if start is None else to - start
    return {
        "figure": key,
        "from": plain(start),
        "to": plain(to),
        "delta": plain(delta),
        "text": _text(key, to, delta, firm),
    }


def _text(key: str, to: Fraction, delta: Fraction | None, firm: Firm) -> str:
    name, _ = with_year(key)
    if name == "market_rank":
        return f"国内排名进到第 {plain(to)} 名"
    assert delta is not None
    if key in _IP:
        return f"{amount_up(delta)} 项 {_IP[key]}"
    label, unit = label_of(key, firm.year), NUMBERS[name].unit if name in NUMBERS else "万元"
    sign, size = ("+" if delta > 0 else "-"), abs(delta)
    if name == "market_share":
        return f"{label} {sign}{amount_up(size * 100)} 个百分点"
    return f"{label} {sign}{amount_up(size)} {unit}"
