"""A published list closes a batch: who is on it goes on, who is not waits for a person, and undoing takes it back."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from crm.imports import undo
from models import clock, integrity
from models.application import Application, ApplicationBatch, ApplicationMove, ApplicationResult, acts
from models.application.acts import Going
from models.application.result import confirm_unlisted, keep_waiting, outcome_of
from models.base import db
from models.errors import Refused
from models.firm import Firm
from models.rules.application import STAGES, Tracked, goal_of, meant_by, unlisted_stages
from tests.imports.title_files import hnte_number, run
from tests.support.application_factories import make_application, make_application_batch
from tests.support.browser import Browser
from tests.support.factories import make_firm, make_user
from tests.support.sheets import code_of, name_of, xlsx_bytes

NOTICE = ("2026年第一批拟认定高新技术企业公示名单", date(2026, 10, 12))
ANNOUNCED = ("2026年第一批高新技术企业认定公告", date(2026, 11, 18))


def published(which: tuple[str, date], *numbers: int) -> bytes:
    """A list of firms as an office publishes it."""
    title, on = which
    rows: list[list[Any]] = [[title], ["企业名称", "统一社会信用代码", "证书编号", "发证日期"]]
    rows += [[name_of(n), code_of(n), "" if which is NOTICE else hnte_number(n, 2026), on] for n in numbers]
    return xlsx_bytes({"名单": rows})


def firm(number: int) -> Firm:
    return make_firm(name_of(number), code=code_of(number), code_kind="uscc")


@pytest.fixture
def batch(lite_app: Flask) -> ApplicationBatch:
    return six_firms()


@pytest.fixture
def batch_on_both(app: Flask) -> ApplicationBatch:
    return six_firms()


def six_firms() -> ApplicationBatch:
    """Six firms: filed (1, 2, 3), in coaching (4), refused (5), abandoned (6)."""
    batch = make_application_batch("hnte", year=2026, round=1, days={"opens": date(2026, 4, 1)})
    stages = ("submitted", "in_review", "accepted", "coaching", "refused", "abandoned")
    for number, stage in enumerate(stages, 1):
        make_application(firm(number), batch, stage=stage, entered_on=date(2026, 4, 2), stage_on=date(2026, 6, 1))
    firm(7)
    db.session.commit()
    return batch


def stages() -> dict[str, str]:
    """The stage of each application by the number of its firm."""
    db.session.expire_all()
    rows = db.session.execute(select(Firm.name, Application.stage).join(Firm, Firm.id == Application.firm_id))
    numbers = {name_of(number): str(number) for number in range(10)}
    return {numbers[name]: stage for name, stage in rows}


BEFORE = {"1": "submitted", "2": "in_review", "3": "accepted", "4": "coaching", "5": "refused", "6": "abandoned"}


def test_a_notice_and_the_announcement_after_it_bring_firms_on_and_refuse_nobody(
    batch_on_both: ApplicationBatch,
) -> None:
    manager, batch_id = make_user(role="manager"), batch_on_both.id
    problems = list(integrity.problems(full=True))
    db.session.commit()
    first = run(published(NOTICE, 1, 2, 4, 7), "公示.xlsx")
    assert stages() == BEFORE | dict.fromkeys("124", "public_notice")
    batch = db.session.get_one(ApplicationBatch, batch_id)
    found = outcome_of(manager, batch)
    assert found is not None and found.result.kind == "notice" and found.result.said_on == date(2026, 10, 12)
    assert (found.moved, [row.firm for row in found.unlisted]) == (3, [name_of(3)])
    assert [row.name for row in found.untracked] == [name_of(7)]
    second = run(published(ANNOUNCED, 1, 5), "公告.xlsx")
    assert stages() == BEFORE | {"1": "granted", "2": "public_notice", "4": "public_notice", "5": "granted"}
    found = outcome_of(manager, db.session.get_one(ApplicationBatch, batch_id))
    assert found is not None and found.result.kind == "announcement"
    assert sorted(row.firm for row in found.unlisted) == sorted(map(name_of, (2, 3, 4)))
    row = db.session.scalars(select(Application).where(Application.stage == "granted")).first()
    assert row is not None and row.ended_on == row.stage_on == date(2026, 11, 18)
    last = ApplicationMove.list_of(row.id)[-1]
    assert (last.event, last.from_stage, last.via, last.import_row_id is not None) == (
        "list", "public_notice", "import", True,
    )  # fmt: skip
    # The earlier list cannot go from under the later one; the later one can, and then the earlier.
    kept = undo.undo(first["id"], None)["kept"]
    db.session.commit()
    assert stages()["1"] == "granted" and {one["table"] for one in kept} >= {"application", "application_move"}
    undo.undo(second["id"], None)
    db.session.commit()
    assert stages() == BEFORE
    assert db.session.scalars(select(ApplicationMove)).all() == []
    assert db.session.scalars(select(ApplicationResult)).all() == []
    assert list(integrity.problems(full=True)) == problems


def test_undoing_an_announcement_alone_leaves_what_the_notice_did(batch: ApplicationBatch) -> None:
    run(published(NOTICE, 1), "公示.xlsx")
    second = run(published(ANNOUNCED, 1, 5), "公告.xlsx")
    undo.undo(second["id"], None)
    db.session.commit()
    assert stages() == BEFORE | {"1": "public_notice"}
    row = db.session.scalars(select(Application).where(Application.stage == "refused")).one()
    assert row.ended_on is not None and row.reason_id is not None


def test_the_same_list_again_does_nothing_and_a_late_application_catches_up(batch: ApplicationBatch) -> None:
    run(published(NOTICE, 1), "公示.xlsx")
    batch_id = batch.id
    assert run(published(NOTICE, 1), "公示.xlsx")["updated"] == 0
    assert len(db.session.scalars(select(ApplicationResult)).all()) == 1
    run(published(NOTICE, 1, 7), "公示2.xlsx")
    seventh = db.session.scalars(select(Firm).where(Firm.name == name_of(7))).one()
    make_application(seventh, db.session.get_one(ApplicationBatch, batch_id), stage="submitted")
    db.session.commit()
    assert run(published(NOTICE, 1, 7), "公示3.xlsx")["updated"] == 1
    assert stages()["7"] == "public_notice"


def test_a_person_confirms_with_one_click_or_lets_wait(batch: ApplicationBatch) -> None:
    batch_id = batch.id
    run(published(NOTICE, 1), "公示.xlsx")
    manager, officer, now = make_user(role="manager"), make_user(), clock.now()
    batch = db.session.get_one(ApplicationBatch, batch_id)
    found = outcome_of(manager, batch)
    assert found is not None
    ids = {row.firm: row.id for row in found.unlisted}
    assert ids.keys() == {name_of(2), name_of(3)}
    with pytest.raises(Refused, match="登记结果的人"):
        confirm_unlisted(batch, officer, now, list(ids.values()))
    assert keep_waiting(batch, manager, now, [ids[name_of(2)]]) == 1
    assert confirm_unlisted(batch, manager, now, list(ids.values())) == 1
    refused = db.session.get_one(Application, ids[name_of(3)])
    assert refused.stage == "refused" and refused.reason is not None and refused.reason.key == "unlisted"
    assert "2026-10-12 公示名单" in refused.reason_words
    found = outcome_of(manager, batch)
    assert found is not None and found.unlisted == []
    # The next list asks again.
    db.session.commit()
    run(published(ANNOUNCED, 1), "公告.xlsx")
    found = outcome_of(manager, db.session.get_one(ApplicationBatch, batch_id))
    assert found is not None and [row.firm for row in found.unlisted] == [name_of(2)]


def test_what_a_person_did_since_stays_when_the_list_is_taken_back(batch: ApplicationBatch) -> None:
    first = run(published(NOTICE, 1, 2), "公示.xlsx")
    manager = make_user(role="manager")
    row = db.session.scalars(
        select(Application).join(Firm, Firm.id == Application.firm_id).where(Firm.name == name_of(1))
    ).one()
    acts.move(row, manager, clock.now(), "in_review", Going(words="有异议，退回评审"))
    db.session.commit()
    undo.undo(first["id"], None)
    db.session.commit()
    assert stages()["1"] == "in_review" and stages()["2"] == "in_review"
    assert [move.event for move in ApplicationMove.list_of(row.id)] == ["list", "back"]


def test_a_list_of_another_year_or_title_moves_nobody(batch: ApplicationBatch) -> None:
    run(published(("2024年第一批高新技术企业认定公告", date(2024, 11, 18)), 1, 2), "公告.xlsx")
    rows: list[list[Any]] = [
        ["2026年专精特新中小企业公示名单"],
        ["企业名称", "发证日期"],
        [name_of(1), date(2026, 10, 1)],
    ]
    run(xlsx_bytes({"名单": rows}), "专精特新.xlsx")
    assert stages() == BEFORE and db.session.scalars(select(ApplicationResult)).all() == []


def test_the_page_of_the_result_says_it_all(batch: ApplicationBatch, lite_browser: Browser) -> None:
    at = f"/applications/batches/{batch.id}/result"
    lite_browser.sign_in(make_user(role="manager"))
    assert "还没有导入" in lite_browser.open(at).text
    run(published(NOTICE, 1, 7), "公示.xlsx")
    page = lite_browser.open(at)
    assert {cells[1] for cells in page.rows("待确认未通过")} == {name_of(2), name_of(3)}
    assert name_of(7) in page.text and "公示.xlsx" in page.text
    ids = [
        str(row.id)
        for row in db.session.scalars(select(Application).where(Application.stage.in_(("in_review", "accepted"))))
    ]
    assert "1 家还等下一份名单" in lite_browser.send(at, {"id": ids[0], "verdict": "wait"}).text
    page = lite_browser.send(at, {"id": ids, "verdict": "refuse"})
    assert "1 家记为未通过" in page.text and "没有了" in page.text
    lite_browser.sign_in(make_user(role="officer"))
    assert lite_browser.post(at, data={"id": ids}).status_code == 403
    assert "勾选的" not in lite_browser.open(at).text


@pytest.mark.parametrize(
    "on, number, wanted",
    [
        (date(2026, 3, 31), 1, None), (date(2026, 4, 1), 1, 1), (date(2026, 10, 1), None, 2), (date(2026, 10, 1), 2, 2),
        (date(2026, 10, 1), 1, 1), (date(2026, 10, 1), 9, 2), (date(2027, 2, 1), 1, 1), (date(2028, 1, 1), 1, None),
        (date(2025, 12, 31), 1, None),
    ],
)  # fmt: skip
def test_which_application_a_list_means(on: date, number: int | None, wanted: int | None) -> None:
    tracked = [
        Tracked(1, 1, 1, 2026, 1, date(2026, 4, 1), "submitted", date(2026, 4, 1)),
        Tracked(2, 1, 2, 2026, 2, date(2026, 7, 1), "submitted", date(2026, 7, 1)),
    ]
    found = meant_by(tracked, on, number)
    assert (found.id if found else None) == wanted


def test_a_list_never_takes_back_what_is_granted() -> None:
    assert {stage: goal_of(stage, "notice") for stage in STAGES} == {
        **dict.fromkeys(STAGES, "public_notice"), "public_notice": None, "granted": None,
    }  # fmt: skip
    assert {stage: goal_of(stage, "announcement") for stage in STAGES} == {
        **dict.fromkeys(STAGES, "granted"), "granted": None,
    }  # fmt: skip
    assert unlisted_stages("notice") == ("submitted", "accepted", "in_review")
    assert unlisted_stages("announcement") == ("submitted", "accepted", "in_review", "public_notice")
