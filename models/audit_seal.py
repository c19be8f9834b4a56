"""Seals the audit trail: each entry's hash covers the entry and the seal before it (foundations 2).

Entries are inserted plainly, so that no request waits for another; sealing follows, by one process at a time. Whoever
changes or removes a sealed entry breaks the chain from there on, and whoever rewrites the whole chain contradicts the
daily seal that was written outside the database.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, text

from models import audit_log
from models.audit import AuditEntry, AuditSeal
from models.base import db
from models.claim import begin_writing

#: What the first entry is chained to.
GENESIS = "0" * 64

#: PostgreSQL's name of the lock that one sealer holds.
LOCK = 7_215_001

#: On PostgreSQL an entry may become visible after this many later ones were sealed; `everything` looks further back.
LATECOMERS = 1000

#: Rows a check reads at once.
CHUNK = 5000


@dataclass(frozen=True)
class Seal:
    """The end of the chain: what is written outside the database each day."""

    position: int
    entry_id: int
    hash: str


@dataclass
class Verdict:
    """What a check of the chain found: problems in Chinese, and the tail that is not sealed yet."""

    problems: list[str] = field(default_factory=list)
    sealed: int = 0
    unsealed: int = 0
    #: How long the oldest entry of the unsealed tail has waited.
    oldest: timedelta | None = None


def seal(now: datetime, limit: int = 10_000, *, everything: bool = False) -> int:
    """Seal the entries that are not sealed yet, in id order, and return how many; the caller commits.

    The lock lasts until then. `everything` also finds entries that a very long transaction brought in late.
    """
    _lock()
    last = last_seal()
    query = select(AuditEntry).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    query = query.where(AuditSeal.entry_id.is_(None))
    if not everything:
        newest = db.session.scalar(select(func.max(AuditSeal.entry_id))) or 0
        query = query.where(AuditEntry.id > newest - LATECOMERS)
    position, before = (last.position, last.hash) if last else (0, GENESIS)
    rows = []
    for entry in db.session.scalars(query.order_by(AuditEntry.id).limit(limit)):
        position, before = position + 1, digest(entry, before)
        rows.append({"position": position, "entry_id": entry.id, "hash": before, "sealed_at": now})
    if rows:
        db.session.execute(insert(AuditSeal), rows)
    return len(rows)


def prune(now: datetime, days: int) -> int:
    """Clear away sealed entries older than so many days and return how many; the caller commits. Seals stay.

    Only an unbroken beginning of the chain goes, and the trail itself notes how far. 180 days are kept in any case.
    """
    border = now - timedelta(days=max(days, 180))
    _lock()
    newer = select(func.min(AuditSeal.position)).join(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
    first_kept = db.session.scalar(newer.where(AuditEntry.at > border))
    if first_kept is None:
        return 0
    old = select(AuditSeal.entry_id).where(AuditSeal.position < first_kept)
    gone = db.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(old)).returning(AuditEntry.id)).all()
    if gone:
        audit_log.note("audit.prune", None, at=now, detail={"position": first_kept - 1, "entries": len(gone)})
    return len(gone)


def last_seal() -> Seal | None:
    """The end of the chain; None while nothing was sealed."""
    row = db.session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    return Seal(row.position, row.entry_id, row.hash) if row else None


def digest(entry: AuditEntry, before: str) -> str:
    """The hash of an entry and of the seal before it."""
    content = [
        before,
        entry.id,
        entry.at.isoformat(timespec="microseconds"),
        entry.act,
        entry.succeeded,
        entry.person_id,
        entry.person_name,
        entry.address,
        entry.subject,
        entry.subject_id,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def verify(now: datetime, kept: Seal | None = None) -> Verdict:
    """Follow the whole chain; `kept` is a seal written outside the database, which must lie on it.

    Entries cleared away after their time leave their seals behind: a gap is accepted at the beginning only, and only as
    far as an entry of the trail itself says so.
    """
    verdict = Verdict()
    pruned = _pruned_through()
    before, expected = GENESIS, 1
    for position, entry_id, hash_, entry in _chain():
        if position != expected:
            verdict.problems.append(f"审计封印缺第 {expected} 至 {position - 1} 号")
        expected = position + 1
        if entry is None:
            if position > pruned:
                verdict.problems.append(f"审计记录 {entry_id} 不见了（第 {position} 号封印还在）")
        elif digest(entry, before) != hash_:
            verdict.problems.append(f"审计记录 {entry_id} 与第 {position} 号封印不符")
        if kept is not None and kept.position == position and kept.hash != hash_:
            verdict.problems.append(f"第 {position} 号封印与库外留存的不同")
        before, verdict.sealed = hash_, position
        if len(verdict.problems) >= 20:
            break
    if kept is not None and kept.position > verdict.sealed and not verdict.problems:
        verdict.problems.append(f"库外留存到第 {kept.position} 号封印，库里只到第 {verdict.sealed} 号")
    verdict.unsealed, oldest = _unsealed()
    verdict.oldest = now - oldest if oldest else None
    return verdict


def _lock() -> None:
    """One sealer at a time, so that the chain never forks; held until the transaction ends."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    else:
        begin_writing()


def _chain() -> Iterator[tuple[int, int, str, AuditEntry | None]]:
    """Every seal with its entry, in order, a chunk at a time; entries are not kept in the session."""
    last = 0
    while True:
        query = (
            select(AuditSeal.position, AuditSeal.entry_id, AuditSeal.hash, AuditEntry)
            .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
            .where(AuditSeal.position > last)
            .order_by(AuditSeal.position)
            .limit(CHUNK)
            .execution_options(populate_existing=True)
        )
        rows = db.session.execute(query).all()
        for position, entry_id, hash_, entry in rows:
            yield position, entry_id, hash_, entry
            last = position
        for *_, entry in rows:
            if entry is not None:
                db.session.expunge(entry)
        if len(rows) < CHUNK:
            return


def _unsealed() -> tuple[int, datetime | None]:
    open_ = select(func.count(AuditEntry.id), func.min(AuditEntry.at)).outerjoin(
        AuditSeal, AuditSeal.entry_id == AuditEntry.id
    )
    count, oldest = db.session.execute(open_.where(AuditSeal.entry_id.is_(None))).one()
    return count, oldest


def _pruned_through() -> int:
    """Up to which position the trail says that entries past their time were cleared away."""
    notes = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.act == "audit.prune").order_by(AuditEntry.id)
    ).all()
    return max((int(json.loads(detail).get("position", 0)) for detail in notes), default=0)
