"""年度目标: the board of a year, one target with its course and revisions, how it is shared out."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import web
from crm.access import needs
from crm.documents import excel
from forms.pool import list_owners
from forms.target import ReviseForm, ShareForm, TakeBackForm, TargetForm
from models import audit_log, clock, setting
from models.base import db
from models.errors import NotFound, Refused
from models.pool.planning import towns
from models.rules.target import KINDS, Goal
from models.target.board import PAGE_SIZE, Board, Line, offered
from models.target.record import Target, Whose, put, shares_of, sum_of
from models.target.rows import PAGE_SIZE as ROWS_ON_PAGE
from models.target.rows import Opened

bp = Blueprint("targets", __name__, url_prefix="/targets")
Answer = str | Response | tuple[str, int]


def _board() -> Board:
    today = clock.today()
    year = min(max(request.args.get("year", type=int) or today.year, 2000), 2100)
    whose = request.args.get("whose", "").strip()
    if whose not in ("", "all", "areas", "officers"):
        try:
            whose = Whose.of(whose).key
        except ValueError:
            whose = ""
    return Board(g.user, year, today, whose)


def _page_of(total: int, size: int) -> tuple[int, int]:
    pages = max(1, ceil(total / size))
    return min(max(request.args.get("page", 1, type=int), 1), pages), pages


@bp.get("/")
@needs("targets.view")
def index() -> str:
    """The targets of a year with what is done of each."""
    board = _board()
    total = board.count()
    number, pages = _page_of(total, PAGE_SIZE)
    return render_template(
        "targets/index.html", board=board, lines=board.lines(number), total=total, number=number, pages=pages,
        years=Target.years(g.user, board.on), areas=towns(), people=list_owners(),
    )  # fmt: skip


def _one(target_id: int) -> tuple[Board, Line]:
    row = Target.get_for(g.user, target_id)
    board = Board(g.user, row.year, clock.today())
    return board, board.measure([row])[0]


@bp.get("/<int:target_id>")
@needs("targets.view")
def show(target_id: int) -> str:
    """One target: its course, its parts, every value it had."""
    board, line = _one(target_id)
    parts = shares_of(g.user, line.target.year, line.target.figure_key) if line.target.whose == "all" else []
    return render_template(
        "targets/show.html", board=board, line=line, shares=board.measure(parts),
        area_sum=sum_of(row for row in parts if row.area_id is not None),
        officer_sum=sum_of(row for row in parts if row.officer_id is not None), kinds=KINDS,
    )  # fmt: skip


@bp.get("/<int:target_id>/rows")
@needs("targets.view")
def show_rows(target_id: int) -> str:
    """The rows that are done of a target; of a rate, its part or (whole=1) its whole."""
    board, line = _one(target_id)
    figure, period = line.figure, line.period
    if figure is None or period is None:
        raise NotFound
    of_whole = figure.whole is not None and request.args.get("whole") == "1"
    rows = figure.whole if of_whole and figure.whole is not None else figure.rows
    opened = Opened(figure.of, rows(period, board.scope(line.target)))
    total = opened.count()
    number, pages = _page_of(total, ROWS_ON_PAGE)
    return render_template(
        "targets/rows.html", line=line, figure=figure, period=period, rows=opened.page(number), total=total,
        number=number, pages=pages, of_whole=of_whole,
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("targets.edit")
def new() -> Answer:
    """Set a target that is not there yet."""
    board = _board()
    form = TargetForm(offered(board.known), towns(), list_owners(), board.on, board.year)
    if form.validate_on_submit():
        year, key, whose = int(form.year.data or 0), str(form.figure_key.data), Whose.of(str(form.whose.data))
        held = Target.find(year, key, whose)
        if held is not None and held.goal is not None and held.goal != form.goal:
            form.form_errors.append(f"{held.whose_words} {year} 年这个指标已有目标，请到它的页面调整")
            row = None
        else:
            row = _put(form, year, key, whose, form.goal)
        if row is not None:
            return redirect(url_for(".show", target_id=row.id))
    page = render_template("targets/edit.html", form=form, line=None, year=board.year)
    return page, 422 if form.errors else 200


@bp.route("/<int:target_id>/revise", methods=["GET", "POST"])
@needs("targets.edit")
def revise(target_id: int) -> Answer:
    """Another value from a day on; the ones before stay."""
    row = Target.get_for(g.user, target_id)
    form = ReviseForm({"kind": row.kind, "low": row.low, "high": row.high}, clock.today())
    if form.validate_on_submit() and _put(form, row.year, row.figure_key, Whose.of(row.whose), form.goal):
        return redirect(url_for(".show", target_id=target_id))
    page = render_template("targets/edit.html", form=form, line=_one(target_id)[1], year=row.year)
    return page, 422 if form.errors else 200


@bp.route("/<int:target_id>/take-back", methods=["GET", "POST"])
@needs("targets.edit")
def take_back(target_id: int) -> Answer:
    """The target is no more; its values stay readable."""
    row, form = Target.get_for(g.user, target_id), TakeBackForm(clock.today())
    if form.validate_on_submit() and _put(form, row.year, row.figure_key, Whose.of(row.whose), None):
        return redirect(url_for(".show", target_id=target_id))
    page = render_template("targets/take_back.html", form=form, line=_one(target_id)[1])
    return page, 422 if form.errors else 200


@bp.route("/<int:target_id>/share", methods=["GET", "POST"])
@needs("targets.edit")
def share(target_id: int) -> Answer:
    """Share the bureau's target out to areas and officers: every number on one page, one date and reason."""
    row, form = Target.get_for(g.user, target_id), ShareForm(clock.today())
    if row.whose != "all" or row.goal is None:
        raise NotFound
    groups = (("街镇", {f"area:{area.id}": area.name for area in towns()}),
              ("干部", {f"officer:{person.id}": person.name for person in list_owners()}))  # fmt: skip
    held = {one.whose: one for one in shares_of(g.user, row.year, row.figure_key)}
    typed: Mapping[str, str] = {f"s-{key}": f"{one.low}" for key, one in held.items()}
    if request.method == "POST":
        typed = request.form
        valid, numbers = form.validate(), form.numbers(typed, {**groups[0][1], **groups[1][1]})
        if valid and not form.form_errors and _shared(form, row, numbers, held):
            return redirect(url_for(".show", target_id=target_id))
    page = render_template("targets/share.html", form=form, line=_one(target_id)[1], groups=groups, typed=typed)
    return page, 422 if form.errors else 200


