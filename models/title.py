"""Titles (资质) as intervals, their types and batches: what a firm was granted, until when (product.md)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rules.ladder import (
    Grant,
    Rung,
    TitleRule,
    TitleState,
    in_force,
    is_provisional,
    last_day_of,
    pending,
    say_validity,
    say_window,
)
from models.rules.title_types import TITLE_TYPES
from models.user import User

#: What a title is on a day, as the pages say it.
STATE_NAMES = {
    "in_force": "有效", "provisional": "公示中", "pending_renewal": "待续", "revoked": "已撤销", "ended": "已到期",
    "future": "还没生效",
}  # fmt: skip
LEVELS = {"national": "国家级", "provincial": "省级", "city": "市级", "district": "区级"}


class TitleType(Model):
    """A kind of title. Rung, validity and renewal window are data that the office edits."""

    __tablename__ = "title_type"
    __table_args__ = (
        CheckConstraint(
            "rung IS NULL OR " + one_of("rung", (Rung.POTENTIAL, Rung.TECH_SME, Rung.SRDI, Rung.HNTE)), name="rung"
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    short_name: Mapped[str] = mapped_column(Name)
    #: tech_sme, srdi or hnte for a ladder title, potential for a badge such as 瞪羚; None: no matter for the ladder.
    rung: Mapped[str | None] = mapped_column(Key)
    level: Mapped[str] = mapped_column(Name, default="")
    #: +3y (that day is the last), +3y-1d, year_end, or none.
    validity: Mapped[str] = mapped_column(Key)
    #: Rule for the last day on which a new title still counts as a renewal; none when there is no window.
    renewal_window: Mapped[str] = mapped_column(Key, default="none")
    owner_department: Mapped[str] = mapped_column(Name, default="")
    document: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def rule(self) -> TitleRule:
        """What the ladder needs of this type."""
        return TitleRule(self.key, Rung(self.rung) if self.rung else None, self.validity, self.renewal_window)

    @property
    def is_badge(self) -> bool:
        """Whether it shows as a badge instead of standing for a rung."""
        return self.rung not in (Rung.TECH_SME, Rung.SRDI, Rung.HNTE) or self.key == "little_giant"

    @property
    def validity_words(self) -> str:
        """The validity rule as a reader says it."""
        return say_validity(self.validity)

    @property
    def window_words(self) -> str:
        """The renewal window as a reader says it."""
        return say_window(self.renewal_window)

    @classmethod
    def list_all(cls) -> list["TitleType"]:
        """Every type in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def get(cls, type_id: int) -> "TitleType":
        """The type, or NotFound."""
        found = db.session.get(cls, type_id)
        if found is None:
            raise NotFound
        return found


