"""登记: a firm's problem or demand becomes an issue, with the open ones that may be the same shown first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import clock
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from models.issue.acts.actor import Actor
from models.issue.acts.desk import DispatchInput, give
from models.issue.acts.handling import ProposeInput, begin, propose
from models.issue.acts.stand import Stand, allow, stand
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.record import Issue
from models.rules.issue import ENDED, START
from models.rules.issue_kinds import KINDS
from models.rules.similar import alike
from models.unit import Unit
from models.unit import get as get_unit
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.record import Visit

LONGEST_TITLE = 40
#: Two who raise at the same moment ask for the same number; the second asks again.
TRIES = 5


@dataclass(frozen=True)
class RaiseInput:
    """What raising an issue needs. Rows were read for the person who raises (get_for)."""

    firm: Firm
    words: str
    topic: IssueTopic
    channel: str = "phone"
    kind: str = "problem"
    #: Empty: the beginning of the words.
    title: str = ""
    #: None: today, or the day of the visit.
    raised_on: date | None = None
    visit: Visit | None = None
    demand: VisitDemand | None = None
    contact_id: int | None = None
    class_: IssueClass | None = None
    #: 自办: accept, class, assign and sign in this one act, when the class takes the simple flow.
    by_myself: bool = False
    #: Made by the client: sending twice makes one issue.
    uuid: str | None = None
    import_row_id: int | None = None


def raise_issue(actor: Actor, at: datetime, said: RaiseInput) -> Issue:
    """A new issue; the caller commits. With `by_myself` it is in the raiser's hands at once, by its simple flow.

    Raises Refused in an officer's words.
    """
    sent = db.session.scalar(select(Issue).where(Issue.uuid == said.uuid)) if said.uuid else None
    if sent is not None:
        if sent.firm_id == said.firm.id and sent.raised_by_id == actor.user_id:
            return sent
        raise Refused("这条已经登记过，请刷新后再看")
    _check(said)
    issue = _draft(actor, at, said)
    here = stand(issue, actor, at)
    step = allow(here, "raise", "registered", words=said.words, channel=said.channel, has_visit=said.visit is not None,
                 raised_on=issue.raised_on)  # fmt: skip
    mine = _myself(here, said.class_) if said.by_myself else None
    if said.demand is not None:
        said.demand.move_to("raised", actor.user, at)
    issue.state = "registered"
    _number(issue, at)
    step.write("")
    if mine is not None:
        _take(issue, actor, at, *mine)
    return issue


def similar_open(
    user: User, firm_id: int, words: str = "", topic: IssueTopic | None = None, limit: int = 5
) -> list[Issue]:
    """Open issues of this firm that the person may see, those likely to be the same first: alike in words, then of the
    same topic, then the latest. One statement."""
    query = Issue.visible_to(user).where(Issue.firm_id == firm_id, Issue.state.not_in(ENDED))
    rows = db.session.scalars(query.order_by(Issue.raised_on.desc(), Issue.id.desc()).limit(100))
    topic_id = topic.id if topic else None
    ranked = sorted(rows, key=lambda row: (-round(alike(row.words, words), 1), row.topic_id != topic_id))
    return ranked[:limit]


def from_demand(actor: Actor, at: datetime, demand: VisitDemand, topic: IssueTopic, **values: object) -> Issue:
    """An issue in the words of a demand that was heard at a visit; `values` are further fields of RaiseInput. Taking
    over an open matter of the old visit log is this too. Raises Refused when it was raised before."""
    imported = demand.import_row_id is not None
    said = RaiseInput(demand.firm, demand.words, topic, "import" if imported else "visit", visit=demand.visit,
                      demand=demand, import_row_id=demand.import_row_id)  # fmt: skip
    return raise_issue(actor, at, replace(said, **values))  # type: ignore[arg-type]


def close_as_history(demand: VisitDemand, by: User, at: datetime) -> None:
    """An open matter of the old visit log that was settled before: kept as it stands, in no figure of closing."""
    done = f"（办结日期 {demand.settled_on}）" if demand.settled_on else ""
    demand.move_to("kept", by, at, f"导入前已办结{done}")


def drop(demand: VisitDemand, by: User, at: datetime, reason: str = "") -> None:
    """An open matter of the old visit log that nobody follows any more."""
    demand.move_to("kept", by, at, reason.strip() or "不再办理")


def solved_on_the_spot(
    actor: Actor, at: datetime, said: RaiseInput, result: str, file_ids: Sequence[int] = ()
) -> Issue:
    """An issue that was solved where it was heard: raised and proposed as done in one act; the visit is its evidence.

    The firm's own word and the review are still to come.
    """
    issue = raise_issue(actor, at, replace(said, by_myself=True))
    visits = [said.visit.id] if said.visit else []
    propose(issue, actor, at, ProposeInput(result, visit_ids=visits, file_ids=list(file_ids)))
    return issue


def _check(said: RaiseInput) -> None:
    if said.kind not in KINDS:
        raise Refused("请选是问题还是需求")
    if said.visit is not None and said.visit.firm_id != said.firm.id:
        raise Refused("这次走访不是这家企业的，请重新选")
    if said.visit is not None and said.visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，请选别的走访或改来源")
    if said.demand is not None and said.demand.firm_id != said.firm.id:
        raise Refused("这条诉求不是这家企业的，请重新选")
    if said.class_ is not None and not said.class_.active:
        raise Refused("这个类别已停用，请重新选")


def _draft(actor: Actor, at: datetime, said: RaiseInput) -> Issue:
    """The row, not yet in the session: the class that a self-handled one takes stands already."""
    today = clock.local(at).date()
    raised_on = said.raised_on or (said.visit.visit_on if said.visit else today)
    words = said.words.strip()
    issue = Issue(
        uuid=said.uuid or str(uuid4()), firm_id=said.firm.id, kind=said.kind, topic_id=said.topic.id,
        channel=said.channel, visit_id=said.visit.id if said.visit else None,
        demand_id=said.demand.id if said.demand else None, contact_id=said.contact_id, words=words,
        title=_title(said.title, words), raised_on=raised_on, raised_by_id=actor.user_id, created_at=at,
        import_row_id=said.import_row_id, class_id=said.class_.id if said.class_ else None, state=START,
        round=1, extensions=0, level=0, due_known=True, measures="", park_conditions="", result="", end_reason="",
    )  # fmt: skip
    return issue


def _title(title: str, words: str) -> str:
    if title.strip():
        return title.strip()[:200]
    first = words.splitlines()[0] if words else ""
    return first if len(first) <= LONGEST_TITLE else f"{first[: LONGEST_TITLE - 1]}…"


def _number(issue: Issue, at: datetime) -> None:
    issue.year = clock.local(at).year
    for attempt in range(1, TRIES + 1):
        last = db.session.scalar(select(func.max(Issue.serial)).where(Issue.year == issue.year))
        issue.serial = (last or 0) + 1
        try:
            with db.session.begin_nested():
                db.session.add(issue)
                db.session.flush()
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return


def _myself(here: Stand, class_: IssueClass | None) -> tuple[IssueClass, Unit]:
    """The class and the unit of one who keeps an issue. Raises Refused for another flow, or without a unit."""
    class_ = class_ or _simple_class()
    if class_.flow != "simple":
        raise Refused("只有简易流程的类别可以登记后自办，其他的请由综合科交办")
    units = here.actor.unit_ids(here.on)
    if not units:
        raise Refused("您还没有所属单位，不能自办，请找系统管理员登记单位")
    return class_, get_unit(min(units))


def _take(issue: Issue, actor: Actor, at: datetime, class_: IssueClass, unit: Unit) -> None:
    """Accept, class, assign, sign and begin: what a raiser who does it writes in one act."""
    issue.class_id, issue.class_ = class_.id, class_
    here = stand(issue, actor, at)
    allow(here, "admit", "admitted").write()
    give(issue, actor, at, DispatchInput(unit, class_, user=actor.user), by_raiser=True)
    here = stand(issue, actor, at)
    assert here.lead is not None
    here.lead.signed_at = at
    allow(here, "sign", "signed_for").write(signed_on=here.on)
    begin(stand(issue, actor, at))


def _simple_class() -> IssueClass:
    query = select(IssueClass).where(IssueClass.flow == "simple", IssueClass.active.is_(True))
    found = db.session.scalar(query.order_by(IssueClass.position, IssueClass.id).limit(1))
    if found is None:
        raise Refused("没有简易流程的类别，请选类别")
    return found
