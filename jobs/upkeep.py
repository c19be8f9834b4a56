"""Upkeep: what the system does for itself, each a function of a moment that may run twice or late."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from crm.backup.make import backup
from models import file, setting, vault
from models.base import db
from models.task import JobRun

#: How long runs of the timetable stay listed.
RUNS_KEPT = timedelta(days=30)
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


def clean_up(now: datetime) -> dict[str, Any]:
    """Remove what has served its time and return how much of each."""
    runs = db.session.execute(delete(JobRun).where(JobRun.started_at < now - RUNS_KEPT).returning(JobRun.id)).all()
    db.session.commit()
    return {"runs": len(runs), "files": file.sweep(now - UNNAMED_KEPT)}
