"""销号审核 by somebody who did not handle the issue: return, redo, strike off; reopening; and the monthly 抽查."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from sqlalchemy import select

from models import clock, setting
from models.base import db
from models.errors import NotFound, Refused
from models.issue.acts.actor import Actor
from models.issue.acts.deciding import find_slip, put_slip
from models.issue.acts.firm_word import attempts, begin_round, last_answer
from models.issue.acts.stand import Stand, allow, stand
from models.issue.clocks import reply_by
from models.issue.parts import IssueClosing, SpotCheck
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules.issue import FLOWS
from models.rules.issue_kinds import SPOT_RESULTS


@dataclass(frozen=True)
class CloseInput:
    """The four questions of the review, and a word where one of them is no."""

    solved: bool | None = True
    answered: bool | None = True
    in_touch: bool | None = True
    satisfied: bool | None = True
    words: str = ""


def review_return(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """退回补充: the same round goes on; where the flow knows slips the unit gets a yellow one."""
    here = stand(issue, actor, at)
    step = allow(here, "return", "in_progress", words=words)
    if FLOWS[here.flow].slips and find_slip(issue, "returned", here.on) is None:
        put_slip(here, "returned", here.on, words)
    issue.proposed_on = issue.asked_on = issue.outcome = None
    return step.write(next_reply_on=reply_by(issue, here.on, here.ticks))


def redo(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """重办: the next round, with the clock of its class from today; the first date stays."""
    here = stand(issue, actor, at)
    return begin_round(here, allow(here, "redo", "in_progress", words=words))


def close(issue: Issue, actor: Actor, at: datetime, said: CloseInput) -> IssueMove:
    """销号, on the firm's last answer or on three attempts in vain (未答复销号)."""
    here = stand(issue, actor, at)
    answer, calls = last_answer(issue), attempts(issue)
    step = allow(
        here, "close", "closed_out", words=said.words, has_answer=answer is not None, attempts=len(calls),
        answer_solved=answer.solved if answer else "",
        questions=(said.solved, said.answered, said.in_touch, said.satisfied),
    )  # fmt: skip
    tried = {} if answer else {f"call{n}_id": call.id for n, call in enumerate(calls[:3], 1)}
    tried_on = {} if answer else {f"call{n}_on": call.called_on for n, call in enumerate(calls[:3], 1)}
    closing = IssueClosing(
        issue_id=issue.id, round=issue.round, reviewer_id=actor.user_id, handler_id=issue.handler_id, reviewed_at=at,
        reviewed_on=here.on, basis=answer.how if answer else "no_answer", answer_id=answer.id if answer else None,
        solved=said.solved, answered=said.answered, in_touch=said.in_touch, satisfied=said.satisfied,
        note=said.words.strip(), **tried, **tried_on,
    )  # fmt: skip
    db.session.add(closing)
    db.session.flush()
    return step.write(closing_id=closing.id, closed_on=here.on, next_reply_on=None)


def reopen(issue: Issue, actor: Actor, at: datetime, words: str) -> IssueMove:
    """重新打开 what was struck off: a new round."""
    here = stand(issue, actor, at)
    step = allow(here, "reopen", "in_progress", words=words, **_why(here))
    return begin_round(here, step)


def spot_draw(actor: Actor, at: datetime, month: str, rng: Random) -> list[SpotCheck]:
    """抽查 of a month (2026-10): every 未答复销号, and a random share (setting) of the others. Drawn once; a second run
    adds only what was struck off without an answer since."""
    first = date.fromisoformat(f"{month}-01")
    held = {row.issue_id: row for row in _drawn(month)}
    query = select(Issue, IssueClosing.basis).join(
        IssueClosing, (IssueClosing.id == Issue.closing_id) & (IssueClosing.issue_id == Issue.id)
    )
    query = query.where(Issue.closed_on >= first, Issue.closed_on < _next_month(first)).order_by(Issue.id)
    closed = db.session.execute(query).all()
    always = [issue for issue, basis in closed if basis == "no_answer" and issue.id not in held]
    others = [issue for issue, basis in closed if basis != "no_answer"]
    drawn = [] if held else rng.sample(others, _share(len(others)))
    rows = []
    for issue in sorted((*always, *drawn), key=lambda row: row.id):
        step = allow(stand(issue, actor, at), "spot_draw")
        row = SpotCheck(issue_id=issue.id, month=month, always=issue in always, drawn_on=step.stand.on)
        db.session.add(row)
        step.write(month)
        rows.append(row)
    return rows


def spot_result(check_id: int, actor: Actor, at: datetime, result: str, words: str = "") -> IssueMove:
    """抽查结果, by telephone from somebody outside the handling unit; what is not solved is opened again."""
    check = db.session.get(SpotCheck, check_id)
    issue = db.session.get(Issue, check.issue_id) if check else None
    if check is None or issue is None:
        raise NotFound
    if result not in SPOT_RESULTS:
        raise Refused("请选抽查结果")
    if check.checked_on is not None:
        raise Refused("这一条已经查过")
    here = stand(issue, actor, at)
    step = allow(here, "spot_result")
    check.result, check.checked_on, check.checked_by_id = result, here.on, actor.user_id
    check.note = words.strip()
    said = f"{SPOT_RESULTS[result]}：{words.strip()}" if words.strip() else SPOT_RESULTS[result]
    move = step.write(said)
    if result != "not_solved":
        return move
    return begin_round(here, allow(here, "reopen", "in_progress", words=said, by_caller=True, spot_failed=True))


def _why(here: Stand) -> dict[str, bool]:
    """Whether the actor opens it again only as one who phoned, and then what the firm has said since."""
    issue = here.issue
    by_right = {"issues.dispatch", "issues.supervise"} & here.permissions
    spoke = select(IssueMove.id).where(
        IssueMove.issue_id == issue.id, IssueMove.event == "add_words", IssueMove.from_state == "closed_out",
        IssueMove.round == issue.round,
    )  # fmt: skip
    return {"by_caller": not by_right, "firm_spoke_since": db.session.scalar(spoke.limit(1)) is not None}


def _drawn(month: str) -> Sequence[SpotCheck]:
    return db.session.scalars(select(SpotCheck).where(SpotCheck.month == month).order_by(SpotCheck.id)).all()


def _share(number: int) -> int:
    """So many of a number, rounded up: of a single one the whole; none when the setting is 0."""
    return -(-number * setting.get_int("spot_share") // 100)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def month_before(at: datetime) -> str:
    """The month before a moment's, as `spot_draw` takes it."""
    today = clock.local(at).date()
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return f"{year}-{month:02d}"
