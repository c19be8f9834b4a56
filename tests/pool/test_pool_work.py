"""Members at work: stages, standing still, graduation, plan against done, 小升高 — on both databases."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.application import ApplicationMove
from models.base import db
from models.errors import Refused
from models.figures import climbs, registry
from models.figures.base import Period
from models.figures.scope import Scope
from models.pool import PoolMember, PoolPlan, PoolType, enter, moving
from models.pool.filters import PoolFilter
from models.pool.listing import PoolListing
from models.pool.planning import year_plan
from models.user import User
from tests.support.application_factories import make_application, make_application_batch
from tests.support.factories import make_firm, make_pool_type, make_title, make_user, make_visit
from tests.support.pool_factories import make_exit, make_member, make_stage

TODAY = date(2026, 11, 22)


def listed(user: User, state: str, kind: PoolType) -> set[int]:
    lines = PoolListing(user, PoolFilter(type=kind.id, state=state), TODAY).rows()
    if state in ("still", "in"):
        assert all(line.still == (state == "still") or state == "in" for line in lines)
    return {line.member.id for line in lines}


def test_entering_begins_in_the_first_stage_and_the_last_one_leads_out(app: Flask) -> None:
    kind, user = make_pool_type("listing_pool"), make_user(role="office")
    make_exit("graduated", name="毕业")
    for stage in kind.stages:
        stage.active = False
    first = make_stage(kind, "进库", position=20)
    middle = make_stage(kind, "备案审", position=21)
    last = make_stage(kind, "已上市", position=22, exit_id=make_exit("graduated").id)
    firm = make_firm()
    assert enter([firm.id], kind, date(2026, 3, 1), user) == 1
    assert enter([firm.id], kind, date(2026, 4, 1), user) == 0
    member = db.session.scalars(select(PoolMember).where(PoolMember.type_id == kind.id)).one()
    assert (member.stage_id, member.stage_on) == (first.id, date(2026, 3, 1))
    assert moving.reach(member, middle, date(2026, 5, 1), user, TODAY, "已报证监局")
    assert not moving.reach(member, middle, date(2026, 6, 1), user, TODAY)
    with pytest.raises(Refused):
        moving.reach(member, make_stage(make_pool_type("srdi_pool")), date(2026, 6, 1), user, TODAY)
    assert moving.reach(member, last, date(2026, 9, 1), user, TODAY)
    assert (member.to_on, member.exit_reason) == (date(2026, 9, 1), "毕业：已上市")
    assert [step.stage.name for step in member.steps()] == ["已上市", "备案审", "进库"]
    moving.come_back(member)
    assert member.to_on is None and member.exit_id is None


def test_who_is_in_again_does_not_come_back(app: Flask) -> None:
    firm, kind = make_firm(), make_pool_type()
    old = make_member(firm, kind, from_on=date(2025, 1, 1), to_on=date(2025, 6, 1))
    make_member(firm, kind, from_on=date(2026, 1, 1))
    with pytest.raises(Refused):
        moving.come_back(old)


def test_any_movement_ends_the_standstill(app: Flask) -> None:
    user, kind = make_user(role="office"), make_pool_type(still_months=3)
    kind.still_months = 3
    still = make_member(kind=kind, from_on=date(2026, 8, 22))
    fresh = make_member(kind=kind, from_on=date(2026, 8, 23))
    staged = make_member(kind=kind, stage_id=make_stage(kind).id, stage_on=date(2026, 8, 23))
    asked = make_member(kind=kind, next_set_on=date(2026, 8, 23))
    old_step = make_member(kind=kind, next_set_on=date(2026, 8, 22), stage_on=date(2026, 8, 1))
    visited, seen_before, taken_back = (make_member(kind=kind) for _ in range(3))
    make_visit(visited.firm, visit_on=date(2026, 8, 23))
    make_visit(seen_before.firm, visit_on=date(2026, 8, 22))
    back = make_visit(taken_back.firm, visit_on=date(2026, 11, 1))
    back.withdrawn_at, back.withdrawn_reason = taken_back.created_at, "写错了企业"
    applied, other = make_member(kind=kind), make_member(kind=kind)
    for member, key in ((applied, "hnte"), (other, "srdi_sme")):
        application = make_application(member.firm, make_application_batch(key))
        db.session.query(ApplicationMove).filter_by(application_id=application.id).delete()
        db.session.add(ApplicationMove(application_id=application.id, event="forward", from_stage="intention",
                                       to_stage="coaching", moved_on=date(2026, 8, 23), at=member.created_at,
                                       via="form"))  # fmt: skip
    gone = make_member(kind=kind, to_on=date(2026, 11, 21))
    db.session.commit()
    assert listed(user, "still", kind) == {still.id, old_step.id, seen_before.id, taken_back.id, other.id}
    assert listed(user, "in", kind) == {
        still.id, old_step.id, seen_before.id, taken_back.id, fresh.id, staged.id, asked.id, visited.id,
        applied.id, other.id,
    }  # fmt: skip
    assert listed(user, "out", kind) == {gone.id}
    moved = {line.member.id: line.still for line in PoolListing(user, PoolFilter(type=kind.id), TODAY).rows()}
    assert {key for key, value in moved.items() if value} == listed(user, "still", kind)


def test_a_grant_of_the_target_since_entering_proposes_graduation(app: Flask) -> None:
    user, kind = make_user(role="office"), make_pool_type()

    def member(key: str, issued: date, **values: Any) -> int:
        row = make_member(kind=kind, from_on=date(2026, 3, 1))
        make_title(row.firm, key, issued, **values)
        return row.id

    on_entry = member("hnte", date(2026, 3, 1))
    today = member("hnte", TODAY)
    member("hnte", date(2026, 2, 28))
    member("hnte", date(2026, 11, 23))
    member("srdi_sme", date(2026, 5, 1))
    member("hnte", date(2026, 5, 1), provisional=True)
    member("hnte", date(2026, 5, 1), revoked_on=date(2026, 6, 1))
    db.session.commit()
    assert listed(user, "ready", kind) == {on_entry, today}


def test_plan_against_done_by_area(app: Flask) -> None:
    user, kind = make_user(role="office"), make_pool_type("sme_to_hnte")
    firms = [make_firm(area=area) for area in ("青禾街道", "青禾街道", "石桥镇")]
    out: dict[str, Any] = {"plan_year": 2026, "to_on": date(2026, 11, 6)}
    make_member(firms[0], kind, **out, exit_id=make_exit("graduated").id)
    make_member(firms[1], kind, **out, exit_id=make_exit("given_up").id)
    make_member(firms[2], kind, plan_year=2026)
    make_member(make_firm(area="石桥镇"), kind, plan_year=2027)
    make_title(firms[0], "tech_sme", date(2024, 5, 1), date(2024, 12, 31))
    make_title(firms[0], "hnte", date(2026, 11, 6))
    town = firms[0].area_id
    PoolPlan.keep(kind.id, 2026, {town: 3, firms[2].area_id: 2})
    PoolPlan.keep(kind.id, 2026, {town: 4, firms[2].area_id: None})
    db.session.commit()
    found = year_plan(user, kind, 2026, TODAY)
    rows = {row.name: (row.plan, row.inside, row.done, row.gap, row.climbed) for row in found.areas}
    assert rows == {"青禾街道": (4, 0, 1, 3, 1), "石桥镇": (None, 1, 0, None, 0)}
    assert (found.whole.plan, found.whole.done, found.whole.climb_gap) == (4, 1, 3)
    seen = year_plan(make_user(role="town", area="石桥镇"), kind, 2026, TODAY)
    assert [row.name for row in seen.areas if row.inside or row.done] == ["石桥镇"] and seen.whole.done == 0
    assert [row.name for row in seen.areas] == ["石桥镇"]


def test_climbing_is_being_tech_sme_before_the_first_hnte(app: Flask) -> None:
    def firm(*grants: tuple[str, date]) -> int:
        row = make_firm()
        for key, day in grants:
            make_title(row, key, day)
        return row.id

    climbed = firm(("tech_sme", date(2023, 5, 1)), ("tech_sme", date(2024, 5, 1)), ("hnte", date(2026, 11, 6)))
    firm(("hnte", date(2026, 11, 6)))
    firm(("tech_sme", date(2026, 11, 6)), ("hnte", date(2026, 11, 6)))
    firm(("tech_sme", date(2026, 11, 20)), ("hnte", date(2026, 11, 6)))
    firm(("tech_sme", date(2022, 5, 1)), ("hnte", date(2023, 11, 6)), ("hnte", date(2026, 11, 6)))
    eve = firm(("tech_sme", date(2025, 12, 30)), ("hnte", date(2025, 12, 31)))
    db.session.commit()
    year = Period.up_to(TODAY)
    figure = registry.find(climbs.KEY)
    assert list(db.session.scalars(figure.rows(year, Scope()))) == [climbed] and figure.count(year, Scope()) == 1
    row = climbs.list_climbs(year, Scope())[0]
    assert (row.firm.id, row.sme_on, row.hnte_on, row.days) == (climbed, date(2023, 5, 1), date(2026, 11, 6), 1285)
    before = Period(date(2024, 12, 31), date(2025, 12, 31))
    assert list(db.session.scalars(figure.rows(before, Scope()))) == [eve]
    assert climbs.by_year(Scope(), TODAY) == {2023: 1, 2025: 1, 2026: 1}
