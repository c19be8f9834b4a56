"""The body of a visit as a client sends it (JSON), read strictly: what is wrong is said at its field, and a field
nobody knows is refused rather than lost (docs/decisions/0025-visits.md)."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from models.rules.visit import (
    COMPANIONS,
    DEFAULT_KIND,
    LONGEST_TEXT,
    LONGEST_WORDS,
    MOST_ROWS,
    day_fault,
    due_fault,
    time_fault,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")
#: A phone's clock may be wrong; what it says of the moment of writing is then the moment of arrival.
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


class BadBody(ValueError):
    """The body cannot be accepted as it is; `faults` names each wrong field with a message an officer understands."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = faults


@dataclass(frozen=True)
class Draft:
    """What somebody wrote of a visit, whether on a phone or on a page. Identifiers are not checked yet."""

    firm_id: int
    visit_on: date
    text: str
    kind: str = DEFAULT_KIND
    start_time: str = ""
    officers: tuple[int, ...] = ()
    #: (kind, name, organisation)
    companions: tuple[tuple[str, str, str], ...] = ()
    place: str = ""
    purposes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    campaign: str = ""
    answer: str = ""
    next_step: str = ""
    #: (the firm's own words, category)
    demands: tuple[tuple[str, str], ...] = ()
    #: (words, person or None for whoever writes, day)
    promises: tuple[tuple[str, int | None, date], ...] = ()
    #: (sha256 of the bytes that will follow, caption)
    photos: tuple[tuple[str, str], ...] = ()
    written_at: datetime | None = field(default=None, compare=False)


def canonical(body: Any) -> str:
    """The one way to write a body: keys sorted, no blanks, no escapes. Equal bodies are equal text."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(body: Any) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(body).encode("utf-8", "surrogatepass")).hexdigest()


def clean_uuid(text: str) -> str | None:
    """A UUID in its usual spelling, lower case; None when it is none."""
    try:
        found = str(UUID(text))
    except ValueError:
        return None
    return found if text.lower() == found else None


def is_sha256(text: str) -> bool:
    """Whether this is a SHA-256 in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def read(body: Any, today: date, now: datetime) -> Draft:
    """What the body says. Raises BadBody naming every field that is wrong."""
    if not isinstance(body, dict):
        raise BadBody({"body": "走访要以一个 JSON 对象发送"})
    reader = _Reader(body)
    unknown = sorted(set(body) - set(Draft.__dataclass_fields__))
    if unknown:
        reader.faults["body"] = f"不认识的字段：{'、'.join(_plain(name) for name in unknown)}"
    visit_on = reader.day("visit_on", "请填走访日期", lambda day: day_fault(day, today))
    text = reader.text("text", LONGEST_TEXT)
    if not text:
        reader.faults.setdefault("text", "请写一句情况")
    made_on = visit_on or today
    draft = Draft(
        firm_id=reader.whole("firm_id", "请选企业"),
        visit_on=made_on,
        text=text,
        kind=reader.text("kind", 40) or DEFAULT_KIND,
        start_time=reader.text("start_time", 5),
        officers=reader.many("officers", reader.person),
        companions=reader.many("companions", reader.companion),
        place=reader.text("place", 200),
        purposes=reader.many("purposes", reader.key),
        services=reader.many("services", reader.key),
        campaign=reader.text("campaign", 40),
        answer=reader.text("answer", LONGEST_TEXT),
        next_step=reader.text("next_step", LONGEST_TEXT),
        demands=reader.many("demands", reader.demand),
        promises=reader.many("promises", lambda name, row: reader.promise(name, row, made_on)),
        photos=reader.many("photos", reader.photo),
        written_at=reader.moment("written_at", now),
    )
    fault = time_fault(draft.start_time)
    if fault:
        reader.faults["start_time"] = fault
    if reader.faults:
        raise BadBody(reader.faults)
    return draft


def _plain(name: str) -> str:
    """A name somebody made up, fit to be shown."""
    return name[:40].encode("utf-8", "replace").decode()


