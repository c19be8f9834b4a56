"""Accounts of people: making them, listing them, and what the three administrators may do to them."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from models import clock, password, pinyin, user_session
from models.area import Area
from models.base import db
from models.errors import NotFound, Refused
from models.firm import officer_waits
from models.rules.access import ADMINISTRATORS, EVERYONE, ROLE_NAMES, ROLES, rights_conflict, role_conflict
from models.unit import Membership, Unit
from models.user import Role, User, user_role

#: Enough to catch a slip; whether anybody reads it, only a mail can tell.
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class NewPerson:
    """What is known of a person before there is an account."""

    name: str
    email: str
    mobile: str | None = None
    staff_number: str | None = None
    unit: Unit | None = None
    post: str = ""
    areas: tuple[Area, ...] = ()


def create(
    person: NewPerson, at: datetime, on: date, *, roles: Iterable[str] = (), proposed: Iterable[str] = ()
) -> User:
    """A new account without a password. Refused when an address or number is taken, or the roles exclude each other."""
    check_unique(person.email, person.mobile, person.staff_number)
    user = User(
        name=person.name,
        sort_key=pinyin.sort_key(person.name, person=True),
        email=person.email.strip().lower(),
        mobile=person.mobile or None,
        staff_number=person.staff_number or None,
        fs_uniquifier=secrets.token_hex(32),
        proposed_roles=frozenset(proposed),
        created_at=at,
        areas=list(person.areas),
    )
    db.session.add(user)
    set_roles(user, roles)
    db.session.flush()
    if person.unit is not None:
        db.session.add(Membership(user_id=user.id, unit_id=person.unit.id, post=person.post, from_on=on))
        db.session.flush()
    return user


def check_unique(email: str, mobile: str | None, staff_number: str | None, but: User | None = None) -> None:
    """Raise Refused, naming the column, when another account has this address or number, or it cannot be one."""
    if not EMAIL.fullmatch(email.strip()):
        raise Refused(f"邮箱写法不对：{email}")
    if mobile and not MOBILE.fullmatch(mobile):
        raise Refused(f"手机号应为 11 位：{mobile}")
    for label, column, value in (
        ("邮箱", func.lower(User.email), email.strip().lower()),
        ("手机号", User.mobile, mobile),
        ("工号", User.staff_number, staff_number),
    ):
        if value and db.session.scalar(select(User.id).where(column == value, User.id != (but.id if but else 0))):
            raise Refused(f"{label}已有人用：{value}")


def set_roles(user: User, names: Iterable[str]) -> None:
    """Give a person exactly these roles. Refused when they exclude each other."""
    wanted = set(names)
    conflict = role_conflict(wanted)
    if conflict:
        raise Refused(conflict)
    rows = {role.name: role for role in db.session.scalars(select(Role).where(Role.name.in_(wanted)).order_by(Role.id))}
    user.roles = [rows[name] for name in ROLES if name in wanted]
    user.proposed_roles = user.proposed_roles - wanted if user.proposed_roles else frozenset()
    officer_waits.try_again(clock.today())


def grant_roles(user: User, names: Iterable[str]) -> None:
    """Give a person exactly these roles, as the security administrator does. Refused for the last of a kind."""
    _keep_administrators(user, set(user.role_names) - set(names))
    set_roles(user, names)
    user.proposed_roles = frozenset()


def _keep_administrators(user: User, lost: set[str]) -> None:
    for name in sorted(lost & ADMINISTRATORS):
        others = select(User.id).where(User.active, User.id != user.id, User.roles.any(Role.name == name)).limit(1)
        if user.active and db.session.scalar(others) is None:
            raise Refused(f"{user.name}是唯一的{ROLE_NAMES[name]}，请先给另一个人这个角色")


def first_password(user: User, at: datetime) -> str:
    """A random password for handing over once; the person must choose another, and every session ends."""
    raw = password.random_password()
    password.set_password(user, raw, at, must_change=True)
    user_session.end_all(user, at)
    return raw


def set_active(user: User, active: bool, at: datetime) -> None:
    """Let an account sign in or not; a stopped one is signed out everywhere. Refused for the last of a kind."""
    if not active:
        _keep_administrators(user, set(user.role_names))
        user_session.end_all(user, at)
    user.active = active
    officer_waits.try_again(clock.today())


def unlock(user: User) -> None:
    """Let a locked account sign in again at once."""
    user.failed_count = 0
    user.locked_until = None


def edit(user: User, person: NewPerson) -> None:
    """Change what is known of a person. Refused when an address or number is taken."""
    check_unique(person.email, person.mobile, person.staff_number, but=user)
    user.name = person.name
    user.sort_key = pinyin.sort_key(person.name, person=True)
    user.email = person.email.strip().lower()
    user.mobile = person.mobile or None
    user.staff_number = person.staff_number or None
    user.areas = list(person.areas)
    officer_waits.try_again(clock.today())


def select_people(search: str, role: str, unit_id: int | None, state: str, now: datetime) -> Select[Any]:
    """The people a list page asks for, by name; `state` is active, stopped, locked or waiting (for roles)."""
    query = select(User)
    if search:
        like = f"%{escaped(search)}%"
        letters = f"%{escaped(search.lower().replace(' ', ''))}%"
        query = query.where(
            or_(
                User.name.like(like, escape="\\"),
                func.lower(User.email).like(like.lower(), escape="\\"),
                User.mobile.like(like, escape="\\"),
                User.staff_number.like(like, escape="\\"),
                func.replace(User.sort_key, " ", "").like(letters, escape="\\"),
            )
        )
    if role:
        query = query.where(User.roles.any(Role.name == role))
    if unit_id is not None:
        here = exists().where(Membership.user_id == User.id, Membership.unit_id == unit_id, Membership.to_on.is_(None))
        query = query.where(here)
    if state == "active":
        query = query.where(User.active)
    elif state == "stopped":
        query = query.where(~User.active)
    elif state == "locked":
        query = query.where(User.locked_until > now)
    elif state == "waiting":
        query = query.where(_waits())
    return query.order_by(User.sort_key, User.id)


def get(user_id: int) -> User:
    """The account, or NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound
    return user


