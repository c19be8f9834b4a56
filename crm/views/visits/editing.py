"""The form of a visit: new, with photos, and corrected later; both work without script."""

from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import uuid4

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from crm import papers, pictures, web
from crm.access import needs
from crm.views.visits.base import bp
from forms.visit import VisitForm
from models import clock, people, setting
from models.base import db
from models.campaign import Campaign
from models.errors import Conflict, Refused
from models.firm import Firm
from models.firm.choices import CARING_ROLES
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.plan import week
from models.rules import visit_body
from models.rules.visit_body import BadBody, Draft
from models.team import Team
from models.user import User
from models.visit import Service, Visit, VisitKind, burden, photos, writing
from models.visit.editing import check_may_change
from models.visit.recent import recent_firms

Answer = str | Response | tuple[str, int]
FOUND = 10
#: Fields of a body and where the form says what is wrong with them.
FIELD_OF = {"promises": "promise", "firm_id": None, "demands": "demand"}


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.edit")
def new() -> Answer:
    """A new visit: first the firm, then the shortest form that can be saved."""
    today = clock.today()
    firm = _chosen_firm()
    if firm is None:
        return _choose_firm(today)
    firm_id = firm.id
    form = _form(data={"uuid": str(uuid4()), "visit_on": web.query_day("on") or today, "officers": [g.user.id],
                       "kind": VisitKind.default().key, "campaign": "", "promise_person": g.user.id,
                       "team": request.args.get("team", 0, type=int)})  # fmt: skip
    twins: list[Visit] = []
    if form.validate_on_submit():
        draft = form.draft(firm_id)
        twins = [] if form.anyway.data else _twins(firm_id, draft)
        uuid = visit_body.clean_uuid(form.uuid.data or "") or str(uuid4())
        before = Visit.find_by_uuid(uuid)
        if before is not None:
            # The same form sent twice: what it made is there.
            return redirect(url_for(".show", visit_id=before.id))
        if not twins:
            try:
                return _created(draft, uuid, pictures_of(form.photos.data), form.team.data if form.team else None)
            except (BadBody, Refused, IntegrityError) as error:
                db.session.rollback()
                _tell(form, error)
                firm = Firm.get_for(g.user, firm_id)
    page = render_template("visits/new.html", form=form, firm=firm, twins=twins, more=form.more,
                           guard=burden.of(firm_id, today))  # fmt: skip
    return (page, 422) if request.method == "POST" else page


