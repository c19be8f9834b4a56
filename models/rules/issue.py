"""An issue (问题): its states and flows, and who may move it from where to where. One table holds every move; pages ask
it which buttons to show, acts ask it before they write."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from models.rules.issue_kinds import FLOWS as NAMES

#: Before an issue is anything.
START = ""
STATES: dict[str, str] = {
    "registered": "登记",
    "admitted": "受理",
    "dispatched": "交办",
    "signed_for": "签收",
    "in_progress": "办理",
    "resolution_proposed": "申请办结",
    "awaiting_firm": "企业确认",
    "in_review": "销号审核",
    "closed_out": "销号",
    "declined": "不予受理",
    "explained": "解释说明",
    "withdrawn": "撤回",
    "objected": "退办",
    "parked": "挂账推进",
}
#: What ends an issue; only closed_out is 销号 and counts in a closing rate.
ENDED = ("closed_out", "declined", "explained", "withdrawn")
OPEN = tuple(state for state in STATES if state not in ENDED)
#: The matter lies with the handling unit: slips and escalation concern these alone.
IN_HAND = ("dispatched", "signed_for", "in_progress", "parked")
#: The handling unit has done its part; the firm or the reviewer has the word.
PROPOSED = ("resolution_proposed", "awaiting_firm", "in_review")


@dataclass(frozen=True)
class Flow:
    """How much of the table a class asks for."""

    name: str
    #: 阶段答复 have due dates.
    interim: bool
    #: Slips and escalation exist at all.
    slips: bool
    #: The program itself writes slips and escalates.
    automatic: bool


FLOWS: dict[str, Flow] = {
    "simple": Flow(NAMES["simple"], interim=False, slips=False, automatic=False),
    "standard": Flow(NAMES["standard"], interim=True, slips=True, automatic=False),
    "supervised": Flow(NAMES["supervised"], interim=True, slips=True, automatic=True),
}
ALL = frozenset(FLOWS)
SIMPLE = frozenset({"simple"})
WHOLE = ALL - SIMPLE

#: Who somebody can be towards an issue → the right that part needs besides; the firm and the timetable need none.
RIGHT_OF: dict[str, str] = {
    "any": "issues.raise",
    "raiser": "issues.raise",
    "handler": "issues.handle",
    "assist": "issues.handle",
    "office": "issues.dispatch",
    "supervisor": "issues.supervise",
    "reviewer": "issues.close",
    "caller": "issues.call",
    "firm": "",
    "job": "",
}
WHO_NAMES: dict[str, str] = {
    "any": "有登记权限的人",
    "raiser": "登记人",
    "handler": "责任人",
    "assist": "协办人",
    "office": "综合科",
    "supervisor": "未经办此事的督办人",
    "reviewer": "未经办此事的销号审核人",
    "caller": "承办单位以外的回访人",
    "firm": "企业",
    "job": "系统",
}

EVENTS: dict[str, str] = {
    "raise": "登记",
    "admit": "受理",
    "decline": "不予受理",
    "dispatch": "交办",
    "reassign": "改派",
    "sign": "签收",
    "object": "退办",
    "settle": "裁定退办",
    "start": "开始办理",
    "propose": "申请办结",
    "park": "挂账推进",
    "unpark": "恢复办理",
    "ask_firm": "请企业确认",
    "confirm": "企业确认",
    "unanswered": "未答复",
    "return": "退回补充",
    "redo": "重办",
    "close": "销号",
    "reopen": "重新打开",
    "explain": "解释说明",
    "withdraw": "撤回",
    # Events with rows of their own that change no state.
    "reclass": "改类别",
    "attach": "上传佐证",
    "assist_answer": "协办答复",
    "reply": "阶段答复",
    "ask_extension": "申请延期",
    "decide_extension": "审批延期",
    "escalate": "提级",
    "slip": "督办单",
    "answer_slip": "答复督办单",
    "send_link": "发确认链接",
    "send_handler_link": "发办理链接",
    "call": "电话回访",
    "add_words": "企业补充",
    "ask_withdrawal": "企业要求撤回",
    "tell": "告知企业",
    "spot_draw": "抽查抽中",
    "spot_result": "抽查结果",
    "recompute": "按放假通知重算期限",
    "hand_over": "工作移交",
}


@dataclass(frozen=True)
class By:
    """One part that may make a move, and the flows in which it may."""

    who: str
    flows: frozenset[str] = ALL

    @property
    def right(self) -> str:
        """The right this part needs; empty for the firm and the timetable."""
        return RIGHT_OF[self.who]


@dataclass(frozen=True)
class Move:
    """A move: its event (of two that share the states, the first is the usual one) and who may make it."""

    events: tuple[str, ...]
    by: tuple[By, ...]

    @property
    def event(self) -> str:
        """The usual event."""
        return self.events[0]

    @property
    def right(self) -> str:
        """The right of the part that usually makes it."""
        return self.by[0].right

    @property
    def flows(self) -> frozenset[str]:
        """The flows in which it exists."""
        return frozenset().union(*(part.flows for part in self.by))


@dataclass(frozen=True)
class Step:
    """An event that changes no state: the states in which it may happen, and who may do it."""

    states: tuple[str, ...]
    by: tuple[By, ...]


def _move(events: str, *by: str | By) -> Move:
    return Move(tuple(events.split("/")), _parts(by))


def _parts(by: Iterable[str | By]) -> tuple[By, ...]:
    return tuple(part if isinstance(part, By) else By(part) for part in by)


_WITHDRAW = _move("withdraw", "caller")
_EXPLAIN = _move("explain", "supervisor")
_REASSIGN = _move("reassign", "office")

#: (from, to) → the move. What is not here cannot happen.
MOVES: dict[tuple[str, str], Move] = {
    (START, "registered"): _move("raise", "any", "firm"),
    ("registered", "admitted"): _move("admit", "office", By("raiser", SIMPLE)),
    ("registered", "declined"): _move("decline", "office"),
    ("admitted", "dispatched"): _move("dispatch", "office", By("raiser", SIMPLE)),
    ("admitted", "explained"): _EXPLAIN,
    ("dispatched", "signed_for"): _move("sign", "handler", "job"),
    ("dispatched", "objected"): _move("object", "handler"),
    ("dispatched", "dispatched"): _REASSIGN,
    ("objected", "dispatched"): _move("settle", "office"),
    ("signed_for", "dispatched"): _REASSIGN,
    ("signed_for", "in_progress"): _move("start", "handler"),
    ("in_progress", "dispatched"): _REASSIGN,
    ("in_progress", "parked"): _move("park", "supervisor"),
    ("in_progress", "explained"): _EXPLAIN,
    ("in_progress", "resolution_proposed"): _move("propose", "handler"),
    ("parked", "parked"): _move("park", "supervisor"),
    ("parked", "in_progress"): _move("unpark", "handler", "supervisor", "job"),
    ("parked", "explained"): _EXPLAIN,
    ("resolution_proposed", "awaiting_firm"): _move("ask_firm", "caller", "job"),
    ("resolution_proposed", "in_progress"): _move("return", "reviewer"),
    ("awaiting_firm", "in_review"): _move("confirm/unanswered", "caller", "firm"),
    ("in_review", "in_review"): _move("confirm", "caller", "firm"),
    ("in_review", "closed_out"): _move("close", "reviewer"),
    ("in_review", "in_progress"): _move("redo/return", "reviewer"),
    ("in_review", "explained"): _EXPLAIN,
    ("closed_out", "in_progress"): _move("reopen", "office", "supervisor", "caller", "firm"),
    **{(state, "withdrawn"): _WITHDRAW for state in OPEN},
}

#: Event → when and by whom, for the events that change no state.
STEPS: dict[str, Step] = {
    "reclass": Step(("registered", "admitted"), _parts(["office"])),
    "attach": Step(OPEN, _parts(["handler", "assist", "raiser", "office", "caller"])),
    "assist_answer": Step(IN_HAND, _parts(["assist"])),
    "reply": Step(("in_progress", "parked"), _parts(["handler"])),
    "ask_extension": Step(("signed_for", "in_progress"), _parts(["handler"])),
    "decide_extension": Step(IN_HAND, _parts(["supervisor"])),
    "escalate": Step(IN_HAND, (By("supervisor", WHOLE), By("job", WHOLE))),
    "slip": Step((*IN_HAND, "in_review"), (By("supervisor", WHOLE), By("reviewer", WHOLE), By("job", WHOLE))),
    "answer_slip": Step((*IN_HAND, *PROPOSED), _parts(["handler"])),
    "send_link": Step(OPEN, _parts(["caller", "job"])),
    "send_handler_link": Step((*IN_HAND, "objected", *PROPOSED), _parts(["office"])),
    "call": Step((*OPEN, "closed_out"), _parts(["caller"])),
    "add_words": Step((*OPEN, "closed_out"), _parts(["firm", "any", "handler", "office", "caller"])),
    "ask_withdrawal": Step(OPEN, _parts(["firm", "any", "handler", "office", "caller"])),
    "tell": Step(tuple(STATES), _parts(["any", "handler", "office", "caller", "supervisor", "job"])),
    "spot_draw": Step(("closed_out",), _parts(["supervisor", "job"])),
    "spot_result": Step(("closed_out",), _parts(["caller"])),
    "recompute": Step(OPEN, _parts(["job"])),
    # Both people confirmed it on the page of handovers.
    "hand_over": Step(OPEN, _parts(["job"])),
}


class MoveRefused(ValueError):
    """A move that the table does not have, or not for this person; the message says so in an officer's words."""


