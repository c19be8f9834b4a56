"""People around an issue, and issues brought to a state by the acts themselves. Names are invented."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.issue import Issue
from models.issue.acts import closing, deciding, desk, firm_word, handling, raising
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.desk import AssistInput, DispatchInput
from models.issue.acts.firm_word import CallInput
from models.issue.acts.handling import ProposeInput
from models.issue.acts.raising import RaiseInput
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.trace import IssueMove
from models.link import Link
from models.unit import Unit
from models.user import User
from tests.support.factories import make_firm, make_membership, make_unit, make_user, make_visit

#: A Monday morning in Shanghai with plain weeks around it.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass
class Cast:
    """A bureau with three sections and one other department; each person has one part."""

    firm: Firm
    officer: User
    office: User
    manager: User
    caller: User
    worker: User
    assistant: User
    own_unit: Unit
    lead_unit: Unit
    assist_unit: Unit

    @property
    def desk(self) -> Actor:
        """综合科."""
        return Actor.of(self.office)


def make_cast(firm: Firm | None = None) -> Cast:
    """A bureau to act in. The officer raises, the office assigns, the worker handles, the caller phones, the manager
    decides and reviews."""
    sections = [make_unit(name) for name in ("企业服务科", "高新科", "综合科")]
    other = make_unit("区人社局", kind="department")
    people = {
        "officer": make_user("officer", name="何岸"), "office": make_user("office", name="沈知白"),
        "manager": make_user("manager", name="陆问渠"), "caller": make_user("officer", name="顾言"),
        "worker": make_user("officer", name="周予安"), "assistant": make_user("handler", name="许望舒"),
    }  # fmt: skip
    places = {"officer": 0, "office": 2, "manager": 2, "caller": 0, "worker": 1}
    for name, place in places.items():
        make_membership(people[name], sections[place])
    make_membership(people["assistant"], other)
    return Cast(firm or make_firm(), **people, own_unit=sections[0], lead_unit=sections[1], assist_unit=other)


def topic_of(key: str = "technology") -> IssueTopic:
    """A topic that every bureau begins with."""
    return db.session.scalars(select(IssueTopic).where(IssueTopic.key == key)).one()


def class_of(flow: str) -> IssueClass:
    """The class of this flow that every bureau begins with."""
    return db.session.scalars(select(IssueClass).where(IssueClass.flow == flow)).one()


def raised(cast: Cast, at: datetime = MONDAY, **values: Any) -> Issue:
    """A problem the officer heard on the telephone, registered."""
    said = RaiseInput(cast.firm, "缺一台疲劳试验机，想借高校的用", topic_of())
    return raising.raise_issue(Actor.of(cast.officer), at, replace(said, **values))


def given(cast: Cast, flow: str = "standard", at: datetime = MONDAY, assist: bool = False, **values: Any) -> Issue:
    """An issue in the hands of the worker, not signed for yet."""
    issue = raised(cast, at, **values)
    desk.dispatch(issue, cast.desk, at, to_worker(cast, flow, assist))
    return issue


def to_worker(cast: Cast, flow: str = "standard", assist: bool = False) -> DispatchInput:
    """What the office says when it gives an issue to the worker."""
    assists = (AssistInput(cast.assist_unit, cast.assistant),) if assist else ()
    return DispatchInput(cast.lead_unit, class_of(flow), user=cast.worker, assists=assists, leader=cast.manager,
                         measures="协调高校开放设备")  # fmt: skip


def begun(cast: Cast, flow: str = "standard", at: datetime = MONDAY, **values: Any) -> Issue:
    """An issue the worker signed for and talked to the firm about."""
    issue, worker = given(cast, flow, at, **values), Actor.of(cast.worker)
    handling.sign(issue, worker, at)
    handling.start(issue, worker, at, "55550101")
    return issue


def proposed(cast: Cast, flow: str = "standard", at: datetime = MONDAY, **values: Any) -> Issue:
    """An issue the worker says is done, with a visit to show it."""
    issue = begun(cast, flow, at, **values)
    handling.propose(issue, Actor.of(cast.worker), at, ProposeInput("已借到设备", visit_ids=[evidence(cast, at)]))
    return issue


def evidence(cast: Cast, at: datetime = MONDAY) -> int:
    """The id of a visit to the firm that shows something."""
    return make_visit(cast.firm, visit_on=min(clock.local(at).date(), clock.today())).id


def asked(cast: Cast, flow: str = "standard", at: datetime = MONDAY, **values: Any) -> tuple[Issue, Link, str]:
    """An issue whose firm has a link to confirm it, with the link and its secret."""
    issue = proposed(cast, flow, at, **values)
    link, token = firm_word.send_link(issue, Actor.of(cast.caller), at)
    return issue, link, token


def reviewed(cast: Cast, flow: str = "standard", at: datetime = MONDAY, solved: str = "yes", **values: Any) -> Issue:
    """An issue the firm has answered, waiting for the review."""
    issue, link, _ = asked(cast, flow, at, **values)
    firm_word.answer_by_link(issue, Actor.firm(link), at, solved, 5)
    return issue


def closed(cast: Cast, flow: str = "standard", at: datetime = MONDAY, **values: Any) -> Issue:
    """An issue that is struck off."""
    issue = reviewed(cast, flow, at, **values)
    closing.close(issue, Actor.of(cast.manager), at, CloseInput())
    return issue


def parked(cast: Cast, at: datetime = MONDAY, until: date | None = None) -> Issue:
    """An issue that waits for its conditions."""
    issue = begun(cast, "standard", at)
    deciding.park(issue, Actor.of(cast.manager), at, "等土地指标", until or clock.local(at).date() + timedelta(days=20))
    return issue


def unanswered(cast: Cast, flow: str = "standard", at: datetime = MONDAY) -> tuple[Issue, datetime]:
    """An issue whose firm was phoned in vain three times, and the moment of the last call."""
    issue, _, _ = asked(cast, flow, at)
    when = at + timedelta(days=29)
    for _ in range(3):
        when = next_working_day(when)
        firm_word.log_call(issue, Actor.of(cast.caller), when, CallInput(words="无人接听"))
        when += timedelta(days=1)
    return issue, when - timedelta(days=1)


def next_working_day(at: datetime) -> datetime:
    """The same hour of this day or the next one worked."""
    from models.issue import clocks

    day = clock.local(at).date()
    return at + (clocks.load().workdays.on_or_after(day) - day)


def trace(issue: Issue) -> list[str]:
    """The events of an issue in order."""
    return [move.event for move in IssueMove.list_of(issue.id)]
