"""What must be true before an issue makes a move, beside the right to make it. Each guard looks at plain facts and
gives words of refusal, which say what to do, or None."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.issue_clock import CALLS, EXTENSIONS
from models.rules.issue_kinds import CHANNELS, SOLVED

LONGEST = 2_000
#: Nothing is put off further than this.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Facts:
    """What the program knows when somebody wants to move an issue; a guard reads only what concerns it."""

    on: date
    flow: str = "simple"
    #: What was typed: the firm's words, a reason, a reply, a result.
    words: str = ""

    # Raising.
    has_firm: bool = True
    channel: str = "phone"
    has_visit: bool = False
    raised_on: date | None = None

    # Giving it to a unit.
    has_class: bool = True
    has_unit: bool = True
    #: People named as the lead: an account or a person of another unit.
    lead_persons: int = 1
    lead_unit_closed: bool = False
    assisting_units: tuple[int, ...] = ()
    lead_unit_id: int | None = None
    has_leader: bool = False
    has_measures: bool = False
    #: The raiser may give it to nobody but themselves (自办).
    by_raiser: bool = False
    lead_is_actor: bool = True

    # Taking it or not.
    objection_settled: bool = False
    objector_is_actor: bool = False

    # Dates.
    due_on: date | None = None
    new_due_on: date | None = None
    last_day_to_ask: date | None = None
    extensions: int = 0
    extension_waits: bool = False
    asker_is_actor: bool = False
    park_until: date | None = None
    park_latest: date | None = None

    # First contact, result and evidence.
    phone: str = ""
    contacted_on: date | None = None
    evidence: int = 0
    assigned_on: date | None = None

    # The firm's word.
    solved: str = ""
    attitude: int | None = None
    reached: bool = False
    attempts: int = 0
    withdrawal_asked: bool = False
    withdrawal_confirmed: bool = False
    was_unanswered: bool = False
    firm_spoke_since: bool = False
    spot_failed: bool = False
    by_firm: bool = False
    by_caller: bool = False

    # Striking off.
    has_answer: bool = False
    answer_solved: str = ""
    #: solved, answered, in touch, satisfied; None where the reviewer has not said.
    questions: tuple[bool | None, ...] = ()


Guard = Callable[[Facts], str | None]


def _wants(words: str, what: str) -> str | None:
    if not words.strip():
        return f"请写{what}"
    return f"{what}最多 {LONGEST} 个字" if len(words) > LONGEST else None


def guard_raise(facts: Facts) -> str | None:
    """登记: firm by id, the firm's own words, a visit or a channel, and a day that has come."""
    if not facts.has_firm:
        return "请先选企业"
    if fault := _wants(facts.words, "企业的原话"):
        return fault
    if facts.channel not in CHANNELS:
        return "请选来源"
    if facts.channel == "visit" and not facts.has_visit:
        return "来源是走访的，请选是哪一次走访"
    if facts.raised_on is None or facts.raised_on > facts.on:
        return "提出日期不能晚于今天"
    return None


def guard_decline(facts: Facts) -> str | None:
    """不予受理: why."""
    return _wants(facts.words, "不予受理的理由，这会告知企业")


def guard_dispatch(facts: Facts) -> str | None:
    """交办: class, one lead unit with one named person, other units besides; leader and measures unless simple."""
    if not facts.has_class:
        return "请先选类别"
    if not facts.has_unit:
        return "请选一个牵头单位"
    if facts.lead_unit_closed:
        return "牵头单位已撤销，请换一个"
    if facts.lead_persons != 1:
        return "牵头单位要写明一位责任人，只能一位"
    if facts.lead_unit_id in facts.assisting_units:
        return "牵头单位不能同时是协办单位"
    if len(set(facts.assisting_units)) < len(facts.assisting_units):
        return "协办单位重复了"
    if facts.by_raiser and not facts.lead_is_actor:
        return "登记人只能交给自己办，交给别人请由综合科交办"
    if facts.flow != "simple" and not facts.has_leader:
        return "这一类别要写明牵头领导"
    if facts.flow != "simple" and not facts.has_measures:
        return "这一类别要写明解决措施"
    return None


