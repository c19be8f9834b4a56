"""Writes the change log: one listener on the session, so that no page, job or import can forget it (foundations 1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from models import bulk, clock
from models.base import db
from models.change import Change

#: Business tables, and the column that names the firm whose timeline shows the change.
LOGGED: dict[str, str | None] = {
    "firm": "id",
    "firm_name": "firm_id",
    "firm_place": "firm_id",
    "firm_status": "firm_id",
    "firm_flag": "firm_id",
    "firm_officer": "firm_id",
    "firm_figure": "firm_id",
    "firm_note": "firm_id",
    "firm_judgement": "firm_id",
    "firm_plan": "firm_id",
    "firm_plan_step": None,
    "firm_input": "firm_id",
    "firm_input_figure": None,
    "firm_tag": "firm_id",
    "officer_wait": "firm_id",
    "contact": "firm_id",
    "title": "firm_id",
    "title_claim": "firm_id",
    "pool_member": "firm_id",
    "pool_step": None,
    "pool_stage": None,
    "pool_exit": None,
    "pool_plan": None,
    "training": None,
    "training_firm": "firm_id",
    "visit": "firm_id",
    "plan_line": "firm_id",
    "handover": None,
    "handover_item": None,
    "patent": None,
    "patent_owner": "firm_id",
    "visit_officer": None,
    "visit_companion": None,
    "visit_demand": "firm_id",
    "visit_photo": None,
    "promise": "firm_id",
    "team": None,
    "team_member": None,
    "team_firm": "firm_id",
    "visit_outcome": None,
    "outcome_kind": None,
    "opinion": "firm_id",
    "opinion_kind": None,
    "scheme_contact": "firm_id",
    "scheme_touch": None,
    "contact_scheme_kind": None,
    "visit_kind": None,
    "service": None,
    "campaign": None,
    "duty_rule": None,
    "duty_window": None,
    "duty_done": "firm_id",
    "issue": "firm_id",
    "issue_class": None,
    "issue_clock": None,
    "issue_topic": None,
    "issue_group": None,
    "outside_handler": None,
    "issue_assignment": None,
    "issue_extension": None,
    "issue_slip": None,
    "issue_file": None,
    "issue_offer": None,
    "spot_check": None,
    "menu_item": None,
    "rule_book": None,
    "application_batch": None,
    "application_date": None,
    "application": "firm_id",
    "refusal_reason": None,
    "application_result": None,
    "city_book": None,
    "city_book_tie": None,
    "target": None,
    "target_revision": None,
    "paper_rule": None,
    "application_paper": None,
    "agency": None,
    "application_agency": None,
    "review_meeting": None,
    "review_expert": None,
    "review_item": None,
    "review_mark": None,
    "review_finding": None,
    "agency_judgement": None,
    "title_type": None,
    "pool_type": None,
    "batch": None,
    "area": None,
    "unit": None,
    "membership": None,
    "absence": None,
    "calendar_year": None,
    "setting": None,
    "job_override": None,
    "reminder_rule": None,
    "robot": None,
    "role": None,
    "user": None,
    "report": None,
    "report_section": None,
    "report_reader": None,
    "report_line": None,
}

#: Changed values of these columns are never written down; that they changed is.
SECRET = {
    "name_sealed",
    "phone_sealed",
    "email_sealed",
    "address_sealed",
    "secret_sealed",
    "phone_tail",
    "password",
    "password_history",
    "fs_uniquifier",
    "tf_totp_secret",
}

#: Bookkeeping that says nothing to a reader.
SILENT = {
    "id",
    "version",
    "updated_at",
    "created_at",
    "sort_key",
    "match_key",
    "last_seen_at",
    "failed_count",
    "locked_until",
    "tf_last_counter",
    "import_row_id",
    "fs_uniquifier",
    "password_history",
}


@dataclass(frozen=True)
class Actor:
    """Who changes rows now, by what way, at which moment."""

    source: str = "job"
    person_id: int | None = None
    source_id: int | None = None
    at: datetime | None = None


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Within the block, changes of this session are logged as this actor's."""
    info = db.session().info
    before = info.get("actor")
    info["actor"] = actor
    try:
        yield
    finally:
        info["actor"] = before


