"""An issued edition never changes, whatever happens later; what came later adds up, and the next edition prints it."""

import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import calendar, clock
from models.base import db
from models.errors import Refused
from models.firm.merging import merge
from models.firm.record import Firm
from models.firm.writing import rename
from models.report import composing, drafting, late, opening
from models.report.record import Report, ReportFigure, ReportPrint, ReportRow
from models.rules import report as rules
from models.visit import Visit
from models.visit.late import late_among
from models.visit.writing import withdraw
from tests.support.factories import make_firm, make_plan_line, make_promise, make_user, make_visit
from tests.support.issue_factories import make_issue
from tests.support.report_factories import at, issue, make_report
from tests.support.target_factories import make_target

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def printed(report: Report) -> dict[str, list[tuple]]:
    """Everything an issued edition keeps."""
    db.session.expire_all()
    found = {}
    for table in (ReportFigure, ReportRow, ReportPrint):
        columns = list(table.__table__.columns)
        query = select(*columns).where(table.report_id == report.id).order_by(*table.__table__.primary_key)
        found[table.__tablename__] = [tuple(row) for row in db.session.execute(query)]
    return found


class District:
    """A few firms with a September behind them."""

    def __init__(self, seed: int) -> None:
        self.rng, self.renamed = random.Random(seed), date(2026, 10, 5)
        self.officer = make_user(("officer", "office"))
        self.firms = [make_firm(f"第{number}家有限公司") for number in range(5)]
        for number in range(8):
            self.visit(at(FIRST + timedelta(days=number * 3)))
        for number in range(3):
            make_issue(self.firms[number], raised_on=FIRST + timedelta(days=4 * number))
        self.line = make_plan_line(self.firms[0], self.officer, FIRST + timedelta(days=6))
        self.promise = make_promise(self.firms[1], self.officer, due_on=LAST + timedelta(days=400))
        self.promise.due_on = FIRST + timedelta(days=9)
        db.session.commit()

    def visit(self, received, on: date | None = None) -> Visit:
        row = make_visit(self.rng.choice(self.firms), self.officer, visit_on=on or received.date())
        row.received_at = row.created_at = received
        db.session.flush()
        return row

    def any_day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange(-10, 45))

    def acts(self) -> list[Callable[[], object]]:
        """What people do after the month is printed."""
        return [
            lambda: self.visit(at(date(2026, 10, 20)), self.any_day()),
            lambda: self.visit(at(date(2026, 10, 20)), self.any_day()),
            self._correct, self._withdraw, self._merge, self._undo, self._rename, self._reopen, self._finish,
        ]  # fmt: skip

    def _visits(self) -> list[Visit]:
        return list(db.session.scalars(select(Visit).where(Visit.counted()).order_by(Visit.id)))

    def _correct(self) -> None:
        visit = self.rng.choice(self._visits())
        visit.visit_on, visit.text = self.any_day(), "改过了"

    def _withdraw(self) -> None:
        withdraw(self.rng.choice(self._visits()), self.officer, at(date(2026, 10, 21)), "记错了企业")

    def _merge(self) -> None:
        live = [firm for firm in self.firms if firm.merged_into_id is None]
        if len(live) > 2:
            kept, gone = self.rng.sample(live, 2)
            merge(kept, gone, self.officer)
            self.firms = [firm for firm in self.firms if firm is not gone]

    def _undo(self) -> None:
        """What undoing an import does to a visit it brought: the row is gone."""
        visit = self.rng.choice(self._visits())
        db.session.delete(visit)

    def _rename(self) -> None:
        self.renamed += timedelta(days=1)
        rename(self.rng.choice(self.firms), f"改名{self.renamed}有限公司", self.renamed, "人工")

    def _reopen(self) -> None:
        from models.issue.record import Issue

        for row in db.session.scalars(select(Issue).order_by(Issue.id)):
            row.words, row.raised_on = "改过的问题", self.any_day()

    def _finish(self) -> None:
        if self.promise.is_open:
            self.promise.done_on, self.promise.done_how = date(2026, 9, 9), "已答复"


def go_on(there: District, steps: list[int]) -> None:
    for step in steps:
        acts = there.acts()
        acts[step % len(acts)]()
        db.session.flush()
    db.session.commit()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [31, 32, 33, 34])
