"""试算: a draft of the rules tried on all firms beside the version it would follow, before it is put in force.

The result is a picture of one day: each firm's verdict by both, and every condition whose answer changes. It names the
text that was tried; another text needs another trial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, among, db, one_of
from models.errors import NotFound, Refused
from models.firm.record import Firm
from models.rule_book import RuleBook, shelf
from models.rules.assess.book import Book
from models.rules.assess.judge import ELIGIBLE, NOT_ELIGIBLE, UNKNOWN
from models.task import Task
from models.user import User

VERDICTS = {ELIGIBLE: "达标", NOT_ELIGIBLE: "不达标", UNKNOWN: "不明"}
ANSWERS = {"yes": "达到", "no": "不达到", "unknown": "不明"}


class RuleBookTrial(Model):
    """One trial of a draft; finished once `ended_at` is there."""

    __tablename__ = "rule_book_trial"
    __table_args__ = (Index("ix_rule_book_trial_book_id", "book_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("rule_book.id", ondelete="CASCADE"))
    #: Of the text that is tried.
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: The version in force on the draft's first day; empty where there is none.
    old_version: Mapped[str] = mapped_column(String(64), default="")
    #: The day as of which the firms are judged.
    as_of: Mapped[date] = mapped_column(Date)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: How many firms were judged.
    firms: Mapped[int] = mapped_column(default=0)

    task: Mapped[Task | None] = relationship(Task)
    asked_by: Mapped[User | None] = relationship(User)

    @classmethod
    def latest(cls, row: RuleBook) -> "RuleBookTrial | None":
        """The last trial of a version, with its task and who asked; None without any."""
        query = select(cls).where(cls.book_id == row.id).order_by(cls.id.desc()).limit(1)
        return db.session.scalar(query.options(joinedload(cls.task), joinedload(cls.asked_by).lazyload(User.roles)))

    @classmethod
    def get(cls, row: RuleBook) -> "RuleBookTrial":
        """The last trial of a version, or NotFound."""
        found = cls.latest(row)
        if found is None:
            raise NotFound
        return found

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.ended_at is None and self.task is not None and not self.task.ended

    def finish(self, firms: int, at: datetime) -> None:
        """Every firm was judged; earlier trials of the version are taken away. The caller commits."""
        self.firms, self.ended_at = firms, at
        db.session.flush()
        older = select(RuleBookTrial.id).where(RuleBookTrial.book_id == self.book_id, RuleBookTrial.id != self.id)
        _empty(older)
        db.session.execute(delete(RuleBookTrial).where(RuleBookTrial.id.in_(older)))


class RuleBookTrialFirm(Model):
    """One firm in a trial. Its number stands plainly: a picture must not hold a firm that an undone import takes."""

    __tablename__ = "rule_book_trial_firm"
    __table_args__ = (
        CheckConstraint(one_of("old", VERDICTS), name="old"),
        CheckConstraint(one_of("new", VERDICTS), name="new"),
        Index("ix_rule_book_trial_firm_trial_id", "trial_id", "old", "new"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("rule_book_trial.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(Integer)
    old: Mapped[str] = mapped_column(Key)
    new: Mapped[str] = mapped_column(Key)


class RuleBookTrialChange(Model):
    """One condition that a firm's answer to changes."""

    __tablename__ = "rule_book_trial_change"
    __table_args__ = (
        CheckConstraint(one_of("old", ANSWERS), name="old"),
        CheckConstraint(one_of("new", ANSWERS), name="new"),
        Index("ix_rule_book_trial_change_trial_id", "trial_id", "key", "old", "new"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("rule_book_trial.id", ondelete="CASCADE"))
    firm_id: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Key)
    old: Mapped[str] = mapped_column(Key)
    new: Mapped[str] = mapped_column(Key)


