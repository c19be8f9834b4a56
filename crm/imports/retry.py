"""Held rows are tried again whenever something changed that may decide them: an import, a new or renamed firm, a merge,
a batch with its date. A row that is certain now is written as a row of its own import."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, event, exists, inspect, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from crm.imports import apply, engine, state, titles
from crm.imports.decide import held_rows
from crm.imports.engine import Progress, candidates_json, quiet
from crm.imports.index import Index
from crm.imports.kinds.all import KINDS
from crm.imports.places import Places
from crm.imports.plan import Plan, RowPlan, as_json
from crm.imports.staged import count, finish, plan_staged
from models import audit_log, clock
from models.base import among, db
from models.change_log import Actor, acting
from models.firm import Firm
from models.firm.names import FirmName
from models.importing import ImportRow, ImportRun, MatchDecision
from models.task import Task, Work, enqueue, task_kind
from models.title import Batch
from models.user import User

#: Rows written may decide others; more often than so is not looked again.
ROUNDS = 3
#: How often the rows of an import are planned anew because others changed the database meanwhile.
TRIES = 3


@dataclass(slots=True)
class Desk:
    """Every firm as matching sees it, read once for all imports and again when something changed."""

    looked: tuple[Index, Places] | None = None
    seen: tuple[int, ...] = ()

    def prepare(self) -> tuple[Index, Places]:
        """What is looked up in, as the database is now."""
        now = state.fingerprint()
        if self.looked is None or now != self.seen:
            self.looked, self.seen = (state.load_index(), Places.load()), now
        return self.looked

    def forget(self) -> None:
        """It names firms that are not there: read again next time."""
        self.looked = None


def retry(person_id: int | None = None, *, but: int | None = None, progress: Progress = quiet) -> Counter[str]:
    """Try every held row of every applied import again (at first not those of the import `but`, just matched) and
    return how many rows became what. Commits each import by itself; the caller has committed."""
    total: Counter[str] = Counter()
    desk = Desk()
    for number in range(ROUNDS):
        done: Counter[str] = Counter()
        runs = [run_id for run_id in _waiting() if number or run_id != but]
        for place, run_id in enumerate(runs):
            progress(place, len(runs), "再认待认领的行")
            done += _retry_run(run_id, desk, person_id)
        total += done
        if not done:
            break
    return total


def _waiting() -> list[int]:
    """Applied imports that have held rows."""
    held = exists().where(ImportRow.import_id == ImportRun.id, ImportRow.effect == "held")
    return list(
        db.session.scalars(select(ImportRun.id).where(ImportRun.state == "applied", held).order_by(ImportRun.id))
    )


@engine.no_collecting()
def _retry_run(run_id: int, desk: Desk, person_id: int | None) -> Counter[str]:
    """The held rows of one import; nothing is written unless a row is certain, or held for another reason, now."""
    for _ in range(TRIES):
        db.session.rollback()
        run = db.session.get_one(ImportRun, run_id)
        rows = _worth_trying(run)
        if not rows or run.state != "applied":
            break
        names = state.names_mark()
        plan = plan_staged(run, rows, {}, desk.prepare())
        if plan.index.guessed:
            desk.forget()
        ids = [row.id for row in rows]
        db.session.rollback()
        apply.begin_writing()
        if state.fingerprint(plan.reads) != plan.fingerprint:
            continue
        rows = list(db.session.scalars(_still_held(ids)))
        if [row.id for row in rows] != ids:
            continue
        run = db.session.get_one(ImportRun, run_id)
        with acting(Actor("import", person_id, run_id)):
            done = _write(run, rows, plan, person_id) if _differ(rows, plan) else Counter()
            _remember(run, names, plan)
            db.session.flush()
            desk.seen = state.fingerprint()
            db.session.commit()
        return done
    db.session.rollback()
    return Counter()


def _worth_trying(run: ImportRun) -> list[ImportRow]:
    """The held rows of an import that something since they were last tried may decide."""
    tried = json.loads(run.options).get("tried", {})
    kinds = [KINDS[sheet["kind"]] for sheet in json.loads(run.sheets) if sheet["kind"] in KINDS]
    reads = {name for kind in kinds for name in kind.reads}
    same_names = tried.get("names") == list(state.names_mark())
    if same_names and tried.get("all") == list(state.fingerprint(reads)):
        return []
    return [row for row in held_rows(run.id) if not same_names or not json.loads(row.plan).get("unmatched")]


def _still_held(ids: list[int]) -> Select[Any]:
    return select(ImportRow).where(among(ImportRow.id, ids), ImportRow.effect == "held").order_by(ImportRow.id)


def _remember(run: ImportRun, names: tuple[int, ...], plan: Plan) -> None:
    """As of when the rows were tried: what was so before cannot decide them. And what date they wait for now: a row
    whose firm was not known before asked for none."""
    told = {"tried": {"names": list(names), "all": list(plan.fingerprint)}, "needs_date": titles.needs_date(plan)}
    run.options = json.dumps(json.loads(run.options) | told, ensure_ascii=False)


def tried_now(run: ImportRun, plan: Plan) -> None:
    """The rows of an import were matched just now, its own firms included: only other names may decide the rest. Called
    in the transaction that wrote it."""
    if not plan.new_names:
        tried = {"names": list(state.names_mark()), "all": []}
        run.options = json.dumps(json.loads(run.options) | {"tried": tried}, ensure_ascii=False)


def _differ(rows: list[ImportRow], plan: Plan) -> bool:
    return any(_differs(row, one) for row, one in zip(rows, plan.rows, strict=True))


def _differs(row: ImportRow, one: RowPlan) -> bool:
    return one.effect != "held" or one.reason != row.reason or candidates_json(one) != row.candidates


def _write(run: ImportRun, rows: list[ImportRow], plan: Plan, person_id: int | None) -> Counter[str]:
    """Write the rows that are certain, and say anew of the others why they wait."""
    pairs = list(zip(rows, plan.rows, strict=True))
    for row, one in pairs:
        if one.effect == "held":
            row.reason, row.candidates = one.reason, candidates_json(one)
            # Its firm may be known by now, and what it waits for another thing.
            row.plan = as_json(plan, one)
    certain = [(row, one) for row, one in pairs if one.effect != "held"]
    if not certain:
        return Counter()
    plan.rows = [one for _, one in certain]
    finish(run, plan, [row for row, _ in certain], person_id)
    count(run)
    done = Counter(one.effect for _, one in certain)
    person = db.session.get(User, person_id) if person_id else None
    detail = {"file": run.file_name, "rows": len(certain), **done}
    audit_log.note("import.retry", person, at=clock.now(), subject="import_run", subject_id=run.id, detail=detail)
    return done


def order(person_id: int | None) -> Task | None:
    """The task that tries held rows again, once however often it is asked for; None while none waits. The caller
    commits."""
    waits = select(Task.id).where(Task.kind == "import.retry", Task.state == "waiting").limit(1)
    if db.session.scalar(waits) is not None or not _waiting():
        return None
    return enqueue("import.retry", {}, person_id, clock.now())


@task_kind("import.retry", "再认待认领的行")
def retry_task(work: Work) -> dict[str, int]:
    """Try every held row again. Safe to run again."""
    return dict(retry(work.person_id, progress=work.progress))


#: Where a change of a row, through the session, leaves the wish to try held rows again.
WISH = "retry_held_rows"


@event.listens_for(Session, "after_flush")
def _note_wish(session: Session, context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, FirmName | Batch | MatchDecision) or (isinstance(row, Firm) and _tells(session, row)):
            session.info[WISH] = True
            return


def _tells(session: Session, firm: Firm) -> bool:
    """Whether the change of a firm may decide a row: it is new, has another code, or was merged."""
    attributes = inspect(firm).attrs
    return firm in session.new or any(attributes[name].history.has_changes() for name in ("code", "merged_into_id"))


@event.listens_for(Session, "before_commit")
def _order_retry(session: Session) -> None:
    session.flush()
    if session.info.pop(WISH, False):
        actor: Actor | None = session.info.get("actor")
        order(actor.person_id if actor else None)


@event.listens_for(Session, "after_soft_rollback")
def _forget_wish(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(WISH, None)
