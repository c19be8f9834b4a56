"""The files of the other district: the same kinds of list with other header words, layouts, encodings and years."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.support.other_district import mess
from tests.support.other_district.firms import Firm
from tests.support.other_district.mess import Written
from tests.support.sheets import csv_bytes, xlsx_bytes


@dataclass(slots=True)
class Meant:
    """What a row means: the code of its firm, and whether it can be known without doubt or must be held."""

    code: str
    certain: bool
    held: bool
    problem: str


@dataclass(slots=True)
class File:
    """A file with the truth of its rows by sheet and row number as a person counts."""

    name: str
    kind: str
    data: bytes
    truth: dict[tuple[str, int], Meant]


@dataclass(slots=True)
class Paper:
    """A sheet being written."""

    name: str
    rows: list[list[Any]] = field(default_factory=list)
    truth: dict[tuple[str, int], Meant] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)

    def line(self, *cells: Any) -> None:
        """A row that is no data."""
        self.rows.append(list(cells))

    def data(self, cells: Sequence[Any], firm: Firm, written: Written) -> None:
        """A row of data."""
        self.rows.append(list(cells))
        self.truth[self.name, len(self.rows)] = Meant(firm.code, written.certain, written.held, written.problem)


class Writer:
    """Writes the lists of one district."""

    def __init__(self, firms: list[Firm], outside: list[Firm], rng: random.Random) -> None:
        self.firms, self.outside, self.rng = firms, outside, rng

    def some(self, number: int, *, foreign: float = 0.08, namesakes: bool = True) -> list[Firm]:
        """Firms for a list, some of them outside the register, no branch; namesakes where the list has codes."""
        mothers = [firm for firm in self.firms if "分公司" not in firm.name and (namesakes or firm.certain)]
        here = self.rng.sample(mothers, min(number, len(mothers)))
        strangers = self.rng.sample(self.outside, min(int(number * foreign), len(self.outside)))
        found = here[: number - len(strangers)] + strangers
        self.rng.shuffle(found)
        return found

    def spoil(self, firm: Firm, *, with_code: bool = True) -> Written:
        """The firm as a careless list writes it."""
        return mess.write(firm, self.firms + self.outside, self.rng, with_code=with_code)

    def day(self, year: int, month: int = 11) -> date:
        """A day of a year."""
        return date(year, month, 1) + timedelta(days=self.rng.randrange(28))

    def written_day(self, day: date) -> Any:
        """A day in one of the ways lists write it."""
        ways: tuple[Callable[[date], Any], ...] = (
            lambda d: d.isoformat(),
            lambda d: f"{d.year}.{d.month}.{d.day}",
            lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
            lambda d: f"{d:%Y%m%d}",
            lambda d: f"{d.year}年{d.month}月{d.day}日",
            lambda d: (d - date(1899, 12, 30)).days,
        )
        return self.rng.choice(ways)(day)

    def number(self, year: int) -> str:
        """A certificate number."""
        return f"GR{year}99{self.rng.randrange(1_000_000):06d}"

    def entry(self, year: int) -> str:
        """A 入库登记编号."""
        return f"{year}990203{self.rng.choice(('0C', '08', '00', '0A'))}{self.rng.randrange(1_000_000):06d}"

    def patent(self) -> str:
        """A patent number with a valid check digit, written in one of the ways."""
        digits = f"{self.rng.randrange(2015, 2025)}{self.rng.choice('123')}{self.rng.randrange(10_000_000):07d}"
        total = sum(int(d) * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True)) % 11
        check = "X" if total == 10 else str(total)
        return self.rng.choice((f"ZL{digits}.{check}", f"CN{digits}.{check}", f"{digits}{check}",
                                f"ZL {digits[:4]} {digits[4]} {digits[5:]}.{check}"))  # fmt: skip


def as_csv(name: str, kind: str, paper: Paper, encoding: str) -> File:
    """A text file; its sheet has no name."""
    truth = {("", row): meant for (_, row), meant in paper.truth.items()}
    return File(name, kind, csv_bytes(paper.rows, encoding), truth)


def as_xlsx(name: str, kind: str, papers: Iterable[Paper]) -> File:
    """A workbook."""
    papers = list(papers)
    truth = {place: meant for paper in papers for place, meant in paper.truth.items()}
    data = xlsx_bytes({paper.name: paper.rows for paper in papers}, {paper.name: paper.merged for paper in papers})
    return File(name, kind, data, truth)
