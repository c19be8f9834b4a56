"""`flask --app crm imports run|held|decide|undo` (contracts.md)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crm.cli.output import answer, json_option, refuse
from crm.imports import decide as deciding
from crm.imports import directory, work
from crm.imports import undo as undoing
from crm.imports.kinds import TITLE
from crm.imports.kinds.all import KINDS
from crm.imports.kinds.directory import KINDS as DIRECTORY
from crm.imports.plan import Options
from crm.imports.read import MOST_BYTES, ImportRefused
from models import clock
from models.base import db
from models.change_log import Actor, acting
from models.errors import NotFound, Refused
from models.firm import Firm
from models.importing import ImportRow, ImportRun
from models.seed import seed_defaults

group = click.Group("imports", help="Import lists, and decide the rows that wait for a person.")
COUNTS = (
    ("created", "新建"),
    ("updated", "更新"),
    ("unchanged", "没有变化"),
    ("held", "待认领"),
    ("rejected", "有问题"),
)


@group.command("run")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--kind",
    type=click.Choice(sorted([*KINDS, *DIRECTORY, "title"])),
    help="What kind of list it is (default: seen from it).",
)
@click.option("--type", "title_type", metavar="T", help="With --kind title: the key of the type of title.")
@click.option("--sheet", metavar="S", help="Only this sheet.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The date of the list, where it gives none itself.")
@click.option("--confirm-notice", is_flag=True, help="Take a 公示 as 公告.")
@json_option
def run(
    path: Path,
    kind: str | None,
    title_type: str | None,
    sheet: str | None,
    dry_run: bool,
    on: datetime | None,
    confirm_notice: bool,
    as_json: bool,
) -> None:
    """Import a file: read, recognise, clean, match, plan, apply. Rows that are not certain are held."""
    if not path.is_file():
        raise click.UsageError(f"没有这个文件：{path}")
    if path.stat().st_size > MOST_BYTES:
        refuse("文件超过 60 MB，请拆成几个文件", as_json)
    if title_type is not None and kind in (None, "title"):
        kind = title_type if title_type in KINDS else TITLE + title_type
    elif (kind == "title") != (title_type is not None):
        raise click.UsageError("--kind title 要用 --type 写明哪种资质，别的种类不用")
    options = Options(kind, sheet, on.date() if on else None, confirm_notice)
    data = path.read_bytes()
    listed = directory.kind_of(data, path.name, kind)
    try:
        if listed is not None:
            report = _bring_in(data, path.name, options, listed, dry_run)
        else:
            report = work.run_file(data, path.name, options, dry_run=dry_run, progress=_progress)
    except Refused as error:
        db.session.rollback()
        refuse(str(error), as_json)
    counts = "，".join(f"{label} {report[key]:,}" for key, label in COUNTS)
    head = "试运行，没有写入" if dry_run else f"导入 {report['id']}"
    refusals = [problem["message"] for problem in report["problems"] if problem["row"] is None]
    answer(
        report,
        as_json,
        "\n".join([f"{head}：{report['rows']:,} 行，{counts}（{report['seconds']:.1f} 秒）", *refusals]),
    )
    if refusals:
        raise click.exceptions.Exit(1)


def _bring_in(
    data: bytes, file_name: str, options: Options, kind: directory.DirectoryKind, dry_run: bool
) -> dict[str, Any]:
    """Areas, units or people; first passwords go to the terminal, never into an answer that a script may store."""
    seed_defaults()
    act = directory.Act(clock.now(), clock.today(), grant=True, real=not dry_run)
    report, lines = directory.run_file(data, file_name, options, kind, act, None, dry_run)
    db.session.commit()
    for line in lines:
        if line.secret:
            click.echo(f"{line.code}\t{line.secret}", err=True)
    return report


@group.command("held")
@click.argument("import_id", type=int, required=False, metavar="[ID]")
@json_option
def held(import_id: int | None, as_json: bool) -> None:
    """List the rows that wait for a person, with the firms they may mean."""
    if import_id is not None and db.session.get(ImportRun, import_id) is None:
        refuse(f"没有编号为 {import_id} 的导入", as_json)
    rows = [_described(row) for row in deciding.held_rows(import_id)]
    lines = [
        f"{row['id']}\t{row['sheet'].strip()}\t{row['row']}\t{row['reason']}\t"
        + "；".join(f"{one['code'] or one['choice']} {one['name']}" for one in row["candidates"])
        for row in rows
    ]
    answer(rows, as_json, "\n".join(lines) or "没有待认领的行")


@group.command("decide")
@click.argument("import_id", type=int, metavar="ID")
@click.argument("sheet")
@click.argument("row", type=int)
@click.argument("choice", metavar="CODE|new|skip")
@json_option
def decide(import_id: int, sheet: str, row: int, choice: str, as_json: bool) -> None:
    """Say which firm a held row means: its code, `new` to make one, `skip` not to import the row."""
    try:
        with acting(Actor("import", None, import_id)):
            decided = deciding.decide(import_id, sheet, row, choice, None)
            db.session.commit()
    except NotFound:
        db.session.rollback()
        refuse(f"导入 {import_id} 的表“{sheet}”没有第 {row} 行", as_json)
    except (Refused, ImportRefused) as error:
        db.session.rollback()
        refuse(str(error), as_json)
    data = {"id": import_id, "sheet": decided.sheet, "row": decided.row, "effect": decided.effect, "how": decided.how}
    answer(data, as_json, f"第 {decided.row} 行：{decided.reason}")


@group.command("undo")
@click.argument("import_id", type=int, metavar="ID")
@json_option
def undo(import_id: int, as_json: bool) -> None:
    """Take an import back: what it changed and what it made, as far as nobody changed or used it since."""
    try:
        with acting(Actor("undo", None, import_id)):
            answer_ = undoing.undo(import_id, None)
            db.session.commit()
    except NotFound:
        db.session.rollback()
        refuse(f"没有编号为 {import_id} 的导入", as_json)
    except Refused as error:
        db.session.rollback()
        refuse(str(error), as_json)
    kept = [f"{one['table']} {one['id']}\t{one['reason']}" for one in answer_["kept"]]
    head = f"导入 {import_id} 已撤回：恢复 {answer_['restored']:,}，去掉 {answer_['removed']:,}，留下 {len(kept):,}"
    answer(answer_, as_json, "\n".join([head, *kept]))


def _described(row: ImportRow) -> dict[str, Any]:
    """A held row as contracts.md prints it."""
    candidates = []
    for firm_id, likeness, why in json.loads(row.candidates):
        firm = db.session.get(Firm, firm_id)
        if firm is not None and firm.merged_into_id is None:
            choice = firm.code or f"id:{firm.id}"
            candidates.append(
                {"code": firm.code, "name": firm.name, "choice": choice, "likeness": likeness, "why": why}
            )
    return {
        "id": row.import_id,
        "sheet": row.sheet,
        "row": row.row,
        "reason": row.reason,
        "candidates": candidates,
    }


def _progress(done: int, total: int, message: str) -> None:
    click.echo(f"{message} {done:,} / {total:,}" if total else message, err=True)
