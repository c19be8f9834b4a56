"""规则版本: the rule books an administrator adds beside the shipped ones, and the shelf of all that are in force.

A draft changes nothing. Put in force it stands on the shelf from its day on; returned from, the earlier one stands
again as it was (docs/decisions/0050).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound, Refused
from models.rules.assess import dating
from models.rules.assess.book import REGIMES, Book
from models.rules.assess.book_reader import BookRefused, read_book
from models.rules.assess.shelf import Shelf, shipped
from models.user import User

STATES = {"draft": "草稿", "effective": "已启用", "withdrawn": "已撤回"}
#: A longer text is no rule book.
LONGEST = 200_000
#: (id, fingerprint, effective_from, effective_to) of a row in force.
Stamp = tuple[int, str, date, date | None]


class RuleBook(Model):
    """One version of the rules of a title, as a text an administrator wrote."""

    __tablename__ = "rule_book"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("regime", REGIMES), name="regime"),
        CheckConstraint("effective_to IS NULL OR effective_from <= effective_to", name="begins_before_it_ends"),
        CheckConstraint("state = 'draft' OR put_at IS NOT NULL", name="put_in_force_by_somebody"),
        CheckConstraint("state <> 'withdrawn' OR ended_why <> ''", name="withdrawn_says_why"),
        Index(
            "ix_rule_book_one_a_day",
            "regime",
            "effective_from",
            unique=True,
            sqlite_where=sql("state = 'effective'"),
            postgresql_where=sql("state = 'effective'"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    regime: Mapped[str] = mapped_column(Key)
    version: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[str] = mapped_column(Text)
    #: Of the text without its days (``dating.fingerprint``).
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: The documents it rests on, in one line.
    document: Mapped[str] = mapped_column(Text, default="")
    effective_from: Mapped[date] = mapped_column(Date)
    effective_to: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Key, default="draft")
    #: The version it was copied from; empty for a file.
    based_on: Mapped[str] = mapped_column(String(64), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    put_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    put_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_why: Mapped[str] = mapped_column(Text, default="")

    made_by: Mapped[User | None] = relationship(User, foreign_keys=made_by_id)
    put_by: Mapped[User | None] = relationship(User, foreign_keys=put_by_id)
    ended_by: Mapped[User | None] = relationship(User, foreign_keys=ended_by_id)

    @property
    def book(self) -> Book:
        """The rules, with the days that hold now. Raises BookRefused when this program cannot read the text."""
        book = read(self.text, self.version)
        return replace(book, effective_from=self.effective_from, effective_to=self.effective_to)

    @property
    def state_word(self) -> str:
        """Where it stands, in an officer's words."""
        return STATES[self.state]

    @classmethod
    def list_all(cls) -> list["RuleBook"]:
        """Every row with its people, the latest first. One statement."""
        people = (joinedload(part).lazyload(User.roles) for part in (cls.made_by, cls.put_by, cls.ended_by))
        query = select(cls).options(*people).order_by(cls.regime, cls.effective_from.desc(), cls.id.desc())
        return list(db.session.scalars(query))

    @classmethod
    def get(cls, version: str) -> "RuleBook":
        """The row of a version, or NotFound."""
        found = cls.find(version)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def find(cls, version: str) -> "RuleBook | None":
        """The row of a version; None for a shipped or unknown one."""
        return db.session.scalar(select(cls).where(cls.version == version))

    @classmethod
    def begin(cls, text: str, why: str, based_on: str, by: User, at: datetime) -> "RuleBook":
        """A new draft; the caller commits. Raises BookRefused for a text that is no rule book, Refused for a version
        that is there already."""
        row = cls(state="draft", based_on=based_on, made_by_id=by.id, created_at=at)
        row._write(text, why)
        db.session.add(row)
        row._flush()
        return row

    def rewrite(self, text: str, why: str) -> None:
        """The draft with another text. Raises as `begin`, and Refused for what is no draft any more."""
        if self.state != "draft":
            raise Refused("只有草稿可以修改。已启用的版本请复制成新版本再改")
        self._write(text, why)
        self._flush()

    def _write(self, text: str, why: str) -> None:
        if len(text) > LONGEST:
            raise Refused("正文太长，不像一份规则")
        if not why.strip():
            raise Refused("请写为什么要有这个版本，依据哪份文件")
        book = read_book(text, "正文")
        if not dating.VERSION.fullmatch(book.version) or book.version in dating.RESERVED:
            raise Refused("版本名只能用字母、汉字、数字和 - _ .，不超过 64 个字，不能是 new、compare、trials")
        with db.session.no_autoflush:
            twin = select(RuleBook.id).where(RuleBook.version == book.version)
            if self.id is not None:
                twin = twin.where(RuleBook.id != self.id)
            if shipped().version(book.version) or db.session.scalar(twin.limit(1)) is not None:
                raise Refused(f"已经有名为 {book.version} 的版本，请换一个版本名")
        self.regime, self.version, self.text, self.why = book.regime, book.version, text, why.strip()
        self.fingerprint, self.document = dating.fingerprint(text), "；".join(book.documents)
        self.effective_from, self.effective_to = book.effective_from, book.effective_to

    def redate(self, from_on: date) -> None:
        """The draft with another first day. Refused after its last day, or for what is no draft any more."""
        if self.state != "draft":
            raise Refused(f"{self.version} 已经不是草稿")
        if self.effective_to is not None and from_on > self.effective_to:
            raise Refused(f"这个版本写明到 {self.effective_to} 截止，生效日期不能更晚")
        if from_on != self.effective_from:
            self.text = dating.stamped(self.text, self.version, from_on, self.effective_to)
            self.effective_from = from_on

    def put_in_force(self, by: User, at: datetime) -> None:
        """It stands on the shelf from its day on; the caller commits. Whether it was tried is for the caller to ask
        (``models/rule_book_trial.py``). Refused for what is no draft, or beside another one of these days."""
        if self.state != "draft":
            raise Refused(f"{self.version} 已经不是草稿")
        if why := dating.clash(self.book, shelf().books):
            raise Refused(why)
        self.state, self.put_by_id, self.put_at = "effective", by.id, at
        self._flush()

    def end(self, from_on: date, why: str, by: User, at: datetime) -> None:
        """From this day on the earlier version holds again; on days before it this one did. From its first day on or
        earlier: it never held. The caller commits. Refused without a reason, or for what does not hold then anyway."""
        if self.state != "effective":
            raise Refused(f"{self.version} 没有启用，不用撤回")
        if not why.strip():
            raise Refused("请写为什么撤回")
        if self.effective_to is not None and from_on > self.effective_to:
            raise Refused(f"{self.version} 到 {self.effective_to} 已经截止")
        if from_on <= self.effective_from:
            self.state = "withdrawn"
        else:
            self.effective_to = from_on - timedelta(days=1)
        self.ended_by_id, self.ended_at, self.ended_why = by.id, at, why.strip()
        self._flush()

    def discard(self) -> None:
        """Throw a draft away; the change log keeps that it was there. The caller commits."""
        if self.state != "draft":
            raise Refused("只有草稿可以删除")
        db.session.delete(self)
        db.session.flush()

    def _flush(self) -> None:
        try:
            db.session.flush()
        except IntegrityError as error:
            raise Refused("刚才有人存了同名或同一天生效的版本，请看过再存") from error


