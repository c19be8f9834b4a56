"""Factories of issues and what hangs on them. A test names only what matters to it."""

import json
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import func, select

from models import clock, pinyin
from models.base import db
from models.firm.record import Firm
from models.issue import Issue
from models.issue.editions import IssueEdition, IssueEditionRow
from models.issue.groups import IssueGroup
from models.issue.kinds import IssueClass, IssueTopic, OutsideHandler
from models.issue.menu import IssueOffer, MenuItem
from models.issue.parts import IssueAssignment, IssueFile
from models.unit import Unit
from models.user import User
from tests.support.factories import make_firm, make_unit, make_user, make_visit

#: Items of the menu have names of their own.
COUNT = count(1)


def make_topic(key: str = "technology", **values: Any) -> IssueTopic:
    """The topic with this key, made when it is not there."""
    row = db.session.scalar(select(IssueTopic).where(IssueTopic.key == key))
    if row is None:
        row = IssueTopic(**{"key": key, "name": key, **values})
        db.session.add(row)
        db.session.flush()
    return row


def make_issue_class(key: str = "ordinary", **values: Any) -> IssueClass:
    """The class with this key, made when it is not there."""
    row = db.session.scalar(select(IssueClass).where(IssueClass.key == key))
    if row is None:
        row = IssueClass(**{"key": key, "name": key, "flow": "simple", "clock_days": 5, **values})
        db.session.add(row)
        db.session.flush()
    return row


def make_outside_handler(unit: Unit | None = None, **values: Any) -> OutsideHandler:
    """A person of another department without an account."""
    unit = unit or make_unit(kind="department")
    name = values.pop("name", "顾清和")
    row = OutsideHandler(
        **{
            "unit_id": unit.id, "name": name, "sort_key": pinyin.sort_key(name, person=True),
            "email": "handler@dept.example", "phone": "021-55550101", "created_at": clock.now(), **values,
        }
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def make_issue(firm: Firm | None = None, **values: Any) -> Issue:
    """A problem of a firm, registered and not yet admitted."""
    firm = firm or make_firm()
    raised_on: date = values.pop("raised_on", date(2026, 3, 2))
    serial = (db.session.scalar(select(func.max(Issue.serial)).where(Issue.year == raised_on.year)) or 0) + 1
    defaults: dict[str, Any] = {
        "year": raised_on.year, "serial": serial, "firm_id": firm.id, "topic_id": make_topic().id,
        "words": "缺一台能做疲劳试验的设备，想借高校的用", "title": "借用疲劳试验设备", "raised_on": raised_on,
        "channel": "phone", "created_at": clock.now(),
    }  # fmt: skip
    row = Issue(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_assignment(
    issue: Issue | None = None, user: User | None = None, role: str = "lead", unit: Unit | None = None, **values: Any
) -> IssueAssignment:
    """One unit's part in an issue, with its person; the issue itself is not moved."""
    issue, unit, now = issue or make_issue(), unit or make_unit(), clock.now()
    if user is None and "outside_id" not in values:
        user = make_user()
    defaults: dict[str, Any] = {
        "issue_id": issue.id, "role": role, "unit_id": unit.id, "user_id": user.id if user else None,
        "assigned_at": now, "assigned_on": clock.local(now).date(),
    }  # fmt: skip
    row = IssueAssignment(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_issue_group(**values: Any) -> IssueGroup:
    """A cause several firms share."""
    row = IssueGroup(**{"name": "园区变压器容量不足", "cause": "增容未批", "created_at": clock.now(), **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_menu_item(**values: Any) -> MenuItem:
    """A service on the menu."""
    row = MenuItem.begin()
    for name, value in {
        "name": f"高企申报一对一辅导 {next(COUNT)}",
        "topic_id": make_topic("policy").id,
        **values,
    }.items():
        setattr(row, name, value)
    db.session.add(row)
    db.session.flush()
    return row


def make_edition(*issues: Issue, **values: Any) -> IssueEdition:
    """An edition of the problem list with a row for each issue."""
    now = clock.now()
    number = (db.session.scalar(select(func.max(IssueEdition.number))) or 0) + 1
    defaults = {
        "list_key": "problem", "number": number, "title": f"企业问题清单（第 {number} 期）",
        "as_of_on": clock.local(now).date(), "as_of_at": now,
    }  # fmt: skip
    row = IssueEdition(**{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    cells = {
        "firm": "",
        "words": "",
        "class": "",
        "topic": "",
        "raised_on": "",
        "channel": "",
        "light": "",
        "firm_id": 0,
    }
    for position, issue in enumerate(issues, 1):
        kept = json.dumps({**cells, "firm_id": issue.firm_id, "words": issue.words}, ensure_ascii=False)
        db.session.add(
            IssueEditionRow(
                edition_id=row.id, position=position, issue_id=issue.id, cells=kept, state=issue.state, light="green"
            )
        )
    db.session.flush()
    return row


def make_issue_file(issue: Issue | None = None, **values: Any) -> IssueFile:
    """A visit that shows something, put to an issue."""
    issue = issue or make_issue()
    visit = make_visit(db.session.get(Firm, issue.firm_id))
    row = IssueFile(**{"issue_id": issue.id, "visit_id": visit.id, "created_at": clock.now(), **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_offer(issue: Issue | None = None, **values: Any) -> IssueOffer:
    """A service of the menu offered for an issue."""
    issue = issue or make_issue()
    found = {"issue_id": issue.id, "proposed_at": clock.now(), **values}
    if "item_id" not in found:
        found["item_id"] = make_menu_item().id
    row = IssueOffer(**found)
    db.session.add(row)
    db.session.flush()
    return row
