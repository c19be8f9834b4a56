"""设置 → 工作日历: which days people work, and the yearly notice that says so."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.calendar import NoticeForm
from models import calendar, clock, timetable_list
from models.base import db
from models.calendar import CalendarYear
from models.errors import Refused
from models.rules import holiday_notice
from models.rules.holiday_notice import NoticeRefused
from models.rules.workday import ASSUMED, DAY, Day, Workdays, span

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.get("/")
@needs("self")
def index() -> str:
    """A year, month by month; the years that are loaded."""
    today = clock.today()
    wanted = request.args.get("year", "")
    year = int(wanted) if wanted.isdigit() and 2000 <= int(wanted) <= 2099 else today.year
    days = calendar.load()
    return render_template(
        "calendar/index.html",
        year=year,
        today=today,
        months=[_weeks(days, year, month) for month in range(1, 13)],
        known=year in days.years,
        working=len(days.working_days(date(year, 1, 1), date(year, 12, 31))),
        runs=_runs(days, year),
        years=CalendarYear.list_all(),
        missing=calendar.next_missing_year(today),
        assumed=ASSUMED,
    )


@bp.route("/notice", methods=["GET", "POST"])
@needs("calendar.edit")
def notice() -> str | Response | tuple[str, int]:
    """Load the notice of a year; a line that cannot be right is named and what was pasted is kept."""
    form = NoticeForm()
    if request.method == "GET":
        return render_template("calendar/notice.html", form=form)
    if form.validate():
        given: Any = form.file.data
        data = given.read(holiday_notice.MOST_BYTES + 1) if given else str(form.text.data).encode()
        try:
            found = holiday_notice.from_bytes(data)
            before = timetable_list.year_moments(found.year)
            issues = calendar.put(found, given.filename if given else "贴上的通知正文", g.user, clock.now())
        except (NoticeRefused, Refused) as error:
            db.session.rollback()
            (form.file if given else form.text).errors = [str(error)]
        else:
            trail.note("calendar.load", subject="calendar_year", subject_id=found.year)
            db.session.commit()
            moved = len(timetable_list.year_moments(found.year) - before)
            told = f"{found.year} 年的节假日安排已载入，共 {len(found.days)} 天。"
            flash(f"{told}重新推算了 {issues} 件问题的期限，时间表有 {moved} 次改了日子。", "success")
            return redirect(url_for(".index", year=found.year))
    return render_template("calendar/notice.html", form=form), 422


def _runs(days: Workdays, year: int) -> list[list[Day]]:
    """The days of a year that are not what their weekday says, those of one kind that follow each other together."""
    runs: list[list[Day]] = []
    for day in (days.day(on) for on in span(date(year, 1, 1), date(year, 12, 31))):
        if not day.why or day.why == "周末":
            continue
        last = runs[-1][-1] if runs else None
        if last and last.on + DAY == day.on and (last.work, last.why) == (day.work, day.why):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _weeks(days: Workdays, year: int, month: int) -> list[list[Day | None]]:
    """The weeks of a month from Monday to Sunday; None where the week belongs to another month."""
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1)
    cells: list[Day | None] = [None] * first.weekday()
    cells += [days.day(on) for on in span(first, last) if on < last]
    cells += [None] * (-len(cells) % 7)
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]
