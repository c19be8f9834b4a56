"""一企一策: made from a trial on the 达标对照, with owner and days; its steps and its end."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.firms.base import bp
from crm.views.firms.gap import now_words, present
from forms.firm_plan import EndPlanForm, FirmPlanForm
from models import clock
from models.assessment import trial
from models.assessment.bridge import Inputs, inputs_of
from models.assessment.card import NAMES, card_of, typed_words
from models.assessment.plan import MOST_STEPS, Draft, FirmPlan, aims_of
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.choices import Choices
from models.firm.editing import check_may_change, may_change
from models.rule_book import shelf
from models.rules.assess.names import label_of

Page = str | Response | tuple[str, int]


@bp.route("/<int:firm_id>/plans/new", methods=["GET", "POST"])
@needs("firms.edit")
def new_plan(firm_id: int) -> Page:
    """A plan towards one title, from the figures in the address."""
    firm, today = Firm.get_for(g.user, firm_id), clock.today()
    check_may_change(g.user, firm)
    inputs = inputs_of([firm.id], today)[firm.id]
    tried = trial.read(request.args, today, present(inputs))
    form = _form(firm, inputs, request.args.get("regime", ""))
    if form.validate_on_submit():
        book = shelf().in_force(form.regime.data, today)
        draft = Draft(form.regime.data, aims_of(tried.typed, now_words(inputs)), int(form.owner_id.data),
                      form.due_on.data, form.note.data or "", form.steps)  # fmt: skip
        try:
            plan = FirmPlan.make(firm, draft, book.version if book else "", g.user, clock.now(), today)
            db.session.commit()
            flash("已存为一企一策", "success")
            return redirect(url_for(".firm_plan", firm_id=firm.id, plan_id=plan.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            firm = Firm.get_for(g.user, firm_id)
    page = render_template(
        "firms/plan_form.html", firm=firm, form=form, most=MOST_STEPS, tried=tried, words=typed_words,
        present=now_words(inputs), label_of=lambda key: label_of(key, today.year - 1),
    )  # fmt: skip
    return (page, 422) if form.errors else page


def _form(firm: Firm, inputs: Inputs, regime: str) -> FirmPlanForm:
    """The form with the people to choose and, of the title asked for, what is missing as steps."""
    people = [(str(one.id), one.name) for one in Choices.load().officer]
    if str(g.user.id) not in {key for key, _ in people}:
        people.append((str(g.user.id), g.user.name))
    first = {"regime": regime, "owner_id": str(firm.officer_a_id or g.user.id)}
    part = next((part for part in card_of(inputs, shelf()).parts if part.regime == regime), None)
    if part:
        unknown = [label_of(key, inputs.on.year - 1) for key in part.unknown]
        said = [step.words for step in part.nearest[:1]] + ([f"向企业要：{'、'.join(unknown)}"] if unknown else [])
        first |= {f"step_{place}": words[:200] for place, words in enumerate(said, 1)}
    return FirmPlanForm(NAMES, people, data=first)


@bp.get("/<int:firm_id>/plans/<int:plan_id>")
@needs("firms.view")
def firm_plan(firm_id: int, plan_id: int) -> str:
    """One plan: each figure as it was, is and has to be; the steps."""
    return _shown(Firm.get_for(g.user, firm_id), plan_id, EndPlanForm())


def _shown(firm: Firm, plan_id: int, form: EndPlanForm) -> str:
    plan, today = FirmPlan.get_of(firm, plan_id), clock.today()
    inputs = inputs_of([firm.id], today)[firm.id]
    part = next(part for part in card_of(inputs, shelf()).parts if part.regime == plan.regime)
    now = now_words(inputs)
    aims = [
        (label_of(aim.key, plan.made_on.year - 1), aim.start, now.get(aim.key, ""), typed_words(aim.key, aim.to))
        for aim in plan.aims
    ]
    return render_template("firms/plan.html", firm=firm, plan=plan, part=part, aims=aims, form=form, today_is=today,
                           name=NAMES[plan.regime], may_change=may_change(g.user, firm))  # fmt: skip


@bp.post("/<int:firm_id>/plans/<int:plan_id>/steps/<int:step_id>")
@needs("firms.edit")
def plan_step(firm_id: int, plan_id: int, step_id: int) -> Response:
    """A step is done, or open again."""
    firm = Firm.get_for(g.user, firm_id)
    check_may_change(g.user, firm)
    FirmPlan.get_of(firm, plan_id).tick(step_id, clock.today())
    db.session.commit()
    return redirect(url_for(".firm_plan", firm_id=firm.id, plan_id=plan_id))


@bp.post("/<int:firm_id>/plans/<int:plan_id>/end")
@needs("firms.edit")
def end_plan(firm_id: int, plan_id: int) -> Page:
    """It was reached, or is given up."""
    firm, form = Firm.get_for(g.user, firm_id), EndPlanForm()
    check_may_change(g.user, firm)
    plan = FirmPlan.get_of(firm, plan_id)
    if form.validate_on_submit():
        try:
            plan.end(form.state.data, form.reason.data or "", clock.today())
            db.session.commit()
            flash("已结束这份一企一策", "success")
            return redirect(url_for(".firm_plan", firm_id=firm.id, plan_id=plan_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            firm = Firm.get_for(g.user, firm_id)
    return _shown(firm, plan_id, form), 422
