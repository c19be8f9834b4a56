"""Asking, filling in, adopting and sending back; what the register keeps of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.assessment.bridge import inputs_of
from models.base import db
from models.change import Change
from models.errors import Refused
from models.firm import yearly
from models.firm.record import Firm
from models.firm.yearly import FirmFigure
from models.firm_input import asking, filling, reviewing
from models.firm_input.filling import Answer, By
from models.firm_input.known import register_of
from models.firm_input.record import FirmInput, FirmInputMove, open_of
from models.rules.firm_input import FIGURES
from tests.support.assessment_factories import figures
from tests.support.factories import make_contact, make_firm, make_import_row, make_patent, make_user
from tests.support.input_factories import CELLS, make_input, sent, submitted
from tests.support.statements import statements

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
GIVEN = {("staff_total", 2025): "120", ("rd_staff", 2025): "30", ("operating_revenue", 2025): "约5,000",
         ("rd_expense", 2025): "300万"}  # fmt: skip


def asked_of(firm: Firm, *years: int) -> set[str]:
    found = asking.ask(make_user("manager"), [firm.id], years or (2025,), NOW)
    return {f"{row.key}_{row.year}" for row in found.new[0].figures} if found.new else set()


def test_a_firm_is_asked_for_what_the_titles_look_at_and_nobody_gave(app: Flask) -> None:
    firm = make_firm()
    figures(firm, staff_total_2025=100, rd_expense_2024=20)
    wanted = {f"{key}_2025" for key in FIGURES} - {"staff_total_2025", "net_assets_2025"}
    assert asked_of(firm) == wanted, "net assets follow from assets and debts; an older year does not serve"


def test_of_earlier_years_only_what_rules_look_at_across_years_is_asked(app: Flask) -> None:
    found = {name for name in asked_of(make_firm(), 2025, 2024) if name.endswith("_2024")}
    assert found == {f"{key}_2024" for key in (
        "operating_revenue", "main_revenue", "rd_expense", "total_assets", "total_liabilities",
    )}  # fmt: skip


def test_what_an_officer_types_over_it_is_no_longer_the_request_s(app: Flask) -> None:
    row = submitted(make_input(at=NOW), GIVEN, NOW)
    reviewing.adopt(row, CELLS, make_user(), NOW)
    figures(row.firm, rd_expense_2025=310)
    one = db.session.scalars(select(FirmFigure).where(FirmFigure.key == "rd_expense")).one()
    assert (one.value, one.firm_input_id) == (Decimal(310), None)


def test_rights_on_record_are_not_asked_for(app: Flask) -> None:
    firm, other = make_firm(), make_firm()
    make_patent(firm)
    figures(other, ip_class_1_2025=2, ip_class_2_2024=3)
    assert not {"ip_class_1_2025", "ip_class_2_2025"} & asked_of(firm)
    assert {"ip_class_1_2025", "ip_class_2_2025"} & asked_of(other) == {"ip_class_2_2025"}


def test_asking_many_says_who_was_left_out_and_why(app: Flask) -> None:
    officer, other = make_user(), make_user()
    mine, theirs, gone = make_firm(officer_a_id=officer.id), make_firm(officer_a_id=other.id), make_firm()
    gone.status = "moved_out"
    busy, late, full = make_firm(), make_firm(), make_firm()
    running = make_input(busy, at=NOW)
    expired = make_input(late, at=NOW - timedelta(days=40))
    link, _ = sent(expired, NOW - timedelta(days=40))
    figures(full, **{f"{key}_2025": 1 for key in FIGURES})
    ids = [firm.id for firm in (mine, theirs, gone, busy, late, full)]
    found = asking.ask(officer, [*ids, 999_999], (2025,), NOW)
    assert {row.firm_id for row in found.new} == {mine.id, late.id}
    assert (found.there, found.complete, sorted(found.left)) == ([busy.id], [full.id], sorted([theirs.id, gone.id]))
    assert (running.state, expired.state, link.is_open(NOW)) == ("asked", "void", False)
    assert open_of(ids)[late.id].asked_on == TODAY


def test_asking_many_costs_the_same_however_many(app: Flask) -> None:
    user = make_user("manager")
    counts = []
    for number in (3, 30):
        ids = [make_firm().id for _ in range(number)]
        db.session.flush()
        with statements() as sent_ones:
            assert len(asking.ask(user, ids, (2025,), NOW).new) == number
        rows = [one for one in sent_ones if one.startswith(("INSERT INTO firm_input (", "INSERT INTO change"))]
        counts.append(len(sent_ones) - len(rows))
    assert counts[0] == counts[1], "but for a row of each new request"


@pytest.mark.parametrize("years", [(), (2026,), (2022,)])
def test_years_that_cannot_be_asked_for(app: Flask, years: tuple[int, ...]) -> None:
    with pytest.raises(Refused):
        asking.ask(make_user("manager"), [make_firm().id], years, NOW)


@pytest.mark.parametrize("days, fine", [(-1, False), (0, True), (90, True), (91, False)])
def test_the_last_day_lies_between_today_and_ninety_days(app: Flask, days: int, fine: bool) -> None:
    until = TODAY + timedelta(days=days)
    if fine:
        assert make_input(at=NOW, due_on=until).due_on == until
    else:
        with pytest.raises(Refused, match="填报截止"):
            make_input(at=NOW, due_on=until)


def test_a_firm_has_one_request_at_a_time(app: Flask) -> None:
    row = make_input(at=NOW)
    with pytest.raises(Refused, match="不用再发一份"):
        make_input(row.firm, at=NOW)
    after = NOW + timedelta(days=15)
    again = make_input(row.firm, at=after)
    assert (row.state, again.state) == ("void", "asked"), "one that expired makes room"


def test_it_expires_when_its_last_day_is_over(app: Flask) -> None:
    row = make_input(at=NOW, due_on=date(2026, 11, 30))
    link, _ = sent(row, NOW)
    assert (row.word_on(date(2026, 11, 30)), row.word_on(date(2026, 12, 1))) == ("已发出", "过期")
    midnight = clock.day_begins(date(2026, 12, 1))
    assert link.is_open(midnight - timedelta(seconds=1)) and not link.is_open(midnight)


def test_a_new_link_ends_the_one_before_and_keeps_what_was_filled_in(app: Flask) -> None:
    row = make_input(at=NOW)
    first, _ = sent(row, NOW)
    filling.save(row, {("rd_expense", 2025): Answer("300")}, By("link"), NOW)
    second, _ = asking.send(row, make_user(), NOW, contact=make_contact(row.firm))
    assert (first.is_open(NOW), second.is_open(NOW), row.state, row.filled) == (False, True, "filling", 1)
    with pytest.raises(Refused, match="这家企业的联系人"):
        asking.send(row, make_user(), NOW, contact=make_contact(make_firm()))


def test_what_cannot_be_a_figure_is_said_and_the_rest_is_kept(app: Flask) -> None:
    row = make_input(at=NOW)
    answers = {
        ("staff_total", 2025): Answer("120人"), ("rd_staff", 2025): Answer("-3"),
        ("rd_expense", 2025): Answer("", True),
        ("operating_revenue", 2025): Answer("约5,000", True), ("tax_paid", 2025): Answer("1"),
    }  # fmt: skip
    assert filling.save(row, answers, By("link"), NOW) == {("rd_staff", 2025): "不能是负数"}
    kept = {figure.key: (figure.value, figure.approximate, figure.unclear) for figure in row.figures}
    assert kept == {
        "staff_total": (120, False, False), "rd_staff": (None, False, False), "rd_expense": (None, False, True),
        "operating_revenue": (5000, True, False),
    }  # fmt: skip
    assert row.filled == 3
    filling.save(row, {("staff_total", 2025): Answer("")}, By("link"), NOW)
    assert row.filled == 2, "what is emptied is not filled in any more"


def test_doubts_are_mended_or_confirmed_before_it_is_handed_in(app: Flask) -> None:
    row = make_input(at=NOW)
    figures(row.firm, rd_expense_2024=300)
    with pytest.raises(Refused, match="什么都没有填"):
        filling.submit(row, [], "", By("link"), NOW)
    filling.save(row, {**{cell: Answer(text) for cell, text in GIVEN.items()}, ("rd_expense", 2025): Answer("3000000")},
                 By("link"), NOW)  # fmt: skip
    codes = [doubt.code for doubt in filling.doubts_of(row)]
    assert len(codes) == 2, "more than the revenue, and ten thousand times last year"
    with pytest.raises(Refused, match="还有 1 处请核对"):
        filling.submit(row, codes[:1], "", By("link"), NOW)
    filling.save(row, {("rd_expense", 2025): Answer("300")}, By("link"), NOW)
    filling.submit(row, codes, "以审计报告为准", By("link"), NOW)
    assert (row.state, row.how, row.submitted_on, row.remark) == ("submitted", "link", TODAY, "以审计报告为准")
    with pytest.raises(Refused, match="已提交"):
        filling.save(row, {}, By("link"), NOW)


def counted(firm: Firm) -> dict[str, object]:
    return {name: known.value for name, known in inputs_of([firm.id], TODAY)[firm.id].known.items() if "_2025" in name}


def test_nothing_counts_before_it_is_adopted_and_then_what_was_accepted(app: Flask) -> None:
    row, officer = make_input(at=NOW), make_user()
    submitted(row, GIVEN, NOW)
    assert counted(row.firm) == {} and db.session.scalars(select(FirmFigure)).all() == []
    number = reviewing.adopt(row, [("staff_total", 2025), ("operating_revenue", 2025)], officer, NOW)
    assert number == 2 and (row.state, row.ended_on) == ("adopted", TODAY)
    rows = {one.key: one for one in db.session.scalars(select(FirmFigure))}
    assert set(rows) == {"staff_total", "operating_revenue"}
    one = rows["operating_revenue"]
    assert (one.value, one.approximate, one.source, one.source_on, one.entered_by_id, one.firm_input_id) == (
        Decimal(5000), True, "企业填报", TODAY, officer.id, row.id,
    )  # fmt: skip
    assert counted(row.firm)["staff_total_2025"] == 120 and "rd_expense_2025" not in counted(row.firm)
    decisions = {figure.key: figure.decision for figure in row.figures}
    assert decisions == {"staff_total": "accepted", "operating_revenue": "accepted", "rd_staff": "refused",
                         "rd_expense": "refused"}  # fmt: skip


def test_what_was_told_on_the_telephone_says_so(app: Flask) -> None:
    row = submitted(make_input(at=NOW), GIVEN, NOW, via="form")
    reviewing.adopt(row, CELLS, make_user(), NOW)
    assert set(db.session.scalars(select(FirmFigure.source))) == {"电话询问"}


def test_adopting_needs_something_handed_in_and_accepted(app: Flask) -> None:
    row = make_input(at=NOW)
    with pytest.raises(Refused):
        reviewing.adopt(row, CELLS, make_user(), NOW)
    submitted(row, GIVEN, NOW)
    with pytest.raises(Refused, match="一项都没有采用"):
        reviewing.adopt(row, [("tax_paid", 2025)], make_user(), NOW)
    reviewing.adopt(row, CELLS, make_user(), NOW)
    with pytest.raises(Refused, match="已采用"):
        reviewing.adopt(row, CELLS, make_user(), NOW)


def test_it_goes_back_with_words_and_comes_again(app: Flask) -> None:
    row, officer = submitted(make_input(at=NOW), GIVEN, NOW), make_user()
    with pytest.raises(Refused, match="要企业改什么"):
        reviewing.send_back(row, " ", {}, officer, NOW)
    reviewing.send_back(row, "请核对研发费用", {("rd_expense", 2025): "要含委托研发"}, officer, NOW)
    assert (row.state, row.round, row.words, row.filled) == ("returned", 2, "请核对研发费用", 4)
    assert {figure.key: figure.words for figure in row.figures if figure.words} == {"rd_expense": "要含委托研发"}
    sent(row, NOW)
    assert row.state == "returned"
    submitted(row, {("rd_expense", 2025): "350"}, NOW)
    reviewing.adopt(row, CELLS, officer, NOW)
    assert counted(row.firm)["rd_expense_2025"] == 350
    events = [move.event for move in FirmInputMove.list_of(row.id)]
    assert events == ["ask", "submit", "return", "send", "save", "submit", "adopt"] or events == [
        "ask", "save", "submit", "return", "send", "save", "submit", "adopt",
    ]  # fmt: skip


def test_the_old_value_stays_to_be_seen_and_the_change_is_logged(app: Flask) -> None:
    row, officer = make_input(at=NOW), make_user()
    yearly.record(row.firm_id, "rd_expense", 2025, Decimal(280), "企业填报", source_on=date(2026, 3, 1))
    submitted(row, GIVEN, NOW)
    reviewing.adopt(row, CELLS, officer, NOW)
    before = {figure.key: figure.before for figure in row.figures}
    assert before["rd_expense"] == 280 and before["staff_total"] is None
    query = select(Change.old, Change.new).where(Change.table_name == "firm_figure", Change.field == "value")
    assert [tuple(pair) for pair in db.session.execute(query)] == [("280", "300")]


def test_against_an_import_the_firm_wins_and_a_later_word_of_a_person_stays(app: Flask) -> None:
    row, officer = make_input(at=NOW), make_user()
    imported = yearly.record(row.firm_id, "rd_expense", 2025, Decimal(999), "科小名单", source_on=date(2026, 12, 1))
    imported.import_row_id = make_import_row().id
    yearly.record(row.firm_id, "staff_total", 2025, Decimal(90), "实地核实", source_on=date(2026, 11, 21))
    yearly.record(row.firm_id, "rd_staff", 2025, Decimal(9), "人工登记", source_on=date(2026, 11, 19))
    submitted(row, GIVEN, NOW)
    lines = {line.figure.key: line for line in reviewing.lines_of(row)}
    assert lines["rd_expense"].held is not None and lines["rd_expense"].held.imported and lines["rd_expense"].changes
    assert lines["rd_expense"].stays is None and lines["rd_staff"].stays is None
    stays = lines["staff_total"].stays
    assert stays is not None and stays.value == 90
    reviewing.adopt(row, CELLS, officer, NOW)
    found = counted(row.firm)
    assert (found["rd_expense_2025"], found["staff_total_2025"], found["rd_staff_2025"]) == (300, 90, 30)
    assert len(register_of(row.firm_id).of(("rd_expense", 2025))) == 2, "the import's value is not lost"


def test_a_request_that_is_void_opens_nothing(app: Flask) -> None:
    row = make_input(at=NOW)
    link, _ = sent(row, NOW)
    with pytest.raises(Refused, match="为什么作废"):
        asking.void(row, make_user(), NOW, " ")
    asking.void(row, make_user(), NOW, "企业已搬走")
    assert (row.state, row.ended_on, link.is_open(NOW), filling.opens(link)) == ("void", TODAY, False, False)


def test_another_area_sees_no_request(app: Flask) -> None:
    row = make_input(make_firm(area="石桥镇"), at=NOW)
    town, other = make_user("town", area="石桥镇"), make_user("town", area="青禾街道")
    seen = [len(list(db.session.scalars(FirmInput.visible_to(user)))) for user in (town, other, make_user("sysadmin"))]
    assert seen == [1, 0, 0] and row.firm.area_id
