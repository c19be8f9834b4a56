"""Who may move an issue from where to where: every pair of states for everybody, against a table written by hand."""

from contextlib import nullcontext
from itertools import product

import pytest

from models.rules.access import ROLES
from models.rules.issue import (
    ALL,
    ENDED,
    EVENTS,
    FLOWS,
    MOVES,
    OPEN,
    RIGHT_OF,
    START,
    STATES,
    STEPS,
    WHO_NAMES,
    MoveRefused,
    Towards,
    check_move,
    check_step,
    choices,
    relations,
)
from models.rules.issue_guards import GUARDS

#: By hand. Part → the moves that it may make; "simple:" before those of the simple flow alone.
ALLOWED = {
    "any": "->registered",
    "raiser": "simple:registered>admitted simple:admitted>dispatched",
    "handler": "dispatched>signed_for dispatched>objected signed_for>in_progress in_progress>resolution_proposed "
    "parked>in_progress",
    "assist": "",
    "office": "registered>admitted registered>declined admitted>dispatched dispatched>dispatched objected>dispatched "
    "signed_for>dispatched in_progress>dispatched closed_out>in_progress",
    "supervisor": "admitted>explained in_progress>explained parked>explained in_review>explained in_progress>parked "
    "parked>parked parked>in_progress closed_out>in_progress",
    "reviewer": "in_review>closed_out in_review>in_progress resolution_proposed>in_progress",
    "caller": "resolution_proposed>awaiting_firm awaiting_firm>in_review in_review>in_review closed_out>in_progress "
    "registered>withdrawn admitted>withdrawn dispatched>withdrawn signed_for>withdrawn in_progress>withdrawn "
    "parked>withdrawn objected>withdrawn resolution_proposed>withdrawn awaiting_firm>withdrawn in_review>withdrawn",
    "firm": "->registered awaiting_firm>in_review in_review>in_review closed_out>in_progress",
    "job": "dispatched>signed_for parked>in_progress resolution_proposed>awaiting_firm",
}
#: By hand. Role → the parts it may play, when it stands so towards the issue.
PARTS = {
    "officer": {"any", "raiser", "handler", "assist", "caller"},
    "office": {"any", "raiser", "handler", "assist", "caller", "office"},
    "manager": {"any", "raiser", "handler", "assist", "caller", "office", "supervisor", "reviewer"},
    "town": {"any", "raiser", "handler", "assist"},
    "handler": {"handler", "assist"},
    "sysadmin": set(),
    "secadmin": set(),
    "auditor": set(),
}
PAIRS = list(product(["", *STATES], STATES))


def _allowed(part: str, flow: str, old: str, new: str) -> bool:
    words = ALLOWED[part].split()
    pair = f"{old or '-'}>{new}"
    return pair in words or (flow == "simple" and f"simple:{pair}" in words)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("flow", FLOWS)
def test_every_pair_of_states_for_every_role_and_part(role: str, flow: str) -> None:
    for part in (part for part in RIGHT_OF if RIGHT_OF[part]):
        for old, new in PAIRS:
            good = part in PARTS[role] and _allowed(part, flow, old, new)
            with nullcontext() if good else pytest.raises(MoveRefused):
                check_move(old, new, flow, {part}, ROLES[role])


@pytest.mark.parametrize("part", ["firm", "job"])
@pytest.mark.parametrize("flow", FLOWS)
def test_every_pair_of_states_for_the_firm_and_the_timetable(part: str, flow: str) -> None:
    for old, new in PAIRS:
        with nullcontext() if _allowed(part, flow, old, new) else pytest.raises(MoveRefused):
            check_move(old, new, flow, {part}, frozenset())


def test_every_move_is_somebodys() -> None:
    said = {word.removeprefix("simple:").replace("->", ">") for words in ALLOWED.values() for word in words.split()}
    assert said == {f"{old}>{new}" for old, new in MOVES}


#: By hand: event → (states, parts); "-simple" where the simple flow does not know it.
IN_HAND = "dispatched signed_for in_progress parked"
STEPS_BY_HAND = {
    "reclass": ("registered admitted", "office"),
    "attach": (" ".join(OPEN), "handler assist raiser office caller"),
    "send_handler_link": (f"{IN_HAND} objected resolution_proposed awaiting_firm in_review", "office"),
    "assist_answer": (IN_HAND, "assist"),
    "reply": ("in_progress parked", "handler"),
    "ask_extension": ("signed_for in_progress", "handler"),
    "decide_extension": (IN_HAND, "supervisor"),
    "escalate": (IN_HAND, "supervisor job -simple"),
    "slip": (f"{IN_HAND} in_review", "supervisor reviewer job -simple"),
    "answer_slip": (f"{IN_HAND} resolution_proposed awaiting_firm in_review", "handler"),
    "send_link": (" ".join(OPEN), "caller job"),
    "call": (" ".join([*OPEN, "closed_out"]), "caller"),
    "add_words": (" ".join([*OPEN, "closed_out"]), "firm any handler office caller"),
    "ask_withdrawal": (" ".join(OPEN), "firm any handler office caller"),
    "tell": (" ".join(STATES), "any handler office caller supervisor job"),
    "spot_draw": ("closed_out", "supervisor job"),
    "spot_result": ("closed_out", "caller"),
    "recompute": (" ".join(OPEN), "job"),
    "hand_over": (" ".join(OPEN), "job"),
}


