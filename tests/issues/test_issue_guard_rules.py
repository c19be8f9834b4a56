"""What must be true before a move: both sides of each border, with the words of the refusal."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.rules.issue_guards import GUARDS, LONGEST, Facts, check

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)

#: Event → facts that are enough for it.
GOOD: dict[str, dict[str, Any]] = {
    "raise": {"words": "缺设备", "raised_on": TODAY},
    "decline": {"words": "不属本区"},
    "dispatch": {"flow": "standard", "has_leader": True, "has_measures": True, "lead_unit_id": 1,
                 "assisting_units": (2, 3)},
    "reassign": {"words": "职责调整"},
    "object": {"words": "不归我们"},
    "settle": {"words": "由你单位办"},
    "start": {"phone": "55550101", "contacted_on": TODAY, "assigned_on": TODAY},
    "reply": {"words": "已对接"},
    "assist_answer": {"words": "同意"},
    "ask_extension": {"words": "等批复", "due_on": TODAY + 5 * DAY, "last_day_to_ask": TODAY,
                      "new_due_on": TODAY + 6 * DAY, "extensions": 1},
    "decide_extension": {"extension_waits": True},
    "park": {"words": "等土地指标", "park_until": TODAY + 30 * DAY, "park_latest": TODAY + 30 * DAY},
    "propose": {"words": "已借到设备", "evidence": 1},
    "confirm": {"solved": "yes", "attitude": 5, "by_firm": True},
    "unanswered": {"attempts": 3},
    "return": {"words": "缺合同"},
    "redo": {"words": "企业不认可"},
    "close": {"questions": (True, True, True, True), "has_answer": True, "answer_solved": "yes"},
    "reopen": {"words": "企业又来电"},
    "explain": {"words": "国家没有这项政策"},
    "withdraw": {"withdrawal_asked": True, "withdrawal_confirmed": True},
    "escalate": {"words": "跨部门"},
    "answer_slip": {"words": "已补"},
    "add_words": {"words": "还差一台"},
}  # fmt: skip

UNANSWERED = {"has_answer": False, "answer_solved": "", "attempts": 3, "questions": (True, False, True, True)}

#: Event, what is different, and a piece of the refusal; None when it is still good.
CASES: list[tuple[str, dict[str, Any], str | None]] = [
    ("raise", {"has_firm": False}, "先选企业"),
    ("raise", {"words": "字" * LONGEST}, None),
    ("raise", {"words": "字" * (LONGEST + 1)}, f"最多 {LONGEST} 个字"),
    ("raise", {"channel": "visit"}, "哪一次走访"),
    ("raise", {"channel": "visit", "has_visit": True}, None),
    ("raise", {"channel": "pigeon"}, "来源"),
    ("raise", {"raised_on": TODAY + DAY}, "晚于今天"),
    ("raise", {"raised_on": TODAY - DAY}, None),
    ("raise", {"raised_on": None}, "晚于今天"),
    ("dispatch", {"has_class": False}, "类别"),
    ("dispatch", {"has_unit": False}, "牵头单位"),
    ("dispatch", {"lead_unit_closed": True}, "已撤销"),
    ("dispatch", {"lead_persons": 0}, "一位责任人"),
    ("dispatch", {"lead_persons": 2}, "一位责任人"),
    ("dispatch", {"assisting_units": ()}, None),
    ("dispatch", {"assisting_units": (1,)}, "不能同时是协办"),
    ("dispatch", {"assisting_units": (2, 2)}, "重复"),
    ("dispatch", {"has_leader": False}, "牵头领导"),
    ("dispatch", {"has_measures": False}, "解决措施"),
    ("dispatch", {"flow": "simple", "has_leader": False, "has_measures": False}, None),
    ("dispatch", {"flow": "supervised", "has_leader": False}, "牵头领导"),
    ("dispatch", {"by_raiser": True, "lead_is_actor": False}, "交给自己办"),
    ("dispatch", {"by_raiser": True, "lead_is_actor": True}, None),
    ("reassign", {"lead_persons": 0}, "一位责任人"),
    ("object", {"objection_settled": True}, "不能再退"),
    ("settle", {"objector_is_actor": True}, "另一位同事"),
    ("start", {"phone": " "}, "办公电话"),
    ("start", {"contacted_on": None}, "哪天"),
    ("start", {"contacted_on": TODAY + DAY}, "晚于今天"),
    ("start", {"contacted_on": TODAY - DAY}, "早于交办"),
    ("start", {"phone": "", "contacted_on": None, "by_raiser": True}, None),
    ("ask_extension", {"last_day_to_ask": TODAY - DAY}, "至少 1 个工作日"),
    ("ask_extension", {"extensions": 2}, "最多 2 次"),
    ("ask_extension", {"extension_waits": True}, "还没有批"),
    ("ask_extension", {"new_due_on": TODAY + 5 * DAY}, "晚于"),
    ("ask_extension", {"new_due_on": TODAY + 366 * DAY}, None),
    ("ask_extension", {"new_due_on": TODAY + 367 * DAY}, "核对年份"),
    ("ask_extension", {"due_on": None}, "还没有期限"),
    ("decide_extension", {"asker_is_actor": True}, "不能由申请人自己批"),
    ("decide_extension", {"extension_waits": False}, "已经批过"),
    ("park", {"park_until": TODAY + 31 * DAY}, "最晚是"),
    ("park", {"park_until": TODAY + DAY}, None),
    ("park", {"park_until": TODAY}, "晚于今天"),
    ("propose", {"evidence": 0}, "佐证"),
    ("confirm", {"solved": "maybe"}, "是否已解决"),
    ("confirm", {"attitude": 0}, "1 到 5"),
    ("confirm", {"attitude": 1}, None),
    ("confirm", {"attitude": 6}, "1 到 5"),
    ("confirm", {"attitude": None}, "态度"),
    ("confirm", {"attitude": None, "by_firm": False}, None),
    ("unanswered", {"attempts": 2}, "已记 2 次"),
    ("close", {"questions": (True, True, True)}, "四个问题"),
    ("close", {"questions": (True, True, None, True)}, "四个问题"),
    ("close", {"answer_solved": "no"}, "没有解决"),
    ("close", {"questions": (False, True, True, True)}, "重办"),
    ("close", {"questions": (True, False, True, True)}, "应为“是”"),
    ("close", {"answer_solved": "partly"}, "说明"),
    ("close", {"answer_solved": "partly", "words": "其余已列入计划"}, None),
    ("close", {"questions": (True, True, False, True)}, "说明"),
    ("close", {"questions": (True, True, True, False)}, "说明"),
    ("close", {"questions": (True, True, True, False), "words": "企业对政策不满"}, None),
    ("close", UNANSWERED, None),
    ("close", {**UNANSWERED, "attempts": 2}, "没有三次电话记录"),
    ("close", {**UNANSWERED, "questions": (True, True, True, True)}, "未答复销号"),
    ("reopen", {"by_firm": True}, "已转给"),
    ("reopen", {"by_firm": True, "was_unanswered": True}, None),
    ("reopen", {"by_caller": True}, "抽查"),
    ("reopen", {"by_caller": True, "spot_failed": True}, None),
    ("reopen", {"by_caller": True, "firm_spoke_since": True}, None),
    ("withdraw", {"withdrawal_asked": False}, "没有要求"),
    ("withdraw", {"withdrawal_confirmed": False}, "电话核实"),
]


@pytest.mark.parametrize("event", GOOD)
def test_enough_is_enough(event: str) -> None:
    assert check(event, Facts(TODAY, **GOOD[event])) is None


@pytest.mark.parametrize(("event", "change", "said"), CASES)
def test_a_guard_refuses_what_is_missing(event: str, change: dict[str, Any], said: str | None) -> None:
    found = check(event, Facts(TODAY, **{**GOOD[event], **change}))
    assert (found is None) == (said is None)
    assert said is None or (found and said in found)


@pytest.mark.parametrize("event", [event for event in GOOD if "words" in GOOD[event]])
def test_where_words_are_asked_for_blanks_are_none(event: str) -> None:
    assert "请写" in (check(event, Facts(TODAY, **{**GOOD[event], "words": "  "})) or "")


def test_every_guard_is_tried_here() -> None:
    assert GUARDS.keys() == GOOD.keys()
    assert check("sign", Facts(TODAY)) is None
