"""上级调度表: workbooks handed down, their cells tied to figures and lists, filled for any day."""

from collections import defaultdict
from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from crm import web
from crm.access import needs
from crm.documents import city_book as workbooks
from crm.documents.excel import MEDIA_TYPE
from forms.base import ConfirmForm
from forms.city_book import CityBookForm, TieForm
from models import audit_log, clock, file
from models.base import db
from models.city_book import CityBook, CityBookTie, Filling, clash, fillings, region
from models.errors import NotFound, Refused
from models.figures import registry
from models.pool.planning import towns
from models.target.board import offered

bp = Blueprint("city_books", __name__, url_prefix="/city-books")
Answer = str | Response | tuple[str, int]


@bp.route("/", methods=["GET", "POST"])
@needs("targets.edit")
def index() -> Answer:
    """The workbooks in use, and a new one."""
    form = CityBookForm()
    if form.validate_on_submit():
        try:
            row = _keep(form)
            db.session.commit()
            return redirect(url_for(".show", book_id=row.id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    page = render_template("city_books/index.html", form=form, books=CityBook.list_active())
    return page, 422 if form.errors else 200


def _keep(form: CityBookForm) -> CityBook:
    """Keep the workbook that was uploaded; the very same once only."""
    data = form.file.data.read()
    workbooks.Book(data)
    held = CityBook.with_bytes(data)
    if held is not None:
        return held
    stored = file.store(data, secure_filename(form.file.data.filename) or "book.xlsx", MEDIA_TYPE,
                        owner_table="city_book", at=clock.now(), person_id=g.user.id)  # fmt: skip
    row = CityBook(name=str(form.name.data), file_id=stored.id, created_by_id=g.user.id, created_at=clock.now())
    db.session.add(row)
    db.session.flush()
    stored.owner_id = row.id
    return row


def _day() -> date:
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return clock.today()
    return min(max(on, date(2000, 1, 1)), clock.today())


@bp.get("/<int:book_id>")
@needs("targets.edit")
def show(book_id: int) -> str:
    """What goes where on a day, before anything is filled."""
    book, on = CityBook.get(book_id), _day()
    return render_template("city_books/show.html", book=book, on=on, today=clock.today(),
                           filled=fillings(book, g.user, on))  # fmt: skip


@bp.route("/<int:book_id>/tie", methods=["GET", "POST"])
@needs("targets.edit")
def tie(book_id: int) -> Answer:
    """Tie a cell to a figure, or a block of cells to a list."""
    book = CityBook.get(book_id)
    sheets = workbooks.Book(file.read(book.file))
    form = TieForm(sheets.names, offered(registry.all_figures()), towns())
    if form.is_submitted() and form.validate() and form.check_room():
        wrong = _tie(book, sheets, form)
        if not wrong:
            db.session.commit()
            flash(f"已对应：{form.sheet.data}!{form.cell.data}", "success")
            return redirect(url_for(".show", book_id=book_id))
        form.form_errors.append(wrong)
    page = render_template("city_books/tie.html", form=form, book=book)
    return page, 422 if form.errors else 200


def _tie(book: CityBook, sheets: workbooks.Book, form: Any) -> str:
    """Add the tie; why it cannot be, empty when it was added."""
    sheet, cell, listed = form.sheet.data, form.cell.data, form.listed
    columns = frozenset(form.columns.data) if listed else frozenset()
    cells = region(cell, len(columns) or 1, form.room.data if listed else 1)
    wrong = workbooks.why_not(sheets, sheet, cells, over_formula=form.over_formula.data)
    held = clash(book, sheet, cells)
    if wrong or held:
        return wrong or f"{held} 已经对应了别的数，请先去掉"
    book.ties.append(
        CityBookTie(sheet=sheet, cell=cell, kind=form.kind.data, figure_key=form.figure_key.data,
                    period=form.period.data, area_id=form.area_id.data or None, columns=columns,
                    room=form.room.data if listed else None)
    )  # fmt: skip
    return ""


@bp.post("/<int:book_id>/ties/<int:tie_id>/remove")
@needs("targets.edit")
def untie(book_id: int, tie_id: int) -> Response:
    """A cell is filled no more; pressed twice, it is gone already."""
    book = CityBook.get(book_id)
    book.ties = [one for one in book.ties if one.id != tie_id]
    db.session.commit()
    flash("已去掉这一格的对应，原表里的内容不变", "success")
    return redirect(url_for(".show", book_id=book_id))


@bp.route("/<int:book_id>/close", methods=["GET", "POST"])
@needs("targets.edit")
def close(book_id: int) -> Answer:
    """The workbook is not used any more."""
    book, form = CityBook.get(book_id), ConfirmForm()
    if form.validate_on_submit():
        book.active = False
        db.session.commit()
        flash(f"已停用：{book.name}", "success")
        return redirect(url_for(".index"))
    return render_template("city_books/close.html", book=book, form=form)


@bp.get("/<int:book_id>/fill")
@needs("targets.edit")
def fill(book_id: int) -> Response:
    """The workbook filled for a day, to keep; nothing of it when something does not fit."""
    book, on = CityBook.get(book_id), _day()
    values: dict[str, dict[str, Filling]] = defaultdict(dict)
    filled = fillings(book, g.user, on)
    if not filled:
        raise NotFound
    for one in filled:
        if one.wrong:
            raise Refused(f"{one.tie.sheet}!{one.tie.cell}：{one.wrong}")
        values[one.tie.sheet] |= one.cells
    data = workbooks.Book(file.read(book.file)).fill(values)
    audit_log.note("export", g.user, at=clock.now(), address=request.remote_addr or "", subject="city_book",
                   subject_id=book.id, detail={"rows": sum(len(cells) for cells in values.values()),
                                               "filter": {"on": on.isoformat()}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{book.name}_{on:%Y%m%d}.xlsx", MEDIA_TYPE)