@pytest.mark.parametrize("event", STEPS_BY_HAND)
@pytest.mark.parametrize("flow", FLOWS)
def test_every_event_that_changes_no_state(event: str, flow: str) -> None:
    states, parts = STEPS_BY_HAND[event]
    for state, part, role in product(STATES, RIGHT_OF, ROLES):
        mine = part in PARTS[role] or not RIGHT_OF[part]
        known = not ("-simple" in parts and flow == "simple")
        good = known and state in states.split() and part in parts.split() and mine
        with nullcontext() if good else pytest.raises(MoveRefused):
            check_step(event, state, flow, {part}, ROLES[role])


def test_every_event_is_in_one_table_and_has_its_words() -> None:
    moved = {event for move in MOVES.values() for event in move.events}
    assert moved | STEPS_BY_HAND.keys() == EVENTS.keys() and STEPS.keys() == STEPS_BY_HAND.keys()
    assert not moved & STEPS.keys() and GUARDS.keys() <= EVENTS.keys()
    assert RIGHT_OF.keys() == WHO_NAMES.keys()


def test_an_event_belongs_to_its_pair_of_states() -> None:
    manager = ROLES["manager"]
    assert check_move("in_review", "in_progress", "standard", {"reviewer"}, manager, "return").event == "redo"
    with pytest.raises(MoveRefused, match="现在是“销号审核”，不能“挂账推进”"):
        check_move("in_review", "in_progress", "standard", {"reviewer"}, manager, "park")


@pytest.mark.parametrize(
    ("old", "new", "flow", "who", "said"),
    [
        ("registered", "closed_out", "simple", {"reviewer"}, "这条问题现在是“登记”，不能“销号”"),
        ("in_review", "closed_out", "simple", {"handler"}, "“销号”只能由未经办此事的销号审核人来做"),
        ("registered", "admitted", "standard", {"raiser"}, "“受理”只能由综合科来做"),
        ("registered", "admitted", "simple", {"caller"}, "“受理”只能由综合科、登记人来做"),
        ("closed_out", "dispatched", "simple", {"office"}, "这条问题现在是“销号”，不能“交办”"),
    ],
)
def test_a_refusal_says_what_an_officer_understands(old: str, new: str, flow: str, who: set[str], said: str) -> None:
    with pytest.raises(MoveRefused) as refused:
        check_move(old, new, flow, who, ROLES["manager"])
    assert str(refused.value) == said


def test_the_simple_flow_knows_no_slips() -> None:
    with pytest.raises(MoveRefused, match="简易流程没有“督办单”"):
        check_step("slip", "in_progress", "simple", {"supervisor"}, ROLES["manager"])


def test_what_has_ended_stays_ended_but_for_reopening() -> None:
    assert {pair for pair in MOVES if pair[0] in ENDED} == {("closed_out", "in_progress")}
    assert {new for old, new in MOVES if old == START} == {"registered"}


def test_pages_ask_the_same_table_for_their_buttons() -> None:
    for state, flow, part, role in product(STATES, FLOWS, RIGHT_OF, ROLES):
        offered = choices(state, flow, {part}, ROLES[role])
        for event, new in offered.moves.items():
            assert event in check_move(state, new, flow, {part}, ROLES[role], event).events
        mine = part in PARTS[role] or not RIGHT_OF[part]
        assert set(offered.moves.values()) == {new for new in STATES if mine and _allowed(part, flow, state, new)}
        assert set(offered) == offered.moves.keys() | offered.steps


ME, OTHER, ASSISTANT = 1, 2, 3
BASE = {"handler_ids": frozenset({OTHER}), "handled_by_ids": frozenset({OTHER}), "handling_unit_ids": frozenset({7})}
#: By hand: what one is towards an issue.
TOWARDS = [
    ({"user_id": ME}, "any office supervisor reviewer caller"),
    ({"user_id": ME, "raised_by_id": ME}, "any office raiser supervisor reviewer caller"),
    ({"user_id": OTHER}, "any office handler"),
    ({"user_id": OTHER, "raised_by_id": OTHER}, "any office raiser handler"),
    ({"user_id": ME, "assistant_ids": frozenset({ME})}, "any office assist"),
    # Handled it in an earlier round, and not now.
    ({"user_id": ME, "handled_by_ids": frozenset({ME})}, "any office"),
    # Of the handling unit, without having handled it: a reviewer, and a caller only where another person is enough.
    ({"user_id": ME, "unit_ids": frozenset({7})}, "any office supervisor reviewer"),
    ({"user_id": ME, "unit_ids": frozenset({7}), "persons_suffice": True}, "any office supervisor reviewer caller"),
    ({"user_id": OTHER, "persons_suffice": True}, "any office handler"),
    ({"user_id": None}, ""),
    ({"user_id": None, "as_firm": True}, "firm"),
    ({"user_id": None, "as_handler": True}, "handler"),
    ({"user_id": None, "as_assistant": True}, "assist"),
    ({"user_id": None, "as_job": True}, "job"),
]


@pytest.mark.parametrize(("facts", "expected"), TOWARDS)
def test_what_somebody_is_towards_an_issue(facts: dict, expected: str) -> None:
    assert relations(Towards(**{**BASE, **facts})) == set(expected.split())


def test_nobody_reviews_or_phones_about_what_they_handled() -> None:
    for flags in product([False, True], repeat=3):
        handled, now, suffice = flags
        found = relations(
            Towards(ME, handler_ids=frozenset({ME}) if now else frozenset(), persons_suffice=suffice,
                    handled_by_ids=frozenset({ME}) if handled else frozenset())
        )  # fmt: skip
        assert bool(found & {"reviewer", "caller", "supervisor"}) == (not handled and not now)


def test_flows_are_the_ones_of_the_classes() -> None:
    assert sorted(ALL) == ["simple", "standard", "supervised"]
    assert [flow.interim for flow in FLOWS.values()] == [False, True, True]
    assert [flow.automatic for flow in FLOWS.values()] == [False, False, True]
