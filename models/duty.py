"""Duties (应办事项) of firms: the table of rules, the notices of each year, and what was done. What falls due is
derived by models/rules/duty.py whenever somebody asks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from models import calendar, title
from models.base import Key, Model, Moment, Name, Words, db, one_of
from models.errors import NotFound, Refused
from models.file import StoredFile
from models.firm.names import FirmName
from models.firm.record import Firm
from models.pool import PoolMember
from models.rules import duty as rules
from models.rules.duty import Duty
from models.rules.duty_table import EXPECTED, RULES
from models.rules.ladder import Grant
from models.title import Title, TitleType
from models.user import User

#: A change that must be reported within three months, in an officer's words.
RENAMED = "更名"


class DutyRule(Model):
    """One line of the table of duties."""

    __tablename__ = "duty_rule"
    __table_args__ = (
        CheckConstraint(one_of("kind", rules.KINDS), name="kind"),
        CheckConstraint(one_of("who", rules.WHO), name="who"),
        CheckConstraint(one_of("shift", rules.SHIFTS), name="shift"),
        CheckConstraint("kind NOT IN ('yearly', 'end_year') OR closes <> ''", name="a_day_of_the_year"),
        CheckConstraint("kind <> 'change' OR months >= 1", name="months_after_a_change"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name)
    kind: Mapped[str] = mapped_column(Key)
    #: Keys of title types; empty: every firm that is followed.
    types: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())
    #: MM-DD, or empty.
    opens: Mapped[str] = mapped_column(String(5), default="")
    closes: Mapped[str] = mapped_column(String(5), default="")
    months: Mapped[int] = mapped_column(default=0)
    who: Mapped[str] = mapped_column(Key, default="firm")
    shift: Mapped[str] = mapped_column(Key, default="none")
    with_pending: Mapped[bool] = mapped_column(default=False)
    advisory: Mapped[bool] = mapped_column(default=False)
    #: A title of this type makes it pointless.
    unless: Mapped[str] = mapped_column(Key, default="")
    basis: Mapped[str] = mapped_column(Name, default="")
    confidence: Mapped[str] = mapped_column(String(1), default="S")
    note: Mapped[str] = mapped_column(Name, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @property
    def rule(self) -> rules.DutyRule:
        """This line as the rules see it."""
        return rules.DutyRule(
            self.key, self.name, self.kind, self.basis, self.types, month_day(self.opens), month_day(self.closes),
            self.months, self.who, self.shift, self.with_pending, self.advisory, self.unless, self.confidence,
            self.note,
        )  # fmt: skip

    @classmethod
    def list_all(cls) -> list["DutyRule"]:
        """Every line in the order of the office."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def get(cls, rule_id: int) -> "DutyRule":
        """The line, or NotFound."""
        found = db.session.get(cls, rule_id)
        if found is None:
            raise NotFound
        return found


