"""What hangs on the issues of a list at the end of a day: leads, assistants, extensions, progress, evidence, words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from models.base import db
from models.figures.scope import AnySelect
from models.file import StoredFile
from models.issue.as_of import AsOf
from models.issue.kinds import OutsideHandler
from models.issue.parts import IssueAnswer, IssueAssignment, IssueClosing, IssueExtension, IssueFile
from models.issue.trace import IssueMove
from models.rules.issue import EVENTS
from models.rules.three_lists import opinion_words
from models.unit import Unit
from models.user import User
from models.visit.record import Visit

#: Events that a list tells as progress (工作进展).
PROGRESS = (
    "sign", "reply", "assist_answer", "decide_extension", "park", "unpark", "escalate", "propose", "return", "redo",
    "reopen", "explain", "close",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead unit and its named person."""

    unit: str
    person: str
    assigned_on: date
    sign_due_on: date | None


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing that stands."""

    on: date
    answered: bool


@dataclass(slots=True)
class Hanging:
    """By issue; what a list does not print is left empty."""

    leads: dict[int, Lead] = field(default_factory=dict)
    assisting: dict[int, list[str]] = field(default_factory=dict)
    extensions: dict[int, int] = field(default_factory=dict)
    progress: dict[int, list[str]] = field(default_factory=dict)
    evidence: dict[int, list[str]] = field(default_factory=dict)
    opinions: dict[int, str] = field(default_factory=dict)
    closings: dict[int, Closing] = field(default_factory=dict)

    @classmethod
    def load(cls, ids: Sequence[int], as_of: AsOf, list_key: str) -> "Hanging":
        """What these issues need on one list: at most five statements, however many they are."""
        found = cls()
        if not ids:
            return found
        found._assigned(ids, as_of)
        if list_key == "responsibility":
            found._extended(ids, as_of)
        if list_key == "follow_through":
            found._told(ids, as_of)
            found._proven(ids, as_of)
            found._answered(ids, as_of)
            found._closed(ids, as_of)
        return found

    def _assigned(self, ids: Sequence[int], as_of: AsOf) -> None:
        part = IssueAssignment
        query = (
            select(
                part.issue_id, part.role, part.assigned_on, part.sign_due_on, Unit.name, User.name, OutsideHandler.name
            )
            .join(Unit, Unit.id == part.unit_id)
            .outerjoin(User, User.id == part.user_id)
            .outerjoin(OutsideHandler, OutsideHandler.id == part.outside_id)
            .where(part.issue_id.in_(ids), part.assigned_on <= as_of.on)
            .where(or_(part.ended_at.is_(None), part.ended_at >= as_of.end))
            .order_by(part.id)
        )
        for issue_id, role, assigned_on, sign_due_on, unit, user, outside in _rows(query):
            person = user or outside or ""
            if role == "lead":
                self.leads[issue_id] = Lead(unit, person, assigned_on, sign_due_on)
            else:
                said = f"{unit}（{person}）" if person else unit
                if said not in self.assisting.setdefault(issue_id, []):
                    self.assisting[issue_id].append(said)

    def _extended(self, ids: Sequence[int], as_of: AsOf) -> None:
        granted: AnySelect = select(IssueExtension.issue_id, func.count()).where(IssueExtension.issue_id.in_(ids))
        granted = granted.where(IssueExtension.granted.is_(True), IssueExtension.decided_at < as_of.end)
        self.extensions = dict(_rows(granted.group_by(IssueExtension.issue_id)))

    def _closed(self, ids: Sequence[int], as_of: AsOf) -> None:
        query: AnySelect = select(IssueClosing.issue_id, IssueClosing.reviewed_on, IssueClosing.answer_id)
        query = query.where(IssueClosing.issue_id.in_(ids), IssueClosing.reviewed_on <= as_of.on, as_of.stands)
        for issue_id, on, answer_id in _rows(query.order_by(IssueClosing.id)):
            self.closings[issue_id] = Closing(on, answer_id is not None)

    def _told(self, ids: Sequence[int], as_of: AsOf) -> None:
        move = IssueMove
        query: AnySelect = select(move.issue_id, move.event, move.moved_on, move.words, move.due_before, move.due_after)
        query = query.where(move.issue_id.in_(ids), move.event.in_(PROGRESS), move.moved_on <= as_of.on)
        for issue_id, event, on, words, before, due in _rows(query.order_by(move.id)):
            name = EVENTS[event]
            if event == "decide_extension":
                if due == before:
                    continue  # refused: nothing moved
                name, words = "延期", "，".join(filter(None, (f"延到 {due}", words)))
            self.progress.setdefault(issue_id, []).append(f"{on} {name}" + (f"：{words}" if words else ""))

    def _proven(self, ids: Sequence[int], as_of: AsOf) -> None:
        query: AnySelect = select(IssueFile.issue_id, IssueFile.caption, StoredFile.name, Visit.visit_on)
        query = query.outerjoin(StoredFile, StoredFile.id == IssueFile.file_id)
        query = query.outerjoin(Visit, Visit.id == IssueFile.visit_id)
        query = query.where(IssueFile.issue_id.in_(ids), IssueFile.created_at < as_of.end).order_by(IssueFile.id)
        for issue_id, caption, name, visit_on in _rows(query):
            said = caption or name or f"{visit_on} 走访"
            self.evidence.setdefault(issue_id, []).append(said)

    def _answered(self, ids: Sequence[int], as_of: AsOf) -> None:
        answer = IssueAnswer
        query: AnySelect = select(answer.issue_id, answer.solved, answer.attitude, answer.words)
        query = query.where(answer.issue_id.in_(ids), answer.answered_on <= as_of.on).order_by(answer.id)
        self.opinions = {row[0]: opinion_words(row[1], row[2], row[3]) for row in _rows(query)}


def _rows(query: AnySelect) -> Iterator[Any]:
    return iter(db.session.execute(query).all())
