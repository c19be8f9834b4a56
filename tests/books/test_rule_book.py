"""Versions of the rules as rows: drafts change nothing, in force from a day, returned from exactly."""

import random
from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from crm.assessing.batch import judge_all
from crm.assessing.columns import frame_of
from models import rule_book
from models.assessment.bridge import inputs_of
from models.assessment.card import card_of
from models.assessment.judgement import judge
from models.base import db
from models.change import Change
from models.errors import NotFound, Refused
from models.rule_book import RuleBook, shelf
from models.rules.assess.answer import answer_of
from models.rules.assess.book import REGIMES, Book
from models.rules.assess.book_reader import BookRefused
from models.rules.assess.firm import Firm as Judged
from models.rules.assess.judge import Judge
from models.rules.assess.reading import Value
from models.rules.assess.shelf import shipped
from tests.support.book_factories import AT, EASY_AGE, HARD_RD, book_text, make_book, put_book
from tests.support.factories import make_firm, make_user
from tests.support.statements import statements

BEFORE, DAY = date(2026, 11, 30), date(2026, 12, 1)


def in_force(day: date, regime: str = "hnte") -> Book:
    book = shelf().in_force(regime, day)
    assert book is not None
    return book


def test_without_rows_the_shelf_is_the_shipped_one(app: Flask) -> None:
    assert shelf() is shipped()


def test_a_draft_changes_nothing(app: Flask) -> None:
    row = make_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    assert row.state == "draft" and shelf() is shipped()


def test_in_force_it_holds_from_its_day_and_the_earlier_one_before(app: Flask) -> None:
    put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    assert in_force(BEFORE).version == "hnte-2016"
    assert in_force(DAY).version == "hnte-2027"
    assert in_force(DAY).conditions[0].tests[0].limit == 30
    for regime in REGIMES:
        if regime != "hnte":
            assert shelf().in_force(regime, DAY) == shipped().in_force(regime, DAY)


def test_an_answer_for_a_past_day_is_by_the_book_of_that_day(app: Flask) -> None:
    put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    firm = make_firm(founded_on=date(2026, 8, 1))
    found = {day: card_of(inputs_of([firm.id], day)[firm.id], shelf()).parts[-1] for day in (BEFORE, DAY)}
    assert [found[day].lines[0].met for day in (BEFORE, DAY)] == [False, True]
    assert [(found[day].book or in_force(day)).version for day in (BEFORE, DAY)] == ["hnte-2016", "hnte-2027"]


@pytest.mark.parametrize("back", [DAY, DAY - timedelta(days=400), DAY + timedelta(days=9)])
def test_returning_gives_back_exactly_the_earlier_shelf(app: Flask, back: date) -> None:
    put_book("srdi-x", "srdi_sme-2026", date(2026, 6, 1), None, ("at_least = 1500", "at_least = 1200"))
    before = shelf()
    row = put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    assert shelf().on(DAY) != before.on(DAY)
    row.end(back, "文件没有印发", make_user(), AT)
    for day in (BEFORE, back, back + timedelta(days=1), date(2035, 1, 1)):
        assert shelf().on(day) == before.on(day) or day < back
    if back <= DAY:
        assert row.state == "withdrawn" and shelf() == before
    else:
        assert row.state == "effective"
        assert in_force(back - timedelta(days=1)).version == "hnte-2027"


def test_random_acts_leave_the_shelf_that_the_rows_say(app: Flask) -> None:
    dice, by, rows = random.Random(3), make_user(), []
    for number in range(12):
        row = make_book(f"hnte-n{number}", "hnte-2016", DAY + timedelta(days=dice.randrange(20)), None, EASY_AGE)
        try:
            with db.session.begin_nested():
                row.put_in_force(by, AT)
            rows.append(row)
        except Refused:
            assert any(other.effective_from == row.effective_from for other in rows)
    for row in dice.sample(rows, len(rows)):
        row.end(row.effective_from, "不用了", by, AT)
        held = [one for one in rows if one.state == "effective"]
        for day in (DAY + timedelta(days=back) for back in range(20)):
            wanted = max((one for one in held if one.effective_from <= day), key=lambda one: one.effective_from,
                         default=None)  # fmt: skip
            assert in_force(day).version == (wanted.version if wanted else "hnte-2016")
    assert shelf() == shipped()


def test_a_shelf_costs_one_statement_and_reads_texts_once(app: Flask) -> None:
    for number in range(5):
        put_book(f"hnte-n{number}", "hnte-2016", DAY + timedelta(days=number), None, EASY_AGE)
    db.session.commit()
    shelf()
    with statements() as sent:
        shelf()
    assert len(sent) == 1


def test_what_was_rolled_back_is_not_on_the_shelf(app: Flask) -> None:
    row = make_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    db.session.commit()
    row.put_in_force(make_user(), AT)
    assert shelf().version("hnte-2027") is not None
    db.session.rollback()
    assert shelf() is shipped()


def test_a_row_this_program_cannot_read_is_left_out_and_told(app: Flask) -> None:
    row = put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    put_book("srdi-x", "srdi_sme-2026", date(2026, 6, 1), None)
    row.text, row.fingerprint = row.text.replace("days_registered", "gone"), "other"
    db.session.flush()
    assert in_force(DAY).version == "hnte-2016"
    assert in_force(DAY, "srdi_sme").version == "srdi-x"
    (version, why), *more = rule_book.unreadable()
    assert version == "hnte-2027" and "没有“gone”这个指标" in why and not more