def _shared(form: ShareForm, row: Target, numbers: Mapping[str, Any], held: Mapping[str, Target]) -> bool:
    """Set every part that changed; False when one was refused. Commits."""
    year, key = row.year, row.figure_key
    try:
        for whose, number in numbers.items():
            # A part keeps the kind it has; a new one is a number.
            same = whose in held and held[whose].low == number
            if number is None or not same:
                _set(form, year, key, Whose.of(whose), None if number is None else Goal("number", number))
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return False
    flash("分解已保存", "success")
    return True


def _set(form: Any, year: int, key: str, whose: Whose, goal: Goal | None) -> Target | None:
    return put(year, key, whose, goal, on=form.on.data, reason=form.reason.data, by=g.user, at=clock.now())


def _put(form: Any, year: int, key: str, whose: Whose, goal: Goal | None) -> Target | None:
    """Set one target and commit; None when it was refused, which the form then says."""
    try:
        row = _set(form, year, key, whose, goal)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return None
    flash("已取消这个目标，原来的数还看得到" if goal is None else "目标已保存", "success")
    return row


COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "指标": 30, "谁的": 14, "目标": 18, "已完成": 12, "完成率": 10, "进度应达": 10, "还差": 14, "全年预计": 10,
        "预计怎么算": 40, "状态": 12, "时点": 12, "口径": 70,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("targets.view")
def export() -> Response:
    """The filtered targets as a workbook."""
    board, now = _board(), clock.now()
    rows = [
        [
            line.name, line.target.whose_words, line.goal_words, line.done_words, line.rate_words, line.due_words,
            line.gap_words, line.forecast.number if line.forecast else None,
            line.forecast.how if line.forecast else "", line.state_words, line.period.on if line.period else None,
            line.figure.definition if line.figure else "",
        ]
        for line in board.lines(size=None)
    ]  # fmt: skip
    mark = excel.watermark(f"{board.year} 年目标", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("年度目标", mark, COLUMNS, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="targets",
                   detail={"rows": count, "filter": {"year": board.year, "whose": board.whose}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"年度目标_{board.year}.xlsx", excel.MEDIA_TYPE)
