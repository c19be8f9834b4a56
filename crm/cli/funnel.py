"""`flask --app crm funnel`: counts per rung, and the flow between two dates (contracts.md)."""

from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select

from crm.cli.output import answer, json_option, refuse
from models import clock
from models.area import Area
from models.base import db
from models.figures import registry
from models.figures.base import Period
from models.figures.rungs import COUNTED
from models.figures.scope import Scope
from models.rules.ladder import RUNG_NAMES

#: What contracts.md prints of each type of title.
TITLE_KEYS = ("in_force", "provisional", "pending_renewal", "new", "renewed", "issued", "ended", "ever")
DAY = click.DateTime(["%Y-%m-%d"])


def described(found: registry.Ladder, since: date | None) -> dict[str, Any]:
    """The ladder as contracts.md prints it; the flow only when a first date was asked for."""
    counts = found.counts
    flow: dict[tuple[str, str], int] = {}
    for step, number in found.flow.steps.items():
        flow[step.old, step.new] = flow.get((step.old, step.new), 0) + number
    return {
        "on": found.period.on,
        "since": found.period.since,
        "rungs": {str(rung): counts[f"rung.{rung}"] for rung in COUNTED},
        "rungs_with_pending": {str(rung): counts[f"rung_with_pending.{rung}"] for rung in COUNTED},
        "titles": {
            kind.key: {key: counts[f"title.{kind.key}.{key}"] for key in TITLE_KEYS} for kind in found.kinds
        },
        "flow": [
            {"from": old, "to": new, "count": flow[old, new]} for old, new in sorted(flow) if since is not None
        ],
    }  # fmt: skip


@click.command("funnel")
@click.option("--on", type=DAY, help="As of this day (default: today).")
@click.option("--since", type=DAY, help="Compare with this day; the period is (since, on].")
@click.option("--area", metavar="CODE", help="Only firms of this area or park and what lies below it.")
@json_option
def command(on: datetime | None, since: datetime | None, area: str | None, as_json: bool) -> None:
    """Count the firms on each rung of the ladder, and every title, as of a day.

    Without --since the period begins on 1 January of the year of --on, that day included, and no flow is printed.
    """
    day = on.date() if on else clock.today()
    first = since.date() if since else None
    if first is not None and first > day:
        raise click.UsageError("--since must not be later than --on")
    scope = Scope()
    if area is not None:
        place = db.session.scalar(select(Area).where(Area.code == area))
        if place is None:
            refuse(f"没有编号为 {area} 的街镇园区", as_json)
        scope = Scope(area_id=place.id) if place.tree == "area" else Scope(park_id=place.id)
    data = described(registry.ladder(Period.up_to(day, first), scope), first)
    answer(data, as_json, _text(data))


def _text(data: dict[str, Any]) -> str:
    lines = [f"截至 {data['on']}（期间自 {data['since']} 次日起）"]
    for rung, number in data["rungs"].items():
        waiting = data["rungs_with_pending"][rung]
        lines.append(f"{RUNG_NAMES[rung]}\t{number}\t含待续 {waiting}")
    for key, counts in data["titles"].items():
        lines.append(f"{key}\t" + "  ".join(f"{name} {number}" for name, number in counts.items()))
    lines += [f"{RUNG_NAMES[row['from']]} → {RUNG_NAMES[row['to']]}\t{row['count']}" for row in data["flow"]]
    return "\n".join(lines)