@pytest.mark.parametrize(
    "text, why, words",
    [
        (book_text("hnte-2016"), "新通知", "已经有名为 hnte-2016 的版本"),
        (book_text("taken"), "新通知", "已经有名为 taken 的版本"),
        (book_text("fresh"), "  ", "请写为什么"),
        (book_text("fresh").replace('"fresh"', '"a b"'), "新通知", "版本名只能用"),
        (book_text("fresh") + "#" * 200_000, "新通知", "太长"),
    ],
)
def test_what_cannot_be_a_draft_is_refused(app: Flask, text: str, why: str, words: str) -> None:
    make_book("taken")
    with pytest.raises(Refused, match=words):
        RuleBook.begin(text, why, "", make_user(), AT)
    with pytest.raises(BookRefused):
        RuleBook.begin("regime = ", "新通知", "", make_user(), AT)


def test_a_version_in_force_is_neither_rewritten_nor_discarded_nor_begun_twice(app: Flask) -> None:
    row = put_book()
    for act in (lambda: row.rewrite(row.text, "改"), row.discard, lambda: row.put_in_force(make_user(), AT)):
        with pytest.raises(Refused, match="草稿"):
            act()
    row.end(DAY, "不用了", make_user(), AT)
    with pytest.raises(Refused, match="没有启用"):
        row.end(DAY, "不用了", make_user(), AT)


def test_overlapping_days_are_refused_with_both_versions(app: Flask) -> None:
    put_book("hnte-a", "hnte-2016", DAY, date(2027, 6, 30))
    with pytest.raises(Refused, match="日期重叠：hnte-a 写明到 2027-06-30 止，hnte-b 从 2027-06-30 起"):
        make_book("hnte-b", "hnte-2016", date(2027, 6, 30)).put_in_force(make_user(), AT)
    with pytest.raises(Refused, match="hnte-a 也从 2026-12-01 起生效"):
        make_book("hnte-c", "hnte-2016", DAY, date(2026, 12, 2)).put_in_force(make_user(), AT)
    make_book("hnte-d", "hnte-2016", date(2027, 7, 1)).put_in_force(make_user(), AT)


def test_an_end_needs_a_reason_and_a_day_it_holds(app: Flask) -> None:
    row = put_book("hnte-a", "hnte-2016", DAY, date(2027, 6, 30))
    with pytest.raises(Refused, match="为什么"):
        row.end(DAY, " ", make_user(), AT)
    with pytest.raises(Refused, match="已经截止"):
        row.end(date(2027, 7, 1), "废止", make_user(), AT)


def test_who_did_what_is_in_the_change_log(app: Flask) -> None:
    row = put_book()
    row.end(DAY, "不用了", make_user(), AT)
    entries = db.session.scalars(select(Change).where(Change.table_name == "rule_book").order_by(Change.id)).all()
    assert [(one.act, one.field, one.new) for one in entries if one.field in (None, "state")] == [
        ("created", None, None), ("updated", "state", "effective"), ("updated", "state", "withdrawn"),
    ]  # fmt: skip


def test_a_judgement_keeps_the_versions_it_was_said_under(app: Flask) -> None:
    firm, by = make_firm(), make_user()
    early = judge(firm, "market_position_ok", "yes", "看过证明", BEFORE, by, AT)
    put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE)
    late = judge(firm, "market_position_ok", "yes", "看过证明", DAY, by, AT)
    assert "hnte-2016" in early.rule_versions and "hnte-2027" not in early.rule_versions
    assert "hnte-2027" in late.rule_versions and "srdi_sme-2026" in late.rule_versions


def test_all_firms_at_once_are_judged_as_one_by_one_under_a_version_of_the_bureau(app: Flask) -> None:
    put_book("hnte-2027", "hnte-2016", DAY, None, EASY_AGE, HARD_RD)
    dice, values = random.Random(5), []
    for _ in range(300):
        sales = dice.choice((1000, 5000, 20000))
        one: dict[str, Value] = {"registered": DAY - timedelta(days=dice.choice((29, 30, 31, 2000)))}
        for back in (1, 2, 3):
            one |= {
                f"sales_revenue_{2026 - back}": Fraction(sales),
                f"rd_expense_{2026 - back}": Fraction(sales * dice.choice((4, 5, 20)), 100),
            }
        values.append({key: value for key, value in one.items() if dice.random() < 0.95})
    outcome = judge_all(frame_of(values), DAY, shelf(), ["hnte"])["hnte"]
    book = in_force(DAY)
    assert outcome.version == book.version == "hnte-2027"
    codes = {True: 1, False: 0, None: -1}
    for place, one in enumerate(values):
        judged = Judge(book, Judged(one, DAY))
        for key, met in judged.conditions.items():
            assert outcome.conditions[key][place] == codes[met], (one, key)
    assert answer_of("hnte", book, Judged(values[0], DAY), shelf().efforts)["verdict"]


def test_a_version_that_is_not_there_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFound):
        RuleBook.get("hnte-2016")
