"""The slow, obvious recount of lists and figures: one issue after the other, with nothing but its rows."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from models import clock
from models.base import db
from models.issue.parts import IssueAnswer, IssueAssignment, IssueClosing, IssueExtension, SpotCheck
from models.issue.record import Issue
from models.issue.trace import IssueMove

ENDED = {"closed_out", "declined", "explained", "withdrawn"}
OTHERWISE = ENDED - {"closed_out"}


class Told:
    """One issue with its rows."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue

        def rows(model):
            return list(db.session.scalars(select(model).where(model.issue_id == issue.id).order_by(model.id)))

        self.moves: list[IssueMove] = rows(IssueMove)
        self.closings: list[IssueClosing] = rows(IssueClosing)
        self.assignments: list[IssueAssignment] = rows(IssueAssignment)
        self.extensions: list[IssueExtension] = rows(IssueExtension)
        self.answers: list[IssueAnswer] = rows(IssueAnswer)
        self.spots: list[SpotCheck] = rows(SpotCheck)

    def state(self, on: date) -> str | None:
        """None before it was raised."""
        if self.issue.raised_on > on:
            return None
        state = "registered"
        for move in self.moves:
            if move.moved_on <= on:
                state = move.to_state
        return state

    def open(self, on: date) -> bool:
        return self.state(on) not in {None, *ENDED}

    def due(self, on: date) -> date | None:
        due = None
        for move in self.moves:
            if move.moved_on <= on and move.due_after:
                due = move.due_after
        return due

    def standing_closing(self, on: date) -> IssueClosing | None:
        for closing in self.closings:
            if closing.reviewed_on <= on and not (closing.undone_at and clock.local(closing.undone_at).date() <= on):
                return closing
        return None

    @cached_property
    def answer_of(self) -> dict[int, IssueAnswer]:
        return {answer.id: answer for answer in self.answers}


def everything() -> list[Told]:
    """Every issue with its rows."""
    return [Told(issue) for issue in db.session.scalars(select(Issue).order_by(Issue.id))]


def day(moment: datetime | None) -> date:
    assert moment is not None
    return clock.local(moment).date()


