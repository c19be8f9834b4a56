"""`flask --app crm duties`: what falls due, for whom, from which rule (contracts.md)."""

from datetime import date, datetime, timedelta
from typing import Any

import click
from sqlalchemy import select

from crm.cli.output import answer, json_option, refuse
from models import clock, duty
from models.base import db
from models.firm.record import Firm
from models.rules.duty import WHO

DAY = click.DateTime(["%Y-%m-%d"])
#: How far ahead it looks when nobody says.
AHEAD = timedelta(days=90)


@click.command("duties")
@click.option("--on", type=DAY, help="From this day (default: today).")
@click.option("--until", type=DAY, help="Up to and with this day (default: 90 days later).")
@click.option("--firm", "code", metavar="CODE", help="Only the firm with this code.")
@json_option
def command(on: datetime | None, until: datetime | None, code: str | None, as_json: bool) -> None:
    """List what falls due for firms because of their titles: annual reports, filings, renewals, changes to report.

    What was noted as done is left out.
    """
    first = on.date() if on else clock.today()
    last = until.date() if until else first + AHEAD
    if last < first:
        raise click.UsageError("--until must not be earlier than --on")
    firms = select(Firm.id).where(Firm.merged_into_id.is_(None))
    if code is not None:
        firms = firms.where(Firm.code == code)
        if db.session.scalar(firms.limit(1)) is None:
            refuse(f"没有代码为 {code} 的企业", as_json)
    rows = duty.list_due(firms, first, last, done=False)
    data = described(rows)
    answer(data, as_json, _text(data, first, last))


def described(rows: list[duty.FirmDuty]) -> list[dict[str, Any]]:
    """The duties as contracts.md prints them, with the firm's name and the duty's beside the keys."""
    names = _names({row.firm_id for row in rows})
    return [
        {
            "firm": names[row.firm_id][0], "duty": row.duty.rule.key, "due_on": row.duty.due_on,
            "who": row.duty.rule.who, "basis": row.duty.basis, "firm_name": names[row.firm_id][1],
            "name": row.duty.rule.name, "opens_on": row.duty.opens_on, "about": row.duty.about,
            "advisory": row.duty.rule.advisory, "note": row.duty.note,
        }
        for row in rows
    ]  # fmt: skip


def _names(ids: set[int]) -> dict[int, tuple[str | None, str]]:
    query = select(Firm.id, Firm.code, Firm.name).order_by(Firm.id)
    return {firm_id: (code, name) for firm_id, code, name in db.session.execute(query) if firm_id in ids}


def _text(data: list[dict[str, Any]], first: date, last: date) -> str:
    lines = [f"{first} 至 {last}：{len(data)} 项"]
    lines += [f"{row['due_on']} {row['firm_name']} {row['name']}（{WHO[row['who']]}；{row['basis']}）" for row in data]
    return "\n".join(lines)
