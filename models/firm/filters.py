"""The filters of the firm list: read from the address of the page, turned into conditions, written back."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, or_, select

from models.area import subtree
from models.assessment.kept import Assessed
from models.figures import registry
from models.figures.base import Period, UnknownFigure
from models.figures.scope import Scope
from models.firm.contacts import Contact
from models.firm.record import STATUSES, Firm
from models.firm.status import FLAGS, FirmFlag
from models.firm.tags import FirmTag
from models.firm_input.stale import firms_with_figures, firms_with_old_figures
from models.pool import PoolMember
from models.rules.industry import divisions_of
from models.standing import Standing
from models.title import Title
from models.user import User
from models.visit import Visit

#: What a filter means when it asks for firms that have none.
NONE = 0

#: Choices of 到期: days ahead and what the page calls them.
ENDS_WITHIN = {30: "30 天内", 60: "60 天内", 90: "90 天内", 180: "半年内", 365: "一年内"}


#: How fresh the yearly figures are.
DATA = {"old": "超过一年", "none": "还没有"}


@dataclass(frozen=True, slots=True)
class FirmFilter:
    """What the list is narrowed to. Every field is a parameter of the address; an unreadable one counts as absent."""

    q: str = ""
    on: date | None = None
    rung: str = ""
    area: int | None = None
    park: int | None = None
    industry: str = ""
    officer: int | None = None
    status: str = ""
    care: str = ""
    flag: str = ""
    tag: int | None = None
    pool: int | None = None
    title: int | None = None
    founded_from: date | None = None
    founded_to: date | None = None
    ends_within: int | None = None
    not_seen: int | None = None
    unverified: str = ""
    mine: str = ""
    tail: str = ""
    #: A key of DATA.
    data: str = ""
    figure: str = ""
    since: date | None = None
    #: Kept results of the assessment, as models.assessment.kept.Assessed writes them.
    assessed: str = ""

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        values: dict[str, Any] = {}
        for item in fields(cls):
            value = _read(str(item.type), args.get(item.name, "").strip())
            if value not in (None, ""):
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

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list beside the search text and the date it is taken on."""
        return bool(self.without("q", "on", "since").query())

    def conditions(self, user: User, today: date) -> list[ColumnElement[bool]]:
        """What a firm must meet, beside being visible and found by the text."""
        on = self.on or today
        return [
            *self._places(),
            *self._plain(user),
            *self._dated(on),
            *self._elsewhere(user, on),
        ]

    def _places(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, wanted in ((Firm.area_id, self.area), (Firm.park_id, self.park)):
            if wanted is not None:
                found.append(column.is_(None) if wanted == NONE else column.in_(subtree([wanted])))
        return found

    def _plain(self, user: User) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.industry == "none":
            found.append(Firm.industry_code.is_(None))
        elif self.industry:
            codes = divisions_of(self.industry) or (self.industry,)
            found.append(or_(*(Firm.industry_code.startswith(code, autoescape=True) for code in codes)))
        if self.officer is not None:
            found.append(_looked_after_by(self.officer))
        if self.mine:
            found.append(_looked_after_by(user.id))
        if self.status in STATUSES:
            found.append(Firm.status == self.status)
        if self.care:
            found.append(Firm.care_level.is_(None) if self.care == "none" else Firm.care_level == self.care)
        if self.unverified:
            found.append(Firm.unverified.is_(True))
        if self.founded_from:
            found.append(Firm.founded_on >= self.founded_from)
        if self.founded_to:
            found.append(Firm.founded_on <= self.founded_to)
        return found

    def _dated(self, on: date) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.rung:
            standing = select(Standing.firm_id).where(Standing.from_on <= on, Standing.to_on >= on)
            found.append(Firm.id.in_(standing.where(Standing.rung == self.rung)))
        if self.title is not None:
            found.append(Firm.id.in_(titles_in_force(on).where(Title.type_id == self.title)))
        if self.ends_within is not None:
            found.append(Firm.id.in_(titles_in_force(on).where(Title.ends_on <= on + timedelta(self.ends_within))))
        if self.pool is not None:
            stays = select(PoolMember.firm_id).where(PoolMember.from_on <= on, _open_on(PoolMember.to_on, on))
            found.append(Firm.id.in_(stays.where(PoolMember.type_id == self.pool)))
        if self.flag in FLAGS:
            listed = select(FirmFlag.firm_id).where(FirmFlag.from_on <= on, _open_on(FirmFlag.to_on, on))
            found.append(Firm.id.in_(listed.where(FirmFlag.flag == self.flag)))
        return found

    def _elsewhere(self, user: User, on: date) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.figure:
            period, scope = Period.up_to(on, self.since), Scope(user)
            figure = registry.find(self.figure)
            if figure.of != "firm":
                raise UnknownFigure(self.figure)
            found.append(Firm.id.in_(figure.rows(period, scope)))
        if asked := Assessed.parse(self.assessed):
            found.append(Firm.id.in_(asked.firms()))
        if self.tag is not None:
            found.append(Firm.id.in_(select(FirmTag.firm_id).where(FirmTag.tag_id == self.tag)))
        if self.data in DATA:
            old, some = firms_with_old_figures(on), firms_with_figures()
            found.append(Firm.id.in_(old) if self.data == "old" else Firm.id.not_in(some))
        if self.tail:
            found.append(Firm.id.in_(select(Contact.firm_id).where(Contact.phone_tail == self.tail)))
        if self.not_seen is not None:
            within = (Visit.visit_on > on - timedelta(self.not_seen), Visit.visit_on <= on)
            seen = select(Visit.firm_id).where(*within, Visit.is_visit())
            found.append(Firm.id.not_in(seen))
        return found


def titles_in_force(on: date) -> Any:
    """Select the firms of the titles in force on a day, 公示中 left out (product.md, "The ladder")."""
    return select(Title.firm_id).where(
        Title.issued_on <= on,
        or_(Title.ends_on.is_(None), Title.ends_on >= on),
        or_(Title.revoked_on.is_(None), Title.revoked_on > on),
        Title.provisional.is_(False),
    )  # fmt: skip


def _open_on(column: Any, on: date) -> ColumnElement[bool]:
    return or_(column.is_(None), column >= on)


def _looked_after_by(user_id: int) -> ColumnElement[bool]:
    if user_id == NONE:
        return and_(Firm.officer_a_id.is_(None), Firm.officer_b_id.is_(None))
    return or_(Firm.officer_a_id == user_id, Firm.officer_b_id == user_id)


def _read(kind: str, value: str) -> Any:
    """A parameter as its field wants it; None when it cannot be read."""
    try:
        if "date" in kind:
            return date.fromisoformat(value) if value else None
        if "int" in kind:
            return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None
    except ValueError:
        return None
    return value[:100]
