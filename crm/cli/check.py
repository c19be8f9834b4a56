"""`flask --app crm check`: whether data, settings and environment are whole (contracts.md)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import click
from flask import current_app
from sqlalchemy import func, inspect, select

from config import Config, ConfigError
from crm.cli.output import answer, json_option
from models import audit_seal, calendar, clock, integrity, rule_book, timetable, vault
from models.audit_seal import Seal, Verdict
from models.base import db
from models.integrity import Problem
from models.rules.timetable_entries import ENTRIES
from models.rules.workday import ASSUMED
from models.user import User

#: The worker seals every minute; a tail older than this means that none runs.
SEALED_WITHIN = timedelta(days=1)


@click.command("check")
@click.option("--full", is_flag=True, help="Look at every firm and every byte, not at a sample.")
@json_option
def command(full: bool, as_json: bool) -> None:
    """Check integrity of data, settings and environment; status 1 when something is wrong."""
    found = [*schema()]
    if not found:
        verdict = audit_seal.verify(clock.now(), outside_seal())
        found = [
            *environment(),
            *overrides(),
            *rule_books(),
            *calendar_years(),
            *integrity.problems(full),
            *trail(verdict),
        ]
        click.echo(f"审计记录：已封存 {verdict.sealed} 条，待封存 {verdict.unsealed} 条{age(verdict)}", err=True)
    data: dict[str, Any] = {"ok": not found, "problems": [vars(problem) for problem in found]}
    lines = [f"{problem.check}: {problem.message}" for problem in found]
    answer(data, as_json, "\n".join(lines) or "没有发现问题")
    if found:
        raise click.exceptions.Exit(1)


def schema() -> Iterator[Problem]:
    """Whether the database has every schema step; without them nothing else can be asked."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here != steps.get_current_head():
        yield Problem("migrations", f"库结构是 {here or '空的'}，应为 {steps.get_current_head()}：请运行 db upgrade")


def environment() -> Iterator[Problem]:
    """Keys and modes of the process."""
    config: Config = current_app.config["TIDU"]
    if len(config.secret_key) < 32:
        yield Problem("secret_key", "SECRET_KEY 少于 32 个字符")
    if config.production:
        try:
            config.refuse_unsafe()
        except ConfigError as error:
            yield Problem("environment", str(error))
        if db.session.scalar(select(func.count(User.id)).where(User.is_demo, User.active)):
            yield Problem("environment", "正式环境里有演示账号")
    if db.engine.dialect.name == "sqlite" and inspect(db.engine).has_table("firm"):
        result = db.session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if result != "ok":
            yield Problem("database", f"数据库文件已损坏：{result}")


def trail(verdict: Verdict) -> Iterator[Problem]:
    """What is wrong with the sealed trail, and an unsealed tail that nobody seals any more."""
    for message in verdict.problems:
        yield Problem("audit", message)
    if verdict.oldest is not None and verdict.oldest > SEALED_WITHIN:
        yield Problem("audit", f"有 {verdict.unsealed} 条审计记录没有封存{age(verdict)}：后台进程没有在运行？")


def age(verdict: Verdict) -> str:
    """How long the unsealed tail has waited, in words; empty when there is none."""
    return "" if verdict.oldest is None else f"，最早的等了 {int(verdict.oldest.total_seconds() // 60)} 分钟"


def outside_seal() -> Seal | None:
    """The seal in the newest archive of the nightly backup, kept outside the database; None without an archive."""
    from crm.backup.make import seal_of

    archives = sorted((vault.folder().parent / "backups").glob("tidu-*.zip"))
    kept = seal_of(archives[-1]) if archives else None
    return None if kept is None else Seal(kept["position"], kept["entry"], kept["hash"])


def calendar_years() -> Iterator[Problem]:
    """The year whose notice should be loaded by now."""
    missing = calendar.next_missing_year(clock.today())
    if missing is not None:
        yield Problem("calendar", f"{missing} 年的节假日通知还没有载入，期限{ASSUMED}：calendar import 通知文件")


def rule_books() -> Iterator[Problem]:
    """Versions of the rules in force that this program cannot read; the other versions hold meanwhile."""
    for version, why in rule_book.unreadable():
        yield Problem("rule_books", f"规则版本 {version} 读不出来，没有按它算：{why}")


def overrides() -> Iterator[Problem]:
    """Changes of the timetable that cannot be read or name no job."""
    for name, override in timetable.overrides().items():
        if name not in ENTRIES:
            yield Problem("timetable", f"时间表里没有这项：{name}")
        elif unreadable := timetable.line(ENTRIES[name], override).unreadable:
            yield Problem("timetable", f"{ENTRIES[name].title}：{unreadable}")
