"""规则版本: the rules of every title, read entry by entry; new versions, written, compared, tried, put in force."""

from math import ceil

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.assessing import book_trial
from forms.base import ConfirmForm
from forms.book import BookForm, EndBookForm, PutBookForm
from models import clock, rule_book_shelf, rule_book_trial
from models.assessment.card import NAMES
from models.base import db
from models.errors import Refused
from models.rule_book import RuleBook, shelf, unreadable
from models.rule_book_trial import ANSWERS, VERDICTS, Part
from models.rules.assess.describing import SECTIONS, VALIDITY, differences, entries

bp = Blueprint("books", __name__, url_prefix="/books")
PAGE_SIZE = 50
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
        trial=rule_book_trial.RuleBookTrial.latest(found.row) if found.row else None,
        lacking=rule_book_trial.lacking(found.row) if found.row and found.row.state == "draft" else "",
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


@bp.get("/<version>/trial")
@needs("firms.view")
def trial(version: str) -> str:
    """The last trial of a version: how far it is, then which verdicts and conditions would change."""
    row = RuleBook.get(version)
    found = rule_book_trial.RuleBookTrial.get(row)
    done = found.ended_at is not None
    return render_template(
        "books/trial.html", row=row, trial=found, verdicts=VERDICTS, answers=ANSWERS, labels=_labels(row, found),
        counts=rule_book_trial.verdict_counts(found, g.user) if done else {}, name=NAMES[row.regime],
        changes=rule_book_trial.change_counts(found, g.user) if done else [], lacking=rule_book_trial.lacking(row),
    )  # fmt: skip


@bp.get("/<version>/trial/firms")
@needs("firms.view")
def trial_firms(version: str) -> str:
    """The firms behind one number of a trial, each with the conditions whose answer changes."""
    row = RuleBook.get(version)
    found = rule_book_trial.RuleBookTrial.get(row)
    wanted = Part(*(request.args.get(name, "") for name in ("old", "new", "key", "was", "now")))
    number = max(request.args.get("page", 1, type=int), 1)
    firms, total = rule_book_trial.tried(found, g.user, wanted, number, PAGE_SIZE)
    return render_template(
        "books/trial_firms.html", row=row, trial=found, firms=firms, total=total, number=number, wanted=wanted,
        pages=max(1, ceil(total / PAGE_SIZE)), verdicts=VERDICTS, answers=ANSWERS, labels=_labels(row, found),
        name=NAMES[row.regime],
    )  # fmt: skip


def _labels(row: RuleBook, found: rule_book_trial.RuleBookTrial) -> dict[str, str]:
    """What the conditions of a trial are called, by the draft and by the version before it."""
    before = shelf().version(found.old_version)
    books = [book for book in (before, row.book) if book]
    return {one.key: one.label for book in books for one in book.conditions}


@bp.post("/<version>/trial")
@needs("books.edit")
def begin_trial(version: str) -> Answer:
    """Try a draft on all firms."""
    row = RuleBook.get(version)
    if ConfirmForm().validate():
        try:
            book_trial.begin(row, g.user)
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
            return redirect(url_for(".show", version=version))
    return redirect(url_for(".trial", version=version))


@bp.route("/<version>/put", methods=["GET", "POST"])
@needs("books.edit")
def put(version: str) -> Page:
    """Put a draft in force from a day; it needs a finished trial of exactly this text."""
    row = RuleBook.get(version)
    form = PutBookForm(data={"from_on": row.effective_from})
    if form.validate_on_submit():
        try:
            rule_book_trial.put_in_force(row, form.from_on.data, g.user, clock.now())
            db.session.commit()
            flash(f"已启用 {version}，从 {form.from_on.data} 起按它对照", "success")
            return redirect(url_for(".show", version=version))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            row = RuleBook.get(version)
    found = rule_book_trial.RuleBookTrial.latest(row)
    page = render_template("books/put.html", row=row, form=form, trial=found, lacking=rule_book_trial.lacking(row),
                           before=rule_book_trial.followed_by(row))  # fmt: skip
    return (page, 422) if form.errors else page


@bp.route("/<version>/end", methods=["GET", "POST"])
@needs("books.edit")
def end(version: str) -> Page:
    """Back to the earlier version from a day on."""
    row = RuleBook.get(version)
    form = EndBookForm(data={"from_on": max(clock.today(), row.effective_from)})
    if form.validate_on_submit():
        try:
            row.end(form.from_on.data, form.why.data or "", g.user, clock.now())
            db.session.commit()
            flash(f"已撤回 {version}，从 {form.from_on.data} 起用回原来的版本", "success")
            return redirect(url_for(".show", version=version))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            row = RuleBook.get(version)
    page = render_template("books/end.html", row=row, form=form)
    return (page, 422) if form.errors else page
