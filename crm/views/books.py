"""规则版本: the rules of every title, read entry by entry; new versions, written, compared, thrown away."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from forms.base import ConfirmForm
from forms.book import BookForm
from models import clock, rule_book_shelf
from models.assessment.card import NAMES
from models.base import db
from models.errors import Refused
from models.rule_book import RuleBook, unreadable
from models.rules.assess.describing import SECTIONS, VALIDITY, differences, entries

bp = Blueprint("books", __name__, url_prefix="/books")
TEXT = "text/plain; charset=utf-8"
Page = str | Answer | tuple[str, int]


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """Every version of each title, and which one holds today."""
    today = clock.today()
    return render_template("books/index.html", shelf=rule_book_shelf.versions(today), names=NAMES, on=today,
                           broken=unreadable())  # fmt: skip


@bp.get("/<version>")
@needs("firms.view")
def show(version: str) -> str:
    """One version: each condition and bracket, its source and how sure it is; what became of it."""
    found = rule_book_shelf.find(version, clock.today())
    listed = entries(found.book)
    return render_template(
        "books/show.html", found=found, book=found.book, row=found.row, name=NAMES[found.book.regime],
        sections=[(SECTIONS[key], [one for one in listed if one.section == key]) for key in SECTIONS],
        validity=VALIDITY[found.book.validity.rule], steps=rule_book_shelf.history(found.row) if found.row else [],
        others=[one for one in rule_book_shelf.versions(clock.today())[found.book.regime]
                if one.book.version != version],
    )  # fmt: skip


@bp.get("/<version>/text")
@needs("firms.view")
def text(version: str) -> Response:
    """The text, for keeping or for another bureau."""
    return web.download(rule_book_shelf.text_of(version).encode(), f"{version}.toml", TEXT)


@bp.get("/compare")
@needs("firms.view")
def compare() -> str:
    """Two versions of a title: what the later says otherwise, condition by condition, bracket by bracket."""
    today = clock.today()
    old = rule_book_shelf.find(request.args.get("old", ""), today)
    new = rule_book_shelf.find(request.args.get("new", ""), today)
    same = old.book.regime == new.book.regime
    return render_template(
        "books/compare.html", old=old, new=new, name=NAMES[new.book.regime], same=same,
        found=differences(old.book, new.book) if same else [],
        choices=[one.book.version for one in rule_book_shelf.versions(today)[new.book.regime]],
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("books.edit")
def new() -> Page:
    """A draft from a version that is there, or from a file."""
    start, today = request.args.get("from", ""), clock.today()
    values: dict[str, object] = {}
    if start:
        values = rule_book_shelf.copy_of(start, today)
    form = BookForm(data=values)
    if form.validate_on_submit():
        text = form.composed()
        if text is not None:
            try:
                row = RuleBook.begin(text, form.why.data or "", start, g.user, clock.now())
                db.session.commit()
                flash(f"已存为草稿 {row.version}，还没有启用，现在的对照不变", "success")
                return redirect(url_for(".show", version=row.version))
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(str(error))
    page = render_template("books/edit.html", form=form, row=None, start=start)
    return (page, 422) if form.errors else page


@bp.route("/<version>/edit", methods=["GET", "POST"])
@needs("books.edit")
def edit(version: str) -> Page:
    """Change a draft."""
    row = RuleBook.get(version)
    form = BookForm(obj=row)
    if form.validate_on_submit():
        text = form.composed()
        if text is not None:
            try:
                row.rewrite(text, form.why.data or "")
                kept = row.version
                db.session.commit()
                flash("已存，还没有启用，现在的对照不变", "success")
                return redirect(url_for(".show", version=kept))
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(str(error))
    page = render_template("books/edit.html", form=form, row=row, start=row.based_on)
    return (page, 422) if form.errors else page


@bp.post("/<version>/discard")
@needs("books.edit")
def discard(version: str) -> Answer:
    """Throw a draft away."""
    row = RuleBook.get(version)
    if ConfirmForm().validate():
        row.discard()
        db.session.commit()
        flash(f"已删除草稿 {version}")
    return redirect(url_for(".index"))
