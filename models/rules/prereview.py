"""预评审: what experts may find, how their marks add up, and when an application had better not be filed yet.

The four parts of the marks and their most are those of the innovation score of 高新技术企业
(国科发火〔2016〕195号 三(七)); applications for other titles get one mark of 100.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

VERDICTS: dict[str, str] = {"cleared": "可申报", "again": "修改后再审", "postponed": "暂缓"}
#: The stages of an application that can be on an agenda.
STAGES = ("coaching", "pre_review")
#: Part of the marks → its name, the most that can be given, and the firm's judgement it becomes.
PARTS: dict[str, tuple[str, int, str]] = {
    "ip": ("知识产权", 30, "expert_points.ip"),
    "conversion": ("科技成果转化", 30, "expert_points.conversion"),
    "organisation": ("研发组织管理", 20, "expert_points.organisation"),
    "growth": ("企业成长性", 20, "expert_points.growth"),
}
#: The title that is marked in parts.
IN_PARTS = "hnte"
MOST = 100
_NUMBER = re.compile(r"^\d{1,2}\s*[.、．)）]\s*")
#: What a list of applications can be narrowed to.
RESULTS: dict[str, str] = {
    "seen": "评审过",
    "first": "第一轮可申报",
    "second": "两轮之内可申报",
    **{key: f"最近一轮{name}" for key, name in VERDICTS.items()},
    "findings": "有没改完的",
}


def total_of(parts: Mapping[str, int | None]) -> int | None:
    """The sum of the four parts; None while one of them is missing."""
    given = [parts.get(key) for key in PARTS]
    return None if None in given else sum(points for points in given if points is not None)


def average(points: Iterable[int | None], step: Decimal = Decimal("0.1")) -> Decimal | None:
    """The mean of the marks given, to one decimal or another step, halves up; None when nobody gave one."""
    given = [one for one in points if one is not None]
    if not given:
        return None
    return (Decimal(sum(given)) / len(given)).quantize(step, ROUND_HALF_UP)


def unready(verdict: str | None, findings: int) -> bool:
    """Whether the experts said to correct and come again, and not everything they found is corrected."""
    return verdict == "again" and findings > 0


def lines_of(text: str) -> list[str]:
    """Findings or experts as they are typed, one a line, each once, without numbers in front."""
    found = (_NUMBER.sub("", line.strip()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))


def expert_of(line: str) -> tuple[str, str]:
    """An expert as typed (姓名，单位): name and unit."""
    for mark in ("，", ",", "、", "\t", " ", "　"):
        name, found, unit = line.partition(mark)
        if found:
            return name.strip(), unit.strip()
    return line.strip(), ""
