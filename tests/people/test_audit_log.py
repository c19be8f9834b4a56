"""The audit trail: what an entry holds."""

import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from models import audit_log
from models.audit import AuditEntry
from models.base import db
from models.importing import EFFECTS
from tests.support.factories import make_user

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_an_entry_says_who_did_what_to_what_and_from_where(app: Flask) -> None:
    person = make_user(name="韩述")
    audit_log.note(
        "export", person, at=NOON, address="10.0.0.7", subject="firm", subject_id=3, detail={"rows": 13, "why": "月报"}
    )
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.person_id, entry.person_name, entry.at) == ("export", person.id, "韩述", NOON)
    assert (entry.address, entry.subject, entry.subject_id, entry.succeeded) == ("10.0.0.7", "firm", 3, True)
    assert json.loads(entry.detail) == {"rows": 13, "why": "月报"}


def test_an_entry_goes_away_with_its_transaction(app: Flask) -> None:
    audit_log.note("session.begin", None, at=NOON, succeeded=False)
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry)).all() == []


def test_an_act_nobody_named_in_chinese_is_refused(app: Flask) -> None:
    with pytest.raises(KeyError):
        audit_log.note("something.else", None, at=NOON)


def test_every_count_of_an_import_has_its_word() -> None:
    assert set(EFFECTS) <= set(audit_log.DETAILS)
