"""What only a person can say of a firm for an assessment, kept with who, when and why."""

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.firms.base import bp
from crm.views.firms.record import day
from forms.judgement import OPEN, JudgementForm
from models import clock
from models.assessment.judgement import history_of, judge
from models.base import db
from models.errors import NotFound, Refused
from models.firm import Firm
from models.firm.editing import check_may_change, may_change
from models.rules import judgement as rules


@bp.get("/<int:firm_id>/judgements")
@needs("firms.view")
def judgements(firm_id: int) -> str:
    """Every question with its last answer, and everything that was ever said."""
    firm, on = Firm.get_for(g.user, firm_id), day()
    history = history_of(firm.id, on)
    latest = {row.flat_key: row for row in reversed(history)}
    groups = {
        name: [(key, question, latest.get(flat(key))) for key, question in rules.QUESTIONS.items()
               if question.group == group]
        for group, name in rules.GROUPS.items()
    }  # fmt: skip
    return render_template("firms/judgements.html", firm=firm, on=on, groups=groups, history=history,
                           may_change=may_change(g.user, firm), year_of=lambda key: rules.year_of(key, on))  # fmt: skip


def flat(key: str) -> str:
    """A question as the evaluator calls its answer of today."""
    year = rules.year_of(key, day())
    return f"{key}_{year}" if year else key


@bp.route("/<int:firm_id>/judgements/say", methods=["GET", "POST"])
@needs("firms.edit")
def say(firm_id: int) -> str | Response | tuple[str, int]:
    """One answer, with why."""
    firm, key, today = Firm.get_for(g.user, firm_id), request.args.get("key", ""), clock.today()
    if key not in rules.QUESTIONS:
        raise NotFound
    check_may_change(g.user, firm)
    last = next((row for row in history_of(firm.id, today) if row.flat_key == flat(key)), None)
    kind = rules.QUESTIONS[key].kind
    form = JudgementForm(key, data={kind: (last.answer or ("" if kind == "number" else OPEN)) if last else None})
    if form.validate_on_submit():
        try:
            judge(firm, key, form.answer, form.why.data or "", today, g.user, clock.now())
            db.session.commit()
            flash(f"已存：{rules.QUESTIONS[key].label}", "success")
            return redirect(url_for(".judgements", firm_id=firm.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            firm = Firm.get_for(g.user, firm_id)
    page = render_template("firms/judgement_form.html", firm=firm, form=form, question=rules.QUESTIONS[key], last=last,
                           year=rules.year_of(key, today))  # fmt: skip
    return (page, 422) if form.errors else page
