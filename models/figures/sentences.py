"""The ladder in sentences, for a report: every number is one of the figures."""

from models.figures.base import chinese_day
from models.figures.registry import Ladder
from models.rules.ladder import BOARD, MOVE_NAMES, RUNG_NAMES, Move
from models.title import TitleType


def of_rungs(found: Ladder, where: str = "全区") -> str:
    """How many firms stand on each rung."""
    parts = "、".join(f"{RUNG_NAMES[rung]}{found.counts[f'rung.{rung}']:,}家" for rung in reversed(BOARD))
    whole = f"截至{chinese_day(found.period.on)}，{where}梯队企业{found.counts['board']:,}家"
    return f"{whole}，其中{parts}（按当日有效资质，待续不计）。"


def of_flow(found: Ladder, where: str = "全区") -> str:
    """Who moved between the two dates."""
    moves = [move for move in Move if move is not Move.UNCHANGED and found.flow.count(move=move)]
    parts = "，".join(f"{MOVE_NAMES[move]}{found.flow.count(move=move):,}家" for move in moves)
    days = f"{chinese_day(found.period.on)}比{chinese_day(found.period.since)}"
    return f"{days}，{where}梯队变动{found.flow.movers:,}家" + (f"：{parts}。" if parts else "。")


def of_title(found: Ladder, kind: TitleType, where: str = "全区") -> str:
    """What became of one type of title."""

    def number(measure: str) -> int:
        return found.counts[f"title.{kind.key}.{measure}"]

    first = "" if not number("regained") else f"（首次{number('first'):,}家、失效后再认定{number('regained'):,}家）"
    net = f"{number('net'):+,}".replace("-", "−")
    return (
        f"{chinese_day(found.period.first)}至{chinese_day(found.period.on)}，{where}新增{kind.name}{number('new'):,}家{first}，"
        f"重新认定{number('renewed'):,}家；期末有效{number('in_force'):,}家，待续{number('pending_renewal'):,}家，"
        f"公示中{number('provisional'):,}家，净增{net}家，累计{number('ever'):,}家。"
    )
