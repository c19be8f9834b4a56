"""The pages of work outside the request: what waits, runs and failed, and how far it is."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from forms.base import ConfirmForm
from models.base import db
from models.task import TASK_STATES, Task

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

PER_PAGE = 50


@bp.get("/")
@needs("tasks.view")
def index() -> str:
    """The person's tasks, newest first; all of them for the system administrator."""
    state = request.args.get("state", "")
    page = max(1, request.args.get("page", 1, int))
    rows, total = Task.list_for(g.user, state, page, PER_PAGE)
    pages = -(-total // PER_PAGE)
    return render_template(
        "tasks/index.html", tasks=rows, total=total, page_number=page, pages=pages, state=state, states=TASK_STATES
    )


@bp.get("/<int:task_id>")
@needs("tasks.view")
def show(task_id: int) -> str:
    """One task; refreshes itself until it has ended."""
    return render_template("tasks/show.html", task=Task.get_for(g.user, task_id), states=TASK_STATES)


@bp.get("/<int:task_id>/progress")
@needs("tasks.view")
def progress(task_id: int) -> str:
    """How far it is: a piece of a page that asks for itself again until the task has ended."""
    return render_template("tasks/_progress.html", task=Task.get_for(g.user, task_id), states=TASK_STATES)


@bp.post("/<int:task_id>/retry")
@needs("tasks.view")
def retry(task_id: int) -> Response:
    """Put a failed task back into the queue."""
    task = Task.get_for(g.user, task_id)
    if ConfirmForm().validate():
        task.retry()
        db.session.commit()
        flash("已重新排队")
    return redirect(url_for(".show", task_id=task_id))
