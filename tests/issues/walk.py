"""A bureau that acts at random on many issues for months: legal moves, illegal ones, nonsense, missed nights."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.errors import Refused
from models.issue import Issue
from models.issue.acts import closing, deciding, desk, firm_word, handling, raising, timetable
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.desk import AssistInput, DispatchInput
from models.issue.acts.firm_word import CallInput
from models.issue.acts.handling import ProposeInput
from models.issue.acts.raising import RaiseInput
from models.issue.parts import IssueSlip, SpotCheck
from models.rules.holiday_notice import Notice
from models.rules.issue_clock import SLIPS
from tests.support.factories import make_absence, make_firm, make_membership, make_unit, make_user, make_visit
from tests.support.issue_factories import make_outside_handler
from tests.support.issue_story import class_of, topic_of

BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
#: The notice of the next year comes out on the way.
ANNOUNCED = date(2026, 11, 10)
NEXT_YEAR = {
    **{date(2027, 1, day): (False, "元旦") for day in (1, 2, 3)},
    **{date(2027, 2, day): (False, "春节") for day in range(4, 12)},
    date(2027, 1, 31): (True, "春节"), date(2027, 2, 14): (True, "春节"),
}  # fmt: skip
#: State → acts that lead on from it, and the part that may do them; often chosen, never alone.
LEADS: dict[str, tuple[tuple[str, str], ...]] = {
    "registered": (("dispatch", "office"), ("dispatch", "office"), ("admit", "office"), ("decline", "manager")),
    "admitted": (("dispatch", "office"), ("reclass", "office"), ("explain", "manager")),
    "dispatched": (("sign", "handler"), ("sign", "handler"), ("object", "handler"), ("reassign", "office")),
    "objected": (("settle", "manager"), ("settle", "office")),
    "signed_for": (("start", "handler"), ("ask_extension", "handler")),
    "in_progress": (("propose", "handler"), ("propose", "handler"), ("propose", "handler"), ("reply", "handler"),
                    ("ask_extension", "handler"), ("decide_extension", "manager"), ("park", "manager"),
                    ("assist_answer", "assist"), ("reassign", "office"), ("slip", "manager"), ("escalate", "manager")),
    "parked": (("unpark", "handler"), ("park", "manager"), ("reply", "handler"), ("explain", "manager")),
    "resolution_proposed": (("send_link", "caller"), ("send_link", "caller"), ("call", "caller"),
                            ("review_return", "manager")),
    "awaiting_firm": (("answer", "firm"), ("call", "caller"), ("call", "caller"), ("send_link", "caller")),
    "in_review": (("close", "manager"), ("close", "manager"), ("close", "manager"), ("redo", "manager"),
                  ("review_return", "manager")),
    "closed_out": (("add_words", "firm"), ("reopen", "office"), ("spot_result", "caller")),
}  # fmt: skip
EVERYWHERE = ("add_words", "ask_withdrawal", "withdraw", "withdrawal_call", "tell", "answer_slip")


@dataclass
class Walk:
    """The bureau, the chance, and what was tried."""

    rng: Random
    people: dict[str, list[Actor]]
    firms: list[Any]
    sections: list[Any]
    department: Any
    outside: Any
    visits: dict[int, int] = field(default_factory=dict)
    at: datetime = BEGIN
    #: Issue → its first due date, when it was first seen.
    first: dict[int, date] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def on(self) -> date:
        """Today."""
        return clock.local(self.at).date()

    def step(self, ids: list[int]) -> None:
        """One act on one issue, legal or not; a refused one must leave nothing to write."""
        issue = db.session.get_one(Issue, self.rng.choice(ids))
        leads = LEADS.get(issue.state, ())
        if issue.withdrawal_asked_at is not None and self.rng.random() < 0.5:
            leads = (("withdrawal_call", "caller"), ("withdraw", "caller"))
        if leads and self.rng.random() < 0.85:
            name, part = self.rng.choice(leads)
        else:
            name, part = self.rng.choice([*ACTS, *EVERYWHERE]), self.rng.choice(list(self.people))
        try:
            ACTS[name](self, issue, self.actor(issue, part))
        except Refused:
            self.refused[name] += 1
            assert not db.session.dirty and not db.session.new, f"{name} was refused and left something"
        else:
            self.done[name] += 1
        self.remember(issue)

    def remember(self, issue: Issue) -> None:
        """The first due date, which never changes."""
        if issue.first_due_on is not None:
            assert self.first.setdefault(issue.id, issue.first_due_on) == issue.first_due_on

    def actor(self, issue: Issue, part: str) -> Actor:
        """Somebody of this part; the handler is whoever has it, as far as there is one."""
        if part == "firm":
            return Actor(None, label="企业", via="link", is_firm=True)
        if part == "handler" and issue.handler_id is not None:
            return next(one for one in self.people["staff"] if one.user_id == issue.handler_id)
        if part == "handler" and issue.outside_id is not None:
            return Actor(None, frozenset({"issues.handle"}), self.outside.name, "link", outside_id=self.outside.id)
        return self.rng.choice(self.people[part] if self.people.get(part) else self.people["staff"])

    def night(self) -> None:
        """What the clock does; sometimes it is missed, sometimes it runs twice."""
        for _ in range(self.rng.choice((0, 1, 1, 1, 2))):
            timetable.accept_silence(self.on, self.at)
            timetable.resume_parked(self.on, self.at)
            timetable.due_slips(self.on, self.at)
            timetable.due_escalations(self.on, self.at)
            timetable.due_spot_checks(self.on, self.at)
            timetable.due_links(self.on, lambda issue, token: self.rng.random() < 0.5, self.at)

    def raise_one(self) -> int | None:
        """A new issue, sometimes kept by its raiser."""
        firm = self.rng.choice(self.firms)
        said = RaiseInput(firm, f"缺设备{self.rng.random()}", topic_of(), by_myself=self.rng.random() < 0.3,
                          class_=self.rng.choice((None, class_of("simple"))))  # fmt: skip
        try:
            issue = raising.raise_issue(self.rng.choice(self.people["staff"]), self.at, said)
        except Refused:
            self.refused["raise"] += 1
            return None
        self.done["raise"] += 1
        return issue.id

    def given_to(self) -> DispatchInput:
        """Somebody, mostly a good choice."""
        flow = self.rng.choice(("simple", "standard", "supervised"))
        outside = self.outside if self.rng.random() < 0.2 else None
        who = self.rng.choice(self.people["staff"]).user if outside is None else None
        unit = self.department if outside else self.rng.choice(self.sections)
        assistant = self.people["assist"][0].user
        assists = (AssistInput(self.department, assistant),) if self.rng.random() < 0.3 else ()
        leader = self.people["manager"][0].user if self.rng.random() < 0.9 else None
        return DispatchInput(unit, class_of(flow), who, outside, assists, leader, self.rng.choice(("", "协调", "协调")))

    def visit_id(self, issue: Issue) -> list[int]:
        """A visit that shows something, or none."""
        if self.rng.random() < 0.2:
            return []
        if issue.firm_id not in self.visits:
            firm = next(row for row in self.firms if row.id == issue.firm_id)
            self.visits[issue.firm_id] = make_visit(firm, visit_on=BEGIN.date()).id
        return [self.visits[issue.firm_id]]

    def day(self, most: int = 40) -> date:
        """A day around today."""
        return self.on + timedelta(days=self.rng.randint(-3, most))

    def words(self) -> str:
        """Some words, or none."""
        return self.rng.choice(("", "说明", "说明", "说明"))


def make_walk(seed: int) -> Walk:
    """A bureau with four sections and one other department. It may start at once."""
    sections = [make_unit(f"科室{n}") for n in range(4)]
    department = make_unit("区人社局", kind="department")
    staff = [make_user("officer") for _ in range(5)] + [make_user("office")] + [
        make_user("manager"), make_user("manager"), make_user(("officer", "office", "manager"))
    ]  # fmt: skip
    for place, user in enumerate(staff):
        make_membership(user, sections[place % 4])
    assistant = make_user("handler")
    sections[0].head_id = staff[0].id
    make_absence(staff[1], staff[2], from_on=date(2026, 4, 1), to_on=date(2026, 6, 1))
    actors = [Actor.of(user) for user in staff]
    people = {"staff": actors, "office": actors[5:6], "manager": actors[6:], "caller": actors,
              "assist": [Actor.of(assistant)], "firm": actors, "handler": actors}  # fmt: skip
    firms = [make_firm() for _ in range(20)]
    return Walk(Random(seed), people, firms, sections, department, make_outside_handler(department))


def go(walk: Walk, issues: int, steps: int, days: int = 450) -> list[int]:
    """So many issues over so many days, with so many acts for each; the ids of the issues."""
    ids: list[int] = []
    hours = days * 24 / (issues * steps)
    announced = False
    for number in range(issues * steps):
        before = walk.on
        walk.at += timedelta(hours=hours)
        if len(ids) < issues and (not ids or walk.rng.random() < 2 / steps):
            ids += filter(None, [walk.raise_one()])
            continue
        # Mostly the later ones: the earlier have ended or wait.
        walk.step(ids[-60:] if walk.rng.random() < 0.6 else ids)
        if walk.on != before:
            walk.night()
        if walk.on >= ANNOUNCED and not announced:
            announced = True
            calendar.put(Notice(2027, dict(sorted(NEXT_YEAR.items()))), "通知", None, walk.at)
        if number % 100 == 99:
            db.session.commit()
    db.session.commit()
    return ids


Act = Callable[[Walk, Issue, Actor], object]


def _settle(walk: Walk, issue: Issue, actor: Actor) -> object:
    to = walk.given_to() if walk.rng.random() < 0.5 else None
    return desk.settle_objection(issue, actor, walk.at, walk.words(), to)


def _close(walk: Walk, issue: Issue, actor: Actor) -> object:
    answered = firm_word.last_answer(issue) is not None
    said = CloseInput(
        answered=answered if walk.rng.random() < 0.9 else None, satisfied=walk.rng.random() < 0.9, words=walk.words()
    )
    return closing.close(issue, actor, walk.at, said)


def _call(walk: Walk, issue: Issue, actor: Actor) -> object:
    reached = walk.rng.random() < 0.3
    solved = walk.rng.choice(("yes", "partly", "no", "")) if reached else ""
    return firm_word.log_call(issue, actor, walk.at, CallInput(reached=reached, solved=solved))


def _withdrawal_call(walk: Walk, issue: Issue, actor: Actor) -> object:
    said = CallInput("withdrawal", reached=walk.rng.random() < 0.7, confirms=walk.rng.choice((True, True, False, None)))
    return firm_word.log_call(issue, actor, walk.at, said)


def _spot(walk: Walk, issue: Issue, actor: Actor) -> object:
    check = db.session.scalar(select(SpotCheck).where(SpotCheck.issue_id == issue.id).order_by(SpotCheck.id.desc()))
    if check is None:
        raise Refused("没有抽中")
    return closing.spot_result(check.id, actor, walk.at, walk.rng.choice(("confirmed", "not_solved", "unreachable")))


def _answer_slip(walk: Walk, issue: Issue, actor: Actor) -> object:
    slip = db.session.scalar(select(IssueSlip).where(IssueSlip.issue_id == issue.id).limit(1))
    if slip is None:
        raise Refused("没有督办单")
    return deciding.answer_slip(issue, actor, walk.at, slip.id, walk.words())


ACTS: dict[str, Act] = {
    "admit": lambda w, i, a: desk.admit(i, a, w.at, class_of("standard")),
    "decline": lambda w, i, a: desk.decline(i, a, w.at, w.words() if w.rng.random() < 0.3 else ""),
    "reclass": lambda w, i, a: desk.reclass(i, a, w.at, class_of("supervised")),
    "dispatch": lambda w, i, a: desk.dispatch(i, a, w.at, w.given_to()),
    "reassign": lambda w, i, a: desk.reassign(i, a, w.at, w.given_to(), w.words()),
    "settle": _settle,
    "sign": lambda w, i, a: handling.sign(i, a, w.at),
    "object": lambda w, i, a: handling.object(i, a, w.at, w.words()),
    "start": lambda w, i, a: handling.start(i, a, w.at, w.rng.choice(("", "55550101", "55550101")), w.on),
    "reply": lambda w, i, a: handling.interim_reply(i, a, w.at, w.words()),
    "assist_answer": lambda w, i, a: handling.assist_answer(i, a, w.at, w.words()),
    "ask_extension": lambda w, i, a: handling.ask_extension(i, a, w.at, w.day(60), w.words()),
    "decide_extension": lambda w, i, a: deciding.decide_extension(i, a, w.at, w.rng.random() < 0.7, w.words()),
    "propose": lambda w, i, a: handling.propose(i, a, w.at, ProposeInput(w.words(), visit_ids=w.visit_id(i))),
    "park": lambda w, i, a: handling.park(i, a, w.at, w.words(), w.day()),
    "unpark": lambda w, i, a: handling.unpark(i, a, w.at),
    "escalate": lambda w, i, a: deciding.escalate(i, a, w.at, w.words()),
    "slip": lambda w, i, a: deciding.slip(i, a, w.at, w.rng.choice(list(SLIPS))),
    "answer_slip": _answer_slip,
    "explain": lambda w, i, a: deciding.explain(i, a, w.at, w.words() if w.rng.random() < 0.3 else ""),
    "send_link": lambda w, i, a: firm_word.send_link(i, a, w.at),
    "answer": lambda w, i, a: firm_word.answer_by_link(i, a, w.at, w.rng.choice(("yes", "yes", "partly", "no", "")), 5),
    "call": _call,
    "withdrawal_call": _withdrawal_call,
    "add_words": lambda w, i, a: firm_word.add_words(i, a, w.at, w.words()),
    "ask_withdrawal": lambda w, i, a: firm_word.ask_withdrawal(i, a, w.at) if w.rng.random() < 0.2 else None,
    "withdraw": lambda w, i, a: firm_word.withdraw(i, a, w.at),
    "tell": lambda w, i, a: firm_word.tell(i, a, w.at, w.words()),
    "close": _close,
    "redo": lambda w, i, a: closing.redo(i, a, w.at, w.words()),
    "review_return": lambda w, i, a: closing.review_return(i, a, w.at, w.words()),
    "reopen": lambda w, i, a: closing.reopen(i, a, w.at, w.words() if w.rng.random() < 0.2 else ""),
    "spot_result": _spot,
}