def guard_reassign(facts: Facts) -> str | None:
    """改派: what 交办 asks, and why."""
    return _wants(facts.words, "改派的理由") or guard_dispatch(facts)


def guard_object(facts: Facts) -> str | None:
    """退办: why; once settled against the unit it is final."""
    if facts.objection_settled:
        return "综合科已裁定由本单位办理，不能再退"
    return _wants(facts.words, "退办的理由")


def guard_settle(facts: Facts) -> str | None:
    """裁定退办: the ruling, by somebody else than the one who objected."""
    if facts.objector_is_actor:
        return "自己退的，请由综合科的另一位同事裁定"
    return _wants(facts.words, "裁定的意见")


def guard_start(facts: Facts) -> str | None:
    """开始办理: the handler's name and office phone reached the firm, and when; a raiser who does it met the firm."""
    if facts.by_raiser:
        return None
    if not facts.phone.strip():
        return "请写告诉企业的办公电话"
    if facts.contacted_on is None:
        return "请写哪天联系的企业"
    if facts.contacted_on > facts.on:
        return "联系日期不能晚于今天"
    if facts.assigned_on is not None and facts.contacted_on < facts.assigned_on:
        return f"联系日期不能早于交办的那天（{facts.assigned_on}）"
    return None


def guard_reply(facts: Facts) -> str | None:
    """阶段答复: how far it is."""
    return _wants(facts.words, "办到哪一步")


def guard_assist_answer(facts: Facts) -> str | None:
    """协办答复: what the unit says."""
    return _wants(facts.words, "协办意见")


def guard_ask_extension(facts: Facts) -> str | None:
    """延期: at least a working day before it is due, with a reason and a later date; at most two, one at a time."""
    if fault := _wants(facts.words, "延期的理由"):
        return fault
    if facts.extension_waits:
        return "上一次延期申请还没有批，请等批复"
    if facts.extensions >= EXTENSIONS:
        return f"延期最多 {EXTENSIONS} 次，已用完，请报请提级"
    if facts.last_day_to_ask is None or facts.due_on is None:
        return "还没有期限，不用延期"
    if facts.on > facts.last_day_to_ask:
        return f"延期要在到期前至少 1 个工作日提出，最晚是 {facts.last_day_to_ask}"
    if facts.new_due_on is None or facts.new_due_on <= facts.due_on:
        return f"新期限要晚于 {facts.due_on}"
    return "新期限太远，请核对年份" if facts.new_due_on > facts.on + FURTHEST else None


def guard_decide_extension(facts: Facts) -> str | None:
    """审批延期: by somebody else than the one who asked, while it waits; a refusal says why."""
    if not facts.extension_waits:
        return "没有待批的延期申请，可能已经批过"
    if facts.asker_is_actor:
        return "延期不能由申请人自己批"
    return None


def guard_park(facts: Facts) -> str | None:
    """挂账推进: what is missing, and the next reply, 30 days away at most."""
    if fault := _wants(facts.words, "还差什么条件"):
        return fault
    if facts.park_until is None or facts.park_until <= facts.on:
        return "下次答复日期要晚于今天"
    if facts.park_latest is not None and facts.park_until > facts.park_latest:
        return f"挂账的下次答复最晚是 {facts.park_latest}"
    return None


def guard_propose(facts: Facts) -> str | None:
    """申请办结: what was done, and evidence or a visit that shows it."""
    if fault := _wants(facts.words, "办理结果"):
        return fault
    return None if facts.evidence else "请至少附一份佐证材料，或关联一次走访"


def guard_confirm(facts: Facts) -> str | None:
    """企业确认: two answers, kept apart; the second may be left out on the telephone."""
    if facts.solved not in SOLVED:
        return "请选问题是否已解决"
    if facts.attitude is None:
        return "请选对办理态度的评价（1 到 5）" if facts.by_firm else None
    return None if 1 <= facts.attitude <= 5 else "评价是 1 到 5"


