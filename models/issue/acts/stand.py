"""How somebody stands towards an issue, and the one way in which an issue changes: allowed, changed, written down."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from models import clock, setting
from models.base import db
from models.errors import Refused
from models.issue import clocks
from models.issue.acts.actor import Actor
from models.issue.clocks import Ticks
from models.issue.parts import IssueAssignment
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.link import Link
from models.rules import issue as rules
from models.rules.issue_guards import Facts, check
from models.unit import Unit
from models.user import User

#: Who did one of these handled the issue.
HANDLING = ("start", "reply", "assist_answer", "ask_extension", "propose")
#: A bureau with fewer sections has nobody outside the handling unit.
FEW_UNITS = 3
#: Purposes of links: the firm's opens the issue, a handler's opens one unit's part in it.
FIRM_LINK, HANDLER_LINK = "issue_firm", "issue_handler"


@dataclass(frozen=True)
class Stand:
    """Somebody before an issue at a moment: what they are towards it, and its parts."""

    issue: Issue
    actor: Actor
    at: datetime
    on: date
    ticks: Ticks
    #: The parts that run: one lead once it is dispatched, assisting units besides.
    parts: Sequence[IssueAssignment]
    who: frozenset[str]

    @property
    def flow(self) -> str:
        """The flow of the issue."""
        return clocks.flow_of(self.issue)

    @property
    def lead(self) -> IssueAssignment | None:
        """The lead's part; None before 交办."""
        return next((part for part in self.parts if part.role == "lead"), None)

    @property
    def permissions(self) -> frozenset[str]:
        """What the actor may do anywhere."""
        return self.actor.permissions

    def choices(self) -> rules.Choices:
        """What the actor may do with the issue as it stands; guards may still refuse it."""
        return rules.choices(self.issue.state, self.flow, self.who, self.permissions)


def stand(issue: Issue, actor: Actor, at: datetime) -> Stand:
    """How this actor stands towards the issue at a moment. A fixed number of statements."""
    on = clock.local(at).date()
    query = select(IssueAssignment).where(IssueAssignment.issue_id == issue.id).order_by(IssueAssignment.id)
    everything = list(db.session.scalars(query))
    parts = [part for part in everything if part.ended_at is None]
    return Stand(issue, actor, at, on, clocks.load(), parts, _who(issue, actor, on, everything, parts))


def choices_for(issue: Issue, user: User, at: datetime) -> rules.Choices:
    """What this person may do with an issue now: what its page offers."""
    return stand(issue, Actor.of(user), at).choices()


def _who(
    issue: Issue, actor: Actor, on: date, everything: Sequence[IssueAssignment], parts: Sequence[IssueAssignment]
) -> frozenset[str]:
    mine = [part.role for part in parts if actor.holds(part, on)]
    if actor.user is None:
        return rules.relations(
            rules.Towards(None, as_firm=actor.is_firm, as_job=actor.is_job, as_handler="lead" in mine,
                          as_assistant="assist" in mine)
        )  # fmt: skip
    me = frozenset({actor.user.id})
    return rules.relations(
        rules.Towards(
            actor.user.id,
            unit_ids=actor.unit_ids(on),
            raised_by_id=issue.raised_by_id,
            handler_ids=me if "lead" in mine else frozenset(),
            assistant_ids=me if "assist" in mine else frozenset(),
            handled_by_ids=_handled_by(issue) | {part.user_id for part in parts if part.user_id is not None},
            handling_unit_ids=frozenset(
                part.unit_id for part in everything if part.ended_at is None or part.signed_at is not None
            ),
            persons_suffice=persons_suffice(),
        )
    )


def _handled_by(issue: Issue) -> frozenset[int]:
    query = select(IssueMove.by_id).where(
        IssueMove.issue_id == issue.id, IssueMove.event.in_(HANDLING), IssueMove.by_id.is_not(None)
    )
    return frozenset(by_id for by_id in db.session.scalars(query.distinct()) if by_id is not None)


