"""Patents and the rights like them, their owners, and how many of each class a firm holds on a day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name, among, db, one_of
from models.rules import patent as rules
from models.rules.patent import IP_KINDS, OBTAINED, STATUSES

#: Owners that a right is looked at for; a list of more is no list of owners.
MOST_OWNERS = 40
#: The first so many owners count for a ladder title.
LEADING = 3


class Patent(Model):
    """A patent, a software copyright, a layout, a variety, a drug: one right, whoever owns it."""

    __tablename__ = "patent"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("", *IP_KINDS)), name="kind"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        UniqueConstraint("number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: In its one way of writing: 202221497952.5.
    number: Mapped[str] = mapped_column(String(rules.LONGEST_NUMBER))
    #: What is wrong with the number as written; empty for nothing.
    number_problem: Mapped[str] = mapped_column(Name, default="")
    kind: Mapped[str] = mapped_column(Key, default="")
    title: Mapped[str] = mapped_column(Text, default="")
    filed_on: Mapped[date | None] = mapped_column(Date)
    granted_on: Mapped[date | None] = mapped_column(Date)
    #: The last day it can be in force: as a list says, else what the law gives from the day of filing.
    expires_on: Mapped[date | None] = mapped_column(Date)
    fee_due_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Key)
    #: The state in the words of the list.
    status_text: Mapped[str] = mapped_column(Name, default="")
    #: The first day without it, as far as known; the day we learned of it when no list gives one.
    ended_on: Mapped[date | None] = mapped_column(Date)
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def ip_class(self) -> int:
        """1 for Ⅰ类, 2 for Ⅱ类, 0 for a kind that nobody named."""
        return rules.ip_class(self.kind)

    @property
    def kind_name(self) -> str:
        """The kind in an officer's words."""
        return IP_KINDS[self.kind].name if self.kind else "没有写类型"

    @property
    def status_name(self) -> str:
        """The state as the list wrote it, in the words of the pages where it wrote none."""
        return self.status_text or STATUSES[self.status]

    def in_force(self, on: date) -> bool:
        """Whether it counts on that day."""
        return rules.in_force(self.status, self.granted_on, self.expires_on, self.ended_on, on)