class _Reader:
    """Takes typed values out of a JSON object and notes what is wrong."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.faults: dict[str, str] = {}

    def text(self, name: str, longest: int, row: dict[str, Any] | None = None, at: str = "") -> str:
        value = (self.body if row is None else row).get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.faults[at or name] = "应是文字"
            return ""
        value = value.replace("\x00", "").strip()
        if any("\ud800" <= character <= "\udfff" for character in value):
            self.faults[at or name] = "有不能保存的字符"
            return ""
        if len(value) > longest:
            self.faults[at or name] = f"太长，最多 {longest:,} 字"
        return value

    def whole(self, name: str, missing: str) -> int:
        value = self.body.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
            self.faults[name] = missing
            return 0
        return value

    def day(
        self, name: str, missing: str, fault_of: Callable[[date], str | None], row: Any = None, at: str = ""
    ) -> date | None:
        value = (self.body if row is None else row).get(name)
        try:
            if not isinstance(value, str) or len(value) != 10:
                raise ValueError
            found = date.fromisoformat(value)
        except ValueError:
            self.faults[at or name] = missing
            return None
        fault = fault_of(found)
        if fault:
            self.faults[at or name] = fault
        return found

    def moment(self, name: str, now: datetime) -> datetime | None:
        """When it was written; nothing unless the phone's clock says something possible."""
        value = self.body.get(name)
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None
        if found is None or found.tzinfo is None or not _EARLIEST <= found <= now:
            return None
        return found.astimezone(UTC)

    def many(self, name: str, read_row: Callable[[str, Any], Any]) -> tuple[Any, ...]:
        rows = self.body.get(name)
        if rows is None:
            return ()
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            self.faults[name] = f"应是列表，最多 {MOST_ROWS} 项"
            return ()
        found = [read_row(f"{name}.{place}", row) for place, row in enumerate(rows)]
        return tuple(dict.fromkeys(value for value in found if value is not None))

    def person(self, at: str, row: Any) -> int | None:
        if isinstance(row, bool) or not isinstance(row, int) or not 0 < row < 2**31:
            self.faults[at] = "人员编号不对"
            return None
        return row

    def key(self, at: str, row: Any) -> str | None:
        if not isinstance(row, str) or not 0 < len(row) <= 40:
            self.faults[at] = "选项不对"
            return None
        return row

    def companion(self, at: str, row: Any) -> tuple[str, str, str] | None:
        if not self._object(at, row, {"kind", "name", "organisation"}):
            return None
        kind, name = row.get("kind") or "expert", self.text("name", 200, row, at)
        if kind not in COMPANIONS or not name:
            self.faults[at] = "同行的人或部门要写名称"
            return None
        return kind, name, self.text("organisation", 200, row, at)

    def demand(self, at: str, row: Any) -> tuple[str, str] | None:
        if not self._object(at, row, {"words", "category"}):
            return None
        words = self.text("words", LONGEST_WORDS, row, at)
        if not words:
            self.faults[at] = "请写企业的原话"
            return None
        return words, self.text("category", 200, row, at)

    def promise(self, at: str, row: Any, made_on: date) -> tuple[str, int | None, date] | None:
        if not self._object(at, row, {"words", "person_id", "due_on"}):
            return None
        words = self.text("words", LONGEST_WORDS, row, at)
        due_on = self.day("due_on", "请填答复日期", lambda day: due_fault(day, made_on), row, at)
        if not words:
            self.faults[at] = "请写答应了什么"
        if not words or due_on is None:
            return None
        person_id = row.get("person_id")
        return words, None if person_id is None else self.person(at, person_id), due_on

    def photo(self, at: str, row: Any) -> tuple[str, str] | None:
        row = {"sha256": row} if isinstance(row, str) else row
        if not self._object(at, row, {"sha256", "caption"}):
            return None
        if not isinstance(row.get("sha256"), str) or not is_sha256(row["sha256"]):
            self.faults[at] = "照片的校验值不对"
            return None
        return row["sha256"], self.text("caption", 200, row, at)

    def _object(self, at: str, row: Any, known: set[str]) -> bool:
        if not isinstance(row, dict) or set(row) - known:
            self.faults[at] = "这一项写法不对"
            return False
        return True
