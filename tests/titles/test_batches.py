"""The table of batches: which row a list means, and the pages on which the office keeps it."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from models.base import db
from models.change import Change
from models.errors import Refused
from models.rules.batches import Announced, find, number_of
from models.title import Batch, TitleType
from tests.support.browser import Browser
from tests.support.factories import make_batch, make_user
from tests.support.page import Page

YEARLY = [
    Announced("第一批", date(2024, 10, 12)),
    Announced("2024年第二批", date(2024, 11, 18)),
    Announced("第一批", date(2025, 10, 20)),
    Announced("2024年补充批", date(2025, 1, 9)),
]
RUNNING_ON = [
    Announced("第四批", date(2022, 8, 8)),
    Announced("第五批", date(2023, 7, 14)),
    Announced("第六批", date(2024, 9, 2)),
]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("第一批", 1), ("第十批", 10), ("第十二批", 12), ("二十批", 20), ("2025年第3批次", 3), ("第１２批", 12),
        ("补充批", None),
    ],
)  # fmt: skip
def test_the_number_of_a_batch(name: str, number: int | None) -> None:
    assert number_of(name) == number


@pytest.mark.parametrize(
    ("batches", "written", "year", "day"),
    [
        (YEARLY, "第一批", 2024, date(2024, 10, 12)),
        (YEARLY, "第1批", 2025, date(2025, 10, 20)),
        (YEARLY, "2025年第一批", None, date(2025, 10, 20)),
        (YEARLY, "第一批", None, None),  # two years have one
        (YEARLY, "第一批", 2026, None),  # a batch of another year is not taken for it
        (YEARLY, "第二批", 2024, date(2024, 11, 18)),
        (YEARLY, "第二批", 2025, None),
        (YEARLY, "补充批", 2024, date(2025, 1, 9)),  # the name says the year, the day lies in the next
        (YEARLY, "", 2024, None),
        (RUNNING_ON, "第五批", 2026, date(2023, 7, 14)),  # numbers that run on through the years
        (RUNNING_ON, "第四批", None, date(2022, 8, 8)),
        (RUNNING_ON, "第七批", 2026, None),
        ([RUNNING_ON[0]], "第四批", 2026, None),  # one row alone does not show that they run on
    ],
)
def test_the_batch_a_list_means(batches: list[Announced], written: str, year: int | None, day: date | None) -> None:
    found = find(batches, written, year)
    assert (found.announced_on if found else None) == day


def typed(**values: object) -> dict[str, object]:
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "tech_sme")).one()
    return {"type_id": kind.id, "name": "2025年第一批", "announced_on": "2025-08-11", "ends_on": "", **values}


def test_the_office_keeps_the_table(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    assert "还没有批次" in Page(lite_browser.get("/batches/")).text
    page = Page(lite_browser.get("/batches/new"))
    assert page.faults() == [] and page.heading == "加批次"
    page = Page(lite_browser.post("/batches/new", data=typed(), follow_redirects=True))
    assert page.faults() == [] and "2025-08-11" in page.text and "科技型中小企业" in page.text
    batch = db.session.scalars(select(Batch)).one()
    page = Page(lite_browser.get(f"/batches/{batch.id}/edit"))
    assert page.faults() == [] and page.field("公告日期").attributes["value"] == "2025-08-11"
    lite_browser.post(f"/batches/{batch.id}/edit", data=typed(announced_on="2025-08-12", ends_on="2025-12-31"))
    db.session.expire_all()
    assert (batch.announced_on, batch.ends_on) == (date(2025, 8, 12), date(2025, 12, 31))
    changed = db.session.scalars(select(Change.field).where(Change.table_name == "batch", Change.act == "updated"))
    assert set(changed) == {"announced_on", "ends_on"}
    page = Page(lite_browser.post(f"/batches/{batch.id}/remove", follow_redirects=True))
    assert "已删除：2025年第一批" in page.text
    assert db.session.scalars(select(Batch)).all() == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "请填批次"),
        ({"announced_on": ""}, "请填公告日期"),
        ({"ends_on": "2025-08-10"}, "有效期至不能早于公告日期"),
        ({"name": "第一批"}, "已有2025年的“第一批”"),
    ],
)
def test_what_cannot_be_kept_is_said(lite_browser: Browser, values: dict[str, object], message: str) -> None:
    lite_browser.sign_in(make_user(role="office"))
    make_batch("tech_sme", "第一批", date(2025, 7, 1))
    db.session.commit()
    page = Page(lite_browser.post("/batches/new", data=typed(**values)))
    assert message in page.text
    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_a_batch_of_the_same_name_and_year_is_refused_when_one_is_corrected(app: Flask) -> None:
    make_batch(name="第一批")
    other = make_batch(name="第二批")
    other.check()
    other.name = "第一批"
    with pytest.raises(Refused, match="已有2024年"):
        other.check()
    other.name = "第二批"