def guard_unanswered(facts: Facts) -> str | None:
    """未答复: asked for 28 days, then phoned in vain on three working days."""
    if facts.attempts < CALLS:
        return f"满 28 天后还要在 {CALLS} 个不同的工作日各打一次电话，已记 {facts.attempts} 次"
    return None


def guard_return(facts: Facts) -> str | None:
    """退回补充: what is missing."""
    return _wants(facts.words, "退回的理由、要补什么")


def guard_redo(facts: Facts) -> str | None:
    """重办: why."""
    return _wants(facts.words, "重办的理由")


def guard_close(facts: Facts) -> str | None:
    """销号: four questions answered; an answer of the firm that does not say "not solved", or three attempts."""
    if len(facts.questions) != 4 or None in facts.questions:
        return "销号审核的四个问题都要回答"
    if facts.has_answer:
        if facts.answer_solved == "no":
            return "企业说没有解决，不能销号，请重办或解释说明"
        if not facts.questions[0]:
            return "认为没有解决的，不能销号，请重办"
        if not facts.questions[1]:
            return "企业已有答复，第二问应为“是”"
    elif facts.attempts < CALLS:
        return "没有企业的答复，也没有三次电话记录，不能销号"
    elif facts.questions[1]:
        return "企业没有答复，第二问应为“否”，按未答复销号"
    if facts.answer_solved == "partly" or not all(facts.questions[2:]):
        return _wants(facts.words, "说明：部分解决、未主动联系或企业不满意的，为什么可以销号")
    return None


def guard_reopen(facts: Facts) -> str | None:
    """重新打开: why; the firm's own word reopens what was struck off without its answer."""
    if facts.by_firm and not facts.was_unanswered:
        return "您的话已转给经办单位，会有人与您联系"
    if facts.by_caller and not (facts.spot_failed or facts.firm_spoke_since):
        return "抽查不实或企业又提出的，才能重新打开"
    return _wants(facts.words, "重新打开的理由")


def guard_explain(facts: Facts) -> str | None:
    """解释说明: what the firm is told."""
    return _wants(facts.words, "给企业的解释")


def guard_withdraw(facts: Facts) -> str | None:
    """撤回: the firm asked, and said so again on the telephone."""
    if not facts.withdrawal_asked:
        return "企业没有要求撤回"
    if not facts.withdrawal_confirmed:
        return "撤回前要打电话核实，请先记一次接通的电话"
    return None


def guard_escalate(facts: Facts) -> str | None:
    """提级: why."""
    return _wants(facts.words, "提级的理由")


def guard_answer_slip(facts: Facts) -> str | None:
    """答复督办单: what was done about it."""
    return _wants(facts.words, "怎么整改的")


def guard_add_words(facts: Facts) -> str | None:
    """企业补充: the words."""
    return _wants(facts.words, "企业的话")


#: Event → its guard. An event that is not here asks for nothing but the right.
GUARDS: dict[str, Guard] = {
    "raise": guard_raise,
    "decline": guard_decline,
    "dispatch": guard_dispatch,
    "reassign": guard_reassign,
    "object": guard_object,
    "settle": guard_settle,
    "start": guard_start,
    "reply": guard_reply,
    "assist_answer": guard_assist_answer,
    "ask_extension": guard_ask_extension,
    "decide_extension": guard_decide_extension,
    "park": guard_park,
    "propose": guard_propose,
    "confirm": guard_confirm,
    "unanswered": guard_unanswered,
    "return": guard_return,
    "redo": guard_redo,
    "close": guard_close,
    "reopen": guard_reopen,
    "explain": guard_explain,
    "withdraw": guard_withdraw,
    "escalate": guard_escalate,
    "answer_slip": guard_answer_slip,
    "add_words": guard_add_words,
}


def check(event: str, facts: Facts) -> str | None:
    """Words of refusal for an event with these facts, or None."""
    guard = GUARDS.get(event)
    return guard(facts) if guard else None