def list_active(role_names: Iterable[str] = ()) -> list[User]:
    """People who can sign in, by name; only those with one of these roles when any is named."""
    query = select(User).where(User.active)
    wanted = list(role_names)
    if wanted:
        query = query.where(User.roles.any(Role.name.in_(wanted)))
    return list(db.session.scalars(query.order_by(User.sort_key, User.id)))


def _waits() -> ColumnElement[bool]:
    return and_(User.active, or_(~User.roles.any(), User.proposed_roles != frozenset()))


def list_waiting() -> list[User]:
    """Accounts without a role, or for which another was proposed, by name."""
    return list(db.session.scalars(select(User).where(_waits()).order_by(User.sort_key, User.id)))


def list_roles() -> list[Role]:
    """Every role that a bureau has, in the order of models/rules/access.py."""
    order = list(ROLES)
    rows = db.session.scalars(select(Role).where(Role.name.in_(order)).order_by(Role.id))
    return sorted(rows, key=lambda row: order.index(row.name))


def count_holders() -> dict[str, int]:
    """How many active accounts hold each role."""
    query = select(Role.name, func.count().label("people")).join(user_role, user_role.c.role_id == Role.id)
    query = query.join(User, User.id == user_role.c.user_id).where(User.active)
    rows = db.session.execute(query.group_by(Role.name).order_by(Role.name))
    return {row.name: row.people for row in rows}


def set_rights(role: Role, permissions: Iterable[str]) -> None:
    """Let a role do exactly this, beside what every account may. Refused when it breaks 三员分立."""
    wanted = set(permissions) | EVERYONE
    conflict = rights_conflict(role.name, wanted)
    if conflict:
        raise Refused(conflict)
    role.permissions = frozenset(wanted)


def list_demo() -> list[User]:
    """The accounts of the demo district, in the order they were made."""
    return list(db.session.scalars(select(User).where(User.is_demo).order_by(User.id)))


def escaped(text: str) -> str:
    r"""Text for LIKE with `escape="\\"`: what was typed stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
