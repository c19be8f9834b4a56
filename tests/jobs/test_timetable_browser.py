"""The pages of the timetable in a real browser."""

import pytest

from models import clock
from models.base import db
from models.task import JobOverride, JobRun
from tests.support.chromium import Window
from tests.support.factories import make_user


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_pages_fit_and_nothing_is_complained_of(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    for state, error in (("done", ""), ("failed", "RuntimeError: disk full"), ("merged", "")):
        db.session.add(JobRun(job="clocks", period=state, started_at=clock.now(), state=state, error=error, late=True))
    db.session.add(JobOverride(job="duties", active=False, reason="等新规定"))
    db.session.commit()
    window.sign_in(make_user(role="sysadmin"))
    for url in ("/timetable/", "/timetable/clocks", "/timetable/duties", "/timetable/preview"):
        window.open(url)
        assert (url, window.complaints(), window.wide()) == (url, [], 0)
