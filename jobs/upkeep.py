"""Upkeep: what the system does for itself, each a function of a moment that may run twice or late."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from crm.backup.make import backup
from models import audit_seal, clock, file, setting, vault
from models.base import db
from models.file import StoredFile
from models.firm.contacts import Contact
from models.importing import ImportRun
from models.rules.timetable_due import LOOK_BACK
from models.rules.timetable_entries import ENTRIES
from models.task import JobRun

#: How long runs of the timetable stay listed: those that say of a period that it was done as long as anybody could
#: ask for it, those of an entry of every minute a few days.
RUNS_KEPT = LOOK_BACK + timedelta(days=60)
OLD_RUNS_KEPT = timedelta(days=30)
FREQUENT_KEPT = timedelta(days=2)
#: Bytes younger than this may belong to a row that is not committed yet.
UNNAMED_KEPT = timedelta(days=1)


def back_up(now: datetime) -> dict[str, Any]:
    """Write the daily archive beside the files and remove the oldest beyond the number kept; what it holds."""
    folder = vault.folder().parent / "backups"
    archive = backup(folder, now)
    # Names carry the moment, so their order is their age.
    old = sorted(folder.glob("tidu-*.zip"))[: -setting.get_int("backup_keep")]
    for path in old:
        path.unlink()
    return {
        "file": archive.path.name,
        "bytes": archive.size,
        "sha256": archive.sha256,
        "missing": archive.missing,
        "removed": len(old),
        "seal": archive.seal,
    }


def seal_audit(now: datetime) -> dict[str, Any]:
    """Seal the audit trail up to now and return how many entries that was."""
    sealed = 0
    while more := audit_seal.seal(now):
        db.session.commit()
        sealed += more
    db.session.rollback()
    return {"sealed": sealed}


def clean_up(now: datetime) -> dict[str, Any]:
    """Remove what has served its time and return how much of each; contacts past theirs are only counted."""
    today = clock.local(now).date()
    runs = _forget_runs(now)
    due = select(StoredFile.id).where(StoredFile.keep_until < today)
    db.session.execute(update(ImportRun).where(ImportRun.file_id.in_(due)).values(file_id=None))
    originals = db.session.execute(delete(StoredFile).where(StoredFile.id.in_(due)).returning(StoredFile.id)).all()
    db.session.commit()
    audit_seal.seal(now, everything=True)
    entries = audit_seal.prune(now, setting.get_int("audit_days"))
    db.session.commit()
    overdue = db.session.scalar(select(func.count(Contact.id)).where(Contact.keep_until < today))
    return {
        "runs": runs,
        "originals": len(originals),
        "audit_entries": entries,
        "contacts_overdue": overdue,
        "files": file.sweep(now - UNNAMED_KEPT),
    }


def _forget_runs(now: datetime) -> int:
    frequent = [name for name, entry in ENTRIES.items() if entry.when.kind == "every"]
    old = or_(
        JobRun.started_at < now - RUNS_KEPT,
        and_(JobRun.period.is_(None), JobRun.started_at < now - OLD_RUNS_KEPT),
        and_(JobRun.job.in_(frequent), JobRun.started_at < now - FREQUENT_KEPT),
    )
    return len(db.session.execute(delete(JobRun).where(old).returning(JobRun.id)).all())
