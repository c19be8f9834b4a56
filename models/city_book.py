"""A workbook a higher office hands down (上级调度表), its cells tied to figures and lists, what fills them on a day."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from models.area import Area
from models.base import Key, Model, Moment, Name, Words, db, one_of
from models.errors import NotFound
from models.figures import registry
from models.figures.base import Figure, Kind, Period
from models.figures.counting import Asked, count_many
from models.figures.scope import Scope
from models.file import StoredFile
from models.firm.record import Firm
from models.rules.city_book import COLUMNS, KINDS, WHENS, cell_name, days, place_of
from models.user import User

Filling = int | float | str


class CityBook(Model):
    """One workbook: its name and its file."""

    __tablename__ = "city_book"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    active: Mapped[bool] = mapped_column(default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    file: Mapped[StoredFile] = relationship(StoredFile)
    ties: Mapped[list["CityBookTie"]] = relationship(
        "CityBookTie", order_by="CityBookTie.id", cascade="all, delete-orphan", back_populates="book"
    )

    @classmethod
    def get(cls, book_id: int) -> "CityBook":
        """The workbook. Raises NotFound, also for one that is no longer used."""
        row = db.session.get(cls, book_id)
        if row is None or not row.active:
            raise NotFound
        return row

    @classmethod
    def list_active(cls) -> list["CityBook"]:
        """Those in use, the latest first. One statement."""
        query = select(cls).options(joinedload(cls.file)).where(cls.active.is_(True)).order_by(cls.id.desc())
        return list(db.session.scalars(query))

    @classmethod
    def with_bytes(cls, data: bytes) -> "CityBook | None":
        """The workbook in use that has these very bytes."""
        query = (
            select(cls)
            .join(cls.file)
            .where(cls.active.is_(True), StoredFile.sha256 == hashlib.sha256(data).hexdigest())
            .order_by(cls.id)
        )
        return db.session.scalars(query.limit(1)).first()


class CityBookTie(Model):
    """One cell of a workbook and what is written there; of a list the cell it begins at."""

    __tablename__ = "city_book_tie"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("period", WHENS), name="period"),
        CheckConstraint("(kind = 'list') = (room IS NOT NULL)", name="list_has_room"),
        UniqueConstraint("book_id", "sheet", "cell"),
        Index("ix_city_book_tie_area_id", "area_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("city_book.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(Name)
    cell: Mapped[str] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(Key)
    figure_key: Mapped[str] = mapped_column(Name)
    #: Of WHENS.
    period: Mapped[str] = mapped_column(Key)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    #: Of a list: the columns it has (in the order of COLUMNS) and the rows the sheet has for it.
    columns: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())
    room: Mapped[int | None] = mapped_column(Integer)

    book: Mapped[CityBook] = relationship(CityBook, back_populates="ties")
    area: Mapped[Area | None] = relationship(Area)

    @property
    def region(self) -> list[str]:
        """Every cell it writes."""
        return region(self.cell, len(self.columns) or 1, self.room or 1)

    @property
    def shown(self) -> list[str]:
        """The columns of a list in their order."""
        return [key for key in COLUMNS if key in self.columns]


def region(cell: str, across: int, down: int) -> list[str]:
    """The names of the cells of a block that begins at a cell, row by row; none for what is no cell's name."""
    place = place_of(cell)
    if place is None:
        return []
    return [cell_name(place[0] + right, place[1] + below) for below in range(down) for right in range(across)]


def clash(book: CityBook, sheet: str, cells: list[str]) -> str:
    """The cell of a sheet that another tie writes already; empty when none does."""
    held = {cell for tie in book.ties if tie.sheet == sheet for cell in tie.region}
    return next((cell for cell in cells if cell in held), "")


@dataclass(frozen=True)
class Filled:
    """What a tie writes on a day: cell → value, in words for the preview; ``wrong``: why it cannot be."""

    tie: CityBookTie
    figure: Figure | None
    period: Period
    cells: dict[str, Filling]
    words: str
    wrong: str = ""


def fillings(book: CityBook, user: User, on: date) -> list[Filled]:
    """What fills the workbook for a day, as far as the person sees firms. A statement for a hundred numbers, one for
    each list."""
    known = registry.all_figures()
    asked: dict[tuple[int, bool], Asked] = {}
    for tie in book.ties:
        figure = known.get(tie.figure_key)
        if figure is not None:
            scope, period = Scope(user, tie.area_id), Period(*days(tie.period, on))
            asked[tie.id, False] = Asked(figure, period, scope)
            if figure.kind is Kind.RATIO:
                asked[tie.id, True] = Asked(figure, period, scope, whole=True)
    numbers = dict(zip(asked, count_many(list(asked.values())), strict=True))
    return [_filled(tie, asked.get((tie.id, False)), numbers, on) for tie in book.ties]


def _filled(tie: CityBookTie, asked: Asked | None, numbers: dict[tuple[int, bool], int], on: date) -> Filled:
    if asked is None:
        return Filled(tie, None, Period(*days(tie.period, on)), {}, "", f"指标“{tie.figure_key}”已停用，请去掉这一格")
    number = numbers[tie.id, False]
    if tie.kind == "list":
        return _list(tie, asked, number)
    value: Filling = number
    if asked.figure.kind is Kind.RATIO:
        whole = numbers[tie.id, True]
        # Per cent with one decimal, halves up, as the pages of figures say it.
        value = (number * 2000 + whole) // (whole * 2) / 10 if whole else "—"
    return Filled(tie, asked.figure, asked.period, {tie.cell: value}, f"{value:,}" if value != "—" else "—")


def _list(tie: CityBookTie, asked: Asked, number: int) -> Filled:
    place, room = place_of(tie.cell), tie.room or 0
    assert place is not None, "a tie's cell was read when it was made"
    words = f"{number:,} 行"
    if number > room:
        wrong = f"名单有 {number:,} 行，表里只留了 {room:,} 行：请在原表里多留几行，重新上传"
        return Filled(tie, asked.figure, asked.period, {}, words, wrong)
    officer = aliased(User)
    query = select(Firm.name, Firm.code, Area.name.label("area"), officer.name.label("officer"))
    query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(officer, officer.id == Firm.officer_a_id)
    query = query.where(Firm.id.in_(asked.figure.rows(asked.period, asked.scope))).order_by(Firm.sort_key, Firm.id)
    cells: dict[str, Filling] = {}
    rows = db.session.execute(query).all()
    for down in range(room):
        # What the sheet held there from another day is emptied.
        known = {} if down >= len(rows) else {"number": down + 1, **rows[down]._asdict()}
        for across, key in enumerate(tie.shown):
            cells[cell_name(place[0] + across, place[1] + down)] = known.get(key) or ""
    return Filled(tie, asked.figure, asked.period, cells, words)
