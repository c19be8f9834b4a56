"""规则版本的书架: every version of every title for the pages, shipped or the bureau's own, with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import NotFound
from models.rule_book import RuleBook, shelf
from models.rules.assess.book import REGIMES, Book
from models.rules.assess.book_reader import BookRefused
from models.rules.assess.dating import stamped
from models.rules.assess.describing import confidence_of
from models.rules.assess.shelf import FOLDER, shipped
from models.user import User

#: What a field of a version is called in its history.
FIELDS = {
    "text": "正文",
    "version": "版本名",
    "effective_from": "生效日期",
    "effective_to": "截止日期",
    "why": "说明",
    "document": "文件",
    "state": "状态",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its rules, its row (None for a shipped one), and whether it holds on the day of the page."""

    book: Book
    row: RuleBook | None
    holds: bool

    @property
    def word(self) -> str:
        """Where it stands on the day of the page."""
        if self.holds:
            return "在用"
        return "" if self.row is None else self.row.state_word

    @property
    def confidence(self) -> list[tuple[str, int]]:
        """How many entries there are of each degree of sureness."""
        return confidence_of(self.book)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a version."""

    at: datetime
    words: str
    who: str
    why: str = ""


def versions(on: date) -> dict[str, list[Version]]:
    """Every version of each title, the latest begun first; rows this program cannot read are left out. Two statements
    and those of the people."""
    rows = {row.version: row for row in RuleBook.list_all()}
    books = {book.version: book for book in shipped().books}
    for version, row in rows.items():
        try:
            books[version] = row.book
        except BookRefused:
            continue
    held = {book.version for book in shelf().on(on).values() if book}
    found = {}
    for regime in REGIMES:
        of_regime = [book for book in books.values() if book.regime == regime]
        of_regime.sort(key=lambda book: (book.effective_from, book.version), reverse=True)
        found[regime] = [Version(book, rows.get(book.version), book.version in held) for book in of_regime]
    return found


def find(version: str, on: date) -> Version:
    """One version, or NotFound."""
    row = RuleBook.find(version)
    try:
        book = row.book if row else shipped().version(version)
    except BookRefused as error:
        raise NotFound from error
    if book is None:
        raise NotFound
    now = shelf().in_force(book.regime, on)
    return Version(book, row, now is not None and now.version == version)


def text_of(version: str) -> str:
    """The text of a version, or NotFound. Shipped ones are read from their file."""
    row = RuleBook.find(version)
    if row is not None:
        return row.text
    book = shipped().version(version)
    if book is None:
        raise NotFound
    return (FOLDER / book.origin).read_text(encoding="utf-8")


def copy_of(version: str, on: date) -> dict[str, object]:
    """What a new version of a title begins with: the rules of this one under a free name, from this day on."""
    book = find(version, on).book
    name = free_name(book.regime, on.year, taken_names())
    return {"version": name, "effective_from": on, "text": stamped(text_of(version), name, on, None)}


def free_name(regime: str, year: int, taken: Sequence[str]) -> str:
    """A name for a new version of a title that nobody has yet: hnte-2027, hnte-2027-2 …"""
    name, number = f"{regime}-{year}", 1
    while name in taken:
        number += 1
        name = f"{regime}-{year}-{number}"
    return name


def taken_names() -> list[str]:
    """The names of all versions, shipped or not."""
    return [book.version for book in shipped().books] + list(
        db.session.scalars(select(RuleBook.version).order_by(RuleBook.id))
    )


def history(row: RuleBook) -> list[Step]:
    """What happened to a version of the bureau, the latest first, from the change log. One statement."""
    query = (
        select(Change.at, Change.act, Change.field, Change.old, Change.new, User.name)
        .outerjoin(User, User.id == Change.person_id)
        .where(Change.table_name == "rule_book", Change.row_id == row.id)
        .order_by(Change.id.desc())
    )
    found: list[Step] = []
    for at, act, field, old, new, who in db.session.execute(query):
        if act == "created":
            found.append(Step(at, "起草", who or "", f"照 {row.based_on} 改" if row.based_on else "上传文件"))
        elif field == "state":
            word = {"effective": "启用", "withdrawn": "撤回"}.get(new or "", "")
            found.append(Step(at, word, who or "", row.ended_why if new == "withdrawn" else ""))
        elif field == "effective_to" and row.put_at is not None and at >= row.put_at:
            found.append(Step(at, f"改为用到 {new} 止", who or "", row.ended_why))
        elif field in ("effective_from", "effective_to", "version"):
            found.append(Step(at, f"{FIELDS[field]} {old or '没写'} → {new or '没写'}", who or ""))
        elif field == "text":
            found.append(Step(at, "改正文", who or ""))
    return found
