"""Try a draft of the rules on all firms beside the version it would follow, as work outside the request."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select

from crm.assessing.batch import VERDICTS, Outcome, judge_all, judge_by
from crm.assessing.columns import frame_of
from models import bulk, clock, rule_book_trial
from models.assessment.bridge import flat_values, inputs_of
from models.base import db
from models.errors import Refused
from models.firm.record import Firm
from models.rule_book import RuleBook, shelf
from models.rule_book_trial import RuleBookTrial, RuleBookTrialChange, RuleBookTrialFirm
from models.rules.assess.book import Book
from models.rules.assess.shelf import Shelf
from models.task import Task, Work, enqueue, task_kind
from models.user import User

#: Firms judged between two commits.
CHUNK = 2000
ANSWERS = {1: "yes", 0: "no", -1: "unknown"}


def begin(row: RuleBook, by: User) -> Task:
    """Queue a trial of a draft as of today; the caller commits. Refused as ``rule_book_trial.ask``."""
    now = clock.now()
    trial = rule_book_trial.ask(row, clock.today(), by, now)
    task = enqueue("books.trial", {"trial_id": trial.id}, by.id, now)
    trial.task_id = task.id
    db.session.flush()
    return task


@task_kind("books.trial", "试算规则版本")
def run(work: Work) -> dict[str, Any]:
    """Judge every active firm by both versions and keep what changes. Begun anew after a break; Refused when the draft
    was changed or put in force meanwhile."""
    trial = db.session.get(RuleBookTrial, work.arguments["trial_id"])
    row = db.session.get(RuleBook, trial.book_id) if trial else None
    if trial is None or row is None:
        raise Refused("这份草稿已经删除，没有试算")
    if row.state != "draft" or row.fingerprint != trial.fingerprint:
        raise Refused("排队的时候草稿又改过，没有试算，请重新试算")
    trial_id, on, new, regime = trial.id, trial.as_of, row.book, row.regime
    old = shelf().version(trial.old_version) if trial.old_version else None
    rule_book_trial.empty(trial_id)
    db.session.commit()
    ids = list(db.session.scalars(select(Firm.id).where(Firm.status == "active").order_by(Firm.id)))
    for start in range(0, len(ids), CHUNK):
        work.progress(start, len(ids), "正在试算")
        _chunk(trial_id, ids[start : start + CHUNK], regime, on, old, new)
        db.session.commit()
    work.progress(len(ids), len(ids), "正在试算")
    db.session.get_one(RuleBookTrial, trial_id).finish(len(ids), clock.now())
    db.session.commit()
    return {"firms": len(ids)}


def _chunk(trial_id: int, ids: Sequence[int], regime: str, on: date, old: Book | None, new: Book) -> None:
    found = list(inputs_of(ids, on).values())
    frame = frame_of(flat_values(found, regime))
    before, after = outcome_of(regime, old, frame, on), outcome_of(regime, new, frame, on)
    firms, changes = [], []
    for place, inputs in enumerate(found):
        old_verdict, new_verdict = (VERDICTS[int(one.verdict[place])] for one in (before, after))
        firms.append((trial_id, inputs.firm_id, old_verdict, new_verdict))
    for key, answers in after.conditions.items():
        was = before.conditions[key]
        for place in (was != answers).nonzero()[0]:
            change = (ANSWERS[int(was[place])], ANSWERS[int(answers[place])])
            changes.append((trial_id, found[place].firm_id, key, *change))
    tables = db.metadata.tables
    bulk.put(tables[RuleBookTrialFirm.__tablename__], ("trial_id", "firm_id", "old", "new"), firms)
    bulk.put(tables[RuleBookTrialChange.__tablename__], ("trial_id", "firm_id", "key", "old", "new"), changes)


def outcome_of(regime: str, book: Book | None, frame: pd.DataFrame, on: date) -> Outcome:
    """What a book says of the firms of a frame; of no book at all, that nothing is known."""
    return judge_by(book, frame, on) if book else judge_all(frame, on, Shelf((), {}), [regime])[regime]
