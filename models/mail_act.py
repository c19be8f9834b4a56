"""One step of one's own work, done from a mail: a link for one person, one act and one record, good once in a week.

Opening it shows what it is about and changes nothing, so that a scanner of links does no harm; the act is a post. It
may do no more than its person may when it is done: rights are asked again at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import insert

from models import unit
from models.base import db
from models.errors import NotFound
from models.issue import Issue
from models.issue.acts import handling
from models.issue.acts.actor import Actor
from models.issue.parts import IssueAssignment
from models.link import Link
from models.plan import PlanLine
from models.promise import Promise
from models.promise_list import may_settle
from models.rules.mail_act import ACTS, Wanted
from models.user import User
from models.user_session import hash_of

PURPOSE = "mail_act"
GOOD_FOR = timedelta(days=7)
#: Whose table a kind of act is about.
TABLES: dict[str, type[Issue] | type[Promise] | type[PlanLine]] = {"issue": Issue, "promise": Promise, "plan": PlanLine}


@dataclass(frozen=True)
class Step:
    """What a link asks for: the act, its person and its record."""

    act: str
    person: User
    record: Issue | Promise | PlanLine

    @property
    def words(self) -> str:
        """What it is about, in a sentence of its own words."""
        if isinstance(self.record, Issue):
            return self.record.title
        return self.record.words if isinstance(self.record, Promise) else self.record.what or "走访"

    @property
    def firm(self) -> str:
        """The firm's name; empty for a line of the plan without one."""
        return self.record.firm.name if self.record.firm is not None else ""


def make(wanted: Iterable[Wanted], at: datetime) -> dict[Wanted, str]:
    """A link for each act and the secret of its address. One statement, however many; the caller commits."""
    secrets = {one: token_urlsafe(32) for one in wanted}
    rows = [
        {"purpose": PURPOSE, "subject": one.act, "subject_id": one.record_id, "user_id": one.person_id, "label": "邮件",
         "token_hash": hash_of(token), "expires_at": at + GOOD_FOR, "uses_left": 1, "created_at": at}
        for one, token in secrets.items()
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Link), rows)
    return secrets


def find(link: Link, on: date) -> Step | None:
    """What a link asks for, or None when its person has left or may not do this to that record any more."""
    person = db.session.get(User, link.user_id) if link.user_id is not None else None
    if person is None or not person.active or link.subject not in ACTS:
        return None
    try:
        record = TABLES[link.subject.split(".")[0]].get_for(person, link.subject_id)
    except NotFound:
        return None
    step = Step(link.subject, person, record)
    return step if _may(step, on) else None


def is_done(step: Step) -> bool:
    """Whether there is nothing left to do: the record went on without this link."""
    record = step.record
    if isinstance(record, Issue):
        return record.state != "dispatched" if step.act == "issue.sign" else not record.is_open
    return not record.is_open if isinstance(record, Promise) else record.outcome is not None


def carry_out(step: Step, at: datetime, on: date, words: str = "", day: date | None = None, address: str = "") -> None:
    """Do it as its person. Refused as on the page of the record. The caller spends the link and commits."""
    record = step.record
    if isinstance(record, Issue):
        actor = Actor.of(step.person, "link", address)
        if step.act == "issue.sign":
            handling.sign(record, actor, at)
        else:
            handling.ask_extension(record, actor, at, day or on, words)
    elif isinstance(record, Promise):
        record.keep(words, day or on, step.person, on)
    else:
        record.done(words, on, step.person)


def _may(step: Step, on: date) -> bool:
    away = unit.acted_for(step.person.id, on)
    if isinstance(step.record, Promise):
        return may_settle(step.person, step.record, away)
    if isinstance(step.record, PlanLine):
        return step.record.may_change(step.person)
    query = db.select(IssueAssignment.user_id).where(
        IssueAssignment.issue_id == step.record.id, IssueAssignment.ended_at.is_(None), IssueAssignment.role == "lead"
    )
    return db.session.scalar(query) in {step.person.id, *away}