def entry(**values: Any) -> dict[str, Any]:
    """The columns of an entry by the actor of this session, now: for rows a set statement wrote."""
    actor: Actor = db.session().info.get("actor") or Actor()
    defaults = {"field": None, "old": None, "new": None, "firm_id": None}
    who = {"at": actor.at or clock.now(), "source": actor.source, "source_id": actor.source_id}
    return {**defaults, **who, "person_id": actor.person_id, **values}


def write(entries: list[dict[str, Any]]) -> None:
    """Add entries that a set statement made necessary; keys are the columns of Change."""
    if entries:
        bulk.put_dicts(db.metadata.tables["change"], entries)


def text_of(value: Any) -> str | None:
    """A value as the log keeps it: plain text, dates and amounts exact."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, frozenset | set):
        return " ".join(sorted(value))
    return str(value)


@event.listens_for(Session, "before_flush")
def _note_updates(session: Session, context: UOWTransaction, instances: Any) -> None:
    """Old values must be read before the rows are written; created rows get their ids only afterwards."""
    notes: list[tuple[Any, str, str | None, str | None, str | None]] = []
    for row in session.dirty:
        table = getattr(row, "__tablename__", None)
        if table in LOGGED and session.is_modified(row, include_collections=False):
            notes += [(row, "updated", *change) for change in _changed_fields(session, row)]
    notes += [
        (row, "deleted", None, None, None) for row in session.deleted if getattr(row, "__tablename__", None) in LOGGED
    ]
    notes += [
        (row, "created", None, None, None) for row in session.new if getattr(row, "__tablename__", None) in LOGGED
    ]
    session.info.setdefault("notes", []).extend(notes)


def _changed_fields(session: Session, row: Any) -> list[tuple[str, str | None, str | None]]:
    state = inspect(row)
    changed = [
        attr for attr in state.mapper.column_attrs if attr.key not in SILENT and state.attrs[attr.key].history.added
    ]
    olds = {attr.key: state.attrs[attr.key].history.deleted for attr in changed}
    if any(not old for old in olds.values()) and state.identity is not None:
        table = state.mapper.local_table
        keys = [column == value for column, value in zip(table.primary_key.columns, state.identity, strict=True)]
        stored: dict[str, Any] = dict(session.connection().execute(select(table).where(*keys)).mappings().first() or {})
        olds = {attr.key: [stored.get(attr.columns[0].key)] for attr in changed}
    fields = []
    for attr in changed:
        old, new = text_of(olds[attr.key][0]), text_of(getattr(row, attr.key))
        if old != new:
            fields.append((attr.key, None, None) if attr.key in SECRET else (attr.key, old, new))
    return fields


@event.listens_for(Session, "after_flush")
def _write_notes(session: Session, context: UOWTransaction) -> None:
    notes = session.info.pop("notes", [])
    if not notes:
        return
    actor: Actor = session.info.get("actor") or Actor()
    at = actor.at or clock.now()
    entries = []
    for row, act, field, old, new in notes:
        table = row.__tablename__
        owner = LOGGED[table]
        entries.append(
            {
                "at": at,
                "act": act,
                "table_name": table,
                "row_id": getattr(row, "id", None) or _number(row),
                "firm_id": getattr(row, owner) if owner else None,
                "field": _key(row) if field == "value" else field,
                "old": old,
                "new": new,
                "source": actor.source,
                "source_id": actor.source_id,
                "person_id": actor.person_id,
            }
        )
    session.execute(insert(Change), entries)


def _number(row: Any) -> int:
    """The key of a row without an id where it is a number, 0 where it is a word."""
    key = inspect(row).mapper.primary_key_from_instance(row)[0]
    return key if isinstance(key, int) else 0


def _key(row: Any) -> str:
    """Rows of a key and a value (settings, clocks) are named by their key; others by their field."""
    key = inspect(row).mapper.primary_key_from_instance(row)[0]
    return key if isinstance(key, str) else "value"


@event.listens_for(Session, "do_orm_execute")
def _refuse_silent_changes(state: ORMExecuteState) -> None:
    """A set statement on a business table passes by the log, so it must say that it writes its own entries."""
    if not (state.is_update or state.is_delete) or state.execution_options.get("logged"):
        return
    table = getattr(state.bind_mapper.local_table, "name", None) if state.bind_mapper else None
    if table in LOGGED:
        raise RuntimeError(f"bulk change of {table} without .execution_options(logged=True)")
