"""`flask --app crm backup DIR` and `restore FILE`: the whole bureau in one archive (contracts.md)."""

from pathlib import Path
from typing import Any

import click

from crm.cli.output import answer, json_option, refuse
from models import audit_log, clock
from models.base import db
from models.change_log import Actor, acting
from models.errors import Refused


def tell(done: int, total: int, message: str) -> None:
    """Progress goes to stderr."""
    click.echo(f"[{done}/{total}] {message}", err=True)


def summary(data: dict[str, Any]) -> str:
    """The answer for a person."""
    rows = sum(data["rows"].values())
    return f"{data['file']}\n{rows} 行，{data['files']} 个文件，{data['bytes']} 字节\nsha256 {data['sha256']}"


@click.command("backup")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@json_option
def backup_command(folder: Path, as_json: bool) -> None:
    """Write a consistent archive of data and files into DIR, while the system runs."""
    from crm.backup.make import backup

    now = clock.now()
    data = backup(folder, now, tell).as_json()
    audit_log.note("backup", None, at=now, detail={"file": Path(data["file"]).name, "sha256": data["sha256"]})
    db.session.commit()
    if data["missing"]:
        refuse(
            f"有 {len(data['missing'])} 个文件丢失或损坏，没有进入备份：{'、'.join(data['missing'][:5])}", as_json, data
        )
    answer(data, as_json, summary(data))


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def restore_command(file: Path, as_json: bool) -> None:
    """Fill an empty database of either kind from an archive; sending is paused afterwards."""
    from crm.backup.restore import restore

    try:
        with acting(Actor(source="job", at=clock.now())):
            restored = restore(file, tell)
    except Refused as error:
        refuse(str(error), as_json)
    data = restored.archive.as_json()
    audit_log.note("restore", None, at=clock.now(), detail={"file": file.name, "sha256": data["sha256"]})
    db.session.commit()
    if not restored.key_fits:
        click.echo("注意：备份时的加密密钥（CONTACT_KEY）与这里不同，联系人和导入原件打不开。", err=True)
    click.echo("对外发送已暂停，由管理员在设置中恢复。", err=True)
    answer(data, as_json, summary(data))
