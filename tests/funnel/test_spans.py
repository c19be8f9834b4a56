"""What is remembered of histories that run alike is what the rules say of each."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given

from models.rules.ladder import Grant, History, Rung, Stay
from models.rules.spans import Reckoner, Spans
from tests.funnel.test_standing_rules import RULES, histories
from tests.support.laws import law

ISSUED = date(2022, 12, 12)
HELD = Grant("hnte", ISSUED, date(2025, 12, 12), id=70)


def plainly(history: History) -> Spans:
    return Reckoner(RULES)._reckon(history)  # the rules asked for this very history, nothing remembered


@law(100)
@given(histories(), histories())
def test_spans_are_those_of_the_very_history(first, second):
    reckoner = Reckoner(RULES)
    for history in (first, second, first):
        found, wanted = reckoner.spans(history), plainly(history)
        assert (found.rungs, found.titles, found.lapses) == (wanted.rungs, wanted.titles, wanted.lapses)
        assert sorted(found.issues) == sorted(wanted.issues)


def test_firms_that_came_on_other_days_before_their_titles_are_reckoned_once():
    reckoner = Reckoner(RULES)
    for number in range(20):
        came = date(2010, 1, 1) + timedelta(days=number)
        spans = reckoner.spans(History((replace(HELD, id=number + 5),), (), (Stay(came),)))
        assert spans.rungs[0][:3] == (came, date(2022, 12, 11), Rung.REGISTERED)
        assert [issue[0] for issue in spans.issues] == [number + 5]
    assert len(reckoner._known) == 1


def test_a_firm_that_came_with_its_title_or_later_is_reckoned_by_itself():
    for came in (ISSUED, date(2023, 1, 1), date(2025, 1, 1), date(2025, 12, 31)):
        history = History((HELD,), (), (Stay(came),))
        assert Reckoner(RULES).spans(history) == plainly(history)