class DutyWindow(Model):
    """The dates that the notice of a year gives for a rule."""

    __tablename__ = "duty_window"
    __table_args__ = (
        CheckConstraint("opens_on IS NULL OR opens_on <= closes_on", name="opens_before_it_closes"),
        UniqueConstraint("rule_id", "year"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("duty_rule.id", ondelete="CASCADE"))
    year: Mapped[int] = mapped_column(Integer)
    opens_on: Mapped[date | None] = mapped_column(Date)
    closes_on: Mapped[date] = mapped_column(Date)
    #: The document that says so.
    basis: Mapped[str] = mapped_column(Name, default="")

    rule: Mapped[DutyRule] = relationship(DutyRule, lazy="joined")

    @classmethod
    def list_all(cls) -> list["DutyWindow"]:
        """Every notice, the latest year first."""
        query = select(cls).join(DutyRule, DutyRule.id == cls.rule_id)
        return list(db.session.scalars(query.order_by(cls.year.desc(), DutyRule.position, cls.id)))

    @classmethod
    def get(cls, window_id: int) -> "DutyWindow":
        """The notice, or NotFound."""
        found = db.session.get(cls, window_id)
        if found is None:
            raise NotFound
        return found

    def check(self) -> None:
        """Raise Refused when another notice of the year speaks of the same duty."""
        others = select(DutyWindow.id).where(
            DutyWindow.rule_id == self.rule_id, DutyWindow.year == self.year, DutyWindow.id.is_distinct_from(self.id)
        )
        with db.session.no_autoflush:
            if db.session.scalar(others.limit(1)) is not None:
                raise Refused(f"{self.year} 年的这一项已经登记过通知，请直接修改那一行")


class DutyDone(Model):
    """A firm did it: when, how it is known, and by whom it was noted."""

    __tablename__ = "duty_done"
    __table_args__ = (UniqueConstraint("firm_id", "rule_key", "period"), Index("ix_duty_done_file_id", "file_id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    rule_key: Mapped[str] = mapped_column(Key)
    #: Which time: the year, the title, the change (rules.Duty.period).
    period: Mapped[str] = mapped_column(Name)
    done_on: Mapped[date] = mapped_column(Date)
    how: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    noted_at: Mapped[datetime] = mapped_column(Moment)

    file: Mapped[StoredFile | None] = relationship(StoredFile)
    noted_by: Mapped[User | None] = relationship(User)

    @classmethod
    def note(
        cls, firm: Firm, rule_key: str, period: str, done_on: date, how: str, by: User, at: datetime, today: date,
        file: StoredFile | None = None,
    ) -> "DutyDone":  # fmt: skip
        """Keep that it was done. Refused without a word on how it is known, for a day to come, and a second time."""
        if not how.strip() and file is None:
            raise Refused("请写怎么知道已办，或上传回执")
        if done_on > today:
            raise Refused("办理日期不能晚于今天")
        held = select(cls.id).where(cls.firm_id == firm.id, cls.rule_key == rule_key, cls.period == period)
        if db.session.scalar(held) is not None:
            raise Refused("这一项已经记为办理")
        row = cls(
            firm_id=firm.id, rule_key=rule_key, period=period, done_on=done_on, how=how.strip(),
            file_id=file.id if file else None, noted_by_id=by.id, noted_at=at,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row

    @classmethod
    def get_for(cls, user: User, done_id: int) -> "DutyDone":
        """The note, or NotFound when its firm does not exist for this person."""
        firms = Firm.visible_to(user).with_only_columns(Firm.id)
        found = db.session.scalar(select(cls).where(cls.id == done_id, cls.firm_id.in_(firms)))
        if found is None:
            raise NotFound
        return found


@dataclass(frozen=True)
class FirmDuty:
    """A duty of one firm, and its end when it was done."""

    firm_id: int
    duty: Duty
    done: DutyDone | None


def month_day(text: str) -> tuple[int, int] | None:
    """Month and day of MM-DD; None for an empty text."""
    return (int(text[:2]), int(text[3:])) if text else None


def list_due(
    firms: Select[int], first: date, last: date, keys: Iterable[str] | None = None, *, done: bool = True
) -> list[FirmDuty]:
    """What falls due for these firms from the first day to the last, the earliest first. A fixed number of statements.

    firms: selects ids of firms; those that left the district owe us nothing. keys: these rules alone.
    """
    wanted = None if keys is None else set(keys)
    table = [row.rule for row in DutyRule.list_all() if row.active and (wanted is None or row.key in wanted)]
    windows = {
        (row.rule.key, row.year): rules.Window(row.closes_on, row.opens_on, row.basis) for row in DutyWindow.list_all()
    }
    table = [rule for rule in table if rules.can_fall(rule, windows, first, last)]
    types, workdays, noted = title.rules(), calendar.load(), _done(firms)
    found = [
        FirmDuty(firm_id, one, noted.get((firm_id, one.rule.key, one.period)))
        for firm_id, firm in _histories(firms).items()
        for one in rules.duties_of(firm, table, types, windows, first, last, workdays)
    ]
    kept = [row for row in found if done or row.done is None]
    return sorted(kept, key=lambda row: (row.duty.due_on, row.duty.rule.key, row.firm_id, row.duty.period))


def of_firm(firm_id: int, first: date, last: date) -> list[FirmDuty]:
    """What falls due for one firm from the first day to the last; the caller has seen to its scope."""
    return list_due(select(Firm.id).where(Firm.id == firm_id), first, last)


def find(firm_id: int, rule_key: str, period: str, today: date) -> Duty:
    """One duty of a firm, within two years of today. NotFound when the firm owes no such thing."""
    near = timedelta(days=730)
    for row in list_due(select(Firm.id).where(Firm.id == firm_id), today - near, today + near, {rule_key}):
        if row.duty.period == period:
            return row.duty
    raise NotFound


def _histories(firms: Select[int]) -> dict[int, rules.Firm]:
    """Titles, pools and changes of the firms that hold or held a title or are in a pool, by firm."""
    here = select(Firm.id).where(Firm.id.in_(firms), Firm.status == "active", Firm.merged_into_id.is_(None))
    grants: dict[int, list[Grant]] = defaultdict(list)
    columns = (Title.firm_id, TitleType.key, Title.issued_on, Title.ends_on, Title.revoked_on, Title.noticed_on,
               Title.provisional, Title.id)  # fmt: skip
    query = select(*columns).join(TitleType, TitleType.id == Title.type_id).where(Title.firm_id.in_(here))
    for firm_id, *values in db.session.execute(query.order_by(Title.id)):
        grants[firm_id].append(Grant(*values))  # type: ignore[arg-type]
    pooled = set(db.session.scalars(
        select(PoolMember.firm_id).where(PoolMember.firm_id.in_(here), PoolMember.to_on.is_(None)).distinct()
        .order_by(PoolMember.firm_id)
    ))  # fmt: skip
    changes = _changes(here)
    return {
        firm_id: rules.Firm(tuple(grants.get(firm_id, ())), tuple(changes.get(firm_id, ())), firm_id in pooled)
        for firm_id in sorted(grants.keys() | pooled)
    }


def _changes(firms: Select[int]) -> dict[int, list[rules.Change]]:
    """New names with a known day, by firm."""
    found: dict[int, list[rules.Change]] = defaultdict(list)
    earlier = aliased(FirmName)
    before = exists().where(
        earlier.firm_id == FirmName.firm_id, earlier.id != FirmName.id, earlier.kind != "alias",
        or_(earlier.from_on.is_(None), earlier.from_on < FirmName.from_on),
    )  # fmt: skip
    names = select(FirmName.firm_id, FirmName.from_on).where(
        FirmName.firm_id.in_(firms), FirmName.kind == "registered", FirmName.from_on.is_not(None), before
    )
    for firm_id, on in db.session.execute(names.order_by(FirmName.id)):
        assert on is not None
        found[firm_id].append(rules.Change(RENAMED, on))
    return found


def _done(firms: Select[int]) -> dict[tuple[int, str, str], DutyDone]:
    query = select(DutyDone).where(DutyDone.firm_id.in_(firms)).order_by(DutyDone.id)
    return {(row.firm_id, row.rule_key, row.period): row for row in db.session.scalars(query)}


def seed_defaults() -> None:
    """Add the default rules that are missing; rows the office edited stay as they are. The caller commits."""
    held = set(db.session.scalars(select(DutyRule.key)))
    for position, row in enumerate(RULES):
        if row.key not in held:
            db.session.add(_row(row, position))
    for position, row in enumerate(EXPECTED, 100):
        if row.key not in held:
            db.session.add(_row(row, position, active=False))
    db.session.flush()


def _row(row: rules.DutyRule, position: int, *, active: bool = True) -> DutyRule:
    return DutyRule(
        key=row.key, name=row.name, kind=row.kind, types=row.types, opens=_text(row.opens), closes=_text(row.closes),
        months=row.months, who=row.who, shift=row.shift, with_pending=row.with_pending, advisory=row.advisory,
        unless=row.unless, basis=row.basis, confidence=row.confidence, note=row.note, position=position, active=active,
    )  # fmt: skip


def _text(day: tuple[int, int] | None) -> str:
    return f"{day[0]:02d}-{day[1]:02d}" if day else ""
