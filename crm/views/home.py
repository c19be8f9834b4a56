"""The first page after sign-in."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from models import clock, workbench
from models.digest import compose, gather, readers

bp = Blueprint("home", __name__)


@bp.get("/")
@needs("self")
def index() -> str | Response:
    """工作台: the ladder, what waits, what ends soon; for an administrator the way to the settings, for a handler of
    another unit what was given to them."""
    if "firms.view" not in g.user.permissions and "issues.handle" in g.user.permissions:
        return redirect(url_for("issues.mine"))
    if "firms.view" not in g.user.permissions:
        return render_template("home/plain.html")
    today = clock.today()
    board, registered = workbench.ladder(g.user, today)
    total, endings = workbench.endings(g.user, today)
    unseen, unseen_total = workbench.unseen(g.user, today)
    reader = readers.of(g.user, today)
    return render_template(
        "home/index.html",
        board=board,
        day=compose.my_day(reader, gather.gather_for(reader, today)) if reader.parts else [],
        registered=registered,
        noticed=workbench.noticed(g.user, today),
        matters=workbench.matters(g.user, today),
        ending_total=total,
        endings=endings,
        unseen=unseen,
        unseen_total=unseen_total,
    )
