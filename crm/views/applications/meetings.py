"""预评审会: the meetings with what came of them, one meeting, its agenda."""

from math import ceil
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from forms.base import BaseForm, ConfirmForm
from forms.prereview import MeetingForm
from models import clock
from models.application import ApplicationBatch, ReviewItem, ReviewMeeting, prereview
from models.application.meeting_list import counts_of, list_meetings, remove_meeting
from models.application.reviewed import passing
from models.base import db
from models.errors import Refused
from models.rules.prereview import VERDICTS

Answer = str | Response | tuple[str, int]
PAGE_SIZE = 30


@bp.get("/meetings")
@needs("applications.view")
def meetings() -> str:
    """Every meeting, the latest first, and how many applications passed in the first round and after the second."""
    batch_id = request.args.get("batch", type=int)
    rows, count = list_meetings(batch_id, max(request.args.get("page", 1, type=int), 1), PAGE_SIZE)
    return render_template(
        "applications/meetings.html", meetings=rows, counts=counts_of(g.user, [row.id for row in rows]), count=count,
        batches=ApplicationBatch.list_all(), batch_id=batch_id, passing=passing(g.user, clock.today(), batch_id),
        pages=max(1, ceil(count / PAGE_SIZE)), number=max(request.args.get("page", 1, type=int), 1), verdicts=VERDICTS,
    )  # fmt: skip


@bp.route("/meetings/new", methods=["GET", "POST"])
@needs("applications.decide")
def new_meeting() -> Answer:
    """A new meeting."""
    chosen = request.args.get("batch", type=int)
    form = MeetingForm(ApplicationBatch.list_all(), held_on=clock.today(), batch_id=chosen)
    return _form(form, ReviewMeeting(created_by_id=g.user.id, created_at=clock.now()), None)


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@needs("applications.decide")
def edit_meeting(meeting_id: int) -> Answer:
    """Correct a meeting; its batch stays."""
    meeting = ReviewMeeting.get(meeting_id)
    return _form(MeetingForm([meeting.batch], meeting), meeting, meeting_id)


def _form(form: MeetingForm, meeting: ReviewMeeting, meeting_id: int | None) -> Answer:
    def act() -> None:
        with db.session.no_autoflush:
            form.fill(meeting)
        db.session.add(meeting)
        db.session.flush()
        prereview.set_experts(meeting, form.experts.data or "")

    if form.validate_on_submit() and _did(form, act):
        flash("已存预评审会。", "success")
        return redirect(url_for(".show_meeting", meeting_id=meeting.id))
    held = ReviewMeeting.get(meeting_id) if meeting_id else None
    page = render_template("applications/meeting_form.html", form=form, meeting=held)
    return (page, 422) if form.errors else page


@bp.get("/meetings/<int:meeting_id>")
@needs("applications.view")
def show_meeting(meeting_id: int) -> str:
    """One meeting: experts, agenda, marks and verdicts."""
    meeting = ReviewMeeting.get(meeting_id)
    items = meeting.items_for(g.user)
    ids = [item.id for item in items]
    return render_template(
        "applications/meeting.html", meeting=meeting, items=items, means=prereview.means_of(prereview.marks_of(ids)),
        findings=prereview.findings_of(ids), verdicts=VERDICTS, **WORDS,
    )  # fmt: skip


@bp.post("/meetings/<int:meeting_id>/delete")
@needs("applications.decide")
def delete_meeting(meeting_id: int) -> Response:
    """A meeting that was entered by mistake: only while its agenda is empty."""
    form = ConfirmForm()
    meeting = ReviewMeeting.get(meeting_id)
    if form.validate_on_submit() and _did(form, lambda: remove_meeting(meeting)):
        flash("已删除这场预评审会。", "success")
        return redirect(url_for(".meetings"))
    flash("；".join(map(str, form.form_errors)) or "没有删除，请再试一次。", "error")
    return redirect(url_for(".show_meeting", meeting_id=meeting_id))


@bp.route("/meetings/<int:meeting_id>/agenda", methods=["GET", "POST"])
@needs("applications.decide")
def agenda(meeting_id: int) -> Answer:
    """Put applications on the agenda."""
    meeting, form = ReviewMeeting.get(meeting_id), ConfirmForm()
    if form.validate_on_submit():
        ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
        new = prereview.put_on(g.user, meeting, ids, clock.now())
        db.session.commit()
        flash(f"{new} 家上了议程。", "success")
        return redirect(url_for(".show_meeting", meeting_id=meeting_id))
    rows = prereview.candidates_for(g.user, meeting)
    return render_template("applications/agenda.html", meeting=meeting, rows=rows, verdicts=VERDICTS,
                           last=prereview.last_items([row.id for row in rows]), **WORDS)  # fmt: skip


@bp.post("/meetings/<int:meeting_id>/items/<int:item_id>/drop")
@needs("applications.decide")
def drop_item(meeting_id: int, item_id: int) -> Response:
    """Take an application off the agenda."""
    item, form = ReviewItem.get_for(g.user, meeting_id, item_id), ConfirmForm()
    name = item.application.firm.name
    if form.validate_on_submit() and _did(form, lambda: prereview.take_off(item)):
        flash(f"已从议程拿掉：{name}。", "success")
    else:
        flash("；".join(map(str, form.form_errors)) or "没有拿掉，请再试一次。", "error")
    return redirect(url_for(".show_meeting", meeting_id=meeting_id))


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
