"""The filters of lists of applications: read from the address of the page, turned into conditions, written back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from models.application.batch import ApplicationBatch, BatchDate
from models.application.record import Application
from models.application.review_filter import reviewed
from models.area import subtree
from models.firm import search
from models.firm.names import FirmSearch
from models.firm.record import Firm
from models.rules.application import DATES, DECIDING, ENDED, FILED, KINDS, OPEN, PREPARING, STAGES, WAY
from models.rules.prereview import RESULTS
from models.user import User

#: What a filter means when it asks for those that have none.
NONE = 0
#: Several stages under one word.
BUNDLES: dict[str, tuple[str, ...]] = {
    "open": OPEN,
    "preparing": PREPARING,
    "filed": FILED,
    "deciding": DECIDING,
    "ended": ENDED,
}
BUNDLE_NAMES = {
    "open": "还在进行",
    "preparing": "准备中",
    "filed": "已提交待结果",
    "deciding": "申报中",
    "ended": "已有结果",
}


@dataclass(frozen=True, slots=True)
class ApplicationFilter:
    """What a list is narrowed to. Every field is a parameter of the address; an unreadable one counts as absent."""

    #: A firm by any part of its name, initials or code.
    q: str = ""
    batch: int | None = None
    #: A type of title.
    type: int | None = None
    year: int | None = None
    #: A stage, or a key of BUNDLES.
    stage: str = ""
    kind: str = ""
    coach: int | None = None
    area: int | None = None
    park: int | None = None
    reason: int | None = None
    agency: int | None = None
    #: What pre-review said: a key of models/rules/prereview.RESULTS.
    review: str = ""
    #: Coached by oneself, or of a firm one looks after.
    mine: str = ""
    #: A date of the batch went by.
    late: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        values: dict[str, Any] = {}
        for item in fields(cls):
            value = _read(str(item.type), args.get(item.name, "").strip())
            known = KNOWN.get(item.name)
            if value not in (None, "") and (known is None or value in known):
                values[item.name] = value
        return cls(**values)

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter; only those that are set."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}

    def without(self, *names: str) -> Self:
        """The same filter with these fields cleared."""
        cleared: dict[str, Any] = {item.name: item.default for item in fields(self) if item.name in names}
        return replace(self, **cleared)

    def conditions(self, user: User, today: date) -> list[ColumnElement[bool]]:
        """What an application must meet beside being visible. The query knows Application, its Firm and its batch."""
        return [
            *self._plain(),
            *self._of_agency(),
            *self._of_batch(),
            *self._of_firm(),
            *self._of_person(user),
            *self._late(today),
        ]

    def _plain(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.stage:
            found.append(Application.stage.in_(BUNDLES.get(self.stage, (self.stage,))))
        if self.kind:
            found.append(Application.kind == self.kind)
        if self.reason is not None:
            found.append(Application.reason_id == self.reason)
        if self.review:
            found.append(reviewed(self.review))
        return found

    def _of_agency(self) -> list[ColumnElement[bool]]:
        if self.agency is None:
            return []
        nobody = self.agency == NONE
        return [Application.agency_id.is_(None) if nobody else Application.agency_id == self.agency]

    def _of_batch(self) -> list[ColumnElement[bool]]:
        pairs = ((Application.batch_id, self.batch), (ApplicationBatch.type_id, self.type),
                 (ApplicationBatch.year, self.year))  # fmt: skip
        return [column == wanted for column, wanted in pairs if wanted is not None]

    def _of_firm(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, wanted in ((Firm.area_id, self.area), (Firm.park_id, self.park)):
            if wanted is not None:
                found.append(column.is_(None) if wanted == NONE else column.in_(sorted(subtree([wanted]))))
        if self.q:
            words = search.patterns(self.q)
            firms = select(FirmSearch.firm_id).where(search.matches(words)) if words else None
            found.append(false() if firms is None else Application.firm_id.in_(firms))
        return found

    def _of_person(self, user: User) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.coach is not None:
            nobody = self.coach == NONE
            found.append(Application.coach_id.is_(None) if nobody else Application.coach_id == self.coach)
        if self.mine:
            found.append(
                or_(Application.coach_id == user.id, Firm.officer_a_id == user.id, Firm.officer_b_id == user.id)
            )
        return found

    def _late(self, today: date) -> list[ColumnElement[bool]]:
        return [behind(today)] if self.late else []


def behind(today: date) -> ColumnElement[bool]:
    """The condition that a date of its batch went by before an application came so far."""
    goals = {key: goal for key, (_, goal) in DATES.items() if goal is not None}
    steps = [and_(BatchDate.key == key, Application.stage.in_(WAY[: WAY.index(goal)])) for key, goal in goals.items()]
    return exists().where(BatchDate.batch_id == Application.batch_id, BatchDate.falls_on < today, or_(*steps))


#: What the fields that name a thing may hold.
KNOWN: dict[str, Mapping[str, Any] | tuple[str, ...]] = {"stage": (*STAGES, *BUNDLES), "kind": KINDS, "review": RESULTS}


def _read(kind: str, text: str) -> Any:
    """A value of this type, or None when the text is none."""
    if "int" in kind:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return text[:100]
