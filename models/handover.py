"""Handover (工作移交): an officer's firms with what is open there go to another; both confirm, then all at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    CompoundSelect,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.orm.attributes import flag_modified

from models import clock
from models.application import handing_over as applications_over
from models.application.record import Application
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import Conflict, NotFound, Refused
from models.firm import writing
from models.firm.choices import CARING_ROLES
from models.firm.record import Firm
from models.issue.acts import handing_over
from models.issue.parts import IssueAssignment
from models.plan.lines import PlanLine, PlanOfficer
from models.pool import moving
from models.pool.record import PoolMember
from models.promise import Promise
from models.rules import handover as rules
from models.rules.application import OPEN
from models.scheme.record import SchemeContact
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.record import Visit


class Handover(Model):
    """One handover from one person to another: proposed, then carried out, refused or withdrawn."""

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint(one_of("state", rules.STATES), name="state"),
        CheckConstraint("giver_id <> taker_id", name="two_people"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        Index("ix_handover_giver_id", "giver_id"),
        Index("ix_handover_taker_id", "taker_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(Key, default="proposed")
    note: Mapped[str] = mapped_column(Text, default="")
    #: Why somebody else confirmed for the giver; empty when the giver did.
    for_giver_reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Why it was refused.
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    giver: Mapped[User] = relationship(User, foreign_keys=giver_id)
    taker: Mapped[User] = relationship(User, foreign_keys=taker_id)
    proposed_by: Mapped[User] = relationship(User, foreign_keys=proposed_by_id)
    decided_by: Mapped[User | None] = relationship(User, foreign_keys=decided_by_id)
    items: Mapped[list["HandoverItem"]] = relationship(
        "HandoverItem", order_by="HandoverItem.position, HandoverItem.id", cascade="all, delete-orphan"
    )

    @property
    def state_word(self) -> str:
        """How it stands, in an officer's words."""
        return rules.STATES[self.state]

    def taken(self, kind: str = "") -> list["HandoverItem"]:
        """What goes over, of one kind or all."""
        return [item for item in self.items if item.taken and kind in ("", item.kind)]

    @classmethod
    def visible_to(cls, user: User) -> Select["Handover"]:
        """Select the handovers this person may see, unordered: their own, and for who assigns officers all."""
        people = [joinedload(getattr(cls, name)).lazyload(User.roles) for name in ("giver", "taker", "proposed_by")]
        query = select(cls).options(*people, joinedload(cls.decided_by).lazyload(User.roles))
        if "firms.assign" in user.permissions:
            return query
        if "visits.edit" not in user.permissions:
            return query.where(cls.id.is_(None))
        return query.where(or_(cls.giver_id == user.id, cls.taker_id == user.id))

    @classmethod
    def list_for(cls, user: User, number: int, size: int) -> tuple[Sequence["Handover"], int]:
        """A page of them, what waits first, then the latest; and the count of all."""
        query = cls.visible_to(user)
        total = db.session.scalar(query.with_only_columns(func.count()).order_by(None)) or 0
        query = query.options(selectinload(cls.items)).order_by(cls.state != "proposed", cls.id.desc())
        return db.session.scalars(query.limit(size).offset((max(number, 1) - 1) * size)).all(), total

    @classmethod
    def count_waiting(cls, user: User) -> int:
        """How many wait for this person to accept them. One statement."""
        query = select(func.count()).select_from(cls).where(cls.taker_id == user.id, cls.state == "proposed")
        return db.session.scalar(query) or 0

    @classmethod
    def get_for(cls, user: User, handover_id: int) -> "Handover":
        """The handover, or NotFound when it does not exist for this person."""
        found = db.session.scalar(cls.visible_to(user).where(cls.id == handover_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def propose(
        cls, giver: User, taker: User, *, by: User, at: datetime, kept: Collection[str] = (), note: str = "",
        reason: str = "",
    ) -> "Handover":  # fmt: skip
        """The first confirmation, of everything the giver has open but what is in `kept` (keys of items); the caller
        commits. Refused for the wrong people, or with nothing to hand over."""
        fault = rules.propose_fault(
            giver=giver.id, giver_active=giver.active, taker=taker.id, taker_cares=cares(taker), by=by.id,
            may_assign="firms.assign" in by.permissions, reason=reason,
        )  # fmt: skip
        if fault:
            raise Refused(fault)
        row = cls(giver_id=giver.id, taker_id=taker.id, note=note.strip(), proposed_by_id=by.id, proposed_at=at,
                  for_giver_reason="" if by.id == giver.id else reason.strip())  # fmt: skip
        row.items = [HandoverItem.of(holding, holding.key not in kept) for holding in holdings(giver.id)]
        if not row.taken():
            raise Refused("没有可以移交的；至少勾选一项")
        db.session.add(row)
        db.session.flush()
        return row

    def may_change(self, user: User) -> bool:
        """Whether this person may withdraw it or bring its list up to date: the giver, and who assigns officers but is
        not to take it."""
        return user.id == self.giver_id or ("firms.assign" in user.permissions and user.id != self.taker_id)

    def changes(self) -> list[str]:
        """What is different now from what was confirmed: each in words; empty while the list still holds."""
        now = {holding.key: holding for holding in holdings(self.giver_id)}
        listed = {item.key: item for item in self.items}
        found = [f"新增：{rules.KINDS[one.kind]} {one.words}" for key, one in now.items() if key not in listed]
        for key, item in listed.items():
            if item.taken and key not in now:
                found.append(f"已不在移交人名下：{rules.KINDS[item.kind]} {item.words}")
            elif item.taken and item.print != now[key].print:
                found.append(f"有改动：{rules.KINDS[item.kind]} {now[key].words}")
        return found

    def refresh(self, by: User, at: datetime) -> None:
        """Bring the list up to date: what was left out stays left out, what is new goes over; the caller commits."""
        self._check("done")
        if not self.may_change(by):
            raise Refused("清单由移交人或科长更新")
        kept = {item.key for item in self.items if not item.taken}
        self.items = [HandoverItem.of(holding, holding.key not in kept) for holding in holdings(self.giver_id)]
        self.proposed_at = at
        # Whoever has the earlier list before them is told so, even within the same second.
        flag_modified(self, "proposed_at")
        if not self.taken():
            raise Refused("名下已经没有可以移交的，请撤回这次移交")
        db.session.flush()

    def accept(self, by: User, at: datetime, seen: int) -> None:
        """The second confirmation, by the taker who saw version `seen`: everything goes over; the caller commits.

        Conflict when something is different from what was confirmed; nothing is changed then."""
        self._check("done")
        if by.id != self.taker_id:
            raise Refused(f"要由接收人{self.taker.name}本人确认")
        if not cares(by):
            raise Refused("接收人要是在用账号的联系干部、综合科或科长")
        changed = self.changes()
        if changed or seen != self.version:
            raise Conflict("清单和确认时不一样了，没有移交。" + "；".join(changed[:5]) + "。请移交人更新清单后再确认。")
        self._carry_out(at)
        self._end("done", by, at)

    def refuse(self, by: User, at: datetime, reason: str) -> None:
        """The taker does not accept, and why; the caller commits."""
        self._check("refused")
        if by.id != self.taker_id:
            raise Refused(f"要由接收人{self.taker.name}本人决定")
        if not reason.strip():
            raise Refused("请写不同意的原因")
        self.decided_reason = reason.strip()
        self._end("refused", by, at)

    def withdraw(self, by: User, at: datetime) -> None:
        """Take the proposal back; the caller commits."""
        self._check("withdrawn")
        if not self.may_change(by):
            raise Refused("由移交人或科长撤回")
        self._end("withdrawn", by, at)

    def _carry_out(self, at: datetime) -> None:
        """Firms get the new officer from today on, promises and lines the new person; what is over stays as it was."""
        today, rows = clock.local(at).date(), {kind: [one.row_id for one in self.taken(kind)] for kind in rules.KINDS}
        firms = Firm.list_by_ids(rows["firm"])
        for position in ("A", "B"):
            held = [firm for firm in firms if getattr(firm, f"officer_{position.lower()}_id") == self.giver_id]
            writing.assign_officer(held, position, self.taker_id, today)
        for promise in db.session.scalars(select(Promise).where(Promise.id.in_(rows["promise"])).order_by(Promise.id)):
            promise.person_id = self.taker_id
        lines = select(PlanLine).where(PlanLine.id.in_(rows["plan_line"])).options(selectinload(PlanLine.officers))
        for line in db.session.scalars(lines.order_by(PlanLine.id)):
            staying = [one.user_id for one in line.officers if one.user_id != self.giver_id]
            line.officers = [one for one in line.officers if one.user_id != self.giver_id]
            if self.taker_id not in staying:
                line.officers.append(PlanOfficer(user_id=self.taker_id))
        db.session.flush()
        self._contacts(rows["contact"], today, at)
        handing_over.hand_over(rows["issue"], self.giver, self.taker, at)
        moving.hand_over(rows["pool"], self.taker)
        applications_over.hand_over(rows["application"], self.taker, at)

    def _contacts(self, ids: Sequence[int], today: date, at: datetime) -> None:
        """Standing contacts: the taker's turn begins today; one begun today, or that the taker has already, is put
        right without a turn of its own."""
        held = SchemeContact.officer_id == self.taker_id
        theirs = select(SchemeContact).where(held, SchemeContact.running_on(today))
        same = {_whom(row) for row in db.session.scalars(theirs)}
        query = select(SchemeContact).where(SchemeContact.id.in_(ids)).options(joinedload(SchemeContact.kind))
        for contact in db.session.scalars(query.order_by(SchemeContact.id)).unique():
            if _whom(contact) in same:
                contact.end(max(today, contact.from_on), f"移交，{self.taker.name}已经联系着")
            elif contact.from_on >= today:
                contact.officer_id = self.taker_id
            else:
                contact.hand_over(self.taker, today, "", self.taker, at, today)
        db.session.flush()

    def _check(self, to: str) -> None:
        fault = rules.move_fault(self.state, to)
        if fault:
            raise Refused(fault)

    def _end(self, state: str, by: User, at: datetime) -> None:
        self.state, self.decided_by_id, self.decided_at = state, by.id, at
        db.session.flush()


class HandoverItem(Model):
    """One thing that goes over, or that was left out; its words as they were confirmed."""

    __tablename__ = "handover_item"
    __table_args__ = (
        CheckConstraint(one_of("kind", rules.KINDS), name="kind"),
        Index("ix_handover_item_handover_id", "handover_id"),
        Index("ix_handover_item_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(Key)
    row_id: Mapped[int] = mapped_column(Integer)
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    taken: Mapped[bool] = mapped_column(default=True)
    words: Mapped[str] = mapped_column(Name)
    #: What it said when it was confirmed, for noticing that it changed since.
    print: Mapped[str] = mapped_column(String(400))

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}-{self.row_id}"

    @classmethod
    def of(cls, holding: "Holding", taken: bool) -> "HandoverItem":
        """The row of one thing."""
        place = list(rules.KINDS).index(holding.kind)
        return cls(kind=holding.kind, row_id=holding.row_id, firm_id=holding.firm_id, taken=taken,
                   words=holding.words, print=holding.print, position=place)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing a person has open."""

    kind: str
    row_id: int
    firm_id: int | None
    words: str
    print: str

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}-{self.row_id}"


def cares(user: User) -> bool:
    """Whether firms may be given to this person: an account in use with a role that looks after firms."""
    return user.active and bool(set(user.role_names) & set(CARING_ROLES))


def holdings(user_id: int) -> list[Holding]:
    """Everything that is open with a person: firms they are A 角 or B 角 of, promises they are to keep, lines of the
    plan that are neither done, moved nor dropped, standing contacts, parts of open issues, stays in a pool, running
    applications. Seven statements."""
    firms = select(Firm.id, Firm.name, Firm.officer_a_id).where(
        Firm.merged_into_id.is_(None), or_(Firm.officer_a_id == user_id, Firm.officer_b_id == user_id)
    )
    found = []
    for firm_id, name, a_id in db.session.execute(firms.order_by(Firm.sort_key, Firm.id)):
        position = "A" if a_id == user_id else "B"
        found.append(Holding("firm", firm_id, firm_id, f"{name}（{position} 角）"[:200], position))
    promises = select(Promise.id, Promise.firm_id, Promise.due_on, Promise.words, Firm.name).join(Promise.firm)
    promises = promises.where(Promise.person_id == user_id, Promise.done_on.is_(None), Promise.dropped_on.is_(None))
    for row in db.session.execute(promises.order_by(Promise.due_on, Promise.id)):
        words = f"{row.due_on} 前答复 {row.name}：{row.words}"[:200]
        found.append(Holding("promise", row.id, row.firm_id, words, f"{row.firm_id} {words}"))
    lines = select(PlanLine.id, PlanLine.firm_id, PlanLine.planned_on, PlanLine.what, Firm.name)
    lines = lines.outerjoin(PlanLine.firm).where(PlanLine.is_of([user_id]), PlanLine.is_open())
    for line in db.session.execute(lines.order_by(PlanLine.planned_on, PlanLine.id)):
        words = f"{line.planned_on} {line.name or ''} {line.what}".replace("  ", " ")[:200].strip()
        found.append(Holding("plan_line", line.id, line.firm_id, words, f"{line.firm_id} {words}"))
    for contact in db.session.scalars(_contacts_of(user_id)).unique():
        words = f"{contact.kind.name}：{contact.title}"[:200]
        found.append(Holding("contact", contact.id, contact.firm_id, words, words))
    parts = handing_over.held_parts(user_id)
    found += [Holding("issue", part_id, firm_id, words, words) for part_id, firm_id, words in parts]
    found += [Holding("pool", row_id, firm_id, words, words) for row_id, firm_id, words in moving.held(user_id)]
    held = applications_over.held(user_id)
    found += [Holding("application", row_id, firm_id, words, words) for row_id, firm_id, words in held]
    return found


def list_givers() -> list[User]:
    """Everybody with something open, also those whose account is no longer in use, by name. One statement."""
    waiting = PlanLine.is_open()
    holders: CompoundSelect[Any] = union(
        select(Firm.officer_a_id).where(Firm.officer_a_id.is_not(None), Firm.merged_into_id.is_(None)),
        select(Firm.officer_b_id).where(Firm.officer_b_id.is_not(None), Firm.merged_into_id.is_(None)),
        select(Promise.person_id).where(Promise.done_on.is_(None), Promise.dropped_on.is_(None)),
        select(PlanOfficer.user_id).join(PlanLine, PlanLine.id == PlanOfficer.line_id).where(waiting),
        select(SchemeContact.officer_id).where(SchemeContact.to_on.is_(None)),
        handing_over.running().with_only_columns(IssueAssignment.user_id),
        select(Application.coach_id).where(Application.coach_id.is_not(None), Application.stage.in_(OPEN)),
        select(PoolMember.owner_id).where(PoolMember.owner_id.is_not(None), PoolMember.to_on.is_(None)),
    )
    query = select(User).where(User.id.in_(holders.subquery().select()))
    return list(db.session.scalars(query.order_by(User.sort_key, User.id)))


def _contacts_of(user_id: int) -> Select[SchemeContact]:
    query = select(SchemeContact).where(SchemeContact.officer_id == user_id, SchemeContact.to_on.is_(None))
    parts = (SchemeContact.kind, SchemeContact.firm, SchemeContact.area)
    return query.options(*(joinedload(part) for part in parts)).order_by(SchemeContact.kind_id, SchemeContact.id)


def _whom(row: SchemeContact) -> tuple[int, int | None, int | None, str]:
    return row.kind_id, row.firm_id, row.area_id, row.name


def demands_of(firm_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """The demands of these firms that wait for review, which go with the firm: firm, its name, the words."""
    query = (
        select(VisitDemand.firm_id, Firm.name, VisitDemand.words)
        .join(Firm, Firm.id == VisitDemand.firm_id)
        .join(Visit, Visit.id == VisitDemand.visit_id)
        .where(VisitDemand.firm_id.in_(firm_ids), VisitDemand.state == "to_review", Visit.counted())
        .order_by(Firm.sort_key, Firm.id, VisitDemand.id)
    )
    return [(firm_id, name, words) for firm_id, name, words in db.session.execute(query)]