@bp.route("/<int:visit_id>/edit", methods=["GET", "POST"])
@needs("visits.edit")
def edit(visit_id: int) -> Answer:
    """Correct a visit; what it said before is kept."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，不能再改")
    form = _form(visit, data=_values(visit))
    version, code = request.form.get("version", "", type=str), 200
    if request.method == "POST":
        code = 422
        if form.validate():
            try:
                held = int(version) if version.isascii() and version.isdigit() else 0
                draft = form.draft(_moved_to() or visit.firm_id)
                changed = writing.correct(visit, g.user, draft, clock.now(), held, form.reason.data or "")
                db.session.commit()
                flash("已更正，原来那份保留在下面。" if changed else "没有改动。", "success")
                return redirect(url_for(".show", visit_id=visit_id))
            except (Conflict, StaleDataError):
                db.session.rollback()
                code, visit = 409, Visit.get_for(g.user, visit_id)
            except (BadBody, Refused) as error:
                db.session.rollback()
                visit = Visit.get_for(g.user, visit_id)
                _tell(form, error)
    page = render_template("visits/edit.html", form=form, visit=visit, more=form.more, meanwhile=code == 409,
                           firm=visit.firm, version=visit.version)  # fmt: skip
    return page if code == 200 else (page, code)


def _twins(firm_id: int, draft: Draft) -> list[Visit]:
    """What may be the same visit, written down before."""
    return writing.list_twins(g.user, firm_id, draft.visit_on, draft.officers or (g.user.id,))


def _created(draft: Draft, uuid: str, taken: Sequence[tuple[str, photos.Picture]], team: int | None) -> Response:
    """Write the visit and its photos in one transaction, and go to its record."""
    now = clock.now()
    visit = writing.create(g.user, draft, now, uuid=uuid, team_id=team or None)
    for sha256, picture in taken:
        photos.keep(visit.id, sha256, picture, g.user, now)
    visit_id = visit.id
    db.session.commit()
    flash("已存这次走访。", "success")
    return redirect(url_for(".show", visit_id=visit_id))


def _chosen_firm() -> Firm | None:
    wanted = request.args.get("firm", "")
    return Firm.get_for(g.user, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None


def _moved_to() -> int | None:
    """Another firm chosen for a visit that was written to the wrong one."""
    firm = _chosen_firm()
    return None if firm is None else firm.id


def _choose_firm(today: Any) -> str:
    wanted = request.args.get("q", "").strip()[:100]
    found = Listing(g.user, FirmFilter(q=wanted), today).page(1, FOUND) if wanted else []
    ids = week.planned_firms(g.user.id, today)
    rows = {firm.id: firm for firm in db.session.scalars(Firm.visible_to(g.user).where(Firm.id.in_(ids)))}
    return render_template("visits/choose.html", wanted=wanted, found=found, recent=recent_firms(g.user),
                           planned=[rows[firm_id] for firm_id in ids if firm_id in rows])  # fmt: skip


def _form(visit: Visit | None = None, **kwargs: Any) -> VisitForm:
    """The form with what may be chosen: rows in use, people, and whatever the visit has already."""
    kinds, services, campaigns = VisitKind.list_active(), Service.list_active(), Campaign.list_active()
    staff: dict[int, User] = {person.id: person for person in people.list_active(CARING_ROLES)}
    staff.setdefault(g.user.id, g.user)
    if visit is not None:
        kinds += [visit.kind] if visit.kind not in kinds else []
        services += [row for row in dict.fromkeys([*visit.purposes, *visit.services]) if row not in services]
        campaigns += [visit.campaign] if visit.campaign and visit.campaign not in campaigns else []
        staff |= {row.user_id: row.user for row in visit.officers}
    ordered = sorted(staff.values(), key=lambda person: (person.id != g.user.id, person.sort_key, person.id))
    teams = Team.list_running(clock.today()) if visit is None else []
    return VisitForm(clock.today(), ordered, kinds, services, campaigns, visit, teams, **kwargs)


def _values(visit: Visit) -> dict[str, Any]:
    lines = {kind: [row for row in visit.companions if row.kind == kind] for kind in ("expert", "department")}
    started = time.fromisoformat(visit.start_time) if visit.start_time else None
    return {
        "visit_on": visit.visit_on, "text": visit.text, "kind": visit.kind.key, "place": visit.place,
        "start_time": started, "officers": [row.user_id for row in visit.officers],
        "experts": "\n".join("，".join(filter(None, (row.name, row.organisation))) for row in lines["expert"]),
        "departments": "\n".join(row.name for row in lines["department"]),
        "purposes": [row.key for row in visit.purposes], "services": [row.key for row in visit.services],
        "campaign": visit.campaign.key if visit.campaign else "", "answer": visit.answer, "next_step": visit.next_step,
    }  # fmt: skip


def pictures_of(files: Sequence[FileStorage]) -> list[tuple[str, photos.Picture]]:
    """The photos that were uploaded, each with the hash of its bytes. Raises Refused naming the first that is none."""
    most, largest = setting.get_int("visit_photos"), setting.get_int("photo_megabytes") * 1024 * 1024
    chosen = [upload for upload in files or () if isinstance(upload, FileStorage) and upload.filename]
    if len(chosen) > most:
        raise Refused(f"一次走访最多 {most} 张照片")
    found: dict[str, photos.Picture] = {}
    for upload in chosen:
        data = upload.read(largest + 1)
        if len(data) > largest:
            raise Refused(f"{upload.filename}：一张照片最大 {largest // 1024 // 1024} MB")
        try:
            found[photos.hash_of(data)] = pictures.taken(data)
        except pictures.NoPicture as error:
            raise Refused(f"{upload.filename}：{error}") from error
    return list(found.items())


def papers_of(files: Sequence[FileStorage]) -> list[tuple[str, str, bytes]]:
    """The papers that were uploaded: name, media type by content, bytes. Raises Refused naming what is none."""
    largest = setting.get_int("photo_megabytes") * 1024 * 1024
    found = []
    for upload in files or ():
        if not isinstance(upload, FileStorage) or not upload.filename:
            continue
        data = upload.read(largest + 1)
        if len(data) > largest:
            raise Refused(f"{upload.filename}：一个附件最大 {largest // 1024 // 1024} MB")
        try:
            found.append((upload.filename, papers.kind_of(data), data))
        except Refused as error:
            raise Refused(f"{upload.filename}：{error}") from error
    return found


def _tell(form: VisitForm, error: Exception) -> None:
    """Put what went wrong to its field; what was typed stays."""
    if isinstance(error, BadBody):
        for name, message in error.faults.items():
            name = name.split(".")[0]
            field = FIELD_OF.get(name, name)
            if field and field in form:
                form[field].errors = [*form[field].errors, message]
            else:
                form.form_errors.append(message)
    elif isinstance(error, Refused):
        form.form_errors.append(str(error))
    else:
        form.form_errors.append("没有存上，请再存一次。")
