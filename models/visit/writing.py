"""The one place that writes visits from what somebody typed: a page and a phone end here. The caller commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, insert, select

from models import change_log
from models.base import db
from models.campaign import Campaign
from models.errors import Conflict, Refused
from models.firm.record import Firm
from models.opinion import Opinion
from models.plan import tick_off, untick
from models.promise import Promise
from models.rules.visit_body import BadBody, Draft, canonical
from models.unit import unit_ids_on
from models.user import User
from models.visit.body import body_of
from models.visit.demands import VisitDemand
from models.visit.kinds import Choice, Service, VisitKind
from models.visit.photos import VisitPhoto
from models.visit.receipts import VisitVersion
from models.visit.record import Visit, VisitCompanion, VisitOfficer

Row = TypeVar("Row", bound=Choice)
#: Firms merged one after another are followed this far.
MERGES_FOLLOWED = 5


@dataclass(frozen=True)
class Found:
    """The rows that a draft names by their identifiers."""

    firm: Firm
    kind: VisitKind
    campaign: Campaign | None
    officers: Sequence[int]
    units: dict[int, int]
    purposes: Sequence[Service]
    services: Sequence[Service]


def resolve(user: User, draft: Draft, held: Visit | None = None) -> Found:
    """What the draft points to, as far as this person may see and choose it; what `held` has already may stay.

    Raises BadBody naming each field that points nowhere. A fixed number of statements.
    """
    faults: dict[str, str] = {}
    firm = _firm(user, draft.firm_id)
    if firm is None:
        faults["firm_id"] = "没有这家企业，或不在您能看到的范围，请重新选企业"
    kind = db.session.scalar(select(VisitKind).where(VisitKind.key == draft.kind))
    if kind is None:
        faults["kind"] = "没有这种走访方式，请重新选"
    campaign = None
    if draft.campaign:
        campaign = db.session.scalar(select(Campaign).where(Campaign.key == draft.campaign))
        if campaign is None:
            faults["campaign"] = "没有这个专项行动，请重新选"
    keys = {*draft.purposes, *draft.services}
    rows = db.session.scalars(select(Service).where(Service.key.in_(keys)).order_by(Service.id)) if keys else ()
    services = {row.key: row for row in rows}
    for name, chosen in (("purposes", draft.purposes), ("services", draft.services)):
        if any(key not in services for key in chosen):
            faults[name] = "有一项已经没有了，请重新选"
    officers, people = list(draft.officers), _people(draft, user)
    if not officers and not (held and held.recorded_by_text):
        officers = [user.id]
    before = {row.user_id for row in held.officers} if held else set()
    if any(user_id not in people and user_id not in before for user_id in officers):
        faults["officers"] = "有一位走访人员已停用或没有账号，请重新选"
    if any(person_id and person_id not in people for _, person_id, _ in draft.promises):
        faults["promises"] = "答复人已停用或没有账号，请重新选"
    if faults or firm is None or kind is None:
        raise BadBody(faults)
    units = unit_ids_on(officers, draft.visit_on)
    return Found(firm, kind, campaign, officers, units, _chosen(services, draft.purposes),
                 _chosen(services, draft.services))  # fmt: skip


def create(
    user: User, draft: Draft, at: datetime, *, uuid: str | None = None, source: str = "form", **values: Any
) -> Visit:
    """A new visit with its demands, promises and announced photos. Raises BadBody; IntegrityError when the UUID exists.

    `values` are further columns of Visit.
    """
    found = resolve(user, draft)
    visit = Visit(
        firm_id=found.firm.id, source=source, created_by_id=user.id, created_at=draft.written_at or at,
        received_at=at, **({"uuid": uuid} if uuid else {}), **values,
    )  # fmt: skip
    _fill(visit, draft, found)
    db.session.add(visit)
    db.session.flush()
    _add_parts(visit, draft, user, at, new=True)
    if found.kind.counts:
        tick_off(visit, found.officers)
    db.session.flush()
    return visit


def correct(visit: Visit, user: User, draft: Draft, at: datetime, version: int, reason: str = "") -> bool:
    """Write the draft over the visit; what it said before is kept. Whether anything changed.

    Demands and promises that are there stay; those the draft has beside them are added. Raises BadBody, and Conflict
    when the visit is no longer the version that was read.
    """
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，不能再改")
    if visit.version != version:
        raise Conflict("这次走访刚被别人改过，请核对后再存")
    found = resolve(user, draft, visit)
    before = body_of(visit)
    with db.session.no_autoflush:
        _fill(visit, draft, found)
        if visit.firm_id != found.firm.id:
            visit.firm_id, visit.firm = found.firm.id, found.firm
            for demand in VisitDemand.list_of(visit.id):
                demand.firm_id = found.firm.id
            for promise in Promise.list_of(visit.id):
                promise.firm_id = found.firm.id
            for opinion in Opinion.list_of(visit.id):
                opinion.firm_id = found.firm.id
        _add_parts(visit, draft, user, at, new=False)
        db.session.flush()
        db.session.expire(visit, ["companions"])
    if body_of(visit) == before:
        return False
    db.session.add(
        VisitVersion(
            visit_id=visit.id,
            version=version,
            body=canonical(before),
            reason=reason.strip(),
            replaced_by_id=user.id,
            replaced_at=at,
        )
    )
    visit.version = version + 1
    untick(visit.id)
    if found.kind.counts:
        tick_off(visit, found.officers)
    db.session.flush()
    return True


def add_demand(visit: Visit, words: str, category: str, at: datetime) -> VisitDemand:
    """One more thing the firm asked for; the caller commits. Refused for a visit that was taken back."""
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，不能再加")
    position = len(VisitDemand.list_of(visit.id))
    row = VisitDemand(visit_id=visit.id, firm_id=visit.firm_id, words=words.strip(), category=category.strip(),
                      position=position, created_at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def withdraw(visit: Visit, by: User, at: datetime, reason: str) -> None:
    """Take a visit back: it counts nowhere, its open promises are dropped with it. Refused without a reason, or twice.

    Nothing is deleted; the record says who took it back and why.
    """
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已经撤回")
    if not reason.strip():
        raise Refused("请写撤回的原因")
    if any(row.state == "raised" for row in VisitDemand.list_of(visit.id)):
        raise Refused("这次走访的诉求已立为问题，不能撤回")
    visit.withdrawn_at, visit.withdrawn_by_id, visit.withdrawn_reason = at, by.id, reason.strip()
    visit.version += 1
    untick(visit.id)
    for promise in Promise.list_of(visit.id):
        if promise.is_open:
            promise.drop(f"走访已撤回：{reason.strip()}", by, max(promise.made_on, visit.visit_on))
    db.session.flush()


def list_twins(user: User, firm_id: int, visit_on: Any, officers: Iterable[int], but: int | None = None) -> list[Visit]:
    """Visits this person may see to the same firm on the same day by one of the same officers."""
    there = select(VisitOfficer.visit_id).where(VisitOfficer.user_id.in_(list(officers)))
    query = Visit.visible_to(user).where(
        Visit.firm_id == firm_id, Visit.visit_on == visit_on, Visit.counted(), Visit.id.in_(there)
    )
    if but is not None:
        query = query.where(Visit.id != but)
    return list(db.session.scalars(query.order_by(Visit.id)))


def _firm(user: User, firm_id: int) -> Firm | None:
    """The firm, or the one it was merged into since a phone learned its number."""
    for _ in range(MERGES_FOLLOWED):
        firm = db.session.scalar(Firm.visible_to(user).where(Firm.id == firm_id))
        if firm is not None:
            return firm
        merged = db.session.scalar(select(Firm.merged_into_id).where(Firm.id == firm_id))
        if merged is None:
            return None
        firm_id = merged
    return None


def _people(draft: Draft, user: User) -> set[int]:
    """Who of those named can be named: people with an account that is in use."""
    ids = {*draft.officers, *(person_id for _, person_id, _ in draft.promises if person_id)} - {user.id}
    if not ids:
        return {user.id}
    return {user.id, *db.session.scalars(select(User.id).where(User.id.in_(ids), User.active).order_by(User.id))}


def _chosen(rows: dict[str, Row], keys: Iterable[str]) -> list[Row]:
    return [rows[key] for key in keys]


def _fill(visit: Visit, draft: Draft, found: Found) -> None:
    """Set what the draft says; lists change only where they differ, so that the log tells what changed."""
    for name in ("visit_on", "start_time", "place", "text", "answer", "next_step"):
        setattr(visit, name, getattr(draft, name))
    visit.kind_id, visit.kind = found.kind.id, found.kind
    visit.campaign_id, visit.campaign = found.campaign.id if found.campaign else None, found.campaign
    visit.purposes, visit.services = list(found.purposes), list(found.services)
    held = {row.user_id: row for row in visit.officers}
    visit.officers = [held.get(user_id) or VisitOfficer(user_id=user_id) for user_id in found.officers]
    for row in visit.officers:
        row.unit_id = found.units.get(row.user_id)


def _add_parts(visit: Visit, draft: Draft, user: User, at: datetime, *, new: bool) -> None:
    """Companions, demands, promises and announced photos of the draft that the visit does not have yet."""
    demands = set() if new else {(row.words, row.category) for row in VisitDemand.list_of(visit.id)}
    promises = set() if new else {(row.words, row.due_on) for row in Promise.list_of(visit.id)}
    photos = set() if new else {row.sha256 for row in VisitPhoto.list_of(visit.id)}
    company = {(row.kind, row.name, row.organisation): row for row in visit.companions} if not new else {}
    for gone in set(company) - set(draft.companions):
        visit.companions.remove(company[gone])
    rows: list[dict[str, Any]] = [
        {"visit_id": visit.id, "kind": kind, "name": name, "organisation": organisation}
        for kind, name, organisation in draft.companions
        if (kind, name, organisation) not in company
    ]
    _add(VisitCompanion, visit, rows)
    both = {"visit_id": visit.id, "firm_id": visit.firm_id, "created_at": at}
    rows = [
        {**both, "words": words, "category": category, "position": len(demands) + place}
        for place, (words, category) in enumerate(each for each in draft.demands if each not in demands)
    ]
    _add(VisitDemand, visit, rows)
    rows = [
        {**both, "words": words, "person_id": person_id or user.id, "due_on": due_on, "created_by_id": user.id}
        for words, person_id, due_on in draft.promises
        if (words, due_on) not in promises
    ]
    _add(Promise, visit, rows)
    rows = [
        {"visit_id": visit.id, "sha256": sha256, "caption": caption, "position": len(photos) + place,
         "created_by_id": user.id, "created_at": at}
        for place, (sha256, caption) in enumerate(each for each in draft.photos if each[0] not in photos)
    ]  # fmt: skip
    _add(VisitPhoto, visit, rows)


def _add(model: Any, visit: Visit, rows: list[dict[str, Any]]) -> None:
    """Add rows of a visit and their entries in the change log, in as many statements for thirty as for one."""
    if not rows:
        return
    last = db.session.scalar(select(func.coalesce(func.max(model.id), 0)).where(model.visit_id == visit.id)) or 0
    db.session.execute(insert(model.__table__), rows)
    new = select(model.id).where(model.visit_id == visit.id, model.id > last).order_by(model.id)
    logged = {"act": "created", "table_name": model.__tablename__}
    owner = visit.firm_id if change_log.LOGGED[model.__tablename__] else None
    change_log.write([change_log.entry(row_id=row_id, firm_id=owner, **logged) for row_id in db.session.scalars(new)])