class PatentOwner(Model):
    """One of the owners of a right, in the order of the list; a firm of the register or a name only."""

    __tablename__ = "patent_owner"
    __table_args__ = (
        CheckConstraint(one_of("obtained", OBTAINED), name="obtained"),
        UniqueConstraint("patent_id", "position"),
        Index("ix_patent_owner_firm_id", "firm_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    #: As the list writes it.
    name: Mapped[str] = mapped_column(Name)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    obtained: Mapped[str] = mapped_column(Key, default="self")
    #: Nobody said how it was obtained: the owner is taken for the one who made it.
    assumed: Mapped[bool] = mapped_column(default=True)
    transferred_on: Mapped[date | None] = mapped_column(Date)
    #: The first day on which the right is another's, as a list of transfers says.
    left_on: Mapped[date | None] = mapped_column(Date)
    import_row_id: Mapped[int | None] = mapped_column(Integer)

    def owns(self, on: date) -> bool:
        """Whether it still was an owner on that day."""
        return self.left_on is None or self.left_on > on

    @property
    def obtained_name(self) -> str:
        """自主, 自主（推定） or 受让."""
        return OBTAINED[self.obtained] + ("（推定）" if self.assumed and self.obtained == "self" else "")


@dataclass(slots=True)
class IpCounts:
    """How many rights in force a firm has on a day (contracts.md, `ip`)."""

    class1_self: int = 0
    #: Of these the ones of which the firm is among the first three owners (工信部企业〔2026〕2号 附件3).
    class1_self_leading: int = 0
    #: Ⅰ类 that came from others, whenever that was.
    class1_transferred: int = 0
    #: Of these the ones known to be held for a year.
    class1_transferred_year: int = 0
    class2_any: int = 0
    class2_transferred: int = 0
    #: Ⅱ类 of which utility models and designs were granted more than two years ago (63号).
    class2_kept_two_years: int = 0

    @property
    def transferred(self) -> int:
        """Rights of both classes that came from others."""
        return self.class1_transferred + self.class2_transferred

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return any(getattr(self, each.name) for each in fields(self))


def counting(on: date) -> ColumnElement[bool]:
    """The condition that a right is in force on a day, as rules.patent.in_force says of one."""
    held = or_(and_(Patent.ended_on.is_(None), Patent.status == "granted"), Patent.ended_on > on)
    return and_(
        Patent.granted_on <= on, or_(Patent.expires_on.is_(None), Patent.expires_on >= on), held, Patent.kind != ""
    )


def owning(on: date) -> ColumnElement[bool]:
    """The condition that an owner still is one on a day."""
    return or_(PatentOwner.left_on.is_(None), PatentOwner.left_on > on)


def counts_of(firm_ids: Collection[int], on: date) -> dict[int, IpCounts]:
    """What each of these firms holds on a day; a firm without any is there with zeros. One statement."""
    found = {firm_id: IpCounts() for firm_id in firm_ids}
    query = select(
        PatentOwner.firm_id, PatentOwner.obtained, PatentOwner.transferred_on, PatentOwner.position, Patent.kind,
        Patent.granted_on,
    )  # fmt: skip
    query = query.join(Patent, Patent.id == PatentOwner.patent_id)
    query = query.where(among(PatentOwner.firm_id, list(firm_ids)), counting(on), owning(on))
    for firm_id, obtained, transferred_on, position, kind, granted_on in db.session.execute(query):
        assert firm_id is not None and granted_on is not None  # the condition says so
        _count(found[firm_id], kind, obtained == "transferred", transferred_on, granted_on, on)
        leads = position <= LEADING and obtained != "transferred" and rules.ip_class(kind) == rules.CLASS_1
        found[firm_id].class1_self_leading += leads
    return found


def _count(
    counts: IpCounts, kind: str, transferred: bool, transferred_on: date | None, granted_on: date, on: date
) -> None:
    if rules.ip_class(kind) == rules.CLASS_1:
        if not transferred:
            counts.class1_self += 1
            return
        counts.class1_transferred += 1
        counts.class1_transferred_year += transferred_on is not None and rules.years_later(transferred_on, 1) <= on
        return
    counts.class2_any += 1
    counts.class2_transferred += transferred
    counts.class2_kept_two_years += kind == "software_copyright" or rules.years_later(granted_on, 2) < on


@dataclass(frozen=True, slots=True)
class Held:
    """One right of a firm, with the firm's own part in it."""

    patent: Patent
    owner: PatentOwner
    on: date

    @property
    def counts(self) -> bool:
        """Whether it counts for the firm on the day."""
        return bool(self.patent.kind) and self.patent.in_force(self.on) and self.owner.owns(self.on)

    @property
    def why(self) -> str:
        """Why it does not count on the day; empty when it does."""
        patent = self.patent
        reasons = (
            (not self.owner.owns(self.on), "已转出，不计数"),
            (not patent.kind, "没有写类型，不计数"),
            (patent.status == "granted" and patent.granted_on is None, "没有授权公告日，不计数"),
            (patent.granted_on is not None and patent.granted_on > self.on, "这一天还没授权"),
            (patent.expires_on is not None and patent.expires_on < self.on, "已过最长期限，不计数"),
        )
        return "" if self.counts else next((words for holds, words in reasons if holds), "不计数")

    @property
    def group(self) -> str:
        """What it is counted under: transferred, class1, class2, or nothing."""
        if not self.counts:
            return ""
        if self.owner.obtained == "transferred":
            return "transferred"
        return f"class{self.patent.ip_class}"


def list_of(firm_id: int, on: date) -> list[Held]:
    """The rights of a firm as of a day: those in force first, each class newest first; what was filed later is not
    there yet. Two statements."""
    query = select(Patent, PatentOwner).join(PatentOwner, PatentOwner.patent_id == Patent.id)
    rows = db.session.execute(query.where(PatentOwner.firm_id == firm_id).order_by(Patent.id)).all()
    found = [Held(patent, owner, on) for patent, owner in rows if (patent.filed_on or patent.granted_on or on) <= on]
    found.sort(key=lambda held: held.patent.granted_on or held.patent.filed_on or date.min, reverse=True)
    return sorted(found, key=lambda held: (not held.counts, held.patent.ip_class or 3))


def tally(held: Iterable[Held]) -> dict[str, int]:
    """Rows by what they are counted under, the rest under an empty key."""
    groups = {"class1": 0, "class2": 0, "transferred": 0, "": 0}
    for one in held:
        groups[one.group] += 1
    return groups


def owners_named(held: Iterable[Held], firm_id: int) -> dict[int, str]:
    """Patent id → the other owners of it, by name. One statement."""
    query = select(PatentOwner.patent_id, PatentOwner.name, PatentOwner.firm_id)
    query = query.where(PatentOwner.patent_id.in_([one.patent.id for one in held]))
    found: dict[int, list[str]] = {}
    for patent_id, name, owner_id in db.session.execute(query.order_by(PatentOwner.patent_id, PatentOwner.position)):
        if owner_id != firm_id:
            found.setdefault(patent_id, []).append(name)
    return {patent_id: "、".join(names) for patent_id, names in found.items()}
