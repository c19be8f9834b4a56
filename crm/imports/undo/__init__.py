"""Taking an import back (foundations 7): every field it changed and every row it made, as far as nobody has changed or
used them since. What stays is named with the reason. The record that it was imported, and undone, stays."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.imports import apply, retry
from crm.imports.undo import judge as judging
from crm.imports.undo.carry import carry_out
from crm.imports.undo.trace import trace
from models import audit_log, clock
from models.base import db
from models.errors import NotFound, Refused
from models.importing import ImportRun
from models.user import User

#: So many rows that stayed are kept with the import; their number is kept whatever it is.
MOST_KEPT = 2_000
#: So many earlier imports that left something are looked at again.
MOST_EARLIER = 20


def look(run: ImportRun) -> dict[str, Any]:
    """What undoing would do, as `undo` answers it, without doing it. Raises Refused as `undo` does."""
    check(run)
    return judging.report(run, judging.judge(trace(run)))


def undo(run_id: int, person_id: int | None, *, address: str = "") -> dict[str, Any]:
    """Take an import back in one transaction, begun here, and return `{id, restored, removed, kept}` of contracts.md.

    The caller commits; with that the rows that wait are ordered to be tried again, as names may be free now. Raises
    NotFound, or Refused when it was not written or was undone before.
    """
    db.session.rollback()
    apply.begin_writing()
    run = db.session.get(ImportRun, run_id)
    if run is None:
        raise NotFound
    check(run)
    at = clock.now()
    with apply.roomy():
        verdict = judging.judge(trace(run))
        answer = judging.report(run, verdict)
        carry_out(verdict, person_id, at)
        _remember(run, answer, person_id, at)
        _finish_earlier(run, person_id, at)
    audit_log.note(
        "import.undo",
        db.session.get(User, person_id) if person_id else None,
        at=at,
        address=address,
        subject="import_run",
        subject_id=run.id,
        detail={
            "file": run.file_name,
            "restored": answer["restored"],
            "removed": answer["removed"],
            "left": len(answer["kept"]),
        },
    )
    db.session.info[retry.WISH] = True
    return answer


def check(run: ImportRun) -> None:
    """Raise Refused unless the import was written and not undone since."""
    if run.state == "undone":
        raise Refused("这次导入已经撤回过了")
    if run.state != "applied":
        raise Refused("这次导入没有写入，不用撤回")


def _finish_earlier(run: ImportRun, person_id: int | None, at: datetime) -> None:
    """What an earlier undo had to leave because this import was built on it goes now."""
    undone = select(ImportRun).where(ImportRun.state == "undone", ImportRun.id != run.id).order_by(ImportRun.id.desc())
    left = [earlier for earlier in db.session.scalars(undone) if earlier.undoing.get("left")]
    for earlier in left[:MOST_EARLIER]:
        verdict = judging.judge(trace(earlier, again=True))
        if verdict.restored or verdict.removed:
            answer, before = judging.report(earlier, verdict), earlier.undoing
            carry_out(verdict, person_id, at)
            answer |= {key: answer[key] + before[key] for key in ("restored", "removed")}
            _remember(earlier, answer, before["person_id"], datetime.fromisoformat(before["at"]))


def _remember(run: ImportRun, answer: dict[str, Any], person_id: int | None, at: datetime) -> None:
    """What became of it, where the page finds it: ImportRun.undoing."""
    run.state = "undone"
    kept = answer["kept"]
    said = {
        "at": at.isoformat(),
        "person_id": person_id,
        "restored": answer["restored"],
        "removed": answer["removed"],
        "left": len(kept),
        "kept": kept[:MOST_KEPT],
    }
    run.counts = json.dumps(json.loads(run.counts) | {"undo": said}, ensure_ascii=False)
    db.session.flush()
