"""The queue: claimed once, kept by a lease, taken over, retried, reported in an officer's words."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from jobs.queue import LEASE, Queue
from models import claim
from models.base import db
from models.errors import Refused
from models.task import KINDS, MOST_ATTEMPTS, Task, TaskKind, Work, enqueue, finish
from tests.support.factories import make_user

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def kinds() -> Iterator[dict[str, Any]]:
    """A place to register kinds for one test."""
    before = dict(KINDS)
    yield KINDS
    KINDS.clear()
    KINDS.update(before)


def register(kinds: dict[str, Any], function: Any, key: str = "test") -> None:
    kinds[key] = TaskKind(key, "试验", function)


def make_task(kind: str = "test", **arguments: Any) -> int:
    task = enqueue(kind, arguments, None, NOW)
    db.session.commit()
    return task.id


def claim_now(holder: str, now: datetime = NOW) -> int | None:
    claimed = claim.claim(Task, holder, now, LEASE)
    db.session.commit()
    return claimed[0] if claimed else None


def queue(app: Flask, holder: str = "a", stopping: threading.Event | None = None) -> Queue:
    return Queue(app, holder, stopping or threading.Event())


def fresh(task_id: int) -> Task:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Task, task_id)


def test_tasks_are_claimed_oldest_first_and_each_once(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    first, second = make_task(), make_task()
    assert [claim_now("a"), claim_now("b"), claim_now("a")] == [first, second, None]


def test_a_task_that_was_not_committed_is_not_there(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    enqueue("test", {}, None, NOW)
    db.session.rollback()
    assert claim_now("a") is None


def test_only_the_kinds_asked_for_are_claimed(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    register(kinds, lambda work: {}, "other")
    make_task()
    wanted = make_task("other")
    claimed = claim.claim(Task, "a", NOW, LEASE, kinds={"other"})
    assert claimed is not None
    assert claimed[0] == wanted


@pytest.mark.parametrize(("later", "taken_over"), [(LEASE, False), (LEASE + timedelta(seconds=1), True)])
def test_a_lost_lease_is_taken_over_and_a_kept_one_is_not(
    app: Flask, kinds: dict[str, Any], later: timedelta, taken_over: bool
) -> None:
    register(kinds, lambda work: {})
    task_id = make_task()
    claim_now("a")
    assert (claim_now("b", NOW + later) == task_id) is taken_over


def test_a_renewed_lease_is_not_taken_over(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    task_id = make_task()
    claim_now("a")
    assert claim.renew(Task, task_id, "a", NOW + 3 * LEASE)
    db.session.commit()
    assert claim_now("b", NOW + 2 * LEASE) is None


def test_who_lost_a_task_can_neither_renew_nor_finish_it(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    task_id = make_task()
    claim_now("a")
    claim_now("b", NOW + 2 * LEASE)
    assert not claim.renew(Task, task_id, "a", NOW + 3 * LEASE)
    assert not finish(task_id, "a", state="done")
    assert finish(task_id, "b", state="done")


def test_the_result_and_the_progress_are_kept(app: Flask, kinds: dict[str, Any]) -> None:
    def count(work: Work) -> dict[str, Any]:
        work.progress(3, 3, "数完")
        return {"counted": work.arguments["upto"]}

    register(kinds, count)
    task_id = make_task(upto=3)
    assert queue(app).run_one()
    task = fresh(task_id)
    assert (task.state, task.answer, task.done, task.total, task.message) == ("done", {"counted": 3}, 3, 3, "数完")
    assert task.ended
    assert not queue(app).run_one()


def test_progress_is_seen_while_the_work_goes_on(app: Flask, kinds: dict[str, Any]) -> None:
    seen = []
    worker = queue(app)

    def work_slowly(work: Work) -> dict[str, Any]:
        work.progress(1, 2, "一半")
        worker.pulse()
        with app.app_context():
            seen.append(db.session.get_one(Task, work.task_id).message)
        return {}

    register(kinds, work_slowly)
    make_task()
    worker.run_one()
    assert seen == ["一半"]


def test_a_refusal_is_shown_as_it_is(app: Flask, kinds: dict[str, Any]) -> None:
    def refuse(work: Work) -> dict[str, Any]:
        raise Refused("文件里没有表头，请另存后重试")

    register(kinds, refuse)
    task_id = make_task()
    queue(app).run_one()
    assert (fresh(task_id).state, fresh(task_id).error) == ("failed", "文件里没有表头，请另存后重试")


def test_an_error_of_ours_fails_with_a_number_and_without_jargon(app: Flask, kinds: dict[str, Any]) -> None:
    def break_down(work: Work) -> dict[str, Any]:
        raise ZeroDivisionError("secret detail")

    register(kinds, break_down)
    task_id = make_task()
    queue(app).run_one()
    task = fresh(task_id)
    assert task.state == "failed"
    assert "编号" in task.error
    assert "secret" not in task.error


def test_what_a_failed_task_wrote_without_committing_is_gone(app: Flask, kinds: dict[str, Any]) -> None:
    def write_and_break(work: Work) -> dict[str, Any]:
        make_user(name="不该留下")
        raise RuntimeError

    register(kinds, write_and_break)
    make_task()
    queue(app).run_one()
    from models.user import User

    assert db.session.query(User).where(User.name == "不该留下").count() == 0


def test_a_busy_database_is_tried_again_until_the_attempts_are_used_up(app: Flask, kinds: dict[str, Any]) -> None:
    tries = []

    def busy(work: Work) -> dict[str, Any]:
        tries.append(1)
        raise OperationalError("statement", {}, Exception("database is locked"))

    register(kinds, busy)
    task_id = make_task()
    while queue(app).run_one():
        pass
    assert len(tries) == MOST_ATTEMPTS
    assert fresh(task_id).state == "failed"


def test_a_task_that_kills_its_workers_is_given_up(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    task_id = make_task()
    for attempt in range(MOST_ATTEMPTS):
        assert claim_now(f"killed{attempt}", NOW + attempt * 2 * LEASE) == task_id
    queue(app, "last").run_one()
    assert fresh(task_id).state == "failed"
    assert "中断" in fresh(task_id).error


def test_a_worker_told_to_stop_puts_its_task_back(app: Flask, kinds: dict[str, Any]) -> None:
    stopping = threading.Event()

    def work_on(work: Work) -> dict[str, Any]:
        stopping.set()
        work.progress(1, 9)
        raise AssertionError("went on after being told to stop")

    register(kinds, work_on)
    task_id = make_task()
    queue(app, stopping=stopping).run_one()
    task = fresh(task_id)
    assert (task.state, task.attempts, task.holder) == ("waiting", 0, None)


def test_a_worker_that_lost_its_task_stops_at_the_next_step(app: Flask, kinds: dict[str, Any]) -> None:
    worker = queue(app)

    def lose(work: Work) -> dict[str, Any]:
        with app.app_context():
            db.session.get_one(Task, work.task_id).holder = "another"
            db.session.commit()
        worker.pulse()
        work.progress(1, 2)
        raise AssertionError("went on without a lease")

    register(kinds, lose)
    task_id = make_task()
    worker.run_one()
    assert (fresh(task_id).state, fresh(task_id).holder) == ("running", "another")


def test_a_kind_that_this_version_does_not_know_fails_by_name(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {}, "gone")
    task_id = make_task("gone")
    del kinds["gone"]
    queue(app).run_one()
    assert "gone" in fresh(task_id).error


def test_only_a_failed_task_can_be_retried(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    task = db.session.get_one(Task, make_task())
    with pytest.raises(Refused):
        task.retry()
    task.state, task.attempts, task.error = "failed", 3, "不行"
    task.retry()
    assert (task.state, task.attempts, task.error) == ("waiting", 0, "")


def test_a_person_sees_their_own_tasks_and_the_system_administrator_all(app: Flask, kinds: dict[str, Any]) -> None:
    register(kinds, lambda work: {})
    officer, other, admin = make_user(), make_user(), make_user(role="sysadmin")
    task = enqueue("test", {}, officer.id, NOW)
    db.session.commit()

    def sees(user: Any) -> list[int]:
        return [row.id for row in db.session.scalars(Task.visible_to(user))]

    assert (sees(officer), sees(other), sees(admin)) == ([task.id], [], [task.id])


@pytest.mark.parametrize(("later", "free"), [(LEASE, False), (LEASE + timedelta(seconds=1), True)])
def test_a_duty_has_one_holder_until_its_lease_runs_out(app: Flask, later: timedelta, free: bool) -> None:
    assert claim.take_duty("timetable", "a", NOW, LEASE)
    assert claim.take_duty("timetable", "a", NOW, LEASE)
    db.session.commit()
    assert claim.take_duty("timetable", "b", NOW + later, LEASE) is free
    db.session.commit()


def test_a_duty_given_up_can_be_taken_at_once(app: Flask) -> None:
    claim.take_duty("timetable", "a", NOW, LEASE)
    claim.give_up_duty("timetable", "a", NOW)
    db.session.commit()
    assert claim.take_duty("timetable", "b", NOW + timedelta(seconds=1), LEASE)
    db.session.commit()