@lru_cache(maxsize=64)
def read(text: str, version: str) -> Book:
    """The rules in the text of a version, read once. Raises BookRefused."""
    return read_book(text, version)


def shelf() -> Shelf:
    """The shipped books and the rows in force. One small statement; texts are read once for each state of the table.

    What is kept between requests is found by what the rows are, not by when they changed, so that another process, or
    a transaction that was rolled back, cannot leave an old shelf behind. A row this program cannot read is left out
    (``unreadable``): the others hold.
    """
    query = select(RuleBook.id, RuleBook.fingerprint, RuleBook.effective_from, RuleBook.effective_to)
    rows = db.session.execute(query.where(RuleBook.state == "effective").order_by(RuleBook.id))
    return _shelf(tuple((row[0], row[1], row[2], row[3]) for row in rows))


@lru_cache(maxsize=16)
def _shelf(stamps: tuple[Stamp, ...]) -> Shelf:
    if not stamps:
        return shipped()
    query = select(RuleBook.id, RuleBook.version, RuleBook.text).where(RuleBook.id.in_([stamp[0] for stamp in stamps]))
    texts = {row_id: (version, text) for row_id, version, text in db.session.execute(query.order_by(RuleBook.id))}
    found = []
    for row_id, _, effective_from, effective_to in stamps:
        version, text = texts[row_id]
        try:
            book = read(text, version)
        except BookRefused:
            continue
        found.append(replace(book, effective_from=effective_from, effective_to=effective_to))
    return shipped().with_books(found)


def unreadable() -> list[tuple[str, str]]:
    """(version, why) of every row in force that this program cannot read."""
    found = []
    for row in db.session.scalars(select(RuleBook).where(RuleBook.state == "effective").order_by(RuleBook.id)):
        try:
            read_book(row.text, row.version)
        except BookRefused as error:
            found.append((row.version, error.reason))
    return found


def versions_on(day: date) -> frozenset[str]:
    """The versions of the rules in force on a day: what something said that day was said under."""
    return frozenset(book.version for book in shelf().on(day).values() if book)