@dataclass(frozen=True)
class Towards:
    """What the program knows of somebody and an issue: who handles it and who asks."""

    user_id: int | None
    #: Units the person belongs to today.
    unit_ids: frozenset[int] = frozenset()
    raised_by_id: int | None = None
    #: The present lead person, and whoever stands in for them while they are away.
    handler_ids: frozenset[int] = frozenset()
    assistant_ids: frozenset[int] = frozenset()
    #: Everybody who ever handled it in this round or an earlier one, assistants and deputies too.
    handled_by_ids: frozenset[int] = frozenset()
    #: The units that handled it.
    handling_unit_ids: frozenset[int] = frozenset()
    #: The bureau has fewer than three units (or the setting says so): another person is outside enough.
    persons_suffice: bool = False
    #: Comes through a link: the firm's, or an outside handler's.
    as_firm: bool = False
    as_handler: bool = False
    as_assistant: bool = False
    as_job: bool = False


def relations(facts: Towards) -> frozenset[str]:
    """What somebody is towards an issue. A supervisor or reviewer is one who never handled it, a caller one who is
    outside the handling unit besides; the rights are asked for separately."""
    if facts.as_firm:
        return frozenset({"firm"})
    if facts.as_job:
        return frozenset({"job"})
    found = set()
    if facts.as_handler:
        found.add("handler")
    if facts.as_assistant:
        found.add("assist")
    if facts.user_id is None:
        return frozenset(found)
    found |= {"any", "office"}
    if facts.user_id == facts.raised_by_id:
        found.add("raiser")
    if facts.user_id in facts.handler_ids:
        found.add("handler")
    if facts.user_id in facts.assistant_ids:
        found.add("assist")
    if "handler" not in found and "assist" not in found and facts.user_id not in facts.handled_by_ids:
        found |= {"supervisor", "reviewer"}
        if facts.persons_suffice or not facts.unit_ids & facts.handling_unit_ids:
            found.add("caller")
    return frozenset(found)


