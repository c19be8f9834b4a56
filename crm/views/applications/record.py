"""The record of one application: who, how far, what next; its moves and notes."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from forms.application import CoachingForm, MoveForm, NoteForm
from forms.base import BaseForm, ConfirmForm
from models import clock, people
from models.application import Application, ApplicationAgency, ApplicationMove, RefusalReason, acts, papers, prereview
from models.base import db
from models.errors import NotFound, Refused
from models.firm.choices import CARING_ROLES
from models.rules.application import NEEDS, STAGES, WAY
from models.user import User

Answer = str | Response | tuple[str, int]


@bp.get("/<int:application_id>")
@needs("applications.view")
def show(application_id: int) -> str:
    """The application as it stands, with everything that happened to it."""
    return _record(Application.get_for(g.user, application_id), NoteForm())


def _record(found: Application, note: NoteForm) -> str:
    today = clock.today()
    moves = ApplicationMove.list_of(found.id)
    return render_template(
        "applications/show.html", it=found, moves=moves, choices=found.choices_for(g.user, today), way=WAY,
        lines=papers.checklist(found.id, found.batch.type_id), served=ApplicationAgency.list_of(found.id),
        review=prereview.story_of(found.id), needs_words=NEEDS, deadline=found.deadline(today), today=today,
        reached={move.to_stage: move for move in moves if move.moves}, may_work=found.may_work(g.user, today),
        note=note, **WORDS,
    )  # fmt: skip


@bp.route("/<int:application_id>/move/<stage>", methods=["GET", "POST"])
@needs("applications.edit")
def move(application_id: int, stage: str) -> Answer:
    """Move it to another stage: what the move asks for, then the move."""
    found = Application.get_for(g.user, application_id)
    if stage not in STAGES:
        raise NotFound
    step = found.choices_for(g.user, clock.today()).get(stage)
    if step is None:
        flash(f"这件现在是“{STAGES[found.stage]}”，您不能推到“{STAGES[stage]}”。", "error")
        return redirect(_back(found))
    form = MoveForm(data={"on": clock.today()})
    lacks = papers.missing(papers.checklist(found.id, found.batch.type_id), found.stage, stage)
    warned = bool(lacks) and all(rule.need == "warn" for rule in lacks)
    form.offer(RefusalReason.list_active(), with_reason=step.with_reason, with_words=step.with_words, warned=warned)
    said = f"{found.firm.name}：{STAGES[stage]}。"
    back = _back(found)
    if form.validate_on_submit():
        refused = _moved(found, stage, form)
        if not refused:
            flash(said, "success")
            return redirect(back)
        found = Application.get_for(g.user, application_id)
        form.form_errors.append(refused)
    page = render_template("applications/move.html", it=found, form=form, to=stage, step=step, back=back, lacks=lacks,
                           unready=prereview.warning_of(found) if stage == "submitted" else "",
                           deadline=found.deadline(clock.today()), **WORDS)  # fmt: skip
    return (page, 422) if form.errors else page


def _moved(found: Application, stage: str, form: MoveForm) -> str:
    """Move it; the words of refusal, or nothing."""
    chosen = form.reason_id.data if "reason_id" in form else None
    try:
        going = acts.Going(form.on.data, form.words.data or "", RefusalReason.get(chosen) if chosen else None,
                           bool("anyway" in form and form.anyway.data))  # fmt: skip
        acts.move(found, g.user, clock.now(), stage, going)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        return str(error)
    except StaleDataError:
        db.session.rollback()
        return "同一时刻有人动了这一件，请看过再做一次。"
    return ""


@bp.post("/<int:application_id>/note")
@needs("applications.edit")
def add_note(application_id: int) -> Answer:
    """Write a note."""
    found, form = Application.get_for(g.user, application_id), NoteForm()
    if form.validate_on_submit() and _did(form, lambda: acts.note(found, g.user, clock.now(), form.words.data or "")):
        return redirect(url_for(".show", application_id=application_id))
    return _record(Application.get_for(g.user, application_id), form), 422


@bp.route("/<int:application_id>/coaching", methods=["GET", "POST"])
@needs("applications.edit")
def coaching(application_id: int) -> Answer:
    """Who coaches it, and when the firm means to file."""
    found = Application.get_for(g.user, application_id)
    form = CoachingForm(data={"coach_id": found.coach_id or 0, "expected_on": found.expected_on})
    form.offer(people.list_active(CARING_ROLES), found.coach)

    def act() -> None:
        acts.expect(found, g.user, clock.now(), form.expected_on.data)
        coach = db.session.get(User, form.coach_id.data) if form.coach_id.data else None
        acts.give_to(found, g.user, clock.now(), coach)

    if form.validate_on_submit() and _did(form, act):
        flash("已存。", "success")
        return redirect(url_for(".show", application_id=application_id))
    page = render_template(
        "applications/coaching.html", it=Application.get_for(g.user, application_id), form=form, **WORDS
    )
    return (page, 422) if form.errors else page


@bp.post("/<int:application_id>/remove")
@needs("applications.edit")
def remove(application_id: int) -> Response:
    """Take a firm out of the batch that was entered by mistake."""
    found = Application.get_for(g.user, application_id)
    batch_id, name = found.batch_id, found.firm.name
    form = ConfirmForm()
    if form.validate_on_submit() and _did(form, lambda: acts.remove(found, g.user, clock.now())):
        flash(f"已从批次里拿掉：{name}。", "success")
        return redirect(url_for(".show_batch", application_batch_id=batch_id))
    flash("；".join(map(str, form.form_errors)) or "没有拿掉，请再试一次。", "error")
    return redirect(url_for(".show", application_id=application_id))


def _did(form: BaseForm, act: Any) -> bool:
    """Whether it could be done and kept; otherwise the form says why."""
    try:
        act()
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    return True


def _back(found: Application) -> str:
    """Where a move leads: the board when it began there, else the record."""
    if request.args.get("from") == "board":
        return url_for(".board", application_batch_id=found.batch_id)
    return url_for(".show", application_id=found.id)
