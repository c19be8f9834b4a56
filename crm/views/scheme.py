"""联系制度: each officer's standing contacts, what is overdue, who lacks what; handed over with the history kept."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from forms.scheme import EndContactForm, HandOverForm, SchemeContactForm, SchemeKindForm, TouchForm
from models import clock, people
from models.area import Area, list_tree
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.choices import CARING_ROLES, Choices
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.rules.scheme import SUBJECTS
from models.scheme import SchemeContact, SchemeKind, SchemeTouch
from models.scheme.listing import STATES, SchemeFilter, coverage, look, standings
from models.user import User
from models.visit.filters import NONE

bp = Blueprint("scheme", __name__, url_prefix="/scheme")
Answer = str | Response | tuple[str, int]
FOUND = 10
Form = TouchForm | HandOverForm | EndContactForm


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """My contacts, or anybody's, with the last contact and what is overdue."""
    narrowed, today = SchemeFilter.parse(request.args), clock.today()
    return render_template("scheme/index.html", f=narrowed, rows=look(g.user, narrowed, today), states=STATES,
                           kinds=SchemeKind.list_all(), choices=Choices.load(), nobody=NONE)  # fmt: skip


@bp.get("/coverage")
@needs("visits.view")
def matrix() -> str:
    """Officers × kinds: empty cells and overdue counts; each number opens into its rows."""
    found = coverage(g.user, Choices.load().officer, clock.today())
    return render_template("scheme/coverage.html", coverage=found, nobody=NONE)


@bp.get("/<int:scheme_contact_id>")
@needs("visits.view")
def show(scheme_contact_id: int) -> str:
    """One contact: the turns before it, and every touch."""
    contact, today = SchemeContact.get_for(g.user, scheme_contact_id), clock.today()
    return render_template("scheme/show.html", row=standings([contact], today)[0], contact=contact,
                           turns=contact.turns(), touches=SchemeTouch.list_of(contact.id))  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("visits.edit")
def new() -> Answer:
    """A new contact: the kind first, then the firm, the area or the name."""
    today, kinds = clock.today(), SchemeKind.list_active()
    kind = next((row for row in kinds if str(row.id) == request.args.get("kind", "")), None)
    firm = _chosen_firm()
    wanted = request.args.get("q", "").strip()[:100]
    officers = _officers()
    if kind is None or (kind.subject == "firm" and firm is None):
        found = Listing(g.user, FirmFilter(q=wanted), today).page(1, FOUND) if wanted and kind else []
        return render_template("scheme/choose.html", kinds=kinds, kind=kind, wanted=wanted, found=found,
                               officer=request.args.get("officer", ""))  # fmt: skip
    asked = request.args.get("officer", type=int)
    chosen = asked if asked in {person.id for person in officers} else g.user.id
    form = SchemeContactForm(kind.subject, officers, _areas(), data={"officer_id": chosen, "from_on": today})
    name = firm.name if firm is not None and kind.subject == "firm" else ""
    if form.validate_on_submit():
        area = db.session.get(Area, form.area_id.data) if kind.subject == "area" else None
        try:
            SchemeContact.begin(
                form.officer_id.data, kind, form.from_on.data, g.user, clock.now(), today,
                firm=firm if kind.subject == "firm" else None, area=area,
                name=(form.name.data or "") if kind.subject == "free" else "", note=form.note.data or "",
            )  # fmt: skip
            db.session.commit()
            flash("已加。", "success")
            return redirect(url_for(".index", who=form.officer_id.data))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    page = render_template("scheme/form.html", form=form, heading=f"加{kind.name}", note=name,
                           back=url_for(".index"))  # fmt: skip
    return (page, 422) if form.errors else page


@bp.route("/<int:scheme_contact_id>/touch", methods=["GET", "POST"])
@needs("visits.edit")
def touch(scheme_contact_id: int) -> Answer:
    """The officer was in touch with what is no firm."""
    contact, today = _mine(scheme_contact_id), clock.today()
    form = TouchForm(data={"on": today})

    def act(row: SchemeContact) -> SchemeTouch:
        return SchemeTouch.add(row, form.on.data, form.words.data or "", g.user, clock.now(), today)

    return _act(contact, form, "记一次联系", act)


