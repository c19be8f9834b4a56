"""The command line holds what contracts.md names, and nothing that goes around the rules."""

from flask import Flask

#: `db` comes from Flask-Migrate; the others are ours.
COMMANDS = {
    "assess",
    "backup",
    "calendar",
    "check",
    "db",
    "demo",
    "duties",
    "funnel",
    "imports",
    "jobs",
    "reports",
    "reminders",
    "restore",
    "tasks",
    "users",
    "worker",
}


def test_only_the_commands_of_the_contract_exist(lite_app: Flask) -> None:
    assert set(lite_app.cli.commands) == COMMANDS


def test_every_command_explains_itself(lite_app: Flask) -> None:
    runner = lite_app.test_cli_runner()
    for name in sorted(COMMANDS - {"db"}):
        answer = runner.invoke(args=[name, "--help"])
        assert answer.exit_code == 0
        assert len(answer.output.splitlines()) > 3, name
