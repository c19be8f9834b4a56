"""Issues with random histories, written row by row without the acts: what lists and figures are recounted over."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from models import clock
from models.base import db
from models.firm.record import Firm
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.parts import (
    IssueAnswer,
    IssueAssignment,
    IssueCall,
    IssueClosing,
    IssueExtension,
    SpotCheck,
)
from models.issue.record import ENDED
from models.issue.trace import IssueMove
from models.unit import Unit
from models.user import User
from tests.support.factories import make_firm, make_unit, make_user
from tests.support.issue_factories import make_issue, make_issue_class, make_outside_handler, make_topic

FIRST, LAST = date(2025, 10, 1), date(2026, 11, 20)
#: state → what may come next.
NEXT = {
    "registered": ("admit", "admit", "admit", "decline"),
    "admitted": ("dispatch", "dispatch", "dispatch", "explain"),
    "dispatched": ("sign", "sign", "sign", "silence", "object", "reassign"),
    "objected": ("settle",),
    "signed_for": ("start",),
    "in_progress": ("propose", "propose", "reply", "grant", "refuse", "park", "explain", "reassign", "escalate"),
    "parked": ("park", "unpark", "unpark", "explain"),
    "resolution_proposed": ("ask_firm", "ask_firm", "ask_firm", "return"),
    "awaiting_firm": ("confirm", "confirm", "unanswered"),
    "in_review": ("close", "close", "close", "redo"),
    "closed_out": ("", "", "spot", "reopen"),
}


@dataclass
class District:
    """Who and what there is."""

    firms: list[Firm]
    units: list[Unit]
    people: list[User]
    outside: OutsideHandler
    topics: list[IssueTopic]
    classes: list[IssueClass]
    reviewer: User
    office: User


def settle() -> District:
    """Three firms in two towns, units, people, topics and classes."""
    unit = make_unit(kind="section")
    return District(
        [make_firm(area="青禾街道"), make_firm(area="青禾街道"), make_firm(area="石桥镇")],
        [unit, make_unit(kind="department"), make_unit(kind="department")],
        [make_user(role="officer") for _ in range(3)], make_outside_handler(),
        [make_topic("technology", name="技术"), make_topic("finance", name="融资")],
        [make_issue_class("ordinary"), make_issue_class("joint")], make_user(role="manager"), make_user(role="office"),
    )  # fmt: skip


def tell(seed: int, number: int) -> District:
    """This many issues, each on a random way; committed."""
    there, luck = settle(), random.Random(seed)
    for _ in range(number):
        Story(there, luck).tell()
    db.session.commit()
    return there


class Story:
    """One issue on its way."""

    def __init__(self, there: District, luck: random.Random) -> None:
        self.there, self.luck = there, luck
        self.on = FIRST + timedelta(days=luck.randrange((LAST - FIRST).days))
        self.issue = make_issue(
            luck.choice(there.firms), raised_on=self.on, topic_id=luck.choice(there.topics).id,
            words=f"问题 {luck.randrange(1000)}", raised_by_id=luck.choice(there.people).id,
            channel=luck.choice(["visit", "phone"]), kind=luck.choice(["problem", "demand"]),
        )  # fmt: skip
        self.lead: IssueAssignment | None = None
        self.closing: IssueClosing | None = None
        self.answer: IssueAnswer | None = None
        self.calls: list[IssueCall] = []
        self.on += timedelta(days=luck.choice([0, 0, 1, 4]))
        self.move("raise", "registered", first=True)

    @property
    def at(self) -> datetime:
        """The moment of the present day; one of them late in the evening, the day after in UTC."""
        return datetime.combine(self.on, time(self.luck.choice([1, 9, 23]), 30), clock.ZONE)

    def tell(self) -> None:
        """Go on until the last day, the end, or for want of luck."""
        while True:
            self.on += timedelta(days=self.luck.choice([0, 0, 1, 1, 2, 3, 7, 16]))
            step = self.luck.choice(NEXT.get(self.issue.state, ("",)))
            if self.on > LAST or not step or self.luck.random() < 0.04:
                break
            if self.luck.random() < 0.03 and self.issue.state not in ENDED:
                step = "withdraw"
            getattr(self, step)()
            db.session.flush()

    def move(self, event: str, state: str, first: bool = False, due: date | None = None, **values: Any) -> None:
        """Write a move and the state."""
        old, before = self.issue.state, self.issue.due_on
        if due is not None:
            self.issue.due_on = due
        for name, value in values.items():
            setattr(self.issue, name, value)
        self.issue.state = state
        db.session.add(
            IssueMove(
                issue_id=self.issue.id, event=event, from_state=None if first else old, to_state=state,
                round=self.issue.round, at=self.at, moved_on=self.on, words="说明" if event == "reply" else "",
                due_before=before, due_after=self.issue.due_on,
            )
        )  # fmt: skip

    def later(self, *days: int) -> date:
        return self.on + timedelta(days=self.luck.choice(days))

    def admit(self) -> None:
        self.move("admit", "admitted", class_id=self.luck.choice(self.there.classes).id)

    def decline(self) -> None:
        self.move("decline", "declined", ended_on=self.on, end_reason="不归我们")

    def explain(self) -> None:
        self.move(
            "explain", "explained", ended_on=self.on, end_reason="政策如此", parked_until=None, outcome="explained"
        )

    def withdraw(self) -> None:
        self.move("withdraw", "withdrawn", ended_on=self.on, end_reason="不用了", parked_until=None)

    def dispatch(self, event: str = "dispatch") -> None:
        issue, luck = self.issue, self.luck
        if self.lead is not None:
            self.lead.ended_at = self.at
            db.session.flush()
        unit, outside = luck.choice(self.there.units), luck.random() < 0.2
        person = None if outside else luck.choice(self.there.people).id
        self.lead = IssueAssignment(
            issue_id=issue.id, round=issue.round, role="lead", unit_id=unit.id, user_id=person,
            outside_id=self.there.outside.id if outside else None, assigned_at=self.at, assigned_on=self.on,
            sign_due_on=self.later(1, 3),
        )  # fmt: skip
        db.session.add(self.lead)
        if luck.random() < 0.3:
            helper = luck.choice(self.there.units)
            db.session.add(
                IssueAssignment(
                    issue_id=issue.id, role="assist", unit_id=helper.id, assigned_at=self.at, assigned_on=self.on
                )
            )
        due = issue.due_on or self.later(3, 7, 21)
        issue.first_due_on = issue.first_due_on or due
        self.move(
            event, "dispatched", due=due, dispatched_on=issue.dispatched_on or self.on, lead_unit_id=unit.id,
            handler_id=person, outside_id=self.lead.outside_id, clock_days=5, yellow_on=due - timedelta(days=1),
            measures="对接银行", leader_id=self.there.reviewer.id, sign_due_on=self.lead.sign_due_on,
        )  # fmt: skip

    def reassign(self) -> None:
        self.dispatch("reassign")

    def settle(self) -> None:
        self.dispatch("settle")

    def sign(self, silent: bool = False) -> None:
        assert self.lead is not None
        self.lead.signed_at, self.lead.signed_by_silence = self.at, silent
        self.move("sign", "signed_for", signed_on=self.on)

    def silence(self) -> None:
        self.sign(silent=True)

    def object(self) -> None:
        assert self.lead is not None
        self.lead.objected_at, self.lead.objection = self.at, "不归我们"
        self.move("object", "objected")

    def start(self) -> None:
        self.move("start", "in_progress")

    def reply(self) -> None:
        self.move("reply", "in_progress")

    def escalate(self) -> None:
        self.move("escalate", "in_progress", level=self.issue.level + 1)

    def grant(self, granted: bool = True) -> None:
        old = self.issue.due_on
        assert old is not None
        new = max(old, self.on) + timedelta(days=self.luck.choice([2, 10]))
        db.session.add(
            IssueExtension(
                issue_id=self.issue.id, round=self.issue.round, asked_at=self.at, reason="材料补正", old_due_on=old,
                new_due_on=new, decided_by_id=self.there.reviewer.id, decided_at=self.at, granted=granted,
            )
        )  # fmt: skip
        if granted:
            self.issue.extensions += 1
            self.issue.yellow_on = new - timedelta(days=1)
        self.move("decide_extension", "in_progress", due=new if granted else None)

    def refuse(self) -> None:
        self.grant(False)

    def park(self) -> None:
        self.move("park", "parked", parked_until=self.later(20, 30))

    def unpark(self) -> None:
        self.move("unpark", "in_progress", parked_until=None)

    def propose(self) -> None:
        self.move("propose", "resolution_proposed", proposed_on=self.on, outcome="solved", result="已办")

    def ask_firm(self) -> None:
        self.move("ask_firm", "awaiting_firm")

    def confirm(self) -> None:
        self.calls = []
        solved = self.luck.choice(["yes", "yes", "partly", "no"])
        self.answer = IssueAnswer(
            issue_id=self.issue.id, round=self.issue.round, how="link", at=self.at, answered_on=self.on, solved=solved,
            attitude=self.luck.choice([3, 5]), words="",
        )  # fmt: skip
        db.session.add(self.answer)
        self.move("confirm", "in_review")

    def unanswered(self) -> None:
        self.answer, self.calls = None, []
        for _ in range(3):
            self.calls.append(
                IssueCall(
                    issue_id=self.issue.id, called_by_id=self.there.office.id, called_at=self.at, called_on=self.on,
                    reached=False, round=self.issue.round,
                )
            )  # fmt: skip
            self.on += timedelta(days=1)
        db.session.add_all(self.calls)
        self.move("unanswered", "in_review")

    def close(self) -> None:
        self.closing = IssueClosing(
            issue_id=self.issue.id, round=self.issue.round, reviewer_id=self.there.reviewer.id,
            handler_id=self.issue.handler_id, reviewed_at=self.at, reviewed_on=self.on,
            basis="link" if self.answer else "no_answer", answer_id=self.answer.id if self.answer else None,
            **{f"call{n}_{part}": getattr(call, name) for n, call in enumerate(self.calls, 1)
               for part, name in (("id", "id"), ("on", "called_on"))},
        )  # fmt: skip
        db.session.add(self.closing)
        db.session.flush()
        self.move("close", "closed_out", closing_id=self.closing.id, closed_on=self.on)

    def redo(self) -> None:
        self.issue.round += 1
        self.move("redo", "in_progress")

    def return_(self) -> None:
        self.move("return", "in_progress")

    def __getattr__(self, name: str) -> Any:
        if name == "return":
            return self.return_
        raise AttributeError(name)

    def reopen(self) -> None:
        assert self.closing is not None
        self.closing.undone_at = self.at
        self.issue.round += 1
        self.move("reopen", "in_progress", closing_id=None, closed_on=None, ended_on=None)

    def spot(self) -> None:
        month = f"{self.on:%Y-%m}"
        held = db.session.query(SpotCheck).filter_by(issue_id=self.issue.id, month=month).first()
        if held is None:
            result = self.luck.choice([None, "confirmed", "not_solved", "unreachable"])
            checked = None if result is None else self.later(0, 5, 30)
            db.session.add(
                SpotCheck(issue_id=self.issue.id, month=month, drawn_on=self.on, result=result, checked_on=checked)
            )
        self.move("spot_draw", "closed_out")
