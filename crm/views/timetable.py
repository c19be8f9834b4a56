"""运行时间表: what happens by itself, when next, what it did last; another time, a pause, one run by hand."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.base import ConfirmForm
from forms.timetable import MomentForm, PauseForm, RunForm
from models import calendar, clock, setting, timetable_edit, timetable_list
from models.base import db
from models.errors import Refused
from models.rules.timetable import WhenRefused, period_words, words
from models.rules.workday import ASSUMED
from models.task import TASK_STATES, Task, enqueue

bp = Blueprint("timetable", __name__, url_prefix="/timetable")

PER_PAGE = 30
PREVIEW_DAYS = 30


@bp.get("/")
@needs("timetable.run")
def index() -> str:
    """Every entry: when, when next, how the last run ended."""
    now = clock.now()
    return render_template(
        "timetable/index.html", rows=timetable_list.rows(now), words=words, assumed=ASSUMED,
        missing=calendar.next_missing_year(clock.today()), restored=setting.get("restored_from"),
    )  # fmt: skip


@bp.get("/preview")
@needs("timetable.run")
def preview() -> str:
    """What would happen in the next thirty days, day by day."""
    days = timetable_list.preview(clock.today(), PREVIEW_DAYS)
    return render_template("timetable/preview.html", days=days, count=PREVIEW_DAYS, words=words, assumed=ASSUMED)


@bp.get("/<job_name>")
@needs("timetable.run")
def show(job_name: str) -> str:
    """One entry: its next moments, its runs, and what may be done with it."""
    return _show(job_name)


@bp.post("/<job_name>/move")
@needs("settings.edit")
def move(job_name: str) -> Response | tuple[str, int]:
    """Another time."""
    row, now = timetable_list.row(job_name, clock.now()), clock.now()
    form = MomentForm(row.line.when)
    if form.validate():
        try:
            when = timetable_edit.move(job_name, form.given, g.user, now)
        except WhenRefused as error:
            db.session.rollback()
            form.at.errors = [str(error)]
        else:
            return _done(job_name, f"已改为：{words(when)}。一分钟内生效。", {"when": words(when)})
    return _show(job_name, moment=form), 422


@bp.post("/<job_name>/pause")
@needs("settings.edit")
def pause(job_name: str) -> Response | tuple[str, int]:
    """Let it rest, with the reason."""
    timetable_list.row(job_name, clock.now())
    form = PauseForm()
    if form.validate():
        timetable_edit.pause(job_name, str(form.reason.data), g.user, clock.now())
        return _done(job_name, "已暂停。暂停期间错过的，恢复后不补做。", {"paused": form.reason.data})
    return _show(job_name, pausing=form), 422


@bp.post("/<job_name>/resume")
@needs("settings.edit")
def resume(job_name: str) -> Response:
    """Let it happen again."""
    timetable_list.row(job_name, clock.now())
    if ConfirmForm().validate():
        timetable_edit.resume(job_name, g.user, clock.now())
        return _done(job_name, "已恢复，从下一次起照常做。", {"paused": ""})
    return redirect(url_for(".show", job_name=job_name))


@bp.post("/<job_name>/default")
@needs("settings.edit")
def default(job_name: str) -> Response:
    """As every bureau begins."""
    timetable_list.row(job_name, clock.now())
    if ConfirmForm().validate() and timetable_edit.restore_default(job_name, g.user, clock.now()):
        return _done(job_name, "已恢复出厂时间。", {"default": True})
    return redirect(url_for(".show", job_name=job_name))


@bp.post("/<job_name>/run")
@needs("timetable.run")
def run(job_name: str) -> Response | tuple[str, int]:
    """Once, for a day, in the background."""
    row, form = timetable_list.row(job_name, clock.now()), RunForm(clock.today())
    if form.validate():
        if row.line.paused:
            raise Refused(f"“{row.line.entry.title}”已暂停，恢复以后才能做。")
        on = form.on.data.isoformat()
        task = enqueue("job", {"job": job_name, "on": on}, g.user.id, clock.now())
        trail.note("timetable.run", subject="job", detail={"job": job_name, "on": on})
        db.session.commit()
        return redirect(url_for(".show", job_name=job_name, task=task.id))
    return _show(job_name, running=form), 422


def _done(job_name: str, said: str, detail: dict[str, object]) -> Response:
    trail.note("timetable.edit", subject="job", detail={"job": job_name, **detail})
    owes = timetable_edit.owes(job_name, clock.now())
    db.session.commit()
    flash(f"{said}{'本期的时间已过还没做，会尽快补做一次。' if owes else ''}", "success")
    return redirect(url_for(".show", job_name=job_name))


def _show(job_name: str, moment: MomentForm | None = None, pausing: PauseForm | None = None,
          running: RunForm | None = None) -> str:  # fmt: skip
    row = timetable_list.row(job_name, clock.now())
    number = max(request.args.get("page", 1, type=int), 1)
    runs, total = timetable_list.runs(job_name, number, PER_PAGE)
    task_id = request.args.get("task", type=int)
    return render_template(
        "timetable/show.html", row=row, line=row.line, entry=row.line.entry, words=words, runs=runs, total=total,
        number=number, pages=-(-total // PER_PAGE), moment=moment or MomentForm(row.line.when),
        pausing=pausing or PauseForm(), running=running or RunForm(clock.today()),
        task=Task.get_for(g.user, task_id) if task_id else None, default=words(row.line.entry.when), states=TASK_STATES,
        period_words=period_words,
    )  # fmt: skip
