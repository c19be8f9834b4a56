"""救急文件: what a phone could not send is loaded at a desk, each visit once."""

from flask import flash, render_template, request
from werkzeug.datastructures import FileStorage

from crm import pictures, trail
from crm.access import needs
from crm.views.visits.base import bp
from models import clock
from models.base import db
from models.errors import Refused
from models.visit import rescue as rescuing
from models.visit.rescue import Outcome


@bp.route("/rescue", methods=["GET", "POST"])
@needs("imports.decide")
def rescue() -> str | tuple[str, int]:
    """Load a rescue file; afterwards what became of each visit in it."""
    if request.method == "GET":
        return render_template("visits/rescue.html", outcomes=None)
    upload = request.files.get("file")
    try:
        entries = rescuing.read(upload.read() if isinstance(upload, FileStorage) else b"")
    except Refused as error:
        flash(str(error), "error")
        return render_template("visits/rescue.html", outcomes=None), 422
    outcomes = [_take(entry) for entry in entries]
    counts = {state: sum(one.state == state for one in outcomes) for state in rescuing.STATES}
    trail.note("visits.rescue", detail={"rows": len(outcomes), **counts})
    db.session.commit()
    return render_template("visits/rescue.html", outcomes=outcomes, counts=counts, states=rescuing.STATES)


def _take(entry: dict[str, object]) -> Outcome:
    """One visit, in a transaction of its own: one that cannot be taken costs the others nothing."""
    outcome = rescuing.take(entry, clock.now(), pictures.taken)
    if outcome.state in ("taken", "known"):
        db.session.commit()
    else:
        db.session.rollback()
    return outcome