def persons_suffice() -> bool:
    """Whether another person of the handling unit may call or review: where the setting says so, or where the bureau
    has fewer than three sections."""
    said = setting.get("issue_outside")
    if said != "auto":
        return said == "person"
    query = select(func.count()).select_from(Unit).where(Unit.kind == "section", Unit.closed_on.is_(None))
    return (db.session.scalar(query) or 0) < FEW_UNITS


@dataclass
class Step:
    """An allowed event, to be written once the issue is changed."""

    stand: Stand
    event: str
    new: str
    due_before: date | None
    words: str
    #: Columns that the database checks together with the state; set with it.
    values: dict[str, Any] = field(default_factory=dict)

    def write(
        self, words: str | None = None, unit_id: int | None = None, person_id: int | None = None, **values: Any
    ) -> IssueMove:
        """Set the state and these columns of the issue, refresh what follows from its dates, and leave the trace."""
        issue, actor = self.stand.issue, self.stand.actor
        old = issue.state
        with db.session.no_autoflush:
            for name, value in values.items():
                setattr(issue, name, value)
            issue.state = self.new
            if self.new in rules.ENDED and self.new != "closed_out":
                issue.ended_on, issue.end_reason = self.stand.on, self.words
            clocks.refresh(issue, self.stand.ticks, self._silent())
            move = IssueMove(
                issue_id=issue.id, event=self.event, from_state=None if self.event == "raise" else old,
                to_state=self.new, round=issue.round, at=self.stand.at, moved_on=self.stand.on, by_id=actor.user_id,
                by_label=actor.label, via=actor.via, words=self.words if words is None else words.strip(),
                unit_id=unit_id, person_id=person_id, due_before=self.due_before, due_after=issue.due_on,
            )  # fmt: skip
            db.session.add(move)
        db.session.flush()
        if self.new in rules.ENDED:
            revoke_links(issue.id, self.stand.at)
        return move

    def _silent(self) -> bool:
        lead = self.stand.lead
        return lead is not None and lead.signed_by_silence


def allow(here: Stand, event: str, new: str | None = None, words: str = "", **facts: Any) -> Step:
    """The step, when the table and its guard let this actor take it now; `new` is the state it leads to, None when it
    changes none. Raises Refused with words that say why and what to do."""
    issue = here.issue
    try:
        if new is None:
            rules.check_step(event, issue.state, here.flow, here.who, here.permissions)
        else:
            rules.check_move(issue.state, new, here.flow, here.who, here.permissions, event)
    except rules.MoveRefused as refused:
        raise Refused(str(refused)) from refused
    return agreed(here, event, new, words, **facts)


def agreed(here: Stand, event: str, new: str | None = None, words: str = "", **facts: Any) -> Step:
    """The step of an event that somebody else's allowed act brings with it: the guard is asked, the table is not."""
    refusal = check(event, Facts(on=here.on, flow=here.flow, words=words, **facts))
    if refusal:
        raise Refused(refusal)
    return Step(here, event, new or here.issue.state, here.issue.due_on, words.strip())


@contextmanager
def whole(issue: Issue) -> Iterator[None]:
    """An act of several steps: when one is refused, none has happened and the issue stands as before."""
    nested = db.session.begin_nested()
    try:
        yield
    except Refused:
        nested.rollback()
        db.session.refresh(issue)
        raise
    nested.commit()


def revoke_links(issue_id: int, at: datetime, *, firm: bool = True, handlers: bool = True) -> None:
    """End the links of an issue that are still open: the firm's, those of handlers, or both."""
    if firm:
        _revoke(Link.purpose == FIRM_LINK, Link.subject == "issue", Link.subject_id == issue_id, at=at)
    if handlers:
        parts = select(IssueAssignment.id).where(IssueAssignment.issue_id == issue_id)
        _revoke(Link.purpose == HANDLER_LINK, Link.subject == "issue_assignment", Link.subject_id.in_(parts), at=at)


def _revoke(*which: ColumnElement[bool], at: datetime) -> None:
    for link in db.session.scalars(select(Link).where(*which, Link.revoked_at.is_(None)).order_by(Link.id)):
        link.revoke(at)
