"""`flask --app crm reports build`: draft an edition of a period, or freeze it (contracts.md)."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click

from crm.cli.output import answer, json_option, refuse
from crm.documents import report_excel, report_word
from models import clock, setting
from models.base import db
from models.errors import Refused
from models.report import drafting, opening
from models.report.composing import month_from
from models.report.opening import Opened
from models.rules import report as rules

DAY = click.DateTime(["%Y-%m-%d"])
#: The hour that a day asked for stands for.
CLOSE = time(18)


@click.group("reports")
def group() -> None:
    """Editions of reports: week, month, quarter, half-year, year."""


@group.command("build")
@click.argument("kind", type=click.Choice(list(rules.KINDS)))
@click.argument("period")
@click.option("--on", type=DAY, help="As of this day (default: today).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write Word and Excel into this folder.")
@click.option("--issue", is_flag=True, help="Freeze it: its figures and rows never change again.")
@json_option
def build(kind: str, period: str, on: datetime | None, out: Path | None, issue: bool, as_json: bool) -> None:
    """Draft the bureau's edition of a period, such as 2026-W47, 2026-10, 2026-Q3, 2026-H1 or 2026.

    An edition that is issued already prints what was frozen; a draft prints the figures as of the day.
    """
    now = clock.now()
    at = datetime.combine(on.date(), CLOSE, clock.ZONE) if on else now
    try:
        span = rules.span(kind, period, month_from())
        report = drafting.find(kind, period, None) or drafting.draft(span, None, None, at)
        if issue and not report.issued:
            drafting.issue(report, None, None, at)
        found = opening.opened(report, clock.local(at).date())
    except (Refused, rules.BadPeriod) as error:
        db.session.rollback()
        refuse(str(error), as_json)
    data = described(found)
    data["files"] = _write(found, out, clock.local(at).date()) if out else []
    db.session.commit()
    answer(data, as_json, _text(data))


def described(found: Opened) -> dict[str, Any]:
    """An edition as contracts.md prints it; of a ratio the value is its part, with the whole beside it."""
    figures: dict[str, Any] = {}
    for one in found.numbers.values():
        rows = [row.row_id for row in found.rows(one.slot, None, 1, 1_000_000).rows]
        figures[one.slot] = {"value": one.value, "definition": one.definition, "rows": rows, "words": one.words}
        if one.whole is not None:
            figures[one.slot]["whole"] = one.whole
    report = found.report
    return {"edition": f"{report.kind} {report.period}", "state": report.state, "figures": figures}


def _write(found: Opened, out: Path, on: date) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    name = found.report.name
    word = report_word.document(found.content, opening.lists(found, None), [])
    mark = f"{name}　{setting.get('bureau_name')}　{on}"
    book, _ = report_excel.workbook(found.content, mark, opening.figure_lines(found), opening.annexes(found, None))
    files = []
    for data, ending in ((word, "docx"), (book, "xlsx")):
        path = out / f"{name}.{ending}"
        path.write_bytes(data)
        files.append(str(path))
    return files


def _text(data: dict[str, Any]) -> str:
    lines = [f"{data['edition']}\t{rules.STATES[data['state']]}"]
    lines += [f"{slot}\t{one['words']}" for slot, one in data["figures"].items()]
    return "\n".join([*lines, *data["files"]])
