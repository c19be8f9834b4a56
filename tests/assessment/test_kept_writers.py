"""Who writes by set statements says so too: an import, its undoing and a merge leave no kept result behind; the jobs
bring all up to date."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from crm.assessing import keep
from crm.imports import undo, work
from crm.imports.plan import Options
from jobs import assess
from models import clock
from models.assessment.kept import AssessmentResult, AssessmentStale, Freshness
from models.base import db
from models.firm import merging
from models.rules.assess.shelf import shipped
from tests.assessment.test_candidates import assert_as_the_cards
from tests.assessment.test_gap_routes import nearly
from tests.imports.ledger.sheets import two_row_header
from tests.imports.ledger.test_ledger import begin
from tests.support.assessment_factories import figures
from tests.support.factories import make_firm, make_user

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def as_new() -> None:
    """Bring up to date what is marked, and only that."""
    assert not Freshness(shipped(), TODAY).all_stale
    keep.keep_changed(TODAY, clock.now(), shipped())
    db.session.commit()
    assert Freshness(shipped(), TODAY).fresh


@pytest.mark.slow
def test_an_import_and_its_undoing_mark_the_firms_they_touch(app: Flask) -> None:
    begin()
    keep.catch_up(TODAY, clock.now(), shipped())
    db.session.commit()
    answer = work.run_file(two_row_header(), "培育台账.xlsx", Options())
    as_new()
    assert db.session.scalars(select(AssessmentResult.firm_id)).first() is not None
    assert_as_the_cards()
    undo.undo(answer["id"], None)
    as_new()
    assert_as_the_cards()


def test_a_merge_takes_the_firm_gone_from_the_lists_at_once(app: Flask) -> None:
    kept, gone, by = make_firm(), nearly(), make_user()
    db.session.commit()
    keep.catch_up(TODAY, clock.now(), shipped())
    done = merging.merge(kept, gone, by)
    assert db.session.scalars(select(AssessmentResult.firm_id)).all() == []
    as_new()
    assert_as_the_cards()
    merging.unmerge(done, by)
    as_new()
    assert_as_the_cards()
    assert set(db.session.scalars(select(AssessmentResult.firm_id))) == {gone.id}


def test_the_jobs_judge_all_or_what_changed_and_nothing_twice(app: Flask) -> None:
    firm = nearly()
    db.session.commit()
    now = clock.now()
    on = clock.local(now).date()
    assert assess.keep_changed(now)["firms"] == 1 and assess.keep_changed(now)["firms"] == 0
    figures(firm, **{f"rd_expense_{on.year - 1}": 1})
    db.session.commit()
    assert assess.keep_changed(now)["firms"] == 1 and Freshness(shipped(), on).fresh
    assert assess.keep_all(now)["firms"] == 1
    assert db.session.scalars(select(AssessmentStale.id)).all() == []
