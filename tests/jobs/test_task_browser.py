"""The task page in a real browser: it follows its task by itself."""

import pytest

from models.base import db
from models.task import Task
from tests.support.chromium import Window
from tests.support.factories import make_task, make_user


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_a_page_follows_its_task_until_it_has_ended(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    officer = make_user(name="林见山")
    task_id = make_task(officer, state="running", done=1, total=3, message="核对企业").id
    page = window.sign_in(officer).open(f"/tasks/{task_id}")
    assert page.get_by_text("核对企业").is_visible()
    assert (window.complaints(), window.wide()) == ([], 0)
    task = db.session.get_one(Task, task_id)
    task.state = "done"
    db.session.commit()
    page.get_by_text("完成", exact=False).first.wait_for()
    assert page.locator("progress").count() == 0
    page = window.open("/tasks/")
    assert (window.complaints(), window.wide()) == ([], 0)
