"""Who has the next word on an issue, and by when; and which of the acts open to a person is the likeliest."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NextFacts:
    """What the sentence is made of."""

    state: str
    handler: str = ""
    unit: str = ""
    sign_due_on: date | None = None
    due_on: date | None = None
    signed_on: date | None = None
    parked_until: date | None = None
    asked_on: date | None = None
    ended_on: date | None = None
    end_reason: str = ""


def next_words(facts: NextFacts) -> str:
    """Whose turn it is, with the date where there is one."""
    who = "".join((facts.unit, facts.handler)) or "责任人"
    until = f"，{facts.due_on} 前申请办结" if facts.due_on else ""
    said = {
        "registered": "等综合科受理、交办",
        "admitted": "等综合科交办",
        "dispatched": f"等{who}签收" + (f"，{facts.sign_due_on} 前" if facts.sign_due_on else ""),
        "objected": "责任人退办，等综合科裁定",
        "signed_for": f"{who}已签收，先联系企业{until}",
        "in_progress": f"{who}在办{until}",
        "parked": f"条件没到，挂账推进，{facts.parked_until} 前再答复",
        "resolution_proposed": "已申请办结，等承办单位以外的人请企业确认",
        "awaiting_firm": "等企业确认" + (f"，{facts.asked_on} 起" if facts.asked_on else ""),
        "in_review": "等没有经办的人销号审核",
        "closed_out": f"{facts.ended_on} 销号",
    }
    if facts.state in said:
        return said[facts.state]
    name = {"declined": "不予受理", "explained": "解释说明", "withdrawn": "企业撤回"}[facts.state]
    return f"{facts.ended_on} {name}：{facts.end_reason}"


#: What is likeliest of the acts open to somebody, the first that applies; some only when something waits for them.
LIKELY = (
    "sign", "start", "settle", "dispatch", "admit", "close", "decide_extension", "answer_slip", "withdraw",
    "spot_result", "assist_answer", "propose", "call", "unpark",
)  # fmt: skip
#: These are offered only when something waits for them.
ONLY_WHEN_WAITING = ("decide_extension", "answer_slip", "withdraw", "spot_result")


def offered(events: Collection[str], waiting: Collection[str]) -> list[str]:
    """The acts a page offers, in their order: without those for which nothing waits."""
    return [event for event in events if event not in ONLY_WHEN_WAITING or event in waiting]


#: Some are likely in these states alone, though they may be done in others.
ONLY_LIKELY_IN = {"call": ("resolution_proposed", "awaiting_firm")}


def likeliest(events: Collection[str], state: str) -> str:
    """The one filled button among the acts offered in a state; empty when none is likely."""
    likely = (event for event in LIKELY if state in ONLY_LIKELY_IN.get(event, (state,)))
    return next((event for event in likely if event in events), "")
