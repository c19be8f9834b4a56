"""Coverage, calendar addresses, handovers and 走访前看 in a real browser, on a desktop and on a phone, with rows."""

from datetime import timedelta

import pytest

from models import clock
from models.handover import Handover
from tests.support.chromium import Window
from tests.support.factories import make_demand, make_firm, make_plan_line, make_promise, make_user, make_visit
from tests.support.handing import make_calendar_link


@pytest.mark.slow
@pytest.mark.parametrize("size", ["window", "phone"])
def test_the_pages_are_fit_to_be_used_by_everyone(size: str, request: pytest.FixtureRequest) -> None:
    window: Window = request.getfixturevalue(size)
    officer, other = make_user(("officer", "office"), name="何岸"), make_user(name="宋知远")
    today = clock.today()
    firms = []
    for number, level in enumerate(("A", "B", "C", "reserve", "A", None) * 2):
        name = ("青禾精密制造", "石桥新材料科技发展", "云澜启衡传感", "望江生物医药")[number % 4] + f"{number}有限公司"
        firm = make_firm(name, area=("青禾街道", "石桥镇")[number % 2], care_level=level, officer_a_id=officer.id,
                         officer_b_id=other.id if number % 3 == 0 else None)  # fmt: skip
        firms.append(firm)
        if number % 2:
            make_demand(make_visit(firm, other, visit_on=today - timedelta(days=13 * number)))
    make_visit(firms[0], officer, visit_on=today - timedelta(days=3))
    make_promise(firms[0], officer)
    make_plan_line(firms[1], officer)
    make_calendar_link(officer)
    waiting = Handover.propose(officer, other, by=officer, at=clock.now(), note="研发费用正在归集，下周要交材料")
    make_plan_line(firms[2], officer)
    window.sign_in(officer)
    told = []
    for path in (
        "/", "/plan/", "/plan/feed", "/visits/coverage", f"/visits/coverage/firms?part=beyond&officer={officer.id}",
        "/handovers/", f"/handovers/new?giver={officer.id}&taker={other.id}", "/handovers/new",
        f"/handovers/{waiting.id}", f"/visits/before/{firms[0].id}",
    ):  # fmt: skip
        window.open(path)
        told += [f"{path}: {one}" for one in window.complaints()]
        if window.wide():
            told.append(f"{path} is {window.wide()} too wide")
    assert told == []
