"""发件箱: how mails stand, what did not go out and why, and how sending goes on after a restore."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.base import ConfirmForm
from forms.outbox import ResumeForm, SkipForm
from models import clock, outbox_admin, setting
from models.base import db
from models.errors import Refused
from models.outbox import MAIL_STATES
from models.task import TASK_STATES, Task, enqueue

bp = Blueprint("outbox", __name__, url_prefix="/outbox")

PER_PAGE = 50


@bp.get("/")
@needs("settings.edit")
def index() -> str:
    """The mails by state, the newest first."""
    return _index()


@bp.post("/<int:mail_id>/retry")
@needs("settings.edit")
def retry(mail_id: int) -> Response:
    """Try one again that did not go out."""
    mail = outbox_admin.get(mail_id)
    if ConfirmForm().validate():
        mail.retry(clock.now())
        trail.note("mail.retry", subject="outbox", subject_id=mail.id)
        db.session.commit()
        flash(f"{mail.id} 号邮件已排队重发。", "success")
    return redirect(url_for(".index", state=request.form.get("state") or None))


@bp.route("/<int:mail_id>/skip", methods=["GET", "POST"])
@needs("settings.edit")
def skip(mail_id: int) -> str | Response | tuple[str, int]:
    """Never send it, with the reason."""
    mail, form = outbox_admin.get(mail_id), SkipForm()
    if form.validate_on_submit():
        outbox_admin.skip(mail, str(form.reason.data))
        trail.note("mail.skip", subject="outbox", subject_id=mail.id, detail={"reason": form.reason.data})
        db.session.commit()
        flash(f"{mail.id} 号邮件不再发，内容已清除。", "success")
        return redirect(url_for(".index"))
    page = render_template("outbox/skip.html", mail=mail, form=form, about=outbox_admin.about(mail))
    return page if request.method == "GET" else (page, 422)


@bp.post("/send")
@needs("settings.edit")
def send() -> Response:
    """Send what was ticked of what may have been sent already."""
    ids = request.form.getlist("id", type=int)
    if ConfirmForm().validate() and ids:
        count = outbox_admin.send_after_all(ids, clock.now())
        trail.note("mail.retry", subject="outbox", detail={"maybe": count})
        db.session.commit()
        flash(f"{count} 封已排队，收件人可能收到两次。", "success")
    else:
        flash("先勾选要发的邮件。")
    return redirect(url_for(".index", state="maybe"))


@bp.post("/pause")
@needs("settings.edit")
def pause() -> Response:
    """Hold every mail back; none is lost."""
    if ConfirmForm().validate() and setting.change("sending", "paused"):
        trail.note("sending.pause")
        db.session.commit()
        flash("已暂停对外发送，邮件都留着。", "success")
    return redirect(url_for(".index"))


@bp.post("/resume")
@needs("settings.edit")
def resume() -> Response | tuple[str, int]:
    """Go on; after a restore from the moment that is named, in the background."""
    found = outbox_admin.restored()
    if found is None:
        if ConfirmForm().validate() and setting.change("sending", "on"):
            trail.note("sending.resume")
            db.session.commit()
            flash("已恢复对外发送。", "success")
        return redirect(url_for(".index"))
    form = ResumeForm(None)
    if form.validate():
        moment = form.moment.data.replace(tzinfo=clock.ZONE)
        try:
            outbox_admin.check_moment(moment, clock.now())
        except Refused as error:
            form.moment.errors = [str(error)]
        else:
            task = enqueue("resume-sending", {"moment": moment.isoformat()}, g.user.id, clock.now())
            trail.note("sending.resume", detail={"moment": moment.isoformat()})
            db.session.commit()
            return redirect(url_for(".index", task=task.id))
    return _index(form), 422


def _index(form: ResumeForm | None = None) -> str:
    state = request.args.get("state", "")
    number = max(request.args.get("page", 1, type=int), 1)
    state = state if state in MAIL_STATES else ""
    mails, total = outbox_admin.list_page(state, number, PER_PAGE)
    found, task_id = outbox_admin.restored(), request.args.get("task", type=int)
    return render_template(
        "outbox/index.html", mails=mails, total=total, number=number, pages=-(-total // PER_PAGE), state=state,
        counts=outbox_admin.counts(), names=MAIL_STATES, about=outbox_admin.about, error=outbox_admin.error_words,
        paused=setting.get("sending") != "on", restored=found,
        form=form or ResumeForm(clock.local(found[1]) if found else None),
        task=Task.get_for(g.user, task_id) if task_id else None, states=TASK_STATES,
    )  # fmt: skip
