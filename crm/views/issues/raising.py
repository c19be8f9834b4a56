"""登记: from a firm, a visit or a demand heard there; kept by the raiser, given to the office, or solved on the spot,
each in one act. Open issues of the same firm are shown first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues import delivery, evidence
from crm.views.issues.base import bp
from forms.issue import MORE, RaiseForm, whole
from models import clock
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.issue import Issue
from models.issue.acts import firm_word, handling, raising
from models.issue.acts.actor import Actor
from models.issue.acts.handling import ProposeInput
from models.issue.acts.raising import RaiseInput
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.recent import visits_to
from models.issue.sheet import chips_of
from models.rules import issue_topic
from models.rules.similar import ALIKE, alike
from models.rules.visit_body import clean_uuid
from models.visit import Visit, VisitDemand
from models.visit.recent import recent_firms

Answer = str | Response | tuple[str, int]
FOUND = 10
#: What the three buttons of the form mean.
MINE, DESK, SPOT = "mine", "desk", "spot"


@dataclass(frozen=True)
class Source:
    """Where an issue comes from: always a firm, a visit or a demand beside it."""

    firm: Firm
    visit: Visit | None = None
    demand: VisitDemand | None = None


@bp.route("/new", methods=["GET", "POST"])
@needs("issues.raise")
def new() -> Answer:
    """A new issue: first the firm (from where the person comes, or found here), then words and topic."""
    source = _source()
    if source is None:
        return _choose_firm()
    form = _form(source)
    alike_ones: list[Issue] = []
    # Read before anything is refused: a rollback forgets what was read.
    way = request.form.get("way", "")
    if form.validate_on_submit():
        alike_ones = [] if form.anyway.data else _alike(source.firm.id, form)
        if not alike_ones:
            try:
                return _raised(source, form, way)
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(str(error))
                source = _source() or source
    similar = raising.similar_open(g.user, source.firm.id, form.words.data or "", _topic(form))
    today = clock.today()
    page = render_template(
        "issues/new.html", form=form, source=source, similar=similar, alike_ones=alike_ones, more=MORE, way=way,
        chips={issue.id: chips_of(issue, today) for issue in similar}, own_unit=_own_unit(),
        address=url_for(".new", **_address(source)),
    )  # fmt: skip
    return (page, 422) if request.method == "POST" else page


def _own_unit() -> bool:
    """Whether this person belongs to a unit, without which nobody keeps an issue."""
    return bool(Actor.of(g.user).unit_ids(clock.today()))


def _source() -> Source | None:
    """The demand, visit or firm in the address, as this person may see it."""
    demand_id, visit_id, firm_id = (whole(request.args.get(name)) for name in ("demand", "visit", "firm"))
    if demand_id is not None:
        demand = VisitDemand.get_for(g.user, demand_id)
        return Source(demand.firm, demand.visit, demand)
    if visit_id is not None:
        visit = Visit.get_for(g.user, visit_id)
        return Source(visit.firm, visit)
    return Source(Firm.get_for(g.user, firm_id)) if firm_id is not None else None


def _address(source: Source) -> dict[str, Any]:
    if source.demand is not None:
        return {"demand": source.demand.id}
    return {"visit": source.visit.id} if source.visit is not None else {"firm": source.firm.id}


def _choose_firm() -> str:
    wanted = request.args.get("q", "").strip()[:100]
    found = Listing(g.user, FirmFilter(q=wanted), clock.today()).page(1, FOUND) if wanted else []
    return render_template("issues/choose.html", wanted=wanted, found=found, recent=recent_firms(g.user))


def _form(source: Source) -> RaiseForm:
    """The form with what may be chosen, and what the source says filled in."""
    topics, demand, visit = IssueTopic.list_active(), source.demand, source.visit
    key = issue_topic.guess(demand.category, demand.words) if demand else ""
    visits = visits_to(g.user, source.firm.id, visit.id if visit else None)
    return RaiseForm(
        clock.today(), topics, IssueClass.list_active(), visits,
        data={
            "uuid": str(uuid4()), "words": demand.words if demand else "", "kind": "problem",
            "topic_id": next((row.id for row in topics if row.key == key), None),
            "channel": "visit" if visit else "phone", "visit_id": visit.id if visit else None,
            "raised_on": visit.visit_on if visit else clock.today(),
        },
    )  # fmt: skip


def _topic(form: RaiseForm) -> IssueTopic | None:
    return db.session.get(IssueTopic, form.topic_id.data) if form.topic_id.data else None


def _alike(firm_id: int, form: RaiseForm) -> list[Issue]:
    """Open issues whose words are so alike that this may be one of them."""
    found = raising.similar_open(g.user, firm_id, form.words.data, _topic(form))
    sent = clean_uuid(form.uuid.data or "")
    return [row for row in found if row.uuid != sent and alike(row.words, form.words.data) >= ALIKE]


def _raised(source: Source, form: RaiseForm, way: str) -> Response:
    at, actor = clock.now(), Actor.of(g.user, address=request.remote_addr or "")
    said = _said(source, form, by_myself=way in (MINE, SPOT))
    if way == SPOT:
        issue = _solved(actor, at, said, form.result.data or "", form.files.data)
    else:
        issue = raising.raise_issue(actor, at, said)
    issue_id, number = issue.id, issue.number
    db.session.commit()
    told = {MINE: "已登记，由您办理", SPOT: "已登记并申请办结，等企业确认"}.get(way, "已登记，等综合科受理、交办")
    flash(f"{number} {told}。", "success")
    return redirect(url_for(".show", issue_id=issue_id))


def _said(source: Source, form: RaiseForm, by_myself: bool) -> RaiseInput:
    visit = source.visit
    if form.channel.data == "visit" and (visit is None or visit.id != form.visit_id.data):
        visit = Visit.get_for(g.user, form.visit_id.data)
    demand = source.demand
    imported = demand is not None and demand.import_row_id is not None
    return RaiseInput(
        source.firm, form.words.data, IssueTopic.get(form.topic_id.data), "import" if imported else form.channel.data,
        form.kind.data or "problem", form.title.data or "", form.raised_on.data,
        visit if form.channel.data == "visit" or demand else None, demand,
        class_=IssueClass.get(form.class_id.data) if form.class_id.data else None, by_myself=by_myself,
        uuid=clean_uuid(form.uuid.data or "") or None, import_row_id=demand.import_row_id if demand else None,
    )  # fmt: skip


def _solved(actor: Actor, at: datetime, said: RaiseInput, result: str, files: Sequence[Any]) -> Issue:
    """Solved on the spot: raised, its evidence put to it, proposed as done, and the firm asked, in one transaction."""
    if not result.strip():
        raise Refused("当场解决的，请写怎么解决的")
    if said.uuid and db.session.query(Issue.id).filter_by(uuid=said.uuid).first():
        return raising.raise_issue(actor, at, said)
    kept = evidence.keep(None, files, at)
    if said.visit is None and not kept:
        raise Refused("当场解决的，要附一份佐证材料，或选是哪一次走访")
    issue = raising.raise_issue(actor, at, RaiseInput(**{**said.__dict__, "by_myself": True}))
    for stored, small in kept:
        handling.attach(issue, actor, at, file=stored, thumbnail=small)
    done = ProposeInput(result, visit_ids=[said.visit.id] if said.visit else [])
    firm_word.propose_and_ask(issue, actor, at, done, delivery.deliver)
    return issue
