"""Every figure of the ladder equals a slow recount over random histories, on both databases."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import standing
from models.area import subtree
from models.base import db
from models.figures import flow, registry, rungs, titles
from models.figures.base import Period, UnknownFigure
from models.figures.scope import Scope
from models.firm.record import Firm
from models.rules.ladder import Move, Rung
from models.title import Title, TitleType
from tests.funnel import recount
from tests.funnel.histories import tell
from tests.support.factories import make_area, make_firm, make_user
from tests.support.statements import statements

PERIODS = [
    (date(2022, 12, 31), date(2023, 12, 31)),
    (date(2023, 12, 31), date(2024, 10, 31)),
    (date(2023, 10, 31), date(2024, 11, 1)),
    (date(2024, 6, 30), date(2026, 1, 1)),
    (date(2020, 1, 1), date(2027, 6, 30)),
    (date(2025, 3, 3), date(2025, 3, 3)),
]


def rows(key: str, period: Period, scope: Scope) -> list[int]:
    return list(db.session.scalars(registry.find(key).rows(period, scope)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_equals_the_slow_recount(app: Flask, seed: int) -> None:
    recount_all(seed, 70)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(100, 108))
def test_every_figure_equals_the_slow_recount_of_larger_districts(app: Flask, seed: int) -> None:
    recount_all(seed, 300)


def recount_all(seed: int, firms: int) -> None:
    stories, rules = tell(seed, firms)
    plain = {told.firm.id: told.history for told in stories}
    scope = Scope()
    for since, on in PERIODS:
        period = Period(since, on)
        expected: dict[str, set[int]] = {}
        for pending, name in ((False, "rung"), (True, "rung_with_pending")):
            found = recount.rungs(plain, rules, on, with_pending=pending)
            expected |= {f"{name}.{rung}": firms for rung, firms in found.items() if rung is not Rung.OUTSIDE}
        expected |= recount.moves(plain, rules, since, on)
        for key, rule in rules.items():
            expected |= {
                f"title.{key}.{measure}": firms for measure, firms in recount.titles(plain, rule, since, on).items()
            }
        for key, those in expected.items():
            assert sorted(rows(key, period, scope)) == sorted(those), f"{key} {since}–{on}"
        counted = registry.ladder(period, scope)
        for key, number in counted.counts.items():
            if key in expected:
                assert number == len(expected[key]), f"{key} {since}–{on}"
            assert number == registry.find(key).count(period, scope), key
        for move in Move:
            assert counted.flow.count(move=move) == len(expected.get(f"move.{move}", set())), move
        for key in {k for k in expected if k.startswith("flow.")}:
            old, new = key.split(".")[1:]
            assert counted.flow.count(old=Rung(old), new=Rung(new)) == len(expected[key])


def test_the_parts_of_a_flow_add_up_and_every_part_opens_into_its_firms(app: Flask) -> None:
    tell(3, 60)
    period, scope = Period(date(2023, 6, 30), date(2025, 6, 30)), Scope()
    counted = flow.tally(period, scope)
    assert counted.movers == sum(counted.count(move=move) for move in flow.MOVERS) > 0
    assert len(rows("movers", period, scope)) == counted.movers
    for move in Move:
        for rung in Rung:
            assert len(rows(f"move.{move}.to.{rung}", period, scope)) == counted.count(move=move, new=rung)
            assert len(rows(f"move.{move}.from.{rung}", period, scope)) == counted.count(move=move, old=rung)
    # What stands on a rung at the end came from somewhere.
    ends = rungs.tally(period, scope)
    for rung in (Rung.POTENTIAL, Rung.TECH_SME, Rung.SRDI, Rung.HNTE):
        assert counted.count(new=rung) == ends[f"rung_with_pending.{rung}"]


def test_the_rungs_partition_the_firms_of_the_district(app: Flask) -> None:
    stories, _ = tell(4, 50)
    for _, on in PERIODS:
        counts = rungs.tally(Period.up_to(on), Scope())
        outside = sum(1 for told in stories if not any(stay.covers(on) for stay in told.history.presence))
        assert sum(counts[f"rung.{rung}"] for rung in rungs.COUNTED) == len(stories) - outside
        assert sum(counts[f"rung_with_pending.{rung}"] for rung in rungs.COUNTED) == len(stories) - outside


@pytest.mark.slow
def test_filters_and_scope_narrow_every_figure_alike(app: Flask) -> None:
    stories, _ = tell(5, 60)
    town = make_user(role="town", area="青禾街道")
    place = make_area("石桥镇")
    period = Period(date(2023, 12, 31), date(2025, 6, 30))
    mine = {told.firm.id for told in stories if told.firm.area_id in town.area_ids}
    machines = {told.firm.id for told in stories if (told.firm.industry_code or "").startswith("35")}
    there = {told.firm.id for told in stories if told.firm.area_id == place.id}
    unplaced = {told.firm.id for told in stories if told.firm.area_id is None}
    old = {told.firm.id for told in stories if told.firm.founded_on and told.firm.founded_on <= date(2015, 1, 1)}
    scopes = [
        (Scope(user=town), mine), (Scope(industry="35"), machines), (Scope(area_id=place.id), there),
        (Scope(area_id=0), unplaced), (Scope(founded_to=date(2015, 1, 1)), old),
        (Scope(user=town, area_id=place.id), set()), (Scope(area_id=make_area("云澜区").id), {
            told.firm.id for told in stories if told.firm.area_id in subtree([make_area("云澜区").id])}),
    ]  # fmt: skip
    figures = registry.all_figures()
    unscoped = {key: set(db.session.scalars(figure.rows(period, Scope()))) for key, figure in figures.items()}
    for scope, firms in scopes:
        counted = registry.ladder(period, scope)
        for key, number in counted.counts.items():
            everyone = unscoped[key]
            assert set(db.session.scalars(figures[key].rows(period, scope))) == everyone & firms, key
            if not key.startswith("rung_net") and not key.endswith(".net"):
                assert number == len(everyone & firms), key
        assert counted.flow.movers == len(unscoped["movers"] & firms)


def test_counts_of_the_whole_district_are_kept_until_anything_moves(app: Flask) -> None:
    tell(11, 20)
    period = Period.up_to(date(2025, 6, 30))
    before = registry.ladder(period, Scope()).counts
    with statements() as sent:
        assert registry.ladder(period, Scope()).counts is before
    assert len(sent) == 2  # the types, and whether anything changed
    area = make_area("石桥镇")
    registry.ladder(period, Scope(area_id=area.id))
    with statements() as sent:
        there = registry.ladder(period, Scope(area_id=area.id)).counts
    assert len(sent) == 4  # the tree of areas, and which firms are there, too
    mover = db.session.scalars(select(Firm).where(Firm.area_id.is_(None), Firm.founded_on < period.on)).first()
    assert mover is not None
    mover.area_id = area.id
    db.session.commit()
    assert sum(registry.ladder(period, Scope(area_id=area.id)).counts[f"rung.{r}"] for r in rungs.COUNTED) == 1 + sum(
        there[f"rung.{r}"] for r in rungs.COUNTED
    )
    firm = make_firm(founded_on=date(2020, 1, 1))
    db.session.commit()
    after = registry.ladder(period, Scope()).counts
    assert after["rung.registered"] == before["rung.registered"] + 1
    firm.address = "石桥镇 1 号"
    db.session.commit()
    assert registry.ladder(period, Scope()).counts is after
    firm.status = "deregistered"
    db.session.commit()
    assert registry.ladder(period, Scope()).counts["rung.registered"] == before["rung.registered"]


def test_counting_takes_the_same_statements_for_few_firms_and_for_many(app: Flask) -> None:
    period = Period(date(2023, 12, 31), date(2025, 6, 30))
    tell(6, 3)
    with statements() as few:
        registry.ladder(period, Scope())
    tell(7, 30)
    with statements() as many:
        registry.ladder(period, Scope())
    assert len(few) == len(many) <= 14


def test_a_rebuild_takes_the_same_statements_for_few_firms_and_for_many(app: Flask) -> None:
    numbers = []
    for seed, firms in ((8, 3), (9, 40)):
        ids = [told.firm.id for told in tell(seed, firms)[0]]
        with statements() as sent:
            standing.refresh(ids)
        numbers.append(len(sent))
    few, many = numbers
    assert many - few <= 3  # an empty table needs no insert


def test_a_rebuild_of_everything_changes_nothing_that_was_kept_up_to_date(app: Flask) -> None:
    tell(10, 40)

    def held() -> list[list[tuple[object, ...]]]:
        return [
            [
                tuple(row)
                for row in db.session.execute(select(*table.__table__.columns).order_by(*table.__table__.columns))
            ]
            for table in standing.INDEX
        ]

    before = held()
    assert all(before)
    assert standing.refresh() == 40
    assert held() == before


def test_of_a_firm_that_changes_only_the_rows_that_change_are_written(app: Flask) -> None:
    firm, same = make_firm(founded_on=date(2015, 3, 1)), make_firm(founded_on=date(2015, 3, 1))
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    Title.award(firm, kind, date(2016, 11, 18))
    db.session.commit()
    with statements() as sent:
        standing.refresh([firm.id, same.id])
    assert not [one for one in sent if "standing_change" not in one and one.startswith(("INSERT", "DELETE", "COPY"))]
    Title.award(firm, kind, date(2024, 12, 6))
    db.session.flush()
    with statements() as sent:
        standing.refresh([firm.id, same.id])
    # The beginning of the last span of 在册 stays, its end is sooner; of what the first title was nothing changes.
    assert not [one for one in sent if one.startswith("DELETE FROM") and "DELETE FROM standing " not in one]


def test_a_title_that_went_to_another_firm_is_counted_there_alone(app: Flask) -> None:
    old, new = make_firm(), make_firm()
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    title = Title.award(old, kind, date(2024, 12, 6))
    db.session.commit()
    moved = update(Title).where(Title.id == title.id).values(firm_id=new.id)
    db.session.execute(moved, execution_options={"logged": True})
    assert standing.refresh([new.id]) == 2
    issued = select(standing.TitleIssue.firm_id).where(standing.TitleIssue.title_id == title.id)
    assert db.session.scalars(issued).all() == [new.id]
    held = select(standing.StandingTitle.firm_id).where(standing.StandingTitle.type_id == kind.id)
    assert set(db.session.scalars(held)) == {new.id}


def test_an_edit_a_removal_and_a_changed_rule_rebuild_the_standing(app: Flask) -> None:
    firm = make_firm()
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    title = Title.award(firm, kind, date(2022, 11, 18))
    on = Period.up_to(date(2025, 12, 1))
    db.session.commit()
    assert rungs.tally(on, Scope())["rung_waiting.hnte"] == 1
    kind.renewal_window = "none"
    db.session.commit()
    assert rungs.tally(on, Scope())["rung_waiting.hnte"] == 0
    title.ends_on = date(2026, 1, 1)
    db.session.commit()
    assert rungs.tally(on, Scope())["rung.hnte"] == 1
    title.revoke(date(2025, 6, 1), "弄虚作假")
    db.session.commit()
    assert rungs.tally(on, Scope())["rung.hnte"] == 0
    db.session.rollback()
    db.session.delete(title)
    db.session.commit()
    assert titles.tally(on, Scope(), [kind])["title.hnte.ever"] == 0


def test_a_title_that_goes_to_another_firm_leaves_the_old_one(app: Flask) -> None:
    first, second = make_firm(), make_firm()
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    title = Title.award(first, kind, date(2024, 11, 18))
    db.session.commit()
    title.firm = second
    db.session.commit()
    assert rows("rung.hnte", Period.up_to(date(2025, 6, 30)), Scope()) == [second.id]


def test_a_savepoint_that_is_given_up_forgets_nothing_that_came_before(app: Flask) -> None:
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    title = Title.award(make_firm(), kind, date(2024, 11, 18))
    savepoint = db.session.begin_nested()
    make_firm()
    savepoint.rollback()
    db.session.commit()
    assert rows("rung.hnte", Period.up_to(date(2025, 6, 30)), Scope()) == [title.firm_id]


def test_an_unknown_figure_does_not_exist(app: Flask) -> None:
    with pytest.raises(UnknownFigure):
        registry.find("title.hnte.everything")


def test_every_figure_says_what_it_is(app: Flask) -> None:
    period = Period(date(2025, 12, 31), date(2026, 11, 22))
    for figure in registry.all_figures().values():
        assert figure.name and figure.definition.endswith("。") and figure.unit
        assert figure.sentence(period, 1234).endswith("。")
    sentence = registry.find("title.hnte.in_force").sentence(period, 1234)
    assert sentence == "截至2026年11月22日，全区有效高新技术企业1,234家。"
