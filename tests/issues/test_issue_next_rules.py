"""Whose turn it is in one sentence, and which button is the filled one."""

from datetime import date

import pytest

from models.rules.issue import STATES
from models.rules.issue_next import LIKELY, ONLY_WHEN_WAITING, NextFacts, likeliest, next_words, offered

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (NextFacts("registered"), "等综合科受理、交办"),
        (NextFacts("admitted"), "等综合科交办"),
        (NextFacts("dispatched", "周予安", "高新科", sign_due_on=DAY), "等高新科周予安签收，2026-03-09 前"),
        (NextFacts("dispatched"), "等责任人签收"),
        (NextFacts("objected"), "责任人退办，等综合科裁定"),
        (NextFacts("signed_for", "周予安", due_on=DAY), "周予安已签收，先联系企业，2026-03-09 前申请办结"),
        (NextFacts("in_progress", "周予安", due_on=DAY), "周予安在办，2026-03-09 前申请办结"),
        (NextFacts("parked", parked_until=DAY), "条件没到，挂账推进，2026-03-09 前再答复"),
        (NextFacts("resolution_proposed"), "已申请办结，等承办单位以外的人请企业确认"),
        (NextFacts("awaiting_firm", asked_on=DAY), "等企业确认，2026-03-09 起"),
        (NextFacts("in_review"), "等没有经办的人销号审核"),
        (NextFacts("closed_out", ended_on=DAY), "2026-03-09 销号"),
        (NextFacts("declined", ended_on=DAY, end_reason="不归本局管"), "2026-03-09 不予受理：不归本局管"),
        (NextFacts("explained", ended_on=DAY, end_reason="没有这项政策"), "2026-03-09 解释说明：没有这项政策"),
        (NextFacts("withdrawn", ended_on=DAY, end_reason="不用了"), "2026-03-09 企业撤回：不用了"),
    ],
)
def test_whose_turn_it_is(facts: NextFacts, said: str) -> None:
    assert next_words(facts) == said


def test_every_state_has_its_sentence() -> None:
    assert all(next_words(NextFacts(state, ended_on=DAY)) for state in STATES)


def test_what_waits_for_nothing_is_not_offered() -> None:
    assert offered(["reply", *ONLY_WHEN_WAITING], []) == ["reply"]
    assert offered(["withdraw", "reply"], ["withdraw"]) == ["withdraw", "reply"]


@pytest.mark.parametrize(
    ("events", "state", "found"),
    [
        (["propose", "start", "reply"], "in_progress", "start"), (["propose", "reply"], "in_progress", "propose"),
        (["object", "sign"], "dispatched", "sign"), (["call", "add_words"], "awaiting_firm", "call"),
        (["call", "add_words"], "in_review", ""), (["call", "close"], "in_review", "close"), ([], "closed_out", ""),
    ],
)  # fmt: skip
def test_the_filled_button(events: list[str], state: str, found: str) -> None:
    assert likeliest(events, state) == found and len(set(LIKELY)) == len(LIKELY)
