"""`flask --app crm calendar`: working days, years, and the yearly notice (contracts.md)."""

from datetime import date, datetime
from pathlib import Path

import click

from crm.cli.output import answer, json_option, refuse
from models import calendar, clock
from models.base import db
from models.errors import Refused
from models.rules import holiday_notice
from models.rules.holiday_notice import NoticeRefused
from models.rules.workday import span

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("calendar")
def group() -> None:
    """The working calendar: weekends, holidays and make-up days."""


@group.command("due", context_settings={"ignore_unknown_options": True})
@click.argument("start", metavar="DATE", type=DAY)
@click.argument("working_days", metavar="N", type=click.IntRange(-5000, 5000))
@json_option
def due(start: datetime, working_days: int, as_json: bool) -> None:
    """Print the date N working days after DATE, DATE itself not counted.

    `known` is false when a year on the way has no notice yet and its legal days were assumed.
    """
    found = calendar.load().due(start.date(), working_days)
    answer({"due_on": found.on.isoformat(), "known": found.known}, as_json, f"{found.on} {found.note}".strip())


@group.command("year")
@click.argument("year", type=click.IntRange(2000, 2099))
@json_option
def show_year(year: int, as_json: bool) -> None:
    """Print every day of a year with work or rest and why."""
    days = calendar.load()
    found = [days.day(on) for on in span(date(year, 1, 1), date(year, 12, 31))]
    data = [{"date": day.on.isoformat(), "work": day.work, "why": day.why} for day in found]
    answer(data, as_json, "\n".join(f"{day.on} {'上班' if day.work else '休息'} {day.why}".rstrip() for day in found))


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def load_notice(file: Path, as_json: bool) -> None:
    """Load the State Council's notice of a year: its text, a CSV table or JSON.

    What was known of the year is replaced. A line that cannot be right is named and nothing is changed.
    """
    try:
        notice = holiday_notice.from_bytes(file.read_bytes())
        issues = calendar.put(notice, file.name, None, clock.now())
    except (NoticeRefused, Refused) as error:
        db.session.rollback()
        refuse(str(error), as_json)
    db.session.commit()
    rest = sum(not work for work, _ in notice.days.values())
    make_up = len(notice.days) - rest
    data = {"year": notice.year, "days": len(notice.days), "rest": rest, "make_up": make_up}
    said = f"{notice.year} 年已载入：放假 {rest} 天，调休上班 {make_up} 天，重新推算了 {issues} 件问题的期限"
    answer(data, as_json, said)
