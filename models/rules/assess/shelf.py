"""The rule books that are there: files beside the rules, and texts (an administrator's rows) that override them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from models.rules.assess.book import REGIMES, Book
from models.rules.assess.book_reader import BookRefused, read_book, read_efforts

FOLDER = Path(__file__).parent.parent / "books"
EFFORTS = "efforts.toml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Books by version, and what a unit of each change is worth."""

    books: tuple[Book, ...]
    efforts: Mapping[str, Fraction]

    def in_force(self, regime: str, on: date) -> Book | None:
        """The book of a regime on a day: of those in force the one that began last; None when there was none."""
        found = [book for book in self.books if book.regime == regime and book.in_force(on)]
        return max(found, key=lambda book: (book.effective_from, book.version), default=None)

    def on(self, day: date) -> dict[str, Book | None]:
        """The book of every regime on a day."""
        return {regime: self.in_force(regime, day) for regime in REGIMES}

    def version(self, version: str) -> Book | None:
        """The book of a version; an assessment that was kept finds its rules by it."""
        return next((book for book in self.books if book.version == version), None)

    def with_books(self, books: Iterable[Book]) -> "Shelf":
        """The shelf with these books: one of a version that is there takes its place, another is added."""
        found = {book.version: book for book in self.books}
        found |= {book.version: book for book in books}
        return Shelf(tuple(found.values()), self.efforts)

    def with_texts(self, texts: Mapping[str, str]) -> "Shelf":
        """The same with books still to be read: {where they come from: TOML}. Raises BookRefused."""
        return self.with_books([read_book(text, origin) for origin, text in texts.items()])


def read_folder(folder: Path) -> Shelf:
    """The books of a folder, by file name. Raises BookRefused for the first that is wrong."""
    books: dict[str, Book] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == EFFORTS:
            continue
        book = read_book(_text(path), path.name)
        if book.version in books:
            raise BookRefused(f"规则文件 {path.name}：版本 {book.version} 已经在 {books[book.version].origin} 里")
        books[book.version] = book
    return Shelf(tuple(books.values()), read_efforts(_text(folder / EFFORTS), EFFORTS))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BookRefused(f"规则文件 {path.name}：读不出来（{error}）") from error


@cache
def shipped() -> Shelf:
    """The books that come with the program."""
    return read_folder(FOLDER)
