"""The command line of contracts.md, one file per group."""

from flask import Flask

from crm.cli import (
    assess,
    backup,
    calendar,
    check,
    demo,
    duties,
    funnel,
    imports,
    jobs,
    reminders,
    reports,
    tasks,
    users,
    worker,
)


def init_app(app: Flask) -> None:
    """Register every command group."""
    for command in (
        assess.command,
        backup.backup_command,
        backup.restore_command,
        calendar.group,
        check.command,
        demo.group,
        duties.command,
        funnel.command,
        imports.group,
        jobs.group,
        reports.group,
        reminders.group,
        tasks.group,
        users.group,
        worker.command,
    ):
        app.cli.add_command(command)