def may(by: Iterable[By], flow: str, who: Collection[str], permissions: Collection[str]) -> bool:
    """Whether one of these parts is this person's, with its right, in this flow."""
    return any(part.who in who and flow in part.flows and (not part.right or part.right in permissions) for part in by)


def check_move(
    old: str, new: str, flow: str, who: Collection[str], permissions: Collection[str], event: str = ""
) -> Move:
    """The move from one state to the other for somebody who is this towards the issue and has these rights.

    Raises MoveRefused when there is none, none for them, or none by this event.
    """
    move = MOVES.get((old, new))
    if move is None or (event and event not in move.events):
        what = EVENTS.get(event) or STATES.get(new, new)
        raise MoveRefused(f"这条问题现在是“{STATES.get(old, '还没有登记')}”，不能“{what}”")
    if not may(move.by, flow, who, permissions):
        raise MoveRefused(_only(event or move.event, move.by, flow))
    return move


def check_step(event: str, state: str, flow: str, who: Collection[str], permissions: Collection[str]) -> Step:
    """The step of this event in this state. Raises MoveRefused in another state, for another person, or in a flow that
    does not know it. KeyError for an event that changes the state."""
    step = STEPS[event]
    if state not in step.states:
        raise MoveRefused(f"这条问题现在是“{STATES[state]}”，不能“{EVENTS[event]}”")
    if not any(flow in part.flows for part in step.by):
        raise MoveRefused(f"{FLOWS[flow].name}流程没有“{EVENTS[event]}”")
    if not may(step.by, flow, who, permissions):
        raise MoveRefused(_only(event, step.by, flow))
    return step


@dataclass(frozen=True)
class Choices:
    """What somebody may do with an issue as it stands: states it may go to by event, and steps."""

    moves: dict[str, str] = field(default_factory=dict)
    steps: frozenset[str] = frozenset()

    def __contains__(self, event: str) -> bool:
        return event in self.moves or event in self.steps

    def __iter__(self) -> Iterator[str]:
        return (event for event in EVENTS if event in self)


def choices(state: str, flow: str, who: Collection[str], permissions: Collection[str]) -> Choices:
    """The events somebody may cause now, for the buttons of a page; guards may still refuse them."""
    moves = {
        event: new
        for (old, new), move in MOVES.items()
        if old == state and may(move.by, flow, who, permissions)
        for event in move.events
    }
    steps = frozenset(
        event for event, step in STEPS.items() if state in step.states and may(step.by, flow, who, permissions)
    )
    return Choices(moves, steps)


def _only(event: str, by: Iterable[By], flow: str) -> str:
    names = [WHO_NAMES[part.who] for part in by if flow in part.flows and part.who != "job"]
    return f"“{EVENTS[event]}”只能由{'、'.join(names) or '系统'}来做"