@dataclass(frozen=True, slots=True)
class Part:
    """Which firms of a trial: by both verdicts, or by one condition and its answers; empty: any."""

    old: str = ""
    new: str = ""
    key: str = ""
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One firm of a trial with what changes: (condition, answer before, answer after) in words."""

    firm: Firm
    old: str
    new: str
    changes: Sequence[tuple[str, str, str]]


def followed_by(row: RuleBook) -> Book | None:
    """The version a draft would follow: that in force on its first day; None where there is none."""
    return shelf().in_force(row.regime, row.effective_from)


def ask(row: RuleBook, on: date, by: User, at: datetime) -> RuleBookTrial:
    """A new trial of a draft as of a day; the caller queues the task, names it in `task_id` and commits.

    Refused for what is no draft, and while a trial of this text waits or runs.
    """
    if row.state != "draft":
        raise Refused("只有草稿要试算")
    last = RuleBookTrial.latest(row)
    if last is not None and last.open and last.fingerprint == row.fingerprint:
        raise Refused("这份正文正在试算，好了会显示在这一页")
    old = followed_by(row)
    trial = RuleBookTrial(book_id=row.id, fingerprint=row.fingerprint, old_version=old.version if old else "",
                          as_of=on, asked_by_id=by.id, created_at=at)  # fmt: skip
    db.session.add(trial)
    db.session.flush()
    return trial


def empty(trial_id: int) -> None:
    """Take away what a trial that was cut off has written; the caller commits."""
    _empty(select(RuleBookTrial.id).where(RuleBookTrial.id == trial_id))


def _empty(trials: Select[int]) -> None:
    for table in (RuleBookTrialFirm, RuleBookTrialChange):
        db.session.execute(delete(table).where(table.trial_id.in_(trials)))


def lacking(row: RuleBook) -> str:
    """Why a draft may not be put in force yet, in an officer's words; empty when a trial of this text is done."""
    trial = RuleBookTrial.latest(row)
    if trial is None:
        return "还没有在全部企业上试算"
    if trial.fingerprint != row.fingerprint:
        return "试算以后正文又改过，请重新试算"
    if trial.ended_at is None:
        return "试算还没有完成"
    old = followed_by(row)
    if (old.version if old else "") != trial.old_version:
        now = old.version if old else "没有版本"
        return f"试算比的是 {trial.old_version or '没有版本'}，{row.effective_from} 在用的现在是 {now}，请重新试算"
    return ""


def put_in_force(row: RuleBook, from_on: date, by: User, at: datetime) -> None:
    """A draft that was tried holds from this day on; the caller commits. Refused without a finished trial of exactly
    this text beside the version it follows, or for days that another version claims."""
    row.redate(from_on)
    if why := lacking(row):
        raise Refused(f"{why}。启用前要先试算，看清哪些企业会变")
    row.put_in_force(by, at)


# --- what came out -----------------------------------------------------------------------------------------------


def verdict_counts(trial: RuleBookTrial, user: User) -> dict[tuple[str, str], int]:
    """(verdict before, verdict after) → how many of the firms this person sees. One statement."""
    part = RuleBookTrialFirm
    query = select(part.old, part.new, func.count()).where(part.trial_id == trial.id, part.firm_id.in_(_seen(user)))
    return {(old, new): count for old, new, count in db.session.execute(query.group_by(part.old, part.new))}


def change_counts(trial: RuleBookTrial, user: User) -> list[tuple[str, str, str, int]]:
    """(condition, answer before, answer after, how many of the firms this person sees), the most first."""
    part, count = RuleBookTrialChange, func.count()
    query = select(part.key, part.old, part.new, count).where(
        part.trial_id == trial.id, part.firm_id.in_(_seen(user))
    ).group_by(part.key, part.old, part.new).order_by(count.desc(), part.key, part.old, part.new)  # fmt: skip
    return [(key, old, new, many) for key, old, new, many in db.session.execute(query)]


def tried(trial: RuleBookTrial, user: User, wanted: Part, page: int, per_page: int) -> tuple[list[Tried], int]:
    """One page of the firms of a part, by name, and how many there are. Three statements."""
    row = RuleBookTrialFirm
    query = select(Firm, row.old, row.new).join(row, row.firm_id == Firm.id)
    query = query.where(row.trial_id == trial.id, Firm.id.in_(_seen(user)))
    for column, value in ((row.old, wanted.old), (row.new, wanted.new)):
        query = query.where(column == value) if value else query
    if wanted.key:
        query = query.where(Firm.id.in_(_changing(trial, wanted)))
    total = db.session.scalar(select(func.count()).select_from(query.with_only_columns(row.id).subquery())) or 0
    query = query.options(joinedload(Firm.area), joinedload(Firm.officer_a).lazyload(User.roles))
    found = db.session.execute(
        query.order_by(Firm.sort_key, Firm.id).limit(per_page).offset((page - 1) * per_page)
    ).all()
    changes = _changes(trial, [firm.id for firm, _, _ in found])
    return [Tried(firm, old, new, changes.get(firm.id, ())) for firm, old, new in found], total


def _changing(trial: RuleBookTrial, wanted: Part) -> Select[int]:
    part = RuleBookTrialChange
    query = select(part.firm_id).where(part.trial_id == trial.id, part.key == wanted.key)
    for column, value in ((part.old, wanted.was), (part.new, wanted.now)):
        query = query.where(column == value) if value else query
    return query


def _changes(trial: RuleBookTrial, firm_ids: list[int]) -> dict[int, list[tuple[str, str, str]]]:
    if not firm_ids:
        return {}
    part, found = RuleBookTrialChange, dict[int, list[tuple[str, str, str]]]()
    query = select(part).where(part.trial_id == trial.id, among(part.firm_id, firm_ids)).order_by(part.id)
    for row in db.session.scalars(query):
        found.setdefault(row.firm_id, []).append((row.key, row.old, row.new))
    return found


def _seen(user: User) -> Select[int]:
    return Firm.visible_to(user).with_only_columns(Firm.id).order_by(None)