def test_an_issued_month_never_changes_and_adds_up(app: Flask, seed: int) -> None:
    """Visits logged late, corrected, withdrawn and undone, firms merged and renamed, issues and promises changed."""
    rng = random.Random(seed)
    _never_changes(seed, [rng.randrange(9) for _ in range(rng.randrange(6, 16))])


def _never_changes(seed: int, steps: list[int]) -> None:
    there = District(seed)
    report = issue(make_report("month", "2026-09"))
    db.session.commit()
    before, read = printed(report), opening.opened(report, LAST)
    told = {one.slot: (one.words, read.rows(one.slot, None, 1, 999).rows) for one in read.numbers.values()}
    assert len(before["report_row"]) > 10 and len(told) > 10
    go_on(there, steps)
    assert printed(report) == before
    again = opening.opened(report, date(2027, 1, 1))
    assert again.content == read.content
    assert {one.slot: (one.words, again.rows(one.slot, None, 1, 999).rows) for one in again.numbers.values()} == told
    found = late.differences(report, composing.counter_for(report, LAST))
    assert {one.slot for one in found} >= {"visits.count", "visits.contacts", "issues.raised", "plan.planned"}
    for one in found:
        now = composing.counter_for(report, LAST).get(one.slot)
        assert now is not None and one.rows.today == now.value, one.slot
    counted = {row.id for row in db.session.scalars(select(Visit)) if FIRST <= row.visit_on <= LAST
               and row.withdrawn_at is None}  # fmt: skip
    visits = next(one for one in found if one.slot == "visits.count").rows
    assert (visits.printed | visits.late) - visits.gone == counted
    _next_prints(report, there, steps)


def _next_prints(report: Report, there: District, steps: list[int]) -> None:
    """October prints what came late for September; after more acts November prints only what is new since."""
    october = issue(make_report("month", "2026-10"))
    db.session.commit()
    go_on(there, steps[:5])
    november = issue(make_report("month", "2026-11"))
    db.session.commit()
    query = select(ReportRow).where(ReportRow.about == "2026-09", ReportRow.slot.startswith("visits.count@"))
    known = set(late.kept_ids(report.id, ["visits.count"])["visits.count"])
    for edition in (october, november):
        for row in db.session.scalars(query.where(ReportRow.report_id == edition.id).order_by(ReportRow.id)):
            came = row.slot.endswith("@late")
            assert (row.row_id in known) != came, "printed twice, or gone before it came"
            known ^= {row.row_id}
    now = composing.counter_for(report, LAST).get("visits.count")
    assert now is not None and known == set(now.ids)


def test_the_next_month_says_what_was_recorded_late(app: Flask) -> None:
    there = District(1)
    september = issue(make_report("month", "2026-09"))
    db.session.commit()
    first, second = there._visits()[:2]
    added = there.visit(at(date(2026, 10, 12)), date(2026, 9, 18))
    withdraw(first, there.officer, at(date(2026, 10, 12)), "重复")
    second.visit_on = date(2026, 8, 30)
    db.session.commit()
    assert late_among([added, second]) == {added.id}
    found = {one.slot: one for one in late.differences(september, composing.counter_for(september, LAST))}
    assert found["visits.count"].rows.words == "汇报数 8 ＋ 补录 1 − 撤回 2 ＝ 今天数 7"
    october = issue(make_report("month", "2026-10"))
    db.session.commit()
    read = opening.opened(october, LAST)
    part = next(part for part in read.content.parts if part.key == "late")
    said = ["".join(piece.text for piece in line) for line in part.paragraphs]
    assert "2026-09 的走访次数签发以后补录1次，更正、撤回2次，不计入本期。" in said
    lists = {one.caption: read.listed(one, None).rows for one in part.lists}
    assert [row.cells[0] for row in lists["补录：2026-09 走访次数"]] == ["2026-09-18"]
    assert sorted(row.cells[-1] for row in lists["更正、撤回：2026-09 走访次数"]) == [
        "撤回：重复",
        "更正：日期改为 2026-08-30",
    ]
    assert read.numbers["visits.count"].value == 0
    assert not [part for part in opening.opened(issue(make_report("month", "2026-11")), LAST).content.parts
                if part.key == "late"]  # fmt: skip


