"""`flask --app crm reminders`: what would go out on a day (contracts.md)."""

from datetime import datetime

import click
from flask import current_app

from crm.cli.output import answer, json_option
from crm.mail.server import parse
from models import clock
from models.reminder import preview
from models.rules.reminder import CHANNELS

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("reminders")
def group() -> None:
    """The ledger of reminders.

    Reminders are raised by the timetable; `jobs run` raises one entry by hand.
    """


@group.command("preview")
@click.option("--on", type=DAY, help="For this day (default: today).")
@json_option
def preview_command(on: datetime | None, as_json: bool) -> None:
    """List what would go out on a day if nobody did anything until then.

    One line for each reminder and each way it would be told. Nothing is written and nothing is sent.
    """
    day = on.date() if on else clock.today()
    rows = preview.foresee(day, server=parse(current_app.config["TIDU"].mail_url) is not None)
    data = [
        {
            "rule": row.rule.key, "record": f"{row.one.due.table}/{row.one.due.record_id}", "person": row.recipient,
            "due": row.one.due.due_on, "channel": channel, "for": row.person, "period": row.one.period,
        }
        for row in rows
        for channel in row.channels
    ]  # fmt: skip
    lines = [
        f"{row['due']} {row['person']} {row['rule']} {row['record']}（{CHANNELS[str(row['channel'])]}）" for row in data
    ]
    answer(data, as_json, "\n".join([f"{day}：{len(data)} 项", *lines]))
