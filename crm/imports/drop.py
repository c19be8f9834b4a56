"""Files dropped together: the order that fits, and writing them one after another, each planned anew by what the ones
before it brought."""

import re
from typing import Any

from sqlalchemy import or_

from crm.imports import retry, work
from crm.imports.kinds.all import KINDS
from models import clock
from models.base import db
from models.importing import ImportRun
from models.task import Task, Work, enqueue, task_kind
from models.user import User

#: Firms first, then what they are called, then what they hold, lose, own and told us; other lists with the titles.
ORDER = ("register", "rename", "", "revocation", "ledger", "patents", "visits")
TITLES = ORDER.index("")


def rank(kind: str | None) -> int:
    """Where a kind of list comes among others; lists of titles, and what is not recognised yet, in the middle."""
    return ORDER.index(kind) if kind in ORDER else TITLES


def rank_of_name(file_name: str) -> int:
    """The same, before a file was read: by what its name says."""
    said = (kind.key for kind in KINDS.values() if re.search(kind.cues, file_name))
    return min((rank(key) for key in said if not re.search(KINDS[key].against, file_name)), default=TITLES)


def list_for(user: User, drop_id: int) -> list[ImportRun]:
    """The imports of a drop that this person may see, in the order in which they are to be written."""
    query = ImportRun.visible_to(user).where(or_(ImportRun.drop_id == drop_id, ImportRun.id == drop_id))
    return sorted(db.session.scalars(query), key=lambda run: (rank(run.kind), run.id))


def is_ready(run: ImportRun) -> bool:
    """Whether an import can be written without an answer to anything first. Rows that are held may wait, all of them
    too: the firms they mean may stand in a file of the same drop that is written before."""
    return run.state == "planned" and not run.message and not run.needs_date


def order(user: User, drop_id: int) -> Task | None:
    """The task that writes what is ready of a drop; None when nothing is. The caller commits."""
    runs = [run for run in list_for(user, drop_id) if is_ready(run) and not _busy(run)]
    if not runs:
        return None
    task = enqueue("import.drop", {"imports": [run.id for run in runs]}, user.id, clock.now())
    for run in runs:
        run.task_id = task.id
    return task


def _busy(run: ImportRun) -> bool:
    task = db.session.get(Task, run.task_id) if run.task_id else None
    return task is not None and not task.ended


@task_kind("import.drop", "依次写入一批名单")
def write_drop(work_of: Work) -> dict[str, Any]:
    """Plan and write one import after another; one that cannot be written is left for a person, the rest goes on.
    Begun anew it passes over what is written already."""
    done: dict[str, Any] = {}
    for import_id in work_of.arguments["imports"]:
        run = db.session.get(ImportRun, import_id)
        if run is None or run.state != "planned":
            continue
        name = run.file_name
        work_of.progress(0, 0, f"《{name}》")

        def progress(at: int, total: int, message: str, name: str = name) -> None:
            work_of.progress(at, total, f"《{name}》{message}")

        done[str(import_id)] = work.write_now(import_id, progress)
    retry.retry(work_of.person_id, progress=work_of.progress)
    return done
