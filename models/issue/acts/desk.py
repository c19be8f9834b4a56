"""The office's desk (调度): accept, class, give to a unit with one named person, give to another, settle objections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from models.base import db
from models.errors import Refused
from models.issue import clocks
from models.issue.acts.actor import Actor
from models.issue.acts.stand import Stand, Step, agreed, allow, revoke_links, stand, whole
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.parts import IssueAssignment
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.unit import Unit
from models.user import User


@dataclass(frozen=True)
class AssistInput:
    """An assisting unit, with its person where one is named."""

    unit: Unit
    user: User | None = None
    outside: OutsideHandler | None = None


@dataclass(frozen=True)
class DispatchInput:
    """To whom an issue is given: one lead unit and one named person; leader and measures where the flow asks."""

    unit: Unit | None
    class_: IssueClass | None = None
    user: User | None = None
    outside: OutsideHandler | None = None
    assists: Sequence[AssistInput] = ()
    leader: User | None = None
    measures: str = ""


def admit(
    issue: Issue, actor: Actor, at: datetime, class_: IssueClass | None = None, topic: IssueTopic | None = None
) -> IssueMove:
    """受理, with its class and topic where they are known by now."""
    step = allow(stand(issue, actor, at), "admit", "admitted")
    _class(issue, class_, topic)
    return step.write()


def decline(issue: Issue, actor: Actor, at: datetime, reason: str) -> IssueMove:
    """不予受理: it ends here, and is no 销号."""
    return allow(stand(issue, actor, at), "decline", "declined", words=reason).write()


def reclass(
    issue: Issue, actor: Actor, at: datetime, class_: IssueClass | None = None, topic: IssueTopic | None = None
) -> IssueMove:
    """Another class or topic, before it is given to a unit."""
    step = allow(stand(issue, actor, at), "reclass")
    _class(issue, class_, topic)
    names = [row.name for row in (class_, topic) if row is not None]
    return step.write("、".join(names))


def dispatch(issue: Issue, actor: Actor, at: datetime, to: DispatchInput) -> IssueMove:
    """交办: the first due date is set for ever. One that was not accepted yet is accepted by the same act."""
    with whole(issue):
        if issue.state == "registered":
            admit(issue, actor, at, to.class_)
        return give(issue, actor, at, to)


def reassign(issue: Issue, actor: Actor, at: datetime, to: DispatchInput, reason: str) -> IssueMove:
    """改派 to another unit or person; the dates stay."""
    here = stand(issue, actor, at)
    step = allow(here, "reassign", "dispatched", words=reason, **_facts(here, to))
    return _hand_over(here, step, to)


def settle_objection(
    issue: Issue, actor: Actor, at: datetime, words: str, to: DispatchInput | None = None
) -> IssueMove:
    """裁定退办: without `to` the unit has to take it, which is final; else it goes to another."""
    here = stand(issue, actor, at)
    lead = here.lead
    mine = lead is not None and actor.holds(lead, here.on)
    step = allow(here, "settle", "dispatched", words=words, objector_is_actor=mine)
    assert lead is not None, "objected issues have a lead"
    if to is not None:
        agreed(here, "dispatch", **_facts(here, to))
    lead.settled_by_id, lead.settled_at, lead.settlement = actor.user_id, at, words.strip()
    if to is not None:
        return _hand_over(here, step, to)
    lead.sign_due_on = here.ticks.due("sign", here.on).on
    return step.write(unit_id=lead.unit_id, person_id=lead.user_id, sign_due_on=lead.sign_due_on)


def give(issue: Issue, actor: Actor, at: datetime, to: DispatchInput, by_raiser: bool = False) -> IssueMove:
    """交办 of an accepted issue; `by_raiser`: the raiser keeps it (自办)."""
    here = stand(issue, actor, at)
    _class(issue, to.class_, None)
    step = allow(here, "dispatch", "dispatched", by_raiser=by_raiser, **_facts(here, to))
    assert issue.class_ is not None
    issue.flow, issue.clock_days = issue.class_.flow, issue.class_.clock_days
    issue.dispatched_on = here.on
    clocks.start_clock(issue, here.on, here.ticks)
    return _hand_over(here, step, to)


@dataclass(frozen=True)
class Suggestion:
    """Somebody who answered for this topic before, and how often."""

    unit_id: int | None
    user_id: int | None
    outside_id: int | None
    number: int


def suggestions(topic_id: int, since: date | None = None, limit: int = 3) -> list[Suggestion]:
    """Who usually answers for a topic, the most frequent first. One statement."""
    who = (Issue.lead_unit_id, Issue.handler_id, Issue.outside_id)
    query = select(*who, func.count()).where(Issue.topic_id == topic_id, Issue.lead_unit_id.is_not(None))
    if since is not None:
        query = query.where(Issue.raised_on >= since)
    query = query.group_by(*who).order_by(func.count().desc(), *who).limit(limit)
    return [Suggestion(*row) for row in db.session.execute(query)]


def _class(issue: Issue, class_: IssueClass | None, topic: IssueTopic | None) -> None:
    if class_ is not None:
        if not class_.active and class_.id != issue.class_id:
            raise Refused("这个类别已停用，请重新选")
        issue.class_id, issue.class_ = class_.id, class_
    if topic is not None:
        issue.topic_id, issue.topic = topic.id, topic


def _facts(here: Stand, to: DispatchInput) -> dict[str, Any]:
    """What the guard of 交办 asks. Raises Refused for a person who cannot be given anything."""
    unit, issue = to.unit, here.issue
    _check_person(to)
    for part in to.assists:
        _check_person(part)
    return {
        "has_class": issue.class_id is not None,
        "has_unit": unit is not None,
        "lead_persons": sum(person is not None for person in (to.user, to.outside)),
        "lead_unit_closed": unit is not None and unit.closed_on is not None,
        "lead_unit_id": unit.id if unit else None,
        "assisting_units": tuple(part.unit.id for part in to.assists),
        "has_leader": to.leader is not None or issue.leader_id is not None,
        "has_measures": bool(to.measures.strip() or issue.measures),
        "lead_is_actor": to.user is not None and to.user is here.actor.user,
    }


def _check_person(part: DispatchInput | AssistInput) -> None:
    if part.user is not None and not part.user.active:
        raise Refused(f"{part.user.name}的账号已停用，请换一位责任人")
    if part.user is not None and "issues.handle" not in part.user.permissions:
        raise Refused(f"{part.user.name}的账号不能办理问题，请换一位责任人")
    if part.outside is not None and not part.outside.active:
        raise Refused(f"{part.outside.name}已停用，请换一位责任人")
    if part.outside is not None and part.unit is not None and part.outside.unit_id != part.unit.id:
        raise Refused(f"{part.outside.name}不是{part.unit.name}的人，请重新选")


def _hand_over(here: Stand, step: Step, to: DispatchInput) -> IssueMove:
    """End the parts that run, and begin the new ones."""
    issue, unit = here.issue, to.unit
    assert unit is not None
    for part in here.parts:
        part.ended_at = here.at
    if here.parts:
        revoke_links(issue.id, here.at, firm=False)
    if to.leader is not None:
        issue.leader_id = to.leader.id
    issue.measures = to.measures.strip() or issue.measures
    with db.session.no_autoflush:
        sign_due = here.ticks.due("sign", here.on)
        lead = _part(here, "lead", to, unit, issue.due_on)
        assist_due = here.ticks.due("assist", here.on).on
        parts = [lead, *(_part(here, "assist", other, other.unit, assist_due) for other in to.assists)]
        issue.lead_unit_id, issue.next_reply_on = unit.id, None
        issue.handler_id = to.user.id if to.user else None
        issue.outside_id = to.outside.id if to.outside else None
    db.session.flush()
    db.session.add_all(parts)
    return step.write(unit_id=unit.id, person_id=issue.handler_id, sign_due_on=sign_due.on, signed_on=None)


def _part(here: Stand, role: str, who: DispatchInput | AssistInput, unit: Unit, due_on: date | None) -> IssueAssignment:
    return IssueAssignment(
        issue_id=here.issue.id, round=here.issue.round, role=role, unit_id=unit.id,
        user_id=who.user.id if who.user else None, outside_id=who.outside.id if who.outside else None,
        assigned_by_id=here.actor.user_id, assigned_at=here.at, assigned_on=here.on,
        sign_due_on=here.ticks.due("sign", here.on).on, due_on=due_on,
    )  # fmt: skip
