"""What to know before going to a firm (走访前看): which figures the next title needs, and what is worth asking."""

from collections.abc import Collection, Mapping, Sequence

#: The rung a firm stands on → the next title and the figures its rules ask for (rules.md 1.1, 2.1, 3.2).
NEXT: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "registered": ("科技型中小企业", ("staff_total", "tech_staff", "sales_revenue", "rd_expense", "total_assets")),
    "potential": ("科技型中小企业", ("staff_total", "tech_staff", "sales_revenue", "rd_expense", "total_assets")),
    "tech_sme": (
        "高新技术企业",
        ("rd_expense", "sales_revenue", "total_income", "hightech_income", "staff_total", "tech_staff", "net_assets"),
    ),
    "srdi": (
        "高新技术企业",
        ("rd_expense", "sales_revenue", "total_income", "hightech_income", "staff_total", "tech_staff", "net_assets"),
    ),
    "hnte": (
        "重新认定",
        ("rd_expense", "sales_revenue", "total_income", "hightech_income", "staff_total", "tech_staff"),
    ),
}
#: Figures that say the same for this purpose: one of them is enough.
SAME = {"sales_revenue": ("sales_revenue", "operating_revenue", "main_revenue")}
QUESTIONS = 2


def missing(rung: str, known: Collection[str]) -> list[str]:
    """The figures of last year that the next title needs and nobody has given yet, by their keys."""
    needed = NEXT.get(rung, NEXT["registered"])[1]
    return [key for key in needed if not any(same in known for same in SAME.get(key, (key,)))]


def questions(
    *, year: int, lacking: Sequence[str], ending: Sequence[tuple[str, str]], demands: Sequence[str]
) -> list[str]:
    """Two questions worth asking, the most pressing first. lacking: names of figures; ending: (title, last day);
    demands: the firm's own words."""
    found = [f"{title} {day} 到期，重新认定准备得怎么样？" for title, day in ending[:1]]
    found += [f"上次提的“{words[:20]}”有进展吗？" for words in demands[:1]]
    if lacking:
        found.append(f"{year} 年的{'、'.join(lacking[:3])}是多少？")
    found += ["今年新立了哪些研发项目？", "最近招人、融资、场地上有什么难处？"]
    return found[:QUESTIONS]
