"""Writes the demo district into an empty database, in bulk."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, text

from crm.demo import (
    applications,
    books,
    city_books,
    inputs,
    issues,
    pools,
    reminders,
    reports,
    reviews,
    targets,
    visits,
    words,
)
from crm.demo.generate import SOURCE, District, Ids, Size, generate
from models import derived, pinyin, seed, vault
from models.all import db
from models.area import Area
from models.change import Change
from models.errors import Refused
from models.pool import PoolType
from models.rules.firm_name import match_key
from models.setting import Setting
from models.title import TitleType
from models.unit import Membership, Unit
from models.user import Role, User
from models.visit import Service, VisitKind

#: Rows a statement carries at once; more only costs memory.
CHUNK = 5_000

#: Tables whose new rows the change log names.
TRACED = ("firm", "title", "visit", "visit_demand", "promise")


@dataclass
class Loaded:
    """What came into being; passwords by e-mail address are shown once and kept nowhere."""

    firms: int = 0
    titles: int = 0
    visits: int = 0
    issues: int = 0
    passwords: dict[str, str] = field(default_factory=dict)


def load(size: Size, number: int, now: datetime, today: date, hash_password: Callable[[str], str]) -> Loaded:
    """Fill an empty database with the demo district that this number seeds; the caller commits.

    Raises Refused when the database holds data.
    """
    if seed.first_table_with_data() is not None:
        raise Refused("库里已有数据，演示区只能装进空库")
    seed.seed_defaults()
    people = _People(now, hash_password)
    ids = _places_and_people(people, today)
    district = generate(size, number, today, ids)
    inputs.make_old(district, today)
    _complete(district, now)
    _write(district, now)
    derived.rebuild()
    rows = district.rows
    told = issues.add_issues(len(rows["firm"]), today, number)
    applications.add_applications(len(rows["firm"]), today, number)
    reviews.add_reviews(today)
    inputs.add_inputs(today)
    books.add_draft(today, now)
    targets.add_targets(today, now)
    city_books.add_book(now)
    pools.add_pools(today, number, now)
    db.session.flush()
    reminders.remind(now)
    reports.add_reports(today)
    return Loaded(len(rows["firm"]), len(rows.get("title", ())), len(rows.get("visit", ())), told, people.passwords)


class _People:
    """Makes the accounts, each with a password of its own."""

    def __init__(self, now: datetime, hash_password: Callable[[str], str]) -> None:
        self.now, self.hash_password = now, hash_password
        self.passwords: dict[str, str] = {}

    def make(self, mailbox: str, name: str, roles: tuple[str, ...], area: Area | None) -> User:
        email, password = f"{mailbox}@yunlan.example", f"{secrets.token_urlsafe(9)}-7Aa"
        self.passwords[email] = password
        held = list(db.session.scalars(select(Role).where(Role.name.in_(roles)).order_by(Role.id)))
        user = User(
            name=name,
            sort_key=pinyin.sort_key(name, person=True),
            email=email,
            password=self.hash_password(password),
            active=True,
            is_demo=True,
            fs_uniquifier=secrets.token_hex(16),
            password_changed_at=self.now,
            areas=[area] if area else [],
            created_at=self.now,
            roles=held,
        )
        db.session.add(user)
        db.session.flush()
        return user


def _places_and_people(people: _People, today: date) -> Ids:
    db.session.merge(Setting(key="bureau_name", value=f"{words.DISTRICT}区科技局"))
    areas = {code: _area("area", code, name, aliases) for code, name, aliases in words.TOWNS}
    parks = {code: _area("park", code, name, aliases) for code, name, aliases in words.PARKS}
    units: dict[str, Unit] = {}
    for code, name, kind, parent in words.UNITS:
        units[code] = Unit(
            code=code,
            name=name,
            sort_key=pinyin.sort_key(name),
            kind=kind,
            parent_id=units[parent].id if parent else None,
        )
        db.session.add(units[code])
        db.session.flush()
    officers, units_of = [], {}
    for mailbox, name, roles, unit, area in words.PEOPLE:
        user = people.make(mailbox, name, roles, (areas | parks)[area] if area else None)
        db.session.add(Membership(user_id=user.id, unit_id=units[unit].id, post="", from_on=date(today.year - 3, 1, 4)))
        if units[unit].head_id is None:
            units[unit].head_id = user.id
        if "officer" in roles:
            officers.append(user.id)
            units_of[user.id] = units[unit].id
    db.session.flush()
    places = [{code: area.id for code, area in tree.items()} for tree in (areas, parks)]
    types = dict(db.session.execute(select(TitleType.key, TitleType.id)).all())
    pools = dict(db.session.execute(select(PoolType.key, PoolType.id)).all())
    return Ids(places[0], places[1], officers, types, pools, units_of)


def _area(tree: str, code: str, name: str, aliases: str) -> Area:
    area = Area(tree=tree, code=code, name=name, sort_key=pinyin.sort_key(name), aliases=aliases)
    db.session.add(area)
    db.session.flush()
    return area


def _complete(district: District, now: datetime) -> None:
    """Add what a generator of plain facts need not know: keys to sort and match by, sealed contacts, moments."""
    rows = district.rows
    for row in rows["firm"]:
        row |= {"sort_key": pinyin.sort_key(row["name"]), "version": 1, "created_at": now, "updated_at": now}
        row.pop("field", None)
    for row in rows["firm_name"]:
        row["match_key"] = match_key(row["name"])
    kinds = dict(db.session.execute(select(VisitKind.key, VisitKind.id)).all())
    services = dict(db.session.execute(select(Service.key, Service.id)).all())
    visits.complete(rows, now, kinds, services)
    for table in ("patent", "firm_judgement"):
        for row in rows.get(table, ()):
            row["created_at"] = now
    for table in ("title", "pool_member"):
        for row in rows.get(table, ()):
            row["created_at"] = now
            row.pop("type", None)
    for row in rows.get("plan_line", ()):
        row["created_at"] = now
    for row in rows.get("firm_figure", ()):
        row |= {"approximate": False, "entered_at": now}
    for row in rows.get("contact", ()):
        name, phone = row.pop("name"), row.pop("phone")
        row |= {
            "name_sealed": vault.seal(name.encode()),
            "phone_sealed": vault.seal(phone.encode()),
            "phone_tail": phone[-4:],
            "is_main": True,
            "keep_until": now.date().replace(year=now.year + 3, day=1),
            "source": SOURCE,
            "created_at": now,
        }
    rows["tag"] = [
        {"id": number, "name": name, "sort_key": pinyin.sort_key(name)} for number, name in enumerate(words.TAGS, 1)
    ]


#: Parents before children.
ORDER = (
    "tag",
    "firm",
    "firm_name",
    "firm_place",
    "firm_status",
    "firm_flag",
    "firm_officer",
    "firm_figure",
    "firm_judgement",
    "patent",
    "patent_owner",
    "firm_tag",
    "contact",
    "title",
    "pool_member",
    "campaign",
    "visit",
    "visit_officer",
    "visit_purpose",
    "visit_service",
    "visit_demand",
    "promise",
    "plan_line",
    "plan_officer",
)


def _write(district: District, now: datetime) -> None:
    for name in ORDER:
        table, rows = db.metadata.tables[name], district.rows.get(name, [])
        for chunk in _chunks(rows):
            db.session.execute(insert(table), chunk)
            if name in TRACED:
                db.session.execute(insert(Change), [_trace(name, row, now) for row in chunk])
        if db.engine.dialect.name == "postgresql" and rows and "id" in table.columns:
            db.session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), :last)"), {"last": len(rows)}
            )


def _trace(table: str, row: dict[str, Any], now: datetime) -> dict[str, Any]:
    firm_id = row["id"] if table == "firm" else row["firm_id"]
    return {
        "at": now,
        "act": "created",
        "table_name": table,
        "row_id": row["id"],
        "firm_id": firm_id,
        "source": "job",
    }


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
