"""A published list closes a batch of applications: who is on it goes on to 公示 or 发证. Who is not on it is left to a
person (models/application/result.py)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm.imports import state
from models.application.batch import ApplicationBatch
from models.application.record import Application
from models.application.result import ApplicationResult
from models.base import among, db
from models.rules.application import ENDED, Tracked, goal_of, meant_by
from models.rules.batches import number_of
from models.rules.title_sources import Said
from models.title import TitleType

if TYPE_CHECKING:
    from crm.imports.plan import Plan, RowPlan

#: Tables that are read here: a change there makes a plan stale.
READS = ("application", "application_batch", "application_result")
LABELS = {"stage": "申报", "stage_on": "到这一阶段的日期", "ended_on": "申报结果日期", "reason_id": "未通过的原因",
          "reason_words": "未通过的说明"}  # fmt: skip


def load(whole: "Plan", rows: Iterable["RowPlan"], type_ids: Iterable[int]) -> None:
    """Read the applications of these firms for these titles, and the lists that spoke of their batches: a statement
    each for a few thousand firms."""
    found: dict[tuple[int, int], dict[int, dict[str, Any]]] = _held(whole)
    types = sorted(set(type_ids))
    ids = sorted({one.firm_id for one in rows if one.firm_id is not None and one.firm_id > 0})
    days = {batch.id: batch.days.get("opens") or date(batch.year, 1, 1) for batch in ApplicationBatch.list_all()}
    for chunk in state.chunks(ids) if days and types else ():
        for row in db.session.execute(_query(chunk, types)):
            values = {name: getattr(row, name) for name in LABELS}
            tracked = Tracked(row.id, row.firm_id, row.batch_id, row.year, row.round, days[row.batch_id], row.stage,
                              row.stage_on)  # fmt: skip
            found[row.firm_id, row.type_id][row.id] = {"tracked": tracked, **values}
    if days and "results" not in whole.store:
        query = select(ApplicationResult.batch_id, ApplicationResult.kind, ApplicationResult.said_on)
        whole.store["results"] = {tuple(row) for row in db.session.execute(query)}


def _query(firm_ids: Sequence[int], types: Sequence[int]) -> Any:
    table = Application.__table__
    query = select(
        table.c.id, table.c.firm_id, table.c.batch_id, ApplicationBatch.type_id, ApplicationBatch.year,
        ApplicationBatch.round, *(table.c[name] for name in LABELS),
    ).join(ApplicationBatch, ApplicationBatch.id == table.c.batch_id)  # fmt: skip
    return query.where(ApplicationBatch.type_id.in_(types), among(table.c.firm_id, firm_ids)).order_by(table.c.id)


def _held(whole: "Plan") -> dict[tuple[int, int], dict[int, dict[str, Any]]]:
    if "applications" not in whole.store:
        whole.store["applications"] = defaultdict(dict)
    held: dict[tuple[int, int], dict[int, dict[str, Any]]] = whole.store["applications"]
    return held


def move(whole: "Plan", row_plan: "RowPlan", kind: TitleType, said: Said, issued_on: date | None) -> None:
    """Bring the application of the row's firm on, when it has one that the list means."""
    on = said.issued.first if said.issued else issued_on
    known = _held(whole).get((row_plan.firm_id or 0, kind.id), {})
    if on is None or not known:
        return
    meant = meant_by((one["tracked"] for one in known.values()), on, number_of(said.batch))
    if meant is None:
        return
    list_kind = "notice" if said.provisional else "announcement"
    _note_result(whole, row_plan, meant.batch_id, list_kind, on)
    values = known[meant.id]
    goal = goal_of(values["stage"], list_kind)
    if goal is None:
        return
    new = {"stage": goal, "stage_on": max(on, values["stage_on"]), "ended_on": None, "reason_id": None,
           "reason_words": ""}  # fmt: skip
    new["ended_on"] = new["stage_on"] if goal in ENDED else None
    whole.add(row_plan, "application_move", {
        "application_id": meant.id, "event": "list", "from_stage": values["stage"], "to_stage": goal,
        "moved_on": new["stage_on"], "via": "import",
    })  # fmt: skip
    for name, value in new.items():
        whole.change(row_plan, "application", meant.id, name, LABELS[name], values[name], value, row_plan.firm_id)
    values.update(new)


def _note_result(whole: "Plan", row_plan: "RowPlan", batch_id: int, kind: str, on: date) -> None:
    """Note once that this list spoke of the batch; on the day of its last row."""
    told: dict[tuple[int, str], int] = whole.store.setdefault("told_results", {})
    heard: set[tuple[int, str, date]] = whole.store.get("results", set())
    if (batch_id, kind, on) in heard:
        return
    if (batch_id, kind) not in told:
        told[batch_id, kind] = whole.add(
            row_plan, "application_result", {"batch_id": batch_id, "kind": kind, "said_on": on}
        )
    else:
        values = whole.added[told[batch_id, kind]].values
        values["said_on"] = max(values["said_on"], on)
