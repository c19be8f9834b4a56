"""服务机构: the register, whom each served with what success, the yearly judgement."""

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from forms.application_parts import AgencyForm, JudgementForm, ServeForm
from models import clock
from models.application import Agency, AgencyJudgement, Application
from models.application.acts import check_works
from models.application.agencies import records, serve
from models.application.filters import ApplicationFilter
from models.application.listing import ApplicationListing
from models.base import db
from models.errors import Refused

Answer = str | Response | tuple[str, int]
#: So many applications of an agency are shown on its page.
SHOWN = 50


@bp.get("/agencies")
@needs("applications.view")
def agencies() -> str:
    """Every agency by name, with what came of the applications it served; in no order of success."""
    return render_template("applications/agencies.html", agencies=Agency.list_all(), records=records(g.user))


@bp.get("/agencies/<int:agency_id>")
@needs("applications.view")
def show_agency(agency_id: int) -> str:
    """One agency: who it serves, how its years were judged."""
    return _agency_page(Agency.get(agency_id), JudgementForm(data={"year": clock.today().year}))


def _agency_page(agency: Agency, form: JudgementForm) -> str:
    listing = ApplicationListing(g.user, ApplicationFilter(agency=agency.id), clock.today(), "-stage_on")
    rows, count = listing.look(1, SHOWN)
    return render_template("applications/agency.html", agency=agency, rows=rows, count=count, form=form,
                           judgements=AgencyJudgement.list_of(agency.id), record=records(g.user).get(agency.id),
                           **WORDS)  # fmt: skip


@bp.route("/agencies/new", methods=["GET", "POST"])
@needs("applications.setup")
def new_agency() -> Answer:
    """One more agency."""
    return _form_page(Agency(created_at=clock.now()), AgencyForm(), None)


@bp.route("/agencies/<int:agency_id>/edit", methods=["GET", "POST"])
@needs("applications.setup")
def edit_agency(agency_id: int) -> Answer:
    """Correct an agency, or offer it no longer."""
    agency = Agency.get(agency_id)
    return _form_page(agency, _form_of(agency), agency_id)


def _form_of(agency: Agency) -> AgencyForm:
    """The form as the register stands; the person there is not written out."""
    values = {name: getattr(agency, name) for name in ("name", "code", "note", "active", "removed_reason")}
    return AgencyForm(data=values)


def _form_page(agency: Agency, form: AgencyForm, agency_id: int | None) -> Answer:
    back = url_for(".show_agency", agency_id=agency_id) if agency_id else url_for(".agencies")
    if form.validate_on_submit():
        try:
            agency.seal_contact(form.contact_name.data or "", form.contact_phone.data or "")
            agency.write(form.name.data or "", form.code.data or "", form.note.data or "", active=form.active.data,
                         reason=form.removed_reason.data or "")  # fmt: skip
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            flash(f"已存：{form.name.data}。", "success")
            return redirect(url_for(".show_agency", agency_id=agency.id))
    page = render_template("applications/agency_form.html", form=form, back=back,
                           heading="改服务机构" if agency_id else "加服务机构")  # fmt: skip
    return (page, 422) if form.errors else page


@bp.post("/agencies/<int:agency_id>/judgements")
@needs("applications.decide")
def judge_agency(agency_id: int) -> Answer:
    """Say how an agency did in a year."""
    agency, form = Agency.get(agency_id), JudgementForm()
    if form.validate_on_submit():
        AgencyJudgement.keep(agency, form.year.data or 0, form.words.data or "", g.user, clock.now())
        db.session.commit()
        return redirect(url_for(".show_agency", agency_id=agency_id))
    return _agency_page(agency, form), 422


@bp.route("/<int:application_id>/agency", methods=["GET", "POST"])
@needs("applications.edit")
def serve_application(application_id: int) -> Answer:
    """Which agency serves an application, from which day."""
    found = Application.get_for(g.user, application_id)
    form = ServeForm(data={"agency_id": found.agency_id or 0, "on": clock.today()})
    form.offer(Agency.list_all(), found.agency_id)
    if form.validate_on_submit():
        try:
            check_works(found, g.user, clock.now())
            chosen = Agency.get(form.agency_id.data) if form.agency_id.data else None
            serve(found, chosen, form.on.data or clock.today())
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            found = Application.get_for(g.user, application_id)
        else:
            return redirect(url_for(".show", application_id=application_id))
    page = render_template("applications/serve.html", it=found, form=form)
    return (page, 422) if form.errors else page