@bp.route("/<int:scheme_contact_id>/hand-over", methods=["GET", "POST"])
@needs("visits.edit")
def hand_over(scheme_contact_id: int) -> Answer:
    """Another officer's turn begins; this one ends the day before."""
    contact, today = _mine(scheme_contact_id), clock.today()
    officers = {person.id: person for person in people.list_active(CARING_ROLES) if person.id != contact.officer_id}
    form = HandOverForm(officers.values(), data={"on": today})

    def act(row: SchemeContact) -> SchemeContact:
        return row.hand_over(officers[form.officer_id.data], form.on.data, form.reason.data or "", g.user,
                             clock.now(), today)  # fmt: skip

    return _act(contact, form, "移交", act)


@bp.route("/<int:scheme_contact_id>/end", methods=["GET", "POST"])
@needs("visits.edit")
def end(scheme_contact_id: int) -> Answer:
    """The turn ends and nobody takes over."""
    form = EndContactForm(data={"on": clock.today()})
    return _act(_mine(scheme_contact_id), form, "结束联系", lambda row: row.end(form.on.data, form.reason.data or ""))


@bp.get("/kinds")
@needs("types.edit")
def kinds() -> str:
    """The kinds, how many each officer is to have, how often."""
    return render_template("scheme/kinds.html", kinds=SchemeKind.list_all(), subjects=SUBJECTS)


@bp.route("/kinds/new", methods=["GET", "POST"])
@needs("types.edit")
def new_kind() -> Answer:
    """A new kind of contact."""
    return _kind_page(SchemeKindForm(), None, "加一种联系")


@bp.route("/kinds/<int:scheme_kind_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_kind(scheme_kind_id: int) -> Answer:
    """Change a kind; what it names stays once there are contacts."""
    row = SchemeKind.get(scheme_kind_id)
    return _kind_page(SchemeKindForm(used=row.is_used, obj=row), row, "改联系种类")


def _kind_page(form: SchemeKindForm, row: SchemeKind | None, heading: str) -> Answer:
    if form.validate_on_submit():
        row = row or SchemeKind.begin()
        form.populate_obj(row)
        db.session.add(row)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.name.errors = ["已有同名的，请换一个"]
        else:
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(".kinds"))
    page = render_template("scheme/form.html", form=form, heading=heading, note="", back=url_for(".kinds"))
    return (page, 422) if form.errors else page


def _act(contact: SchemeContact, form: Form, heading: str, act: Callable[[SchemeContact], object]) -> Answer:
    contact_id = contact.id
    if form.validate_on_submit():
        try:
            act(contact)
            db.session.commit()
            flash(f"已存：{heading}。", "success")
            return redirect(url_for(".show", scheme_contact_id=contact_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            contact = SchemeContact.get_for(g.user, contact_id)
    page = render_template("scheme/form.html", form=form, heading=heading, note=contact.title,
                           back=url_for(".show", scheme_contact_id=contact_id))  # fmt: skip
    return (page, 422) if form.errors else page


def _mine(contact_id: int) -> SchemeContact:
    contact = SchemeContact.get_for(g.user, contact_id)
    if not contact.may_change(g.user):
        raise Refused(f"这是{contact.officer.name}的联系对象，请本人或综合科来办。")
    return contact


def _officers() -> list[User]:
    """Whose contacts this person may add: their own, or everybody's for who arranges the work of others."""
    if "firms.assign" not in g.user.permissions:
        return [g.user]
    staff = people.list_active(CARING_ROLES)
    return staff if g.user in staff else [g.user, *staff]


def _areas() -> list[tuple[int, str]]:
    return [(area.id, "　" * depth + area.name) for tree in ("area", "park") for area, depth in list_tree(tree)]


def _chosen_firm() -> Firm | None:
    wanted = request.args.get("firm", "")
    return Firm.get_for(g.user, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
