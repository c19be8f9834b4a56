"""Who acts on an issue: a person of the bureau, a firm or an outside handler through a link, or the timetable."""

from dataclasses import dataclass, field
from datetime import date
from typing import Self

from sqlalchemy import select

from models.base import db
from models.issue.kinds import OutsideHandler
from models.issue.parts import IssueAssignment
from models.link import Link
from models.unit import Membership, acted_for
from models.user import User


@dataclass(frozen=True)
class Actor:
    """Somebody who acts, and through what. Make one with `of`, `firm`, `outside` or `job`."""

    user: User | None
    permissions: frozenset[str] = frozenset()
    #: Who it is when no account acts: never a phone number.
    label: str = ""
    #: form, link, import or job.
    via: str = "form"
    address: str = ""
    is_firm: bool = False
    is_job: bool = False
    outside_id: int | None = None
    link_id: int | None = None
    _seen: dict[tuple[str, date], frozenset[int]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, user: User, via: str = "form", address: str = "") -> Self:
        """A person with an account."""
        return cls(user, user.permissions, "", via, address)

    @classmethod
    def firm(cls, link: Link, address: str = "") -> Self:
        """The firm, through its link."""
        return cls(None, label=link.label or "企业", via="link", address=address, is_firm=True, link_id=link.id)

    @classmethod
    def outside(cls, link: Link, handler: OutsideHandler, address: str = "") -> Self:
        """A person of another unit, through the link of their one issue."""
        rights = frozenset({"issues.handle"})
        return cls(None, rights, handler.name, "link", address, outside_id=handler.id, link_id=link.id)

    @classmethod
    def job(cls) -> Self:
        """The timetable."""
        return cls(None, label="系统", via="job", is_job=True)

    @property
    def user_id(self) -> int | None:
        """The account, when one acts."""
        return self.user.id if self.user else None

    @property
    def name(self) -> str:
        """Who it is, for a list."""
        return self.user.name if self.user else self.label

    def unit_ids(self, on: date) -> frozenset[int]:
        """The units the person belongs to on a day; read once."""
        if self.user is None:
            return frozenset()
        if ("units", on) not in self._seen:
            query = select(Membership.unit_id).where(
                Membership.user_id == self.user.id, Membership.from_on <= on,
                Membership.to_on.is_(None) | (Membership.to_on >= on),
            )  # fmt: skip
            self._seen["units", on] = frozenset(db.session.scalars(query.order_by(Membership.id)))
        return self._seen["units", on]

    def stands_for(self, on: date) -> frozenset[int]:
        """The person, and everybody away whose deputy they are on a day; read once."""
        if self.user is None:
            return frozenset()
        if ("stands", on) not in self._seen:
            self._seen["stands", on] = acted_for(self.user.id, on) | {self.user.id}
        return self._seen["stands", on]

    def holds(self, part: IssueAssignment, on: date) -> bool:
        """Whether a unit's part in an issue is theirs, or of somebody they stand in for on a day."""
        if self.outside_id is not None:
            return part.outside_id == self.outside_id
        return part.user_id is not None and part.user_id in self.stands_for(on)
