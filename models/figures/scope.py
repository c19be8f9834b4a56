"""Whose firms a figure counts: what the person may see, narrowed by the filters of the page."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models.area import subtree
from models.base import db
from models.firm.record import Firm
from models.firm.tags import FirmTag
from models.rules.industry import divisions_of
from models.user import User

#: A select of whatever columns.
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Scope:
    """The firms this person may see (None: the command line, all of them), narrowed by filters.

    ``area_id`` and ``park_id`` mean the whole subtree; 0 (of an officer too) and the industry ``none`` mean that none
    is given. Area, park, industry and officer are those of today, also for a past date: a town asks for its firms,
    wherever they were then.
    """

    user: User | None = None
    area_id: int | None = None
    park_id: int | None = None
    industry: str = ""
    officer_id: int | None = None
    founded_from: date | None = None
    founded_to: date | None = None
    tag_id: int | None = None
    #: What lies below each area, when the caller has read the trees already: many scopes then ask for them once.
    trees: Mapping[int, frozenset[int]] | None = field(default=None, compare=False, repr=False)

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        passed = ("user", "trees")
        return any(getattr(self, item.name) not in (None, "") for item in fields(self) if item.name not in passed)

    @cached_property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What a firm must meet beside being visible."""
        found: list[ColumnElement[bool]] = []
        for column, place in ((Firm.area_id, self.area_id), (Firm.park_id, self.park_id)):
            if place == 0:
                found.append(column.is_(None))
            elif place is not None:
                below = subtree([place]) if self.trees is None else self.trees.get(place, frozenset())
                found.append(column.in_(sorted(below)))
        if self.industry == "none":
            found.append(Firm.industry_code.is_(None))
        elif self.industry:
            codes = divisions_of(self.industry) or (self.industry,)
            found.append(or_(*(Firm.industry_code.startswith(code, autoescape=True) for code in codes)))
        if self.officer_id == 0:
            found.append(and_(Firm.officer_a_id.is_(None), Firm.officer_b_id.is_(None)))
        elif self.officer_id is not None:
            found.append(or_(Firm.officer_a_id == self.officer_id, Firm.officer_b_id == self.officer_id))
        if self.founded_from is not None:
            found.append(Firm.founded_on >= self.founded_from)
        if self.founded_to is not None:
            found.append(Firm.founded_on <= self.founded_to)
        if self.tag_id is not None:
            found.append(Firm.id.in_(select(FirmTag.firm_id).where(FirmTag.tag_id == self.tag_id)))
        return found

    @cached_property
    def firms(self) -> AnySelect | None:
        """Select the ids of the firms in scope; None when that is every firm, so that nothing need be asked."""
        if not self.filtered and (self.user is None or Firm.all_visible_to(self.user)):
            return None
        everyone = select(Firm).where(Firm.merged_into_id.is_(None))
        visible = everyone if self.user is None else Firm.visible_to(self.user)
        return visible.with_only_columns(Firm.id).where(*self.conditions)

    def fingerprint(self) -> bytes:
        """What names the firms in scope: the same firms, the same counts. One statement; none when it is all."""
        if self.firms is None:
            return b""
        ids = array("q", db.session.scalars(self.firms.order_by(Firm.id)))
        return blake2b(ids.tobytes(), digest_size=16).digest()

    def restrict(self, query: AnySelect, firm_id: Any) -> AnySelect:
        """The query, counting only firms in scope."""
        firms = self.firms
        return query if firms is None else query.where(firm_id.in_(firms))
