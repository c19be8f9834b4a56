"""`flask --app crm assess`: figures of firms become verdicts, without a database (contracts.md)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from crm.cli.firm_files import FileRefused, Written, read
from crm.cli.output import answer, json_option, refuse
from models import clock
from models.rules.assess.answer import assess, headline
from models.rules.assess.book_reader import BookRefused
from models.rules.assess.firm import Firm
from models.rules.assess.names import label_of
from models.rules.assess.reading import flatten
from models.rules.assess.shelf import Shelf, shipped

DAY = click.DateTime(["%Y-%m-%d"])
#: What a mapping of a firm may hold beside its figures without being named as unread.
_KNOWN = {"id", "figures", "name"}


@click.command("assess")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--on", type=DAY, help="As of this day (default: today). The latest year is the year before it.")
@json_option
def command(file: Path, on: datetime | None, as_json: bool) -> None:
    """Judge the firms in FILE by the rule books in force, for every title at once.

    FILE is YAML or JSON: one firm or a list, figures in 万元, as contracts.md describes; what is missing is unknown.
    A firm whose figures cannot be right is named with the reason and not judged; the others are.
    """
    day = on.date() if on else clock.today()
    try:
        firms, shelf = read(file), shipped()
    except (FileRefused, BookRefused) as error:
        refuse(f"{file.name}：{error}" if isinstance(error, FileRefused) else str(error), as_json)
    found = [_answer(firm, place, day, shelf) for place, firm in enumerate(firms, 1)]
    answer(found, as_json, "\n\n".join(_text(firm) for firm in found))
    refused = [firm for firm in found if "error" in firm]
    for firm in refused:
        click.echo(firm["error"], err=True)
    if refused:
        raise click.exceptions.Exit(1)


def _answer(firm: object, place: int, on: date, shelf: Shelf) -> dict[str, Any]:
    """The answer for one entry of the file, or why it was not judged."""
    if not isinstance(firm, Mapping):
        return _refused(None, place, on, [{"figure": None, "message": "应写成 id 和 figures 两项"}])
    figures = firm.get("figures")
    named = _id(firm.get("id"))
    if figures is not None and not isinstance(figures, Mapping):
        return _refused(named, place, on, [{"figure": "figures", "message": "figures 下应一行一项"}])
    flat = flatten(figures or {})
    if flat.problems:
        problems = [{"figure": one.figure, "value": one.value, "message": str(one)} for one in flat.problems]
        return _refused(named, place, on, problems)
    judged = Firm(flat.values, on, frozenset(flat.groups))
    unread = [*(str(key) for key in firm if key not in _KNOWN), *flat.ignored]
    return {
        "id": named,
        "on": on.isoformat(),
        "assumed": judged.assumed(),
        **({"ignored": unread} if unread else {}),
        "results": assess(judged, shelf),
    }


def _refused(named: object, place: int, on: date, problems: list[dict[str, Any]]) -> dict[str, Any]:
    who = f"第 {place} 家" if named is None else f"第 {place} 家（{named}）"
    message = f"{who}没有评：" + "；".join(problem["message"] for problem in problems)
    return {"id": named, "on": on.isoformat(), "error": message, "problems": problems}


def _id(written: object) -> object:
    """The id as it was written: a whole number stays a number, everything else is text."""
    if isinstance(written, Written):
        return int(written) if written.text == str(int(written)) else written.text
    if isinstance(written, Decimal):
        return str(written)
    return written if written is None or isinstance(written, int | str) else str(written)


def _text(firm: dict[str, Any]) -> str:
    """The answer for a person: verdict of each title, what is short, what to ask, and the nearest change."""
    if "error" in firm:
        return str(firm["error"])
    lines = [f"{firm['id'] if firm['id'] is not None else '（未写 id）'}  截至 {firm['on']}"]
    for regime, result in firm["results"].items():
        lines.append(f"  {_NAMES[regime]}：{headline(result)}")
        lines += [f"    差：{one['why']}" for one in result["conditions"].values() if one["met"] is False]
        if "caution" in result:
            lines.append(f"    注意：{result['caution']}")
        if result["unknown"]:
            lines.append("    待补：" + "、".join(dict.fromkeys(label_of(name) for name in result["unknown"])))
        lines += [f"    最近：{one['text']}" for one in result["nearest"][:3]]
    if firm["assumed"]:
        lines.append("  按无处理，待核实：" + "、".join(dict.fromkeys(label_of(name) for name in firm["assumed"])))
    if firm.get("ignored"):
        lines.append("  没有用到：" + "、".join(firm["ignored"]))
    return "\n".join(lines)


_NAMES = {
    "tech_sme": "科技型中小企业",
    "innovative_sme": "创新型中小企业",
    "srdi_sme": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”",
    "hnte": "高新技术企业",
}
