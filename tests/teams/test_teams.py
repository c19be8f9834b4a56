"""Teams, their firms, and what their visits brought."""

from typing import Any

import pytest

from models import clock
from models.base import db
from models.errors import Refused
from models.rules.outcome import LARGEST
from models.team import TeamFirm, figures
from models.visit import Visit, VisitCompanion, VisitOutcome
from models.visit.outcomes import set_outcomes
from tests.support.browser import Browser
from tests.support.factories import make_campaign, make_firm, make_user, make_visit
from tests.support.scheme_factories import make_outcome_kind, make_team, make_team_firm
from tests.support.statements import statements

TODAY = clock.today()


def brought_by(visit: Visit, **numbers: int) -> None:
    set_outcomes(visit, {make_outcome_kind(key).id: number for key, number in numbers.items()})


@pytest.mark.parametrize(("number", "stays"), [(0, None), (1, 1), (LARGEST, LARGEST)])
def test_a_number_is_kept_and_none_is_taken_away(app: object, number: int, stays: int | None) -> None:
    visit = make_visit()
    brought_by(visit, agreements=5)
    brought_by(visit, agreements=number)
    found = VisitOutcome.list_of(visit.id)
    assert [row.number for row in found] == ([] if stays is None else [stays])


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_no_visit_brings_such_a_number(app: object, number: int) -> None:
    with pytest.raises(Refused):
        brought_by(make_visit(), agreements=number)


def test_a_team_brought_what_its_standing_visits_brought(app: object) -> None:
    team, campaign, office = make_team(), make_campaign(), make_user(role="office")
    kind, firm = make_outcome_kind(), make_firm()
    first = make_visit(firm, team_id=team.id, campaign_id=campaign.id)
    first.companions = [VisitCompanion(name="沈知微", kind="expert"), VisitCompanion(name="周行", kind="expert")]
    second, alone = make_visit(firm, team_id=team.id), make_visit(firm, campaign_id=campaign.id)
    call = make_visit(firm, kind="phone", team_id=team.id)
    gone = make_visit(firm, team_id=team.id)
    for visit in (first, second, alone, call, gone):
        brought_by(visit, agreements=2)
    gone.withdrawn_at, gone.withdrawn_reason = clock.now(), "记错"
    db.session.flush()
    mine = figures.by_team(office)[team.id]
    assert (mine.visits, mine.firms, mine.with_experts, mine.share) == (2, 1, 1, 50)
    assert mine.outcomes == {kind.id: 6}  # a call can bring an agreement; a visit taken back brings nothing
    assert figures.by_campaign(office)[campaign.id].outcomes == {kind.id: 4}
    assert {row[0]: row[2] for row in figures.expert_visits(office, team.id)} == {"沈知微": 1, "周行": 1}


def test_sums_and_firms_stop_at_the_border_of_a_town(app: object) -> None:
    team, town = make_team(), make_user(role="town", area="青禾街道")
    here, there = make_firm(area="青禾街道"), make_firm(area="云岭街道")
    for firm in (here, there):
        make_team_firm(team, firm)
        brought_by(make_visit(firm, team_id=team.id), agreements=1)
    assert figures.by_team(town)[team.id].visits == 1
    assert sum(figures.by_team(town)[team.id].outcomes.values()) == 1
    assert [row[1].id for row in figures.firms_of(town, team.id)] == [here.id]
    assert figures.firms_by_team(town) == {team.id: 1}
    assert figures.by_team(make_user(role="handler")) == {}


def form(**values: Any) -> dict[str, Any]:
    return {"name": "新材料组", "from_on": TODAY.isoformat(), "campaign_id": "0", "leader_id": "0", **values}


def test_a_team_is_made_and_its_leader_keeps_it(browser: Browser) -> None:
    leader, other = make_user(name="许知远"), make_user()
    browser.sign_in(make_user(role="office"))
    page = browser.send("/teams/new", form(leader_id=leader.id, officers=[leader.id],
                                           experts="沈知微，清源研究院，功率半导体\n周行"))  # fmt: skip
    assert "清源研究院，功率半导体" in page.text and "专家 2 人" in page.text
    team = make_team("新材料组")
    browser.send("/teams/new", form(), 422)
    firm = make_firm()
    browser.sign_in(leader)
    browser.send(f"/teams/{team.id}/firms?firm={firm.id}", {"need": "样品测试"})
    assert "样品测试" in browser.open(f"/teams/{team.id}").text
    browser.send(f"/teams/{team.id}/firms?firm={firm.id}", {}, 422)
    page = browser.send(f"/teams/{team.id}/edit", form(leader_id=leader.id, officers=[leader.id], experts="周行"))
    assert "专家 1 人" in page.text
    browser.sign_in(other)
    assert browser.get(f"/teams/{team.id}/edit").status_code in (400, 409, 422)
    browser.sign_in(leader)
    row = db.session.query(TeamFirm).one()
    browser.send(f"/teams/{team.id}/firms/{row.id}/remove")
    assert db.session.query(TeamFirm).count() == 0


def test_a_visit_is_tagged_when_written_and_says_what_it_brought(browser: Browser) -> None:
    officer, firm, team, kind = make_user(), make_firm(), make_team(), make_outcome_kind()
    browser.sign_in(officer)
    assert team.name in browser.open(f"/visits/new?firm={firm.id}&team={team.id}").text
    browser.send(f"/visits/new?firm={firm.id}", {"visit_on": TODAY.isoformat(), "text": "看了样品。", "kind": "visit",
                                                 "campaign": "", "team": team.id})  # fmt: skip
    visit = db.session.query(Visit).one()
    assert visit.team_id == team.id
    page = browser.send(f"/visits/{visit.id}/outcomes", {"team_id": team.id, f"kind_{kind.id}": "3"})
    assert f"{kind.name} 3 {kind.unit}" in page.text and team.name in page.text
    browser.send(f"/visits/{visit.id}/outcomes", {"team_id": team.id, f"kind_{kind.id}": "-3"}, 422)
    assert "看了样品" in browser.open(f"/visits/?team={team.id}&outcome={kind.id}").text
    assert "看了样品" not in browser.open(f"/visits/?team={team.id}&experts=1").text
    browser.send(f"/visits/{visit.id}/edit", {"visit_on": TODAY.isoformat(), "text": "看了样品，留了两件。",
                                              "kind": "visit", "campaign": "", "version": "1"})  # fmt: skip
    db.session.expire_all()
    assert db.session.get(Visit, visit.id).team_id == team.id  # type: ignore[union-attr]


def test_the_pages_cost_the_same_for_thirty(lite_browser: Browser) -> None:
    lite_browser.sign_in(make_user(role="office"))
    counts, made = [], 0
    for more in (3, 27):
        for _ in range(more):
            made += 1
            team, campaign = make_team(f"第 {made} 组", leader=make_user()), make_campaign(f"行动 {made}")
            team.set_members([make_user().id], [("沈知微", "", "")])
            make_team_firm(make_team("第 1 组"))
            visit = make_visit(team_id=team.id, campaign_id=campaign.id)
            brought_by(visit, agreements=1)
        one = make_team("第 1 组")
        lite_browser.open("/teams/")
        with statements() as sent:
            lite_browser.open("/teams/")
            lite_browser.open(f"/teams/{one.id}")
        counts.append(len(sent))
    assert counts[0] == counts[1]