class Title(Model):
    """A title granted to a firm for an interval. Whether it is in force is computed for a day, never stored."""

    __tablename__ = "title"
    __table_args__ = (
        CheckConstraint("ends_on >= issued_on", name="ends_after_issue"),
        CheckConstraint("revoked_on IS NULL OR revoked_on >= issued_on", name="revoked_after_issue"),
        Index("ix_title_firm_id", "firm_id"),
        Index("ix_title_type_id", "type_id", "issued_on", "ends_on"),
        Index("ix_title_number", "number"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    number: Mapped[str] = mapped_column(String(64), default="")
    batch: Mapped[str] = mapped_column(Name, default="")
    field: Mapped[str] = mapped_column(Name, default="")
    #: The day of the 公示, where the title came from one; 公示中 from then until it is issued.
    noticed_on: Mapped[date | None] = mapped_column(Date)
    #: The first day in force; of a provisional title the day its notice gave.
    issued_on: Mapped[date] = mapped_column(Date)
    #: day, month or year: how exactly the source gave the date of issue.
    issued_precision: Mapped[str] = mapped_column(Key, default="day")
    #: The last day in force; None: it has no end.
    ends_on: Mapped[date | None] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)
    revoked_reason: Mapped[str] = mapped_column(Name, default="")
    #: 公示中: from a 公示, in force only once the 公告 or a person confirms it.
    provisional: Mapped[bool] = mapped_column(default=False)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    source: Mapped[str] = mapped_column(Name, default="")
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")
    firm: Mapped[Firm] = relationship(Firm)

    @property
    def grant(self) -> Grant:
        """This title as the rules see it."""
        return Grant(
            self.type.key, self.issued_on, self.ends_on, self.revoked_on, self.noticed_on, self.provisional, self.id
        )

    def state_on(self, day: date) -> str:
        """What the title is on a day: in_force, provisional, pending_renewal, revoked, ended or future.

        pending_renewal looks at this title alone: whether a newer one is in force, the caller knows.
        """
        grant = self.grant
        if in_force(grant, day):
            return TitleState.IN_FORCE
        if is_provisional(grant, day):
            return TitleState.PROVISIONAL
        if self.revoked_on is not None and self.revoked_on <= day:
            return "revoked"
        if day < self.issued_on:
            return "future"
        return TitleState.PENDING if pending(self.type.rule, [grant], day) else "ended"

    @classmethod
    def get_for(cls, user: User, title_id: int) -> "Title":
        """The title, or NotFound when its firm does not exist for this person."""
        firms = Firm.visible_to(user).with_only_columns(Firm.id)
        title = db.session.scalar(select(cls).where(cls.id == title_id, cls.firm_id.in_(firms)))
        if title is None:
            raise NotFound
        return title

    @classmethod
    def list_of(cls, firm_ids: list[int]) -> list["Title"]:
        """All titles of these firms in one statement: by firm, newest first."""
        query = select(cls).where(cls.firm_id.in_(firm_ids))
        return list(db.session.scalars(query.order_by(cls.firm_id, cls.issued_on.desc(), cls.id.desc())))

    @classmethod
    def award(cls, firm: Firm, kind: TitleType, issued_on: date, **values: Any) -> "Title":
        """Record a title of a firm; without ``ends_on`` the type's validity gives it. ``provisional`` = from a 公示.

        ``year`` is the year in the number of a yearly type. Raises Refused when the dates contradict each other.
        """
        year = values.pop("year", None)
        if values.get("ends_on") is None:
            values["ends_on"] = last_day_of(kind.validity, issued_on, year)
        if values.get("provisional"):
            values.setdefault("noticed_on", issued_on)
        twin = select(cls.id).where(cls.firm_id == firm.id, cls.type_id == kind.id, cls.issued_on == issued_on)
        if db.session.scalar(twin.limit(1)) is not None:
            raise Refused(f"这家企业 {issued_on} 的{kind.name}已经登记过，请直接修改那一条")
        title = cls(firm=firm, type=kind, issued_on=issued_on, created_at=clock.now(), **values)
        title.check()
        db.session.add(title)
        db.session.flush()
        return title

    def correct(self, **values: Any) -> None:
        """Change what was recorded; a last day left empty follows from the type. Raises Refused."""
        kind = TitleType.get(values["type_id"])
        if values.get("ends_on") is None:
            values["ends_on"] = last_day_of(kind.validity, values["issued_on"])
        for name, value in values.items():
            setattr(self, name, value)
        self.check()

    def check(self) -> None:
        """Raise Refused when the dates contradict each other."""
        if self.ends_on is not None and self.ends_on < self.issued_on:
            raise Refused("有效期至不能早于发证日期，请核对两个日期")
        if self.revoked_on is not None and self.revoked_on < self.issued_on:
            raise Refused("撤销日期不能早于发证日期，请核对两个日期")

    def confirm(self, issued_on: date, by: User, number: str = "") -> None:
        """The 公告 is out, or a person vouches for it: the title is in force from ``issued_on``. Raises Refused."""
        if not self.provisional:
            raise Refused("这项资质已经确认过")
        noticed_on = self.noticed_on or self.issued_on
        if issued_on < noticed_on:
            raise Refused(f"公告日期不能早于公示日期 {noticed_on}，请核对")
        year = self.ends_on.year if self.type.rule.yearly and self.ends_on else None
        self.noticed_on, self.issued_on, self.provisional = noticed_on, issued_on, False
        self.ends_on = last_day_of(self.type.validity, issued_on, year)
        self.confirmed_by_id, self.confirmed_at = by.id, clock.now()
        self.number = number or self.number
        self.check()

    @classmethod
    def confirm_all(cls, firm_ids: list[int], kind: TitleType, issued_on: date, by: User) -> int:
        """Confirm what is 公示中 of these firms; how many. Raises Refused when one was announced later than that."""
        waiting = select(cls).where(cls.type_id == kind.id, cls.provisional.is_(True), cls.revoked_on.is_(None))
        titles = list(db.session.scalars(waiting.order_by(cls.id)))
        wanted = set(firm_ids)
        chosen = [title for title in titles if title.firm_id in wanted]
        for title in chosen:
            title.confirm(issued_on, by)
        db.session.flush()
        return len(chosen)

    def revoke(self, on: date, reason: str) -> None:
        """The title is gone from that day on. Raises Refused when it was gone before."""
        if self.revoked_on is not None:
            raise Refused(f"这项资质已于 {self.revoked_on} 撤销")
        if self.ends_on is not None and on > self.ends_on and not self.provisional:
            raise Refused(f"这项资质 {self.ends_on} 已经到期，不用撤销")
        self.revoked_on, self.revoked_reason = on, reason
        self.check()


class Batch(Model):
    """When the titles of a batch were announced and end, for lists that give no dates of their own."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"), index=True)
    name: Mapped[str] = mapped_column(Name)
    announced_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")

    @classmethod
    def list_all(cls) -> list["Batch"]:
        """Every batch: by type in the order of the office, the last announced first."""
        query = select(cls).join(TitleType, TitleType.id == cls.type_id)
        return list(db.session.scalars(query.order_by(TitleType.position, cls.announced_on.desc(), cls.id.desc())))

    @classmethod
    def get(cls, batch_id: int) -> "Batch":
        """The batch, or NotFound."""
        found = db.session.get(cls, batch_id)
        if found is None:
            raise NotFound
        return found

    def check(self) -> None:
        """Raise Refused when another batch of the type has the name and year, or the dates contradict each other."""
        if self.ends_on is not None and self.ends_on < self.announced_on:
            raise Refused("有效期至不能早于公告日期，请核对两个日期")
        others = select(Batch).where(Batch.type_id == self.type_id, Batch.id.is_distinct_from(self.id))
        with db.session.no_autoflush:
            for other in db.session.scalars(others.order_by(Batch.id)):
                if other.name == self.name and other.announced_on.year == self.announced_on.year:
                    raise Refused(
                        f"已有{other.announced_on.year}年的“{other.name}”（{other.announced_on}），请直接修改那一行"
                    )


def rules() -> Mapping[str, TitleRule]:
    """The rule of every type by its key, as the rows stand now. One statement."""
    return {kind.key: kind.rule for kind in TitleType.list_all()}


def seed_defaults() -> None:
    """Add the default types that are missing; rows the office edited stay as they are. The caller commits."""
    held = set(db.session.scalars(select(TitleType.key)))
    for position, row in enumerate(TITLE_TYPES):
        if row.key not in held:
            db.session.add(
                TitleType(
                    key=row.key, name=row.name, short_name=row.short, rung=row.rung, level=row.level,
                    validity=row.validity, renewal_window=row.window, owner_department=row.owner,
                    document=row.basis, position=position,
                )
            )  # fmt: skip
    db.session.flush()
