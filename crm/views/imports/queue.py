"""待认领: one row as its file wrote it, beside it the firms it may mean; a key or a press decides, the next comes."""

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import func
from werkzeug.wrappers import Response

from crm.access import needs
from crm.imports import decide as deciding
from crm.imports import evidence, preview, withdraw
from crm.views.imports.base import bp
from forms.base import ConfirmForm
from models import clock, import_rows
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.importing import ImportRow, ImportRun

#: As many hits of a search as there are keys left.
FOUND = 6


@bp.get("/queue")
@needs("imports.decide")
def queue() -> str:
    """The rows that wait, of all imports, one at a time."""
    return _queue(None)


@bp.get("/<int:import_id>/held")
@needs("imports.decide")
def held(import_id: int) -> str:
    """The rows that wait of one import, one at a time."""
    return _queue(ImportRun.get_for(g.user, import_id))


def _queue(within: ImportRun | None) -> str:
    waiting = import_rows.waiting(g.user, within)
    row = _row_asked(waiting, request.args.get("row", 0, int))
    last, last_import = _last(request.args.get("last", type=int))
    if row is None:
        return render_template("imports/queue.html", within=within, row=None, last=last, last_import=last_import)
    run = db.session.get_one(ImportRun, row.import_id)
    find = request.args.get("find", "").strip()[:100]
    offers, hidden = evidence.offers_of(run, row, Firm.visible_to(g.user))
    known = {offer.firm_id for offer in offers}
    return render_template(
        "imports/queue.html",
        within=within,
        run=run,
        row=preview.shown_rows(run, [row], None)[0],
        offers=offers,
        hidden=hidden,
        find=find,
        found=[offer for offer in _found(run, row, find) if offer.firm_id not in known],
        last=last,
        last_import=last_import,
        **_places(waiting, row),
    )


def _row_asked(waiting: import_rows.Waiting, row_id: int) -> ImportRow | None:
    """The row asked for or the next after it, else the first that waits."""
    after = waiting.where(ImportRow.id >= row_id).order_by(ImportRow.id).limit(1)
    return db.session.scalar(after) or db.session.scalar(waiting.order_by(ImportRow.id).limit(1))


def _places(waiting: import_rows.Waiting, row: ImportRow) -> dict[str, int | None]:
    """Where the row stands among those that wait, and its neighbours. One statement."""
    place, total, before, after = db.session.execute(
        waiting.with_only_columns(
            func.count().filter(ImportRow.id <= row.id),
            func.count(),
            func.max(ImportRow.id).filter(ImportRow.id < row.id),
            func.min(ImportRow.id).filter(ImportRow.id > row.id),
        )
    ).one()
    return {"place": place, "total": total, "before": before, "after": after}


def _found(run: ImportRun, row: ImportRow, find: str) -> list[evidence.Offer]:
    if not find:
        return []
    hits = Listing(g.user, FirmFilter(q=find), clock.today()).page(1, FOUND)
    return evidence.offers_among(run, row, [hit.id for hit in hits], Firm.visible_to(g.user))


def _last(row_id: int | None) -> tuple[preview.ShownRow | None, int]:
    """The row that was decided just now, and its import, so that it can be taken back."""
    row = db.session.get(ImportRow, row_id) if row_id else None
    if row is None or row.decision is None:
        return None, 0
    run = ImportRun.get_for(g.user, row.import_id)
    return preview.shown_rows(run, [row], None)[0], run.id


@bp.post("/<int:import_id>/held/<int:row_id>")
@needs("imports.decide")
def decide(import_id: int, row_id: int) -> Response:
    """Decide a held row; the next one follows. What is refused is said on the page of the row."""
    run = ImportRun.get_for(g.user, import_id)
    row = ImportRow.get_of(run, row_id)
    choice = request.form.get("choice", "").strip()
    if not ConfirmForm().validate():
        return _back(run, row=row_id)
    if not choice:
        flash("先选一家，或者选“新建一家”“这行不导入”", "error")
        return _back(run, row=row_id)
    try:
        decided = deciding.decide(run.id, row.sheet, row.row, choice, g.user.id)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        flash(str(error), "error")
        return _back(run, row=row_id)
    return _back(run, row=row_id, last=decided.id)


@bp.post("/<int:import_id>/held/<int:row_id>/back")
@needs("imports.decide")
def take_back(import_id: int, row_id: int) -> Response:
    """Take a decision back; the row waits again and is shown. What cannot be undone is said."""
    run = ImportRun.get_for(g.user, import_id)
    row = ImportRow.get_of(run, row_id)
    if ConfirmForm().validate():
        try:
            withdraw.take_back(run.id, row.id, g.user.id)
            db.session.commit()
            flash("撤销了，这一行又在待认领里；这个写法也不再记着", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
            return _back(run, last=row_id)
    return _back(run, row=row_id)


def _back(run: ImportRun, row: int | None = None, last: int | None = None) -> Response:
    """To the queue the person came from: of all imports, or of this one."""
    if request.form.get("within") == "all":
        return redirect(url_for(".queue", row=row, last=last))
    return redirect(url_for(".held", import_id=run.id, row=row, last=last))
