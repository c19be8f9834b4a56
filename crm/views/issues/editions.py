"""期次: the lists as they were published, each against the one before, printed the same for ever."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.views.issues.base import bp
from crm.views.issues.lists import MAKERS, note_export, on_paper
from crm.views.issues.question import Question
from models import calendar, clock, setting
from models.base import db
from models.errors import Refused
from models.figures.base import chinese_day
from models.issue import publishing
from models.issue.editions import IssueEdition
from models.issue.publishing import Kept
from models.rules import three_lists
from models.rules.issue import ENDED
from models.rules.issue_kinds import LISTS, MARKS
from models.rules.three_lists import COLUMNS, Tally

#: What of an edition may be looked at alone: its name, and which rows.
SHOWS: dict[str, tuple[str, Callable[[Kept], bool]]] = {
    "open": ("在办", lambda row: row.state not in ENDED),
    "new": (MARKS["new"], lambda row: "new" in row.marks),
    "closed": (MARKS["closed"], lambda row: row.state == "closed_out"),
    "extended": (MARKS["extended"], lambda row: "extended" in row.marks),
    "late": (MARKS["overdue"], lambda row: row.light == "red"),
    "overdue": ("新逾期", lambda row: "overdue" in row.marks),
    "ended": ("其他了结", lambda row: row.state in ENDED and row.state != "closed_out"),
}
#: Rows of an edition on one page; it prints them all.
PAGE_SIZE = 200


@bp.get("/editions")
@needs("issues.view")
def editions() -> str:
    """Every edition this person may open, the newest first."""
    return render_template("issues/editions.html", editions=publishing.list_editions(g.user), lists=LISTS)


@bp.route("/editions/new", methods=["GET", "POST"])
@needs("issues.export")
def publish() -> str | Answer:
    """The next edition as it would be published now; published when the number it showed is still the next."""
    now = clock.now()
    list_key = request.args.get("list", "")
    list_key = list_key if list_key in LISTS else "problem"
    question = Question.parse(request.args, g.user, clock.today())
    numbers = {key: publishing.next_number(key, question.scope) for key in LISTS}
    try:
        if request.method == "POST":
            return _publish(question, list_key, numbers, now)
        made = publishing.draft(list_key, question.scope, now, calendar.load())
    except Refused as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for(".editions"))
    return render_template(
        "issues/publish.html", draft=made, numbers=numbers, list_key=list_key, lists=LISTS, question=question,
        scope_words=question.scope.words(), sentence=sentence(made.before, made.open_before, made.tally),
        moment=clock.local(now),
    )  # fmt: skip


def _publish(question: Question, list_key: str, numbers: dict[str, int], at: datetime) -> Answer:
    """Publish what the form named: this list, or all three together."""
    wanted = list(LISTS) if request.form.get("together") else [list_key]
    if any(request.form.get(f"number_{key}", "") != str(numbers[key]) for key in wanted):
        flash("这一期刚刚已经发布过了，看看是不是您要的。", "error")
        return redirect(url_for(".editions"))
    bureau, workdays = setting.get("bureau_name"), calendar.load()
    drafts = {key: publishing.draft(key, question.scope, at, workdays) for key in wanted}
    found = {key: publishing.publish(made, g.user, at, bureau) for key, made in drafts.items()}
    db.session.commit()
    names = "、".join(map(publishing.name_of, found.values()))
    flash(f"已发布{names}。以后怎么改，它都不变。", "success")
    return redirect(url_for(".edition", edition_id=found[list_key].id))


@bp.get("/editions/<int:edition_id>")
@needs("issues.view")
def edition(edition_id: int) -> str:
    """One edition as it was printed."""
    found, rows = publishing.get_for(g.user, edition_id)
    wanted = request.args.get("mark", "")
    shown = [row for row in rows if SHOWS[wanted][1](row)] if wanted in SHOWS else rows
    number = request.args.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1
    pages = max(1, -(-len(shown) // PAGE_SIZE))
    page = min(max(page, 1), pages)
    counted, before = publishing.tally_of(rows), _before(found)
    open_before = publishing.open_in(g.user, before.id) if before else 0
    return render_template(
        "issues/edition.html", edition=found, sentence=sentence(before, open_before, counted),
        rows=shown[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], count=len(shown),
        number=page, pages=pages, tally=counted, before=before, lists=LISTS, columns=COLUMNS[found.list_key],
        against=three_lists.AGAINST, shows={key: name for key, (name, _) in SHOWS.items()},
        mark=wanted if wanted in SHOWS else "",
        open_before=open_before, name=publishing.name_of(found),
        as_of=clock.local(found.as_of_at),
    )  # fmt: skip


@bp.get("/editions/<int:edition_id>/export.<ending>")
@needs("issues.export")
def export_edition(edition_id: int, ending: str) -> Response:
    """An edition as it was printed, as Excel or Word."""
    found, rows = publishing.get_for(g.user, edition_id)
    before = _before(found)
    day = clock.local(found.as_of_at)
    notes = [f"时点：{chinese_day(found.as_of_on)} {day:%H:%M}　共 {len(rows):,} 件" + _scope(found)]
    if before is not None:
        notes.append(sentence(before, publishing.open_in(g.user, before.id), publishing.tally_of(rows)))
    keys = [column.key for column in COLUMNS[found.list_key]] + (["against"] if before else [])
    cells = [[row.cells[key] for key in keys] for row in rows]
    data = on_paper(ending, found.title, notes, found.list_key, cells, _firms(rows), against=before is not None)
    note_export(len(rows), f"edition {found.id}")
    db.session.commit()
    return web.download(data, f"{publishing.name_of(found)}.{ending}", MAKERS[ending][1])


def sentence(before: IssueEdition | None, open_before: int, tally: Tally) -> str:
    """What changed against the edition before, as it is printed."""
    if before is None:
        return "首期，没有上期可比。"
    ended = f"，其他了结 {tally.ended} 件" if tally.ended else ""
    gone = tally.gone(open_before)
    gone_words = f"，移出范围 {gone} 件" if gone > 0 else f"，移入范围 {-gone} 件" if gone else ""
    late = f"逾期 {tally.overdue} 件（其中新逾期 {tally.newly_overdue} 件）"
    changed = f"新增 {tally.new} 件，销号 {tally.closed} 件{ended}{gone_words}，延期 {tally.extended} 件，{late}"
    return f"对第 {before.number} 期（{before.as_of_on}，在办 {open_before} 件）：{changed}；现在办 {tally.open} 件。"


def _before(found: IssueEdition) -> IssueEdition | None:
    return db.session.get(IssueEdition, found.before_id) if found.before_id else None


def _scope(found: IssueEdition) -> str:
    return f"　范围：{found.scope_words}" if found.scope_words else ""


def _firms(rows: list[Kept]) -> list[int]:
    return [int(row.cells["firm_id"]) for row in rows]
