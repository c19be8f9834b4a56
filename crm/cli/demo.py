"""`flask --app crm demo load`: a fictitious district for trying out (contracts.md)."""

import click

from crm.cli.output import answer, json_option, refuse
from models import audit_log, clock
from models.base import db
from models.errors import Refused

group = click.Group("demo", help="The fictitious demo district.")


@group.command("load")
@click.option("--firms", default=400, show_default=True, type=click.IntRange(1, 200_000), help="How many firms.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same district.")
@json_option
def load_command(firms: int, seed: int, as_json: bool) -> None:
    """Fill an empty database with the demo district; refuses one that holds data."""
    from flask_security.utils import hash_password

    from crm.demo.generate import Size
    from crm.demo.load import load

    now = clock.now()
    try:
        loaded = load(Size.of(firms), seed, now, clock.today(), hash_password)
    except Refused as error:
        refuse(str(error), as_json)
    counts = {"firms": loaded.firms, "titles": loaded.titles, "visits": loaded.visits, "issues": loaded.issues}
    audit_log.note("demo.load", None, at=now, detail=counts)
    db.session.commit()
    # Passwords go to the terminal, never into an answer that a script may store.
    click.echo("演示账号（口令只显示这一次）：", err=True)
    for email, password in loaded.passwords.items():
        click.echo(f"  {email}  {password}", err=True)
    answer(counts, as_json, f"企业 {loaded.firms}，资质 {loaded.titles}，走访 {loaded.visits}，问题 {loaded.issues}")
