"""The rescue file of a phone that never came back on line: each visit in it is taken as if the phone had sent it."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models import clock
from models.base import db
from models.errors import Refused
from models.rules import visit_body
from models.rules.visit_body import BadBody
from models.user import User
from models.visit import photos, writing
from models.visit.photos import Picture, VisitPhoto
from models.visit.receipts import VisitReceipt

#: More belongs to no phone's queue.
MOST_VISITS = 500

#: What became of one visit, in words.
STATES = {"taken": "已存", "known": "早已收到", "different": "与已收到的不同", "refused": "没有存"}


@dataclass
class Outcome:
    """What became of one visit of the file; `message` says why, or what is missing."""

    firm_name: str
    who: str
    text: str
    state: str
    number: str = ""
    visit_id: int | None = None
    message: str = ""

    @property
    def word(self) -> str:
        """The state as the page says it."""
        return STATES[self.state]


def read(data: bytes) -> list[dict[str, Any]]:
    """The visits of a rescue file. Raises Refused when it is no such file."""
    try:
        file = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("这不是救急文件，或没有传完。请在手机“待发”页重新存一个。") from error
    if not isinstance(file, dict) or file.get("app") != "tidu" or file.get("rescue") != 1:
        raise Refused("这不是手机“待发”页存出的救急文件。")
    visits = file.get("visits")
    if not isinstance(visits, list) or not all(isinstance(one, dict) for one in visits):
        raise Refused("救急文件里没有走访，或内容坏了。")
    if len(visits) > MOST_VISITS:
        raise Refused(f"救急文件里的走访太多，最多 {MOST_VISITS} 次。")
    return visits


def take(entry: dict[str, Any], now: datetime, picture_of: Callable[[bytes], Picture]) -> Outcome:
    """Write one visit with its photos, once, in the name of who wrote it; the caller commits, or rolls back unless the
    state is `taken` or `known`.

    The same function, receipt and comparison as for a phone that sends.
    """
    body = entry.get("visit")
    told = body if isinstance(body, dict) else {}
    written = entry.get("person")
    person = written if isinstance(written, dict) else {}
    outcome = Outcome(_words(entry.get("firm_name")), _words(person.get("name")), _words(told.get("text")), "refused")
    uuid = visit_body.clean_uuid(str(entry.get("uuid")))
    if uuid is None:
        outcome.message = "编号不对"
        return outcome
    both = VisitReceipt.find_both(uuid)
    if both is not None:
        visit, receipt = both
        same = receipt is not None and receipt.body_hash == visit_body.hash_of(body)
        outcome.state, outcome.visit_id = ("known" if same else "different"), visit.id
        outcome.number = receipt.number if receipt else ""
        if not same:
            outcome.message = "服务器上同一编号的走访内容不同，没有改动；请对照后在记录页更正"
            return outcome
        user = visit.created_by
    else:
        user = _author(person)
        if user is None:
            outcome.message = "记录人的账号不在或已停用，请在走访页补记"
            return outcome
        try:
            draft = visit_body.read(body, clock.local(now).date(), now)
            visit = writing.create(user, draft, now, uuid=uuid, source="phone")
        except (BadBody, Refused) as error:
            outcome.message = str(error)
            return outcome
        receipt = VisitReceipt.give(visit, visit_body.hash_of(body), user, now)
        outcome.state, outcome.number, outcome.visit_id = "taken", receipt.number, visit.id
    if user is not None:
        outcome.message = _take_photos(visit.id, entry.get("photos"), user, now, picture_of)
    return outcome


def _author(person: dict[str, Any]) -> User | None:
    """The account the phone belonged to: number and name agree, and it may write visits."""
    person_id = person.get("id")
    if isinstance(person_id, bool) or not isinstance(person_id, int) or not 0 < person_id < 2**31:
        return None
    user = db.session.get(User, person_id)
    if user is None or not user.active or user.name != person.get("name") or "visits.edit" not in user.permissions:
        return None
    return user


def _take_photos(visit_id: int, rows: Any, user: User, now: datetime, picture_of: Callable[[bytes], Picture]) -> str:
    """Keep the photos that are whole; what is to be said of the others."""
    wrong = 0
    for row in rows if isinstance(rows, list) else ():
        try:
            data = base64.b64decode(str(row["base64"]), validate=True)
            sha256 = hashlib.sha256(data).hexdigest()
            if sha256 != row["sha256"]:
                raise Refused("照片不完整")
            held = VisitPhoto.find(visit_id, sha256)
            if held is None or held.file_id is None:
                photos.keep(visit_id, sha256, picture_of(data), user, now)
        except (Refused, KeyError, TypeError, binascii.Error):
            wrong += 1
    return f"{wrong} 张照片没有收" if wrong else ""


def _words(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""
