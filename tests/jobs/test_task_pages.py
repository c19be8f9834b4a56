"""The pages of the queue."""

from flask import Flask

from models.base import db
from models.task import Task
from tests.support.browser import Browser
from tests.support.factories import make_task, make_user
from tests.support.statements import statements


def test_a_person_sees_their_own_tasks_only(lite_browser: Browser) -> None:
    officer = make_user()
    mine, other = make_task(officer), make_task(make_user())
    page = lite_browser.sign_in(officer).open("/tasks/")
    assert [row[0] for row in page.rows("后台任务")] == [f"test {mine.id}"]
    assert lite_browser.get(f"/tasks/{other.id}").status_code == 404
    assert lite_browser.get(f"/tasks/{other.id}/progress").status_code == 404
    assert lite_browser.post(f"/tasks/{other.id}/retry").status_code == 404


def test_the_state_can_be_chosen(lite_browser: Browser) -> None:
    officer = make_user()
    make_task(officer)
    failed = make_task(officer, state="failed", error="文件打不开")
    page = lite_browser.sign_in(officer).open("/tasks/?state=failed")
    assert [row[0] for row in page.rows("后台任务")] == [f"test {failed.id}"]
    assert "文件打不开" in page.text


def test_a_running_task_shows_how_far_it_is_and_asks_again(lite_browser: Browser) -> None:
    officer = make_user()
    task = make_task(officer, state="running", done=3, total=9, message="核对企业")
    lite_browser.sign_in(officer)
    piece = lite_browser.get(f"/tasks/{task.id}/progress").text
    assert 'hx-trigger="every 1s"' in piece
    assert "核对企业" in piece
    whole = lite_browser.open(f"/tasks/{task.id}")
    assert "3 / 9" in whole.text
    assert '<meta http-equiv="refresh"' in lite_browser.get(f"/tasks/{task.id}").text


def test_a_task_that_ended_asks_no_more(lite_browser: Browser) -> None:
    officer = make_user()
    task = make_task(officer, state="done")
    html = lite_browser.sign_in(officer).get(f"/tasks/{task.id}").text
    assert "every 1s" not in html
    assert "refresh" not in html


def test_a_failed_task_is_retried_by_a_button_and_a_running_one_is_not(lite_browser: Browser) -> None:
    officer = make_user()
    failed, running = make_task(officer, state="failed"), make_task(officer, state="running")
    lite_browser.sign_in(officer).send(f"/tasks/{failed.id}/retry")
    assert db.session.get_one(Task, failed.id).state == "waiting"
    assert lite_browser.post(f"/tasks/{running.id}/retry").status_code == 422
    assert db.session.get_one(Task, running.id).state == "running"


def test_the_list_asks_as_often_for_thirty_tasks_as_for_three(lite_app: Flask, lite_browser: Browser) -> None:
    officer = make_user()
    counts = []
    for number in (3, 27):
        for _ in range(number):
            make_task(officer)
        lite_browser.sign_in(officer)
        with statements() as count:
            lite_browser.get("/tasks/")
        counts.append(len(count))
    assert counts[0] == counts[1]
