"""How every command answers: JSON with --json, lines for a person without; logs go to stderr (contracts.md)."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

import click

#: Adds --json to a command; its function gets `as_json`.
json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def answer(data: Any, as_json: bool, text: str | None = None) -> None:
    """Print the answer: the data as JSON, or the text for a person (the data again when there is no text)."""
    if as_json or text is None:
        click.echo(json.dumps(data, ensure_ascii=False, default=str))
    else:
        click.echo(text)


def refuse(message: str, as_json: bool, data: dict[str, Any] | None = None) -> NoReturn:
    """Say why nothing (or not everything) was done, and end with status 1."""
    if as_json:
        click.echo(json.dumps({**(data or {}), "error": message}, ensure_ascii=False, default=str))
    click.echo(message, err=True)
    raise click.exceptions.Exit(1)
