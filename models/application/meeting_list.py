"""The meetings, the latest first, what is counted of each, and the gaps that the sheet of a meeting prints."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from models.application.meeting import ReviewExpert, ReviewItem, ReviewMeeting
from models.application.record import Application
from models.assessment.card import labels_of
from models.assessment.kept import AssessmentResult
from models.base import among, db
from models.errors import Refused
from models.rule_book import shelf
from models.rules.assess.book import REGIMES
from models.user import User


def list_meetings(batch_id: int | None, number: int, size: int) -> tuple[list[ReviewMeeting], int]:
    """A page of meetings, the latest first, and how many there are."""
    query = select(ReviewMeeting)
    if batch_id is not None:
        query = query.where(ReviewMeeting.batch_id == batch_id)
    count = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    query = query.order_by(ReviewMeeting.held_on.desc(), ReviewMeeting.id.desc())
    return list(db.session.scalars(query.limit(size).offset((number - 1) * size))), count


def counts_of(user: User, meeting_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many items of each meeting have each verdict ("" for none yet), of what this person sees. One statement."""
    query = select(ReviewItem.meeting_id, ReviewItem.verdict, func.count())
    query = query.where(among(ReviewItem.meeting_id, meeting_ids or [0]))
    mine = Application.visible_to(user).with_only_columns(Application.id)
    if mine.whereclause is not None:
        query = query.where(ReviewItem.application_id.in_(mine))
    found: dict[int, dict[str, int]] = {}
    for meeting_id, verdict, count in db.session.execute(query.group_by(ReviewItem.meeting_id, ReviewItem.verdict)):
        found.setdefault(meeting_id, {})[verdict or ""] = count
    return found


def remove_meeting(meeting: ReviewMeeting) -> None:
    """Delete a meeting; the caller commits. Raises Refused while something is on its agenda."""
    held = select(ReviewItem.id).where(ReviewItem.meeting_id == meeting.id).limit(1)
    if db.session.scalar(held) is not None:
        raise Refused("议程上还有企业，不能删除；先从议程拿掉")
    for expert in db.session.scalars(select(ReviewExpert).where(ReviewExpert.meeting_id == meeting.id)):
        db.session.delete(expert)
    db.session.flush()
    db.session.expire(meeting, ["experts"])
    db.session.delete(meeting)
    db.session.flush()


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the kept result says that a firm lacks: words of the conditions that fail and of those nobody knows."""

    as_of: str
    ready: bool
    short: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def gaps_of(meeting: ReviewMeeting, firm_ids: Sequence[int]) -> dict[int, Gaps]:
    """The gaps of these firms for the title of the meeting's batch; a firm without a kept result is missing. One
    statement beside the books."""
    regime = meeting.batch.type.key
    if regime not in REGIMES:
        return {}
    query = select(AssessmentResult).where(
        AssessmentResult.regime == regime, among(AssessmentResult.firm_id, firm_ids or [0])
    )  # fmt: skip
    names = labels_of(shelf(), regime, meeting.held_on)
    return {
        row.firm_id: Gaps(
            row.judged_for.isoformat(), row.verdict == "eligible",
            [names.get(key, key) for key in row.short_keys], [names.get(key, key) for key in row.unknown_keys],
        )
        for row in db.session.scalars(query.order_by(AssessmentResult.firm_id))
    }  # fmt: skip
