"""`flask --app crm users add`: accounts from the command line (contracts.md)."""

import sys
from typing import Any

import click
from sqlalchemy import select

from crm.cli.output import answer, json_option, refuse
from models import audit_log, clock, password, people
from models.area import Area
from models.base import db
from models.errors import Refused
from models.people import NewPerson
from models.rules.access import ROLES
from models.seed import seed_defaults
from models.unit import Unit

group = click.Group("users", help="Accounts of people.")


@group.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(ROLES)), help="Repeatable.")
@click.option("--unit", "unit_code", help="Code of the unit the person belongs to from today.")
@click.option("--area", "area_codes", multiple=True, help="Code of an area or park a town assistant sees. Repeatable.")
@click.option("--mobile", help="Mobile number, to sign in with.")
@click.option("--staff-number", help="Staff number, to sign in with.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
@click.option("--must-change", is_flag=True, help="Ask for another password at the first sign-in.")
@json_option
def add(
    email: str,
    name: str,
    roles: tuple[str, ...],
    unit_code: str | None,
    area_codes: tuple[str, ...],
    mobile: str | None,
    staff_number: str | None,
    password_stdin: bool,
    must_change: bool,
    as_json: bool,
) -> None:
    """Create an account for EMAIL; refused when the password breaks the rules or the roles exclude each other."""
    typed = sys.stdin.readline().strip()
    seed_defaults()
    now = clock.now()
    try:
        person = NewPerson(
            name=name.strip(),
            email=email,
            mobile=mobile,
            staff_number=staff_number,
            unit=_found(Unit, unit_code, "单位") if unit_code else None,
            areas=tuple(_found(Area, code, "街镇或园区") for code in area_codes),
        )
        user = people.create(person, now, clock.today(), roles=roles)
        wrong = password.faults(user, typed)
        if wrong:
            raise Refused("；".join(wrong))
    except Refused as error:
        db.session.rollback()
        refuse(str(error), as_json)
    password.set_password(user, typed, now, must_change=must_change)
    detail = {"way": "命令行", "roles": sorted(roles)}
    audit_log.note("user.create", None, at=now, subject="user", subject_id=user.id, detail=detail)
    db.session.commit()
    made = {"id": user.id, "email": user.email, "role": ",".join(user.role_names)}
    answer(made, as_json, f"账号 {user.email} 已建，编号 {user.id}")


def _found(model: Any, code: str, label: str) -> Any:
    row = db.session.scalar(select(model).where(model.code == code))
    if row is None:
        raise Refused(f"没有代码为 {code} 的{label}")
    return row
