"""What to know before going to a firm (走访前看): which figures the next title needs, and what is worth asking."""

from collections.abc import Iterable, Mapping, Sequence

#: The rung a firm stands on → the title it would go for next; who holds the highest, for the same once more.
NEXT: Mapping[str, str] = {
    "registered": "tech_sme",
    "potential": "tech_sme",
    "tech_sme": "hnte",
    "srdi": "hnte",
    "hnte": "hnte",
}
#: What no visit would ask a firm: experts give it.
NOT_ASKED = "expert_points."
QUESTIONS = 2


def next_title(rung: str | None) -> str:
    """The regime whose missing figures are worth asking for."""
    return NEXT.get(rung or "", NEXT["registered"])


def asked(figures: Iterable[str]) -> list[str]:
    """Of the figures that keep a title open, those a firm can tell."""
    return [figure for figure in figures if not figure.startswith(NOT_ASKED)]


def questions(*, lacking: Sequence[str], ending: Sequence[tuple[str, str]], demands: Sequence[str]) -> list[str]:
    """Two questions worth asking, the most pressing first. lacking: names of figures; ending: (title, last day);
    demands: the firm's own words."""
    found = [f"{title} {day} 到期，重新认定准备得怎么样？" for title, day in ending[:1]]
    found += [f"上次提的“{words[:20]}”有进展吗？" for words in demands[:1]]
    if lacking:
        found.append(f"{'、'.join(lacking[:3])}是多少？")
    found += ["今年新立了哪些研发项目？", "最近招人、融资、场地上有什么难处？"]
    return found[:QUESTIONS]
