"""Taking an import back (foundations 7): every field it changed and every row it made, as far as nobody has changed or
used them since. What stays is named with the reason. The record that it was imported, and undone, stays."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.imports import apply, engine, retry
from crm.imports.undo import judge as judging
from crm.imports.undo import words
from crm.imports.undo.carry import carry_out
from crm.imports.undo.trace import trace
from models import audit_log, clock
from models.base import db
from models.errors import NotFound, Refused
from models.importing import ImportRun
from models.user import User

#: So many rows that stayed are kept with the import; their number is kept whatever it is.
MOST_KEPT = 2_000
#: What goes may free a value that another row had; more often than so is not looked again.
ROUNDS = 3


def look(run: ImportRun) -> dict[str, Any]:
    """What undoing would do, as `undo` answers it, without doing it. Raises Refused as `undo` does."""
    check(run)
    return judging.report(run, judging.judge(trace(run, [earlier.id for earlier in _left()])))


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
    with apply.roomy(), engine.no_collecting():
        answer = _carry(run, person_id, at)
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


def _left() -> list[ImportRun]:
    """The imports undone before of which something stays: what was in the way may go now."""
    undone = select(ImportRun).where(ImportRun.state == "undone").order_by(ImportRun.id)
    return [run for run in db.session.scalars(undone) if run.undoing.get("left")]


def _carry(run: ImportRun, person_id: int | None, at: datetime) -> dict[str, Any]:
    """Take off what this import wrote, and with it what had to stay of earlier ones; returns the answer about this."""
    earlier = _left()
    answers: dict[int, dict[str, Any]] = {}
    for _ in range(ROUNDS):
        verdict = judging.judge(trace(run, [one.id for one in earlier]))
        going = verdict.runs()
        for one in (run, *earlier):
            answer = judging.report(one, verdict)
            if before := answers.get(one.id):
                answer |= {key: answer[key] + before[key] for key in ("restored", "removed")}
            answers[one.id] = answer
        carry_out(verdict, person_id, at)
        if not going or not any(words.TAKEN in kept.reason for kept in verdict.kept):
            break
    _remember(run, answers[run.id], person_id, at)
    for one in earlier:
        before, answer = one.undoing, answers[one.id]
        answer |= {key: answer[key] + before[key] for key in ("restored", "removed")}
        _remember(one, answer, before["person_id"], datetime.fromisoformat(before["at"]))
    return answers[run.id]


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
