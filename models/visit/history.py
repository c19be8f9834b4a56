"""What a visit said before: each correction as old → new, in an officer's words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models.base import db
from models.campaign import Campaign
from models.firm.record import Firm
from models.rules.visit import COMPANIONS
from models.user import User
from models.visit.body import body_of
from models.visit.kinds import Service, VisitKind
from models.visit.receipts import VisitVersion
from models.visit.record import Visit

FIELDS = {
    "firm_id": "企业", "visit_on": "日期", "start_time": "时间", "kind": "方式", "officers": "走访人员",
    "companions": "同行", "place": "地点", "purposes": "目的", "services": "服务内容", "campaign": "专项行动",
    "text": "谈了什么", "answer": "当场答复", "next_step": "下一步",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """One save over an earlier version: who, when, why, and each field old → new."""

    version: int
    at: datetime
    person: str
    reason: str
    fields: list[tuple[str, str, str]]


def corrections(visit: Visit) -> list[Correction]:
    """The corrections of a visit, the last one first. A fixed number of statements."""
    versions = VisitVersion.list_of(visit.id)
    if not versions:
        return []
    bodies = [body_of(visit), *(json.loads(row.body) for row in versions)]
    words = _Words(bodies)
    found = []
    for row, new, old in zip(versions, bodies, bodies[1:], strict=False):
        changed = [
            (label, words.say(key, old.get(key)), words.say(key, new.get(key)))
            for key, label in FIELDS.items()
            if old.get(key) != new.get(key)
        ]
        person = row.replaced_by.name if row.replaced_by else ""
        found.append(Correction(row.version, row.replaced_at, person, row.reason, changed))
    return found


class _Words:
    """The names of what bodies point to, read once for all of them."""

    def __init__(self, bodies: list[dict[str, Any]]) -> None:
        people = {user_id for body in bodies for user_id in body.get("officers", ())}
        firms = {body["firm_id"] for body in bodies}
        self.people: Mapping[Any, str] = _names(User, User.id, people)
        self.firms: Mapping[Any, str] = _names(Firm, Firm.id, firms)
        self.kinds = {row.key: row.name for row in VisitKind.list_all()}
        self.services = {row.key: row.name for row in Service.list_all()}
        self.campaigns = {row.key: row.name for row in Campaign.list_all()}

    def say(self, key: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if key == "firm_id":
            return self.firms.get(value, str(value))
        if key == "kind":
            return self.kinds.get(value, str(value))
        if key == "campaign":
            return self.campaigns.get(value, str(value))
        if key == "officers":
            return "、".join(self.people.get(one, str(one)) for one in value)
        if key in ("purposes", "services"):
            return "、".join(self.services.get(one, str(one)) for one in value)
        if key == "companions":
            return "、".join(f"{COMPANIONS.get(one['kind'], '')} {one['name']}" for one in value)
        return str(value)


def _names(model: Any, column: Any, wanted: set[Any]) -> dict[Any, str]:
    rows = db.session.execute(select(column, model.name).where(column.in_(wanted)).order_by(column))
    return {key: name for key, name in rows}  # noqa: C416  the rows are not pairs to mypy
