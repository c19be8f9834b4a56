"""The seal of the audit trail: what it covers, what breaks it, and what the database itself refuses."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from models import audit_log, audit_seal, clock
from models.audit import AuditEntry, AuditSeal
from models.base import db
from tests.support.emptying import unguarded
from tests.support.factories import make_user

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def make_trail(count: int, at: datetime = NOON) -> None:
    person = make_user()
    for number in range(count):
        audit_log.note("export", person, at=at + timedelta(minutes=number), detail={"rows": number})
    db.session.commit()


def tamper(statement: str) -> None:
    """What somebody with the database's own password could do: past the guards."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            with unguarded(connection):
                connection.execute(text(statement))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit_seal DISABLE TRIGGER USER"))
            connection.execute(text(statement))
            connection.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit_seal ENABLE TRIGGER USER"))


def test_an_untouched_trail_is_whole_and_the_tail_tells_its_age(app: Flask) -> None:
    make_trail(3)
    assert audit_seal.seal(NOON) == 3
    make_trail(2, NOON + timedelta(hours=1))
    verdict = audit_seal.verify(NOON + timedelta(hours=2))
    assert (verdict.problems, verdict.sealed, verdict.unsealed) == ([], 3, 2)
    assert verdict.oldest == timedelta(hours=1)


def test_sealing_again_seals_nothing_and_a_limit_is_kept(app: Flask) -> None:
    make_trail(5)
    assert [audit_seal.seal(NOON, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert audit_seal.verify(NOON).problems == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_entry SET person_name = '别人' WHERE id = 2", "审计记录 2 与第 2 号封印不符"),
        ("UPDATE audit_entry SET detail = '{}' WHERE id = 3", "审计记录 3 与第 3 号封印不符"),
        ("UPDATE audit_entry SET succeeded = (1 = 0) WHERE id = 1", "审计记录 1 与第 1 号封印不符"),
        ("DELETE FROM audit_entry WHERE id = 2", "审计记录 2 不见了"),
        ("DELETE FROM audit_seal WHERE position = 2", "审计封印缺第 2 至 2 号"),
        ("UPDATE audit_seal SET hash = 'x' WHERE position = 2", "审计记录 2 与第 2 号封印不符"),
    ],
)
def test_whatever_is_changed_behind_the_program_shows(app: Flask, statement: str, problem: str) -> None:
    make_trail(3)
    audit_seal.seal(NOON)
    db.session.commit()
    tamper(statement)
    problems = audit_seal.verify(NOON).problems
    assert any(problem in line for line in problems), problems


def test_a_chain_made_anew_contradicts_the_seal_kept_outside(app: Flask) -> None:
    make_trail(3)
    audit_seal.seal(NOON)
    db.session.commit()
    kept = audit_seal.last_seal()
    tamper("DELETE FROM audit_seal")
    tamper("UPDATE audit_entry SET person_name = '别人' WHERE id = 2")
    audit_seal.seal(NOON, everything=True)
    assert audit_seal.verify(NOON).problems == []
    assert audit_seal.verify(NOON, kept).problems == ["第 3 号封印与库外留存的不同"]


def test_a_trail_cut_off_at_its_end_contradicts_the_seal_kept_outside(app: Flask) -> None:
    make_trail(3)
    audit_seal.seal(NOON)
    db.session.commit()
    kept = audit_seal.last_seal()
    tamper("DELETE FROM audit_seal WHERE position = 3")
    tamper("DELETE FROM audit_entry WHERE id = 3")
    assert audit_seal.verify(NOON).problems == []
    assert audit_seal.verify(NOON, kept).problems == ["库外留存到第 3 号封印，库里只到第 2 号"]


def test_an_entry_that_comes_in_late_is_sealed_after_the_others(app: Flask) -> None:
    make_trail(2)
    db.session.execute(
        insert(AuditEntry).values(id=9, at=NOON, act="export", succeeded=True, person_name="", detail="{}")
    )
    assert audit_seal.seal(NOON) == 3
    db.session.execute(
        insert(AuditEntry).values(id=5, at=NOON, act="export", succeeded=True, person_name="", detail="{}")
    )
    assert audit_seal.seal(NOON) == 1
    db.session.commit()
    assert list(db.session.scalars(select(AuditSeal.entry_id).order_by(AuditSeal.position))) == [1, 2, 9, 5]
    assert audit_seal.verify(NOON).problems == []


def test_two_sealers_at_once_make_one_chain(app: Flask) -> None:
    make_trail(60)
    done: list[int] = []

    def work() -> None:
        with app.app_context():
            while True:
                count = audit_seal.seal(NOON, 7)
                db.session.commit()
                done.append(count)
                if count == 0:
                    return

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(done) == 60
    assert audit_seal.verify(NOON).problems == []


@pytest.mark.parametrize(
    "statement",
    [
        update(AuditEntry).values(act="export"),
        delete(AuditEntry),
        update(AuditSeal).values(hash="x"),
        delete(AuditSeal),
    ],
    ids=["change an entry", "remove an entry", "change a seal", "remove a seal"],
)
def test_the_database_itself_refuses_changes(app: Flask, statement: object) -> None:
    make_trail(1, clock.now())
    audit_seal.seal(clock.now())
    db.session.commit()
    with pytest.raises(DatabaseError):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()


@pytest.mark.parametrize(("days", "gone"), [(1095, 2), (365, 4), (30, 4)])
def test_entries_past_their_time_go_and_the_chain_still_holds(app: Flask, days: int, gone: int) -> None:
    now = clock.now()
    make_trail(2, now - timedelta(days=1096))
    make_trail(2, now - timedelta(days=400))
    make_trail(2, now - timedelta(days=40))
    audit_seal.seal(now)
    assert audit_seal.prune(now, days) == gone
    audit_seal.seal(now)
    db.session.commit()
    assert audit_seal.prune(now, days) == 0
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 7 - gone
    assert audit_seal.verify(now).problems == []


def test_unsealed_entries_are_never_cleared_away(app: Flask) -> None:
    now = clock.now()
    make_trail(2, now - timedelta(days=2000))
    assert audit_seal.prune(now, 1095) == 0
