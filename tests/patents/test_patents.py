"""What a firm holds on a day, counted by the database as by the rule, and on its record."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from models import patent
from models.base import db
from models.firm import Firm
from tests.conftest import Browser
from tests.support.factories import make_firm, make_patent, make_user
from tests.support.statements import statements

DAY = date(2026, 1, 10)


def some(firm: Firm) -> None:
    """One of everything, and what just does not count beside each."""
    make_patent(firm)
    make_patent(firm, status="lapsed")
    make_patent(firm, status="lapsed", ended_on=DAY + timedelta(1))
    make_patent(firm, granted_on=DAY)
    make_patent(firm, granted_on=DAY + timedelta(1))
    make_patent(firm, expires_on=DAY - timedelta(1))
    make_patent(firm, expires_on=DAY)
    make_patent(firm, status="examination", granted_on=None)
    make_patent(firm, obtained="transferred", assumed=False, transferred_on=date(2025, 1, 10))
    make_patent(firm, obtained="transferred", assumed=False, transferred_on=date(2025, 1, 11))
    make_patent(firm, kind="utility_model", granted_on=date(2024, 1, 9))
    make_patent(firm, kind="utility_model", granted_on=date(2024, 1, 10))
    make_patent(firm, kind="design", obtained="transferred", assumed=False)
    make_patent(firm, kind="software_copyright", granted_on=DAY, expires_on=None)
    make_patent(firm, kind="")
    make_patent(None, "示例大学")


def test_the_counts_of_a_day(app: Flask) -> None:
    firm, other = make_firm(), make_firm()
    some(firm)
    counts = patent.counts_of([firm.id, other.id], DAY)
    assert counts[firm.id] == patent.IpCounts(
        class1_self=4,
        class1_self_leading=4,
        class1_transferred=2,
        class1_transferred_year=1,
        class2_any=4,
        class2_transferred=1,
        class2_kept_two_years=3,
    )
    assert not counts[other.id].any and counts[firm.id].transferred == 3


def test_the_list_and_the_counts_agree(app: Flask) -> None:
    firm = make_firm()
    some(firm)
    for on in (DAY, date(2022, 6, 1), date(2022, 5, 31), date(2041, 1, 1)):
        counts, groups = patent.counts_of([firm.id], on)[firm.id], patent.tally(patent.list_of(firm.id, on))
        assert groups["class1"] == counts.class1_self
        assert groups["class2"] == counts.class2_any - counts.class2_transferred
        assert groups["transferred"] == counts.transferred


def test_counts_take_one_statement(lite_app: Flask) -> None:
    firms = [make_firm() for _ in range(30)]
    for firm in firms:
        make_patent(firm)
    ids = [firm.id for firm in firms]
    with statements() as sent:
        patent.counts_of(ids, DAY)
    assert len(sent) == 1


@pytest.mark.parametrize(
    "group, seen, hidden",
    [
        ("class1", "一种自有方法", "一种外来方法"),
        ("transferred", "一种外来方法", "一种自有方法"),
        ("", "一种在审方法", "没有这一类"),
    ],
)
def test_each_count_opens_into_its_rows(group: str, seen: str, hidden: str, lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    firm = make_firm()
    make_patent(firm, "示例研究院", title="一种自有方法")
    make_patent(firm, title="一种外来方法", obtained="transferred", assumed=False, transferred_on=date(2024, 2, 1))
    make_patent(firm, title="一种在审方法", status="examination", status_text="实质审查", granted_on=None)
    db.session.commit()
    page = lite_browser.get(f"/firms/{firm.id}/patents?group={group}").text
    assert seen in page and hidden not in page
    assert ("共有：示例研究院" in page) == (group != "transferred")


def test_the_record_shows_the_counts_as_of_the_day(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user())
    firm = make_firm()
    make_patent(firm, granted_on=date(2022, 6, 1))
    make_patent(firm, granted_on=date(2024, 6, 1))
    db.session.commit()
    now = lite_browser.get(f"/firms/{firm.id}").text
    assert f"/firms/{firm.id}/patents?group=class1" in now
    page = lite_browser.get(f"/firms/{firm.id}/patents?on=2023-01-01").text
    assert page.count("自主（推定）</td>") == 2 and page.count("这一天还没授权") == 1


def test_who_does_not_see_the_firm_does_not_see_its_rights(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user("officer", area="青禾街道"))
    firm = make_firm(area="云岭镇")
    make_patent(firm)
    db.session.commit()
    seen = lite_browser.get(f"/firms/{firm.id}").status_code
    assert lite_browser.get(f"/firms/{firm.id}/patents").status_code == seen
    assert lite_browser.get("/firms/999999/patents").status_code == 404


@pytest.mark.parametrize(
    "values, why",
    [
        ({}, ""),
        ({"granted_on": DAY + timedelta(1)}, "这一天还没授权"),
        ({"granted_on": None}, "没有授权公告日，不计数"),
        ({"expires_on": DAY - timedelta(1)}, "已过最长期限，不计数"),
        ({"status": "abandoned"}, "不计数"),
        ({"kind": ""}, "没有写类型，不计数"),
        ({"left_on": DAY}, "已转出，不计数"),
        ({"left_on": DAY + timedelta(1)}, ""),
    ],
)
def test_a_right_says_why_it_does_not_count(values: dict[str, Any], why: str, lite_app: Flask) -> None:
    firm = make_firm()
    make_patent(firm, **values)
    (held,) = patent.list_of(firm.id, DAY)
    assert (held.why, held.counts) == (why, not why)
