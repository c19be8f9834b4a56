"""`flask --app crm jobs timetable|list|run`: when things happen by themselves, what they did, one of them by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import click

from crm.cli.output import answer, json_option, refuse
from models import clock, timetable, timetable_list
from models.errors import Refused
from models.rules.timetable import slots, words
from models.rules.workday import ASSUMED
from models.task import Work, task_kind

#: No more days than these are listed at once.
MOST_DAYS = timedelta(days=3 * 366)

group = click.Group("jobs", help="The timetable: what happens by itself, and when.")


class Day(click.ParamType):
    """A day; what is none is told in an officer's words."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that these words name."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"没有这一天：{value}。日期要写成 2026-11-23", param, ctx)


DAY = Day()


@task_kind("job", "按日期运行")
def run_as_task(work: Work) -> dict[str, Any]:
    """One job by hand, as the page of the timetable asks for it."""
    from jobs.by_hand import run_for

    on = date.fromisoformat(work.arguments["on"])
    answered: dict[str, Any] = run_for(work.arguments["job"], on, clock.now(), work.person_id)
    if answered["state"] == "failed":
        raise Refused(f"没有做成：{answered['error']}")
    return answered


@task_kind("resume-sending", "恢复备份后接着发")
def resume_as_task(work: Work) -> dict[str, Any]:
    """Sending goes on after a restore, as the page of the outbox asks for it."""
    from jobs.resuming import go_on

    return go_on(datetime.fromisoformat(work.arguments["moment"]), clock.now(), work.person_id)


@group.command("timetable")
@click.option("--from", "first", type=DAY, required=True, help="From this day.")
@click.option("--to", "last", type=DAY, required=True, help="Up to and with this day.")
@json_option
def show_timetable(first: date, last: date, as_json: bool) -> None:
    """List every moment at which each entry fires, oldest first; without --json those of every minute are left out.

    A moment in a year whose notice is not loaded has `known: false`. Paused entries do not fire.
    """
    if last < first:
        raise click.UsageError("--to 不能早于 --from")
    if last - first > MOST_DAYS:
        raise click.UsageError("一次最多列三年")
    known = timetable.known()
    lines = [line for line in timetable.lines() if not line.paused and (as_json or line.when.kind != "every")]
    found = [(slot.at, line.entry) for line in lines for slot in slots(line.when, first, last, known)]
    found.sort(key=lambda pair: (pair[0], pair[1].name))
    data: list[dict[str, Any]] = [{"job": entry.name, "at": at.isoformat()} for at, entry in found]
    for row, (at, _) in zip(data, found, strict=True):
        if at.year not in known.workdays.years:
            row["known"] = False
    said = [f"{at:%Y-%m-%d %H:%M} {entry.title} {timetable_list.note(at, known)}".rstrip() for at, entry in found]
    answer(data, as_json, "\n".join(said) or "这几天没有要做的")


@group.command("list")
@json_option
def list_jobs(as_json: bool) -> None:
    """List the entries: when, when next, and how the last run ended."""
    rows = timetable_list.rows(clock.now())
    answer([_described(row) for row in rows], as_json, "\n".join(_line(row) for row in rows))


@group.command("run")
@click.argument("name", metavar="NAME")
@click.option("--on", type=DAY, help="As of its hour on this day (default: as of now).")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and leave nothing behind.")
@json_option
def run_job(name: str, on: date | None, dry_run: bool, as_json: bool) -> None:
    """Run one job once. What it has told already it does not tell again."""
    from jobs.by_hand import run_for
    from jobs.worker import log_to_stderr

    log_to_stderr()
    try:
        answered: dict[str, Any] = run_for(name, on, clock.now(), rehearse=dry_run)
    except Refused as error:
        refuse(str(error), as_json, {"job": name})
    if answered["state"] == "failed":
        refuse(f"没有做成：{answered['error']}", as_json, answered)
    verb = "预演" if dry_run else "做完"
    skipped = "".join(f"\n跳过 {one['key']}：{one['reason']}" for one in answered["skipped"])
    said = f"{name} {answered['period']} {verb}：新提醒 {answered['raised']}，发出 {answered['sent']}{skipped}"
    answer(answered, as_json, said)


def _described(row: timetable_list.Row) -> dict[str, Any]:
    line, last = row.line, row.last
    told = last.answer if last else {}
    return {
        "job": line.entry.name, "title": line.entry.title, "when": words(line.when), "active": not line.paused,
        "next": [slot.at.isoformat() for slot in row.coming], "period": last.period if last else None,
        "state": last.state if last else None, "raised": told.get("raised", 0), "sent": told.get("sent", 0),
        "skipped": told.get("skipped", []), "last": clock.local(last.started_at).isoformat() if last else None,
        "error": last.error if last else "",
    }  # fmt: skip


def _line(row: timetable_list.Row) -> str:
    line = row.line
    coming = f"下次 {row.coming[0].at:%Y-%m-%d %H:%M}" if row.coming else "已暂停" if line.paused else "没有下次"
    if row.coming and row.note(row.coming[0]):
        coming += f"（{ASSUMED}）"
    last = f"上次 {clock.local(row.last.started_at):%m-%d %H:%M} {row.last.state_words}" if row.last else "还没做过"
    return f"{line.entry.name}\t{line.entry.title}\t{words(line.when)}\t{coming}\t{last}"
