"""Rows with full defaults: a test names only what matters to it. Names are invented."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models import clock
from models.area import Area
from models.base import db
from models.campaign import Campaign
from models.firm import Firm, merging
from models.firm.contacts import Contact
from models.firm.merge import FirmMerge
from models.firm.tags import Tag
from models.import_mapping import ImportMapping
from models.importing import ImportRow, ImportRun, MatchDecision
from models.patent import Patent, PatentOwner
from models.plan import PlanLine, PlanOfficer
from models.pool import PoolType
from models.promise import Promise
from models.rules.access import ROLES
from models.saved_view import SavedView
from models.task import Task
from models.title import Batch, Title, TitleType
from models.title_claim import TitleClaim
from models.unit import Absence, Membership, Unit
from models.user import Role, User
from models.visit import Service, Visit, VisitDemand, VisitKind, VisitPhoto

_number = itertools.count(1)


def make_role(name: str) -> Role:
    """The role row, made with its default rights when it is not there yet."""
    role = db.session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, permissions=ROLES[name])
        db.session.add(role)
        db.session.flush()
    return role


def make_area(name: str = "青禾街道", tree: str = "area", parent: Area | None = None, aliases: str = "") -> Area:
    """An area (or a park), found again by its name."""
    area = db.session.scalar(select(Area).where(Area.name == name, Area.tree == tree))
    if area is None:
        area = Area(
            tree=tree,
            code=f"A{next(_number):04d}",
            name=name,
            sort_key=name,
            parent_id=parent.id if parent else None,
            aliases=aliases,
        )
        db.session.add(area)
        db.session.flush()
    return area


def make_user(role: str | tuple[str, ...] = "officer", area: str | None = None, **values: Any) -> User:
    """An account with this role (or roles), in this area."""
    number = next(_number)
    roles = (role,) if isinstance(role, str) else role
    defaults: dict[str, Any] = {
        "name": f"人员{number}",
        "sort_key": f"renyuan{number:05d}",
        "email": f"person{number}@tidu.example",
        "active": True,
        "fs_uniquifier": f"session-{number}",
        "created_at": clock.now(),
        "password_changed_at": clock.now(),
        "areas": [make_area(area)] if area else [],
    }
    user = User(**{**defaults, **values}, roles=[make_role(name) for name in roles])
    db.session.add(user)
    db.session.flush()
    return user


def make_firm(name: str | None = None, area: str | None = None, **values: Any) -> Firm:
    """A firm of the district."""
    number = next(_number)
    name = name or f"云澜第{number}号机械有限公司"
    defaults: dict[str, Any] = {
        "name": name,
        "sort_key": name,
        "founded_on": date(2015, 3, 1),
        "area_id": make_area(area).id if area else None,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
    firm = Firm(**{**defaults, **values})
    db.session.add(firm)
    db.session.flush()
    return firm


def make_task(person: User | None = None, **values: Any) -> Task:
    """A task in the queue, of a kind nobody registered."""
    task = Task(**{"kind": "test", "person_id": person.id if person else None, "created_at": clock.now(), **values})
    db.session.add(task)
    db.session.flush()
    return task


def make_import(person: User | None = None, **values: Any) -> ImportRun:
    """An import that was read and waits to be written."""
    defaults = {"file_name": "名单.xlsx", "sha256": "0" * 64, "state": "planned", "created_at": clock.now()}
    run = ImportRun(**{**defaults, "person_id": person.id if person else None, **values})
    db.session.add(run)
    db.session.flush()
    return run


def make_import_row(run: ImportRun | None = None, **values: Any) -> ImportRow:
    """A held row of an import."""
    run = run or make_import()
    defaults = {"sheet": "表", "row": next(_number), "cells": "[]", "effect": "held", "how": "none"}
    row = ImportRow(**{**defaults, "import_id": run.id, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_mapping(**values: Any) -> ImportMapping:
    """A learned mapping of a list of names."""
    number = next(_number)
    defaults = {"signature": f"{number:064d}", "words": '["名称"]', "kind": "register", "columns": '{"name": "名称"}'}
    mapping = ImportMapping(**{**defaults, "corrected_at": clock.now(), **values})
    db.session.add(mapping)
    db.session.flush()
    return mapping


def make_match_decision(firm: Firm | None = None, **values: Any) -> MatchDecision:
    """A written name that a person said means a firm."""
    firm = firm or make_firm()
    defaults = {"match_key": f"写法{next(_number)}", "firm_id": firm.id, "decided_at": clock.now()}
    decision = MatchDecision(**{**defaults, **values})
    db.session.add(decision)
    db.session.flush()
    return decision


def make_title(
    firm: Firm, key: str = "hnte", issued_on: date = date(2024, 1, 1), ends_on: date | None = None, **values: Any
) -> Title:
    """A title of one of the types every database begins with; three years unless an end is given."""
    kind = db.session.scalars(select(TitleType).where(TitleType.key == key)).one()
    ends_on = ends_on or issued_on.replace(year=issued_on.year + 3)
    defaults: dict[str, Any] = {"issued_on": issued_on, "ends_on": ends_on, "created_at": clock.now()}
    title = Title(firm_id=firm.id, type_id=kind.id, **{**defaults, **values})
    db.session.add(title)
    db.session.flush()
    return title


def make_batch(key: str = "hnte", name: str = "第一批", announced_on: date = date(2024, 11, 1), **values: Any) -> Batch:
    """A batch of one of the types every database begins with."""
    kind = db.session.scalars(select(TitleType).where(TitleType.key == key)).one()
    batch = Batch(type_id=kind.id, name=name, announced_on=announced_on, **values)
    db.session.add(batch)
    db.session.flush()
    return batch


def make_title_claim(firm: Firm, key: str = "srdi_sme", written: str = "是", **values: Any) -> TitleClaim:
    """What a ledger says of a firm without date and number."""
    kind = db.session.scalars(select(TitleType).where(TitleType.key == key)).one()
    defaults: dict[str, Any] = {"source": "台账.xlsx", "created_at": clock.now()}
    claim = TitleClaim(firm_id=firm.id, type_id=kind.id, written=written, **{**defaults, **values})
    db.session.add(claim)
    db.session.flush()
    return claim


def make_patent(firm: Firm | None = None, *owners: str, **values: Any) -> Patent:
    """A granted invention of this firm (of nobody here without one) and of these owners; values may name `obtained`,
    `assumed`, `transferred_on` and `left_on` of the firm."""
    part = {name: values.pop(name) for name in ("obtained", "assumed", "transferred_on", "left_on") if name in values}
    defaults: dict[str, Any] = {
        "number": f"2020100{next(_number):05d}.0",
        "kind": "invention",
        "title": "一种测试方法",
        "filed_on": date(2020, 5, 1),
        "granted_on": date(2022, 6, 1),
        "expires_on": date(2040, 4, 30),
        "status": "granted",
        "created_at": clock.now(),
    }
    patent = Patent(**{**defaults, **values})
    db.session.add(patent)
    db.session.flush()
    names: list[tuple[str, int | None]] = [(firm.name, firm.id)] if firm else []
    names += [(name, None) for name in owners]
    for position, (name, firm_id) in enumerate(names, 1):
        more = part if firm_id else {}
        db.session.add(PatentOwner(patent_id=patent.id, position=position, name=name, firm_id=firm_id, **more))
    db.session.flush()
    return patent


def make_pool_type(key: str = "cultivation_pool", **values: Any) -> PoolType:
    """A kind of pool, found again by its key."""
    kind = db.session.scalar(select(PoolType).where(PoolType.key == key))
    if kind is None:
        kind = PoolType(**{"key": key, "name": key, "makes_potential": True, **values})
        db.session.add(kind)
        db.session.flush()
    return kind


def make_unit(name: str = "综合科", parent: Unit | None = None, **values: Any) -> Unit:
    """A unit, found again by its name."""
    unit = db.session.scalar(select(Unit).where(Unit.name == name))
    if unit is None:
        defaults: dict[str, Any] = {"code": f"U{next(_number):04d}", "sort_key": name, "kind": "section"}
        unit = Unit(**{**defaults, **values}, name=name, parent_id=parent.id if parent else None)
        db.session.add(unit)
        db.session.flush()
    return unit


def make_membership(user: User | None = None, unit: Unit | None = None, **values: Any) -> Membership:
    """Somebody belongs to a unit since the beginning of 2026."""
    defaults: dict[str, Any] = {"from_on": date(2026, 1, 1)}
    row = Membership(**{**defaults, **values}, user_id=(user or make_user()).id, unit_id=(unit or make_unit()).id)
    db.session.add(row)
    db.session.flush()
    return row


def make_absence(user: User | None = None, deputy: User | None = None, **values: Any) -> Absence:
    """Somebody is away for a week from today."""
    today = clock.today()
    defaults: dict[str, Any] = {"from_on": today, "to_on": today + timedelta(days=6)}
    row = Absence(**{**defaults, **values}, user_id=(user or make_user()).id, deputy_id=(deputy or make_user()).id)
    db.session.add(row)
    db.session.flush()
    return row


def make_contact(firm: Firm | None = None, name: str = "张以安", phone: str = "15400001234", **values: Any) -> Contact:
    """A contact person of a firm, sealed as every other."""
    contact = Contact.add(firm or make_firm(), name, phone, values.pop("post", ""), "测试", **values)
    db.session.flush()
    return contact


def make_tag(name: str = "低空经济") -> Tag:
    """A tag, found again by its name."""
    tag = db.session.scalar(select(Tag).where(Tag.name == name))
    if tag is None:
        tag = Tag(name=name, sort_key=name)
        db.session.add(tag)
        db.session.flush()
    return tag


def make_saved_view(user: User | None = None, name: str = "明年到期", query: str = "ends_within=365") -> SavedView:
    """A saved view of the list of firms."""
    return SavedView.keep(user or make_user(), "firms", name, query, shared=False)


def make_visit(
    firm: Firm | None = None, officer: User | Sequence[User] | None = None, kind: str = "visit", **values: Any
) -> Visit:
    """An officer (or several) met a firm ten days ago."""
    officers = [officer or make_user()] if officer is None or isinstance(officer, User) else list(officer)
    defaults: dict[str, Any] = {"visit_on": clock.today() - timedelta(days=10), "text": "看了新产线，缺嵌入式工程师。"}
    row = {**defaults, **values}
    return Visit.add(firm or make_firm(), row.pop("visit_on"), row.pop("text"), officers, officers[0], clock.now(),
                     kind_id=make_visit_kind(kind).id, **row)  # fmt: skip


def make_visit_kind(key: str = "visit") -> VisitKind:
    """A kind of contact, found again by its key."""
    kind = db.session.scalar(select(VisitKind).where(VisitKind.key == key))
    if kind is None:
        kind = VisitKind(key=key, name=key)
        db.session.add(kind)
        db.session.flush()
    return kind


def make_service(key: str = "policy_talk") -> Service:
    """A service, found again by its key."""
    row = db.session.scalar(select(Service).where(Service.key == key))
    if row is None:
        row = Service(key=key, name=key)
        db.session.add(row)
        db.session.flush()
    return row


def make_campaign(name: str = "高企百家行", **values: Any) -> Campaign:
    """A campaign of this year, found again by its name."""
    row = db.session.scalar(select(Campaign).where(Campaign.name == name))
    if row is None:
        year = clock.today().year
        defaults: dict[str, Any] = {"from_on": date(year, 1, 1), "to_on": date(year, 12, 31), "quota": 100}
        row = Campaign.begin(clock.now())
        for field, value in {**defaults, **values, "name": name}.items():
            setattr(row, field, value)
        db.session.add(row)
        db.session.flush()
    return row


def make_demand(visit: Visit | None = None, **values: Any) -> VisitDemand:
    """What a firm asked for at a visit; it waits for review."""
    visit = visit or make_visit()
    defaults: dict[str, Any] = {"words": "缺两名嵌入式工程师", "category": "人才招聘", "created_at": clock.now()}
    row = VisitDemand(visit_id=visit.id, firm_id=visit.firm_id, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_promise(
    firm: Firm | None = None, person: User | None = None, visit: Visit | None = None, **values: Any
) -> Promise:
    """Somebody promised the firm an answer within a week."""
    person = person or make_user()
    defaults: dict[str, Any] = {
        "words": "下周答复用地手续",
        "due_on": (visit.visit_on if visit else clock.today()) + timedelta(days=7),
    }
    row = {**defaults, **values}
    firm_id = visit.firm_id if visit else (firm or make_firm()).id
    promise = Promise.make(firm_id, row.pop("words"), person.id, row.pop("due_on"), person, clock.now(), visit)
    for field, value in row.items():
        setattr(promise, field, value)
    db.session.flush()
    return promise


def make_photo(visit: Visit | None = None, sha256: str = "a" * 64, **values: Any) -> VisitPhoto:
    """A photo that a phone announced and that has not arrived."""
    row = VisitPhoto(visit_id=(visit or make_visit()).id, sha256=sha256, created_at=clock.now(), **values)
    db.session.add(row)
    db.session.flush()
    return row


def make_merge() -> FirmMerge:
    """Two firms that were made one."""
    return merging.merge(make_firm(), make_firm(), make_user())


def make_plan_line(
    firm: Firm | None = None, officer: User | None = None, on: date | None = None, **values: Any
) -> PlanLine:
    """An officer is to see a firm tomorrow."""
    who = officer or make_user()
    day = on or clock.today() + timedelta(days=1)
    row = PlanLine(planned_on=day, firm_id=(firm or make_firm()).id, created_by_id=who.id, created_at=clock.now(),
                   **{"what": "看研发费用归集", **values})  # fmt: skip
    row.officers = [PlanOfficer(user_id=who.id)]
    db.session.add(row)
    db.session.flush()
    return row
