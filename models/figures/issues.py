"""The figures of issues (closed-loop.md, "Figures"). Each counts by days on or before the end of its period, so that a
past period keeps its numbers whatever happens later; rows are issues, or the parts in them (assignments, spot checks).
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, and_

from models.figures import issue_rows as rows
from models.figures.base import Figure, Kind, Rows
from models.figures.issue_rows import OTHERWISE
from models.issue.as_of import AsOf
from models.issue.record import ENDED, Issue
from models.rules.issue import STATES
from models.rules.issue_age import BANDS, Band

_EACH = "每件只算一次；后来又重新打开的也算，另看重办率。"
#: Wholes that several rates share.
CLOSED, ANSWERED = rows.closed(), rows.closed(rows.answered)
_NOT = "以不予受理、解释说明、撤回了结的不算。"


def figures() -> list[Figure]:
    """issues.* : volume, stocks, rates with their wholes, ages, and who left which state."""
    return [*_flows(), *_stocks(), *_rates(), *_ages(), *_left()]


def _flows() -> list[Figure]:
    def flow(key: str, name: str, text: str, found: Rows, unit: str = "件", of: str = "issue") -> Figure:
        return Figure(f"issues.{key}", name, Kind.FLOW, text, found, unit=unit, of=of)

    return [
        flow("raised", "新增问题", "首次提出日期在期内的问题和需求，不予受理的也算。", rows.raised),
        flow("assigned", "交办", "期内交办给牵头单位的件次；改派、退办后再交办的各算一次。",
             rows.assigned, "件次", "assignment"),
        flow("closed", "销号", f"期内审核销号的问题，{_EACH}", CLOSED),
        flow("closed_answered", "有答复的销号", f"期内销号、企业有答复（链接或电话）的问题，{_EACH}",
             ANSWERED),
        flow("reopened", "重新打开", "期内销号后又重新打开的问题。", rows.event("reopen")),
        flow("extended", "延期", "期内批准过延期的问题。", rows.extended),
        flow("escalated", "提级", "期内提级过的问题。", rows.event("escalate")),
        *(
            flow(state, STATES[state], f"期内以“{STATES[state]}”了结的问题；不是销号，不进办结率。", rows.into(state))
            for state in OTHERWISE
        ),
        flow("spot_checks", "抽查", "期内抽中的销号问题，一件在一个月里最多抽一次。", rows.drawn, "件次", "spot"),
        flow("spot_unreachable", "抽查联系不上", "期内抽查、没有联系上企业的。",
             rows.spot("unreachable"), "件次", "spot"),
    ]  # fmt: skip


def _stocks() -> list[Figure]:
    def stock(key: str, name: str, text: str, met: Callable[[AsOf], ColumnElement[bool]]) -> Figure:
        return Figure(f"issues.{key}", name, Kind.STOCK, text, rows.standing(met), unit="件", of="issue")

    return [
        stock("open", "在办", "当日已提出、没有了结的问题，计划解决的也在内。", lambda day: day.is_open),
        stock("planned", "计划解决", "当日挂账推进的问题：条件暂不具备，按期回复；从不算销号。",
              lambda day: and_(day.exists, day.state == "parked")),
        stock("overdue", "逾期", "当日没有了结、已过现时限的问题。",
              lambda day: and_(day.is_open, day.due_on < day.on)),
        stock("was_overdue", "曾逾期", "当日没有了结、已过原时限的问题，延期以后也算。",
              lambda day: and_(day.is_open, day.due_on.is_not(None), Issue.first_due_on < day.on)),
    ]  # fmt: skip


def _rates() -> list[Figure]:
    def rate(key: str, name: str, text: str, part: Rows, whole: Rows, of: str = "issue") -> Figure:
        unit = "件" if of == "issue" else "件次"
        return Figure(f"issues.{key}", name, Kind.RATIO, text, part, unit=unit, of=of, whole=whole)

    return [
        rate("signed_on_time", "按时签收率",
             "期限内由责任人签收的 ÷ 期内交办牵头单位的件次。到期末还在期限内的、没签收就改派的不算；"
             "没人表态、默认签收的算交办，不算按时。",
             rows.signed_on_time, rows.sign_decided, "assignment"),
        rate("objected", "退办率", "到期末已退办的 ÷ 期内交办牵头单位的件次。",
             rows.objected, rows.assigned, "assignment"),
        rate("on_time", "按时办结率",
             "在原时限当日或以前销号、到期末没有重新打开的 ÷ 原时限在期内的。" + _NOT,
             rows.kept_first, rows.due_first),
        rate("on_time_approved", "按时办结率（按批准的时限）",
             "在批准的现时限当日或以前销号、到期末没有重新打开的 ÷ 现时限在期内的。" + _NOT,
             rows.kept_approved, rows.due_approved),
        rate("redone", "重办率", "到期末重办或重新打开过的 ÷ 期内销号的。", rows.closed_again, CLOSED),
        rate("first_time", "一次办成率", "第一轮销号时企业答“已解决”的 ÷ 期内销号且有答复的。",
             rows.closed(rows.answered, rows.first_time), ANSWERED),
        rate("unanswered", "未答复占比", "期内按未答复销号的 ÷ 期内销号的。",
             rows.closed(rows.unanswered), CLOSED),
        rate("recurred", "复发率", "销号当日起 90 天内（到期末为止）同一企业又提出同一专题的 ÷ 期内销号的。",
             rows.closed(rows.recurred), CLOSED),
        rate("spot_confirmed", "抽查属实率", "抽查属实的 ÷ 期内查过、联系上企业的。",
             rows.spot("confirmed"), rows.spot("confirmed", "not_solved"), "spot"),
    ]  # fmt: skip


def _ages() -> list[Figure]:
    def made(band: Band) -> Figure:
        text = f"当日没有了结、首次提出至当日{band.name}的问题。"
        return Figure(
            f"issues.age.{band.key}", f"在办{band.name}", Kind.STOCK, text, rows.aged(band), unit="件", of="issue"
        )

    return [made(band) for band in BANDS]


def _left() -> list[Figure]:
    return [
        Figure(f"issues.left.{state}", f"走完“{name}”", Kind.FLOW, f"期内离开“{name}”这一步的问题，每件只算一次。",
               rows.moved_out(state), unit="件", of="issue")
        for state, name in STATES.items() if state not in ENDED
    ]  # fmt: skip