def figures(told: list[Told], since: date, on: date) -> dict[str, set[int]]:
    """Key → ids of rows; a ratio's whole under key.whole."""

    def within(what: date | None) -> bool:
        return what is not None and since < what <= on

    def those(test: Callable[[Told], bool]) -> set[int]:
        return {one.issue.id for one in told if test(one)}

    def moved(event: str) -> set[int]:
        return those(lambda one: any(move.event == event and within(move.moved_on) for move in one.moves))

    def closed(test: Callable[[Told, IssueClosing], bool] = lambda one, closing: True) -> set[int]:
        return those(lambda one: any(within(c.reviewed_on) and test(one, c) for c in one.closings))

    def recurred(one: Told, closing: IssueClosing) -> bool:
        this = one.issue
        return any(
            other.issue is not this and other.issue.firm_id == this.firm_id and other.issue.topic_id == this.topic_id
            and closing.reviewed_on <= other.issue.raised_on <= min(on, closing.reviewed_on + timedelta(days=90))
            for other in told
        )  # fmt: skip

    def by_then(one: Told, due: date | None) -> bool:
        return any(
            due is not None and c.reviewed_on <= min(due, on) and not (c.undone_at and day(c.undone_at) <= on)
            for c in one.closings
        )

    leads = [part for one in told for part in one.assignments if part.role == "lead" and within(part.assigned_on)]
    spots = [spot for one in told for spot in one.spots]

    def decided(part: IssueAssignment) -> bool:
        if (part.signed_at and day(part.signed_at) <= on) or (part.objected_at and day(part.objected_at) <= on):
            return True
        if part.ended_at and day(part.ended_at) <= on:
            return False
        return part.sign_due_on is not None and part.sign_due_on < on

    def age(one: Told, low: int, high: int | None) -> bool:
        days = (on - one.issue.raised_on).days
        return one.open(on) and low <= days and (high is None or days <= high)

    def left(state: str) -> set[int]:
        return those(
            lambda one: any(
                within(move.moved_on) and move.from_state == state and move.to_state != state for move in one.moves
            )
        )

    def came_into(state: str) -> set[int]:
        return those(
            lambda one: any(
                within(move.moved_on) and move.to_state == state and move.from_state != state for move in one.moves
            )
        )

    answered = closed(lambda one, c: c.answer_id is not None)
    due_first = those(
        lambda one: within(one.issue.first_due_on) and one.due(on) is not None and one.state(on) is not None
        and one.state(on) not in OTHERWISE
    )  # fmt: skip
    due_now = those(lambda one: within(one.due(on)) and one.state(on) is not None and one.state(on) not in OTHERWISE)
    by_id = {one.issue.id: one for one in told}
    return {
        "raised": those(lambda one: within(one.issue.raised_on)),
        "assigned": {part.id for part in leads},
        "closed": closed(), "closed_answered": answered, "reopened": moved("reopen"), "escalated": moved("escalate"),
        "extended": those(lambda one: any(e.granted and within(day(e.decided_at)) for e in one.extensions)),
        **{state: came_into(state) for state in OTHERWISE},
        "spot_checks": {spot.id for spot in spots if within(spot.drawn_on)},
        "spot_unreachable": {s.id for s in spots if within(s.checked_on) and s.result == "unreachable"},
        "open": those(lambda one: one.open(on)),
        "planned": those(lambda one: one.state(on) == "parked"),
        "overdue": those(lambda one: one.open(on) and (one.due(on) or on) < on),
        "was_overdue": those(
            lambda one: one.open(on) and one.due(on) is not None and (one.issue.first_due_on or on) < on
        ),
        "signed_on_time": {
            p.id for p in leads if p.signed_at and not p.signed_by_silence and day(p.signed_at) <= on
            and p.sign_due_on and day(p.signed_at) <= p.sign_due_on
        },
        "signed_on_time.whole": {part.id for part in leads if decided(part)},
        "objected": {part.id for part in leads if part.objected_at and day(part.objected_at) <= on},
        "objected.whole": {part.id for part in leads},
        "on_time": {key for key in due_first if by_then(by_id[key], by_id[key].issue.first_due_on)},
        "on_time.whole": due_first,
        "on_time_approved": {key for key in due_now if by_then(by_id[key], by_id[key].due(on))},
        "on_time_approved.whole": due_now,
        "redone": closed(lambda one, c: any(m.event in ("redo", "reopen") and m.moved_on <= on for m in one.moves)),
        "redone.whole": closed(),
        "first_time": closed(
            lambda one, c: c.round == 1 and c.answer_id is not None and one.answer_of[c.answer_id].solved == "yes"
        ),
        "first_time.whole": answered,
        "unanswered": closed(lambda one, c: c.answer_id is None), "unanswered.whole": closed(),
        "recurred": closed(recurred), "recurred.whole": closed(),
        "spot_confirmed": {s.id for s in spots if within(s.checked_on) and s.result == "confirmed"},
        "spot_confirmed.whole": {
            s.id for s in spots if within(s.checked_on) and s.result in ("confirmed", "not_solved")
        },
        "age.7": those(lambda one: age(one, 0, 7)), "age.15": those(lambda one: age(one, 8, 15)),
        "age.30": those(lambda one: age(one, 16, 30)), "age.60": those(lambda one: age(one, 31, 60)),
        "age.90": those(lambda one: age(one, 61, 90)), "age.over": those(lambda one: age(one, 91, None)),
        **{f"left.{state}": left(state) for state in (
            "registered", "admitted", "dispatched", "signed_for", "in_progress", "resolution_proposed",
            "awaiting_firm", "in_review", "objected", "parked",
        )},
    }  # fmt: skip


def stays(told: list[Told], since: date, on: date) -> dict[str, list[int]]:
    """State → the days of every stay that ended in the period."""
    found: dict[str, list[int]] = {}
    for one in told:
        state, came = None, None
        for move in one.moves:
            if move.to_state == state:
                continue
            if state and state not in ENDED and came is not None and since < move.moved_on <= on:
                found.setdefault(state, []).append((move.moved_on - came).days)
            state, came = move.to_state, move.moved_on
    return found
