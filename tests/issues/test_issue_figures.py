"""Every figure of issues equals a slow recount over random histories, on both databases, and opens into its rows."""

import random
from datetime import date
from statistics import mean

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.base import db
from models.errors import NotFound
from models.figures import issue_groups, issue_times, issues, registry
from models.figures.base import Kind, Period, Share
from models.figures.scope import Scope
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.firm.record import Firm
from models.issue.record import Issue
from models.issue.scope import IssueScope
from tests.issues import recount
from tests.issues.histories import LAST, Story, settle, tell
from tests.support.factories import make_area, make_user

PERIODS = [
    (date(2025, 12, 31), LAST),
    (date(2026, 2, 28), date(2026, 3, 31)),
    (date(2026, 3, 31), date(2026, 6, 30)),
    (date(2026, 5, 1), date(2026, 5, 1)),
    (date(2025, 9, 30), date(2026, 1, 10)),
]


def rows(key: str, period: Period, scope: Scope) -> list[int]:
    """The ids of a figure's rows, or of a ratio's whole."""
    figure = registry.find(f"issues.{key.removesuffix('.whole')}")
    select_rows = figure.whole if key.endswith(".whole") and figure.whole else figure.rows
    return sorted(db.session.scalars(select_rows(period, scope)))


def recount_all(seed: int, number: int) -> None:
    tell(seed, number)
    told = recount.everything()
    for since, on in PERIODS:
        period = Period(since, on)
        for key, expected in recount.figures(told, since, on).items():
            assert rows(key, period, Scope()) == sorted(expected), f"{key} {since}–{on}"
            if on >= LAST:  # what stands today is read from the row, and is what the trace says
                assert rows(key, period, IssueScope(today=LAST)) == sorted(expected), key
        lengths = recount.stays(told, since, on)
        found = issue_times.by_state(period, Scope())
        assert set(found) == set(lengths)
        for state, days in lengths.items():
            assert (found[state].stays, found[state].longest) == (len(days), max(days))
            assert found[state].mean == pytest.approx(mean(days))
            assert found[state].median == sorted(days)[(len(days) - 1) // 2]


@pytest.mark.slow
def test_every_figure_equals_the_slow_recount(app: Flask) -> None:
    recount_all(1, 60)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 106))
def test_every_figure_equals_the_slow_recount_of_many_issues(app: Flask, seed: int) -> None:
    recount_all(seed, 400)


def test_the_recount_knows_every_figure(app: Flask) -> None:
    known = {f"issues.{key}" for key in recount.figures([], date(2026, 1, 1), date(2026, 2, 1))}
    keys = {figure.key for figure in issues.figures()}
    wholes = {figure.key + ".whole" for figure in issues.figures() if figure.kind is Kind.RATIO}
    assert known == keys | wholes
    assert all(figure.definition.endswith("。") and figure.of != "firm" for figure in issues.figures())


@pytest.mark.slow
def test_what_is_counted_together_is_what_each_figure_counts_alone(app: Flask) -> None:
    tell(2, 60)
    period, asked = Period(date(2026, 1, 31), date(2026, 9, 30)), issues.figures()
    for dimension in issue_groups.DIMENSIONS:
        scope = IssueScope(today=LAST)
        whole, groups = issue_groups.by(dimension, asked, period, scope)
        assert whole.counts == issue_groups.totals(asked, period, scope).counts
        for figure in asked:
            assert whole.counts[figure.key] == figure.count(period, scope), figure.key
            if figure.kind is Kind.RATIO:
                assert whole.share(figure.key) == figure.share(period, scope)
        for group in groups:
            if group.narrowing is None:
                continue
            args = {key: str(value) for key, value in group.narrowing.items()}
            narrow = IssueScope.parse(args, make_user(role="manager"), LAST)
            for figure in asked:
                assert group.counts.get(figure.key, 0) == figure.count(period, narrow), (dimension, figure.key)


def test_a_town_counts_its_own_issues_only(app: Flask) -> None:
    tell(3, 40)
    town = make_user(role="town", area="青禾街道")
    mine = set(db.session.scalars(select(Issue.id).join(Firm).where(Firm.area_id.in_(town.area_ids))))
    period = Period(date(2025, 9, 30), LAST)
    assert set(rows("raised", period, Scope(town))) == mine
    assert set(rows("raised", period, Scope(area_id=make_area("青禾街道").id))) == mine
    nobody = make_user(role="handler")
    for figure in issues.figures():
        assert figure.count(period, IssueScope(user=nobody)) == 0
        assert set(db.session.scalars(figure.rows(period, Scope(town)))) <= set(
            db.session.scalars(figure.rows(period, Scope()))
        )


@pytest.mark.slow
def test_a_past_period_keeps_its_numbers_when_an_issue_is_reopened_later(app: Flask) -> None:
    tell(4, 40)
    period = Period(date(2025, 12, 31), date(2026, 4, 30))
    before = {figure.key: rows(figure.key.removeprefix("issues."), period, Scope()) for figure in issues.figures()}
    there, luck = settle(), random.Random(9)
    for issue in db.session.scalars(select(Issue).where(Issue.state == "closed_out")).all():
        story = Story.__new__(Story)
        story.there, story.luck, story.issue, story.on, story.lead = there, luck, issue, LAST, None
        story.closing = recount.Told(issue).closings[-1]
        story.reopen()
    db.session.commit()
    after = {figure.key: rows(figure.key.removeprefix("issues."), period, Scope()) for figure in issues.figures()}
    assert after == before


def test_a_rate_is_told_with_its_part_and_whole() -> None:
    assert Share(30, 34).words == "88.2%（30／34）"
    assert Share(1, 2000).percent == "0.1%"
    assert Share(1, 2001).percent == "0.0%"
    assert Share(2, 3).percent == "66.7%"
    assert Share(0, 0).words == "没有可算的"
    assert Share(5, 5).percent == "100.0%"


def test_a_figure_of_issues_is_no_list_of_firms(app: Flask) -> None:
    with pytest.raises(NotFound):
        Listing(make_user(role="office"), FirmFilter(figure="issues.open"), clock.today()).count()
