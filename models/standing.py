"""Where each firm stood on the ladder, as spans of days: an index made from titles, pools and status, for every date at
once. It is never edited and can be rebuilt at any time (``refresh``); every figure of the ladder counts from it.

A change of a title, a pool stay, a status or a type through the session rebuilds the firms it touches when the
transaction commits; who writes by set statements (the import engine, a merge) calls ``refresh`` itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    and_,
    delete,
    event,
    exists,
    func,
    insert,
    inspect,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from models import bulk, clock
from models.base import Key, Model, Moment, among, db
from models.firm.record import Firm
from models.firm.status import FirmStatus
from models.pool import PoolMember, PoolType
from models.rules import standing as rules
from models.rules.ladder import BEGINNING, FOREVER, Grant, History, Rung, Stay
from models.rules.spans import Reckoner
from models.title import Title, TitleType

#: Firms per chunk: few enough for one list of ids in a statement, many enough that statements do not matter.
CHUNK = 5000


class Standing(Model):
    """A firm stood on a rung from–to, both days included; a day without a span is outside the district."""

    __tablename__ = "standing"
    __table_args__ = (
        # A column of the board, soonest end first; a flow.
        Index("ix_standing_rung", "rung", "to_on", "firm_id", "from_on"),
        Index("ix_standing_rung_with_pending", "rung_with_pending", "from_on", "to_on", "firm_id"),
    )

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    from_on: Mapped[date] = mapped_column(Date, primary_key=True)
    to_on: Mapped[date] = mapped_column(Date)
    #: The rung by titles in force, and the rung where 待续 counts as held.
    rung: Mapped[str] = mapped_column(Key)
    rung_with_pending: Mapped[str] = mapped_column(Key)
    #: The day the firm was first granted a title of ``rung_with_pending``; None for 在册 and 潜力企业.
    held_from: Mapped[date | None] = mapped_column(Date)


class StandingTitle(Model):
    """A type of title was in_force, pending_renewal or provisional for a firm of the district from–to."""

    __tablename__ = "standing_title"
    __table_args__ = (Index("ix_standing_title_type_id", "type_id", "state", "from_on", "to_on"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Key, primary_key=True)
    from_on: Mapped[date] = mapped_column(Date, primary_key=True)
    to_on: Mapped[date] = mapped_column(Date)


class TitleIssue(Model):
    """What each grant was for its firm: first, regained or renewed; ``present``: it was of the district that day."""

    __tablename__ = "title_issue"
    __table_args__ = (
        Index("ix_title_issue_type_id", "type_id", "issued_on"),
        Index("ix_title_issue_firm_id", "firm_id"),
    )

    title_id: Mapped[int] = mapped_column(ForeignKey("title.id", ondelete="CASCADE"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    issued_on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(Key)
    present: Mapped[bool] = mapped_column()


class TitleLapse(Model):
    """A firm lost a type of title: last day in force, and the first day on which that was certain."""

    __tablename__ = "title_lapse"
    __table_args__ = (Index("ix_title_lapse_type_id", "type_id", "last_on"),)

    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"), primary_key=True)
    last_on: Mapped[date] = mapped_column(Date, primary_key=True)
    known_on: Mapped[date] = mapped_column(Date)


class StandingChange(Model):
    """One row per rebuild: what was counted before it may be wrong. Which rows there are names a state of the index."""

    __tablename__ = "standing_change"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    #: Tells it from a row with the same id in a database made anew.
    token: Mapped[str] = mapped_column(String(32))


#: Everything here, children first.
INDEX = (Standing, StandingTitle, TitleIssue, TitleLapse)
#: The columns that are written, in the order of `rules.spans`.
COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Standing: ("firm_id", "from_on", "to_on", "rung", "rung_with_pending", "held_from"),
    StandingTitle: ("firm_id", "type_id", "state", "from_on", "to_on"),
    TitleIssue: ("title_id", "firm_id", "type_id", "issued_on", "kind", "present"),
    TitleLapse: ("firm_id", "type_id", "last_on", "known_on"),
}
Rows = dict[type[Any], list[tuple[Any, ...]]]


def refresh(firm_ids: Iterable[int] | None = None) -> int:
    """Rebuild the index of these firms (default: of all) and return how many; the caller commits.

    Of firms made in a row, those that hold nothing and never left, nearly all, are written by one set statement. Of
    any others only the rows that change are written, by a fixed number of statements per chunk.
    """
    db.session.flush()
    kinds = TitleType.list_all()
    reckoner = Reckoner({kind.key: kind.rule for kind in kinds})
    # A row of its own, not a counter: writers do not wait for each other.
    change = insert(StandingChange).values(at=clock.now(), token=uuid4().hex)
    if firm_ids is None:
        db.session.execute(delete(StandingChange), execution_options=QUIET)
        _rebuild(lambda column: true(), kinds, reckoner)
        db.session.execute(change)
        return db.session.scalar(select(func.count()).select_from(Firm)) or 0
    ids = sorted(set(firm_ids))
    ids = sorted({*ids, *_former_owners(ids)})
    if len(ids) > CHUNK and ids[-1] - ids[0] < len(ids) + len(ids) // 50:
        # An import makes firms in a row: a range says that shorter, and the few others within it are rebuilt too.
        _rebuild(lambda column: column.between(ids[0], ids[-1]), kinds, reckoner)
    else:
        for chunk in _chunks(ids):
            _mend(chunk, kinds, reckoner)
    db.session.execute(change)
    return len(ids)


def _rebuild(which: Callable[[Any], ColumnElement[bool]], kinds: list[TitleType], reckoner: Reckoner) -> None:
    """Write all rows of the firms whose number is one of these anew."""
    for table in INDEX:
        db.session.execute(delete(table).where(which(table.firm_id)), execution_options=QUIET)
    _write_plain(which(Firm.id))
    eventful = db.session.scalars(select(Firm.id).where(which(Firm.id), ~_plain()).order_by(Firm.id)).all()
    for chunk in _chunks(eventful):
        for table, rows in _rows_of(chunk, kinds, reckoner).items():
            bulk.put(db.metadata.tables[table.__tablename__], COLUMNS[table], rows)


def _mend(firm_ids: Sequence[int], kinds: list[TitleType], reckoner: Reckoner) -> None:
    """Write the rows of these firms that are not there yet and take away those that are wrong."""
    for table, rows in _rows_of(firm_ids, kinds, reckoner).items():
        written = db.metadata.tables[table.__tablename__]
        names = COLUMNS[table]
        query = select(*(written.c[name] for name in names)).where(among(written.c.firm_id, firm_ids))
        there = set(map(tuple, db.session.execute(query)))
        key = [column.name for column in written.primary_key]
        places = [names.index(name) for name in key]
        gone = [tuple(row[place] for place in places) for row in there.difference(rows)]
        bulk.take(written, key, sorted(gone))
        bulk.put(written, names, [row for row in rows if row not in there])


def state() -> tuple[object, ...]:
    """What names the present state of the index: it differs after every rebuild that is committed. One statement."""
    return tuple(db.session.execute(_state_query()).first() or ())


@cache
def _state_query() -> Any:
    """Composed once: every page with a kept count runs it."""
    number = select(func.count()).select_from(StandingChange).scalar_subquery()
    return select(StandingChange.id, StandingChange.token, number).order_by(StandingChange.id.desc()).limit(1)


def _former_owners(ids: list[int]) -> set[int]:
    """Firms the index still holds a title for that has gone to one of these; it does no longer."""
    former: dict[int, int] = {}
    for chunk in _chunks(ids):
        query = select(TitleIssue.title_id, TitleIssue.firm_id).join(Title, Title.id == TitleIssue.title_id)
        query = query.where(among(Title.firm_id, chunk), TitleIssue.firm_id != Title.firm_id)
        former |= {row.title_id: row.firm_id for row in db.session.execute(query)}
    bulk.take(db.metadata.tables["title_issue"], ["title_id"], [(title_id,) for title_id in former])
    return set(former.values())


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _plain() -> ColumnElement[bool]:
    """A firm with nothing but its founding: 在册 from then on, for ever."""
    hanging = [~exists().where(table.firm_id == Firm.id) for table in (Title, PoolMember, FirmStatus)]
    return and_(Firm.status == "active", Firm.merged_into_id.is_(None), *hanging)


def _write_plain(which: ColumnElement[bool]) -> None:
    """The one span of every plain firm among these."""
    rung = literal(Rung.REGISTERED.value)
    start = func.coalesce(Firm.founded_on, literal(BEGINNING, Date))
    spans = select(Firm.id, start, literal(FOREVER, Date), rung, rung).where(_plain(), which)
    columns = ["firm_id", "from_on", "to_on", "rung", "rung_with_pending"]
    db.session.execute(insert(db.metadata.tables["standing"]).from_select(columns, spans))


QUIET = {"synchronize_session": False}


def histories(firm_ids: Sequence[int]) -> Iterator[tuple[int, History]]:
    """The history of each of these firms, as the rules see it; a merged firm has none. Four statements."""
    grants: dict[int, list[Grant]] = defaultdict(list)
    keys = {kind.id: kind.key for kind in TitleType.list_all()}
    # Columns of the table, not of the class: they are read in half the time.
    title = db.metadata.tables["title"].c
    columns = (title.firm_id, title.type_id, title.issued_on, title.ends_on, title.revoked_on, title.noticed_on)
    query = select(*columns, title.provisional, title.id).where(among(title.firm_id, firm_ids)).order_by(title.id)
    for firm_id, type_id, *rest in db.session.execute(query):
        grants[firm_id].append(Grant(keys[type_id], *rest))
    pools: dict[int, list[Stay]] = defaultdict(list)
    stays = select(PoolMember.firm_id, PoolMember.from_on, PoolMember.to_on).join(
        PoolType, PoolType.id == PoolMember.type_id
    )
    for firm_id, from_on, to_on in db.session.execute(
        stays.where(among(PoolMember.firm_id, firm_ids), PoolType.makes_potential).order_by(PoolMember.id)
    ):
        pools[firm_id].append(Stay(from_on, to_on))
    away = _away(firm_ids)
    firms = select(Firm.id, Firm.founded_on).where(among(Firm.id, firm_ids), Firm.merged_into_id.is_(None))
    for firm_id, founded_on in db.session.execute(firms.order_by(Firm.id)):
        evidence = [*(g.issued_on for g in grants[firm_id]), *(stay.from_on for stay in pools[firm_id])]
        presence = rules.presence(founded_on, away[firm_id], evidence)
        yield firm_id, History(tuple(grants[firm_id]), tuple(pools[firm_id]), presence)


def _away(firm_ids: Sequence[int]) -> dict[int, list[Stay]]:
    """The days on which each firm was moved out, deregistered or struck off; without a day it counts from ever."""
    away: dict[int, list[Stay]] = defaultdict(list)
    gone = select(FirmStatus.firm_id, FirmStatus.from_on, FirmStatus.to_on).where(
        among(FirmStatus.firm_id, firm_ids), FirmStatus.status != "active"
    )
    for firm_id, from_on, to_on in db.session.execute(gone.order_by(FirmStatus.id)):
        away[firm_id].append(Stay(from_on or BEGINNING, to_on))
    undated = select(Firm.id).where(
        among(Firm.id, firm_ids),
        Firm.status != "active",
        ~select(FirmStatus.id).where(FirmStatus.firm_id == Firm.id).exists(),
    )
    for firm_id in db.session.scalars(undated):
        away[firm_id].append(Stay(BEGINNING))
    return away


def _rows_of(firm_ids: Sequence[int], kinds: list[TitleType], reckoner: Reckoner) -> Rows:
    """The rows of these firms: the values of COLUMNS by table."""
    rows: Rows = {table: [] for table in INDEX}
    ids = {kind.key: kind.id for kind in kinds}
    for firm_id, history in histories(firm_ids):
        spans = reckoner.spans(history)
        rows[Standing] += [(firm_id, *span) for span in spans.rungs]
        rows[StandingTitle] += [(firm_id, ids[key], *span) for key, *span in spans.titles]
        rows[TitleIssue] += [(title_id, firm_id, ids[key], *rest) for title_id, key, *rest in spans.issues]
        rows[TitleLapse] += [(firm_id, ids[key], *days) for key, *days in spans.lapses]
    return rows


#: Where a change of a row, through the session, leaves the firms whose standing must be rebuilt.
STALE = "stale_standing"


def _matters(firm: Firm) -> bool:
    """Whether a change of the firm itself can move it on the ladder."""
    attributes = inspect(firm).attrs
    return any(attributes[name].history.has_changes() for name in ("founded_on", "status", "merged_into_id"))


@event.listens_for(Session, "after_flush")
def _note_stale(session: Session, context: UOWTransaction) -> None:
    stale: set[int | None] = session.info.setdefault(STALE, set())
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Title | PoolMember | FirmStatus):
            stale.add(row.firm_id)
        elif isinstance(row, Firm) and (row in session.new or _matters(row)):
            stale.add(row.id)
        elif isinstance(row, TitleType | PoolType) and row not in session.new:
            stale.add(None)  # a rule changed: everybody


@event.listens_for(Session, "before_commit")
def _refresh_stale(session: Session) -> None:
    session.flush()
    stale: set[int | None] = session.info.pop(STALE, set())
    if stale:
        refresh(None if None in stale else [firm_id for firm_id in stale if firm_id is not None])


@event.listens_for(Session, "after_soft_rollback")
def _forget_stale(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:  # what was noted before a savepoint still stands
        session.info.pop(STALE, None)
