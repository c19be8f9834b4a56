"""Handing over: what a handover may become, and who may say so."""

#: State → its word on the page.
STATES = {"proposed": "等接收人确认", "done": "已移交", "refused": "接收人不同意", "withdrawn": "已撤回"}
#: What is handed over, one kind a row.
KINDS = {"firm": "企业", "promise": "答复承诺", "plan_line": "走访安排", "contact": "五联系对象", "issue": "在办问题",
         "pool": "培育库企业", "application": "申报"}  # fmt: skip
#: (from, to): what is not here cannot happen.
MOVES = frozenset({("proposed", "done"), ("proposed", "refused"), ("proposed", "withdrawn")})


def propose_fault(
    *, giver: int, giver_active: bool, taker: int, taker_cares: bool, by: int, may_assign: bool, reason: str
) -> str | None:
    """Why this person cannot propose it, in an officer's words; None when they can: the giver for themselves, who
    assigns officers for somebody gone (or on their own word) with a reason, never somebody for themselves to take."""
    if giver == taker:
        return "移交人和接收人不能是同一个人"
    if not taker_cares:
        return "接收人要是在用账号的联系干部、综合科或科长"
    if by == giver:
        return None if giver_active else "停用的账号不能移交"
    if not may_assign:
        return "只能移交自己名下的；替别人移交请找科长或综合科"
    if by == taker:
        return "替别人确认移交的人，不能同时是接收人"
    return None if reason.strip() else "替移交人确认，请写原因"


def move_fault(state: str, to: str) -> str | None:
    """Why a handover cannot become this, in an officer's words; None when it can."""
    return None if (state, to) in MOVES else f"这次移交{STATES[state]}，请刷新后再看"