def test_numbers_are_the_lengths_of_their_rows(app: Flask) -> None:
    District(2)
    report = make_report("month", "2026-09")
    draft = opening.opened(report, date(2026, 10, 5))
    shown = {one.slot: (one.words, [row.row_id for row in draft.rows(one.slot, None, 1, 999).rows]) for one in
             draft.numbers.values()}  # fmt: skip
    for slot, (_, rows) in shown.items():
        one = draft.numbers[slot]
        if one.kind != "change":
            assert one.value == len(rows), slot
    issue(report)
    kept = opening.opened(report, date(2026, 10, 5))
    assert {one.slot: (one.words, [row.row_id for row in kept.rows(one.slot, None, 1, 999).rows]) for one in
            kept.numbers.values()} == shown  # fmt: skip
    assert kept.content == draft.content
    for table in (table for part in kept.content.parts for table in part.tables):
        for cell in (cell for line in table.lines for cell in line.cells if cell.slot):
            assert cell.text == kept.numbers[cell.slot].words


def test_a_units_month_counts_its_own_and_the_bureau_counts_anew(app: Flask) -> None:
    from tests.support.factories import make_membership, make_unit

    one, two = make_unit("高企科"), make_unit("成果科")
    both = [make_user(), make_user()]
    for person, unit in zip(both, (one, two), strict=True):
        make_membership(person, unit, from_on=date(2020, 1, 1))
    firm = make_firm()
    make_visit(firm, both[0], visit_on=date(2026, 9, 3))
    make_visit(firm, both, visit_on=date(2026, 9, 4))
    make_visit(firm, both[1], visit_on=date(2026, 9, 5))
    make_visit(firm, both[1], visit_on=date(2026, 9, 6))
    db.session.commit()
    values: dict[Any, tuple[int, int]] = {}
    for name, whose in (("one", one), ("two", two), ("all", None)):
        read = opening.opened(make_report("month", "2026-09", whose), LAST)
        values[name] = (read.numbers["visits.count"].value, read.numbers["visits.firms"].value)
    assert (values["one"], values["two"], values["all"]) == ((2, 1), (3, 1), (4, 1))


def test_it_is_not_issued_before_its_day_nor_twice(app: Flask) -> None:
    report, manager = make_report("month", "2026-10", state="signed"), make_user(role="manager")
    with pytest.raises(Refused, match="最早 2026-11-02 签发"):
        drafting.issue(report, report.version, manager, at(date(2026, 11, 1)))
    drafting.issue(report, report.version, manager, at(date(2026, 11, 2)))
    with pytest.raises(Refused):
        drafting.issue(report, report.version, manager, at(date(2026, 11, 2)))
    with pytest.raises(Refused, match="不能改"):
        drafting.edit(report, "改", {}, report.version, make_user(role="office"))


def test_one_period_has_one_edition_and_a_missed_one_is_drafted_late(app: Flask) -> None:
    now = at(date(2026, 11, 22))
    report = drafting.draft(rules.span("month", "2026-09"), None, None, now)
    assert report.late and not drafting.draft(rules.span("month", "2026-11"), None, None, now).late
    with pytest.raises(Refused, match="已有草稿"):
        drafting.draft(rules.span("month", "2026-09"), None, None, now)
    with pytest.raises(Refused, match="还早"):
        drafting.draft(rules.span("month", "2027-03"), None, None, now)
    assert calendar.load().works(date(2026, 11, 20)) and clock.local(now).date() == date(2026, 11, 22)


def test_a_half_year_stands_beside_the_year_before_and_its_target(app: Flask) -> None:
    firm, officer = make_firm(), make_user()
    for on in (date(2025, 3, 1), date(2025, 8, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 6, 30)):
        make_visit(firm, officer, visit_on=on)
    make_target("visits.count", 4, kind="at_least")
    report = issue(make_report("halfyear", "2026-H1"))
    read = opening.opened(report, LAST)
    beside = read.numbers["visits.count"].beside
    assert (read.numbers["visits.count"].words, beside.year, beside.growth) == ("3", "1", "＋200.0%")
    assert (beside.target, beside.done) == ("不少于 4", "75.0%")
    table = next(part for part in read.content.parts if part.key == "compare").tables[0]
    line = next(line for line in table.lines if line.name == "走访次数")
    assert [cell.text for cell in line.cells] == ["3", "1", "＋200.0%", "不少于 4", "75.0%"]


def test_kept_texts_are_opaque_but_whole(app: Flask) -> None:
    District(3)
    report = issue(make_report("week", "2026-W37"))
    kept = json.loads(db.session.get_one(ReportPrint, report.id).content)
    assert [part["key"] for part in kept["parts"]] == ["last", "this", "note"]
    assert db.session.scalar(select(Firm.id).limit(1)) is not None
