"""What may be done about pre-review meetings; nothing else writes agendas, marks, verdicts and findings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models import clock
from models.application.meeting import ReviewExpert, ReviewFinding, ReviewItem, ReviewMark, ReviewMeeting
from models.application.record import Application
from models.assessment.judgement import judge, latest_of
from models.base import among, db
from models.errors import Refused
from models.rules.prereview import PARTS, STAGES, VERDICTS, average, expert_of, lines_of, total_of, unready
from models.user import User

#: The evaluator takes whole points (models/rules/assess/names.py).
WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one expert gave: the four parts, or one total; and a word of advice."""

    parts: Mapping[str, int | None] = field(default_factory=dict)
    total: int | None = None
    advice: str = ""

    @property
    def empty(self) -> bool:
        """Whether the expert said nothing."""
        return self.total is None and not self.advice and not any(value is not None for value in self.parts.values())


def set_experts(meeting: ReviewMeeting, text: str) -> None:
    """The experts as typed, one a line; the caller commits. Raises Refused when one who gave marks would go."""
    wanted = [expert_of(line) for line in lines_of(text)]
    held = {(row.name, row.unit): row for row in meeting.experts}
    gone = [row for key, row in held.items() if key not in wanted]
    used = select(ReviewMark.expert_id).where(among(ReviewMark.expert_id, [row.id for row in gone] or [0]))
    marked = set(db.session.scalars(used.order_by(ReviewMark.id)))
    if marked:
        names = "、".join(row.name for row in gone if row.id in marked)
        raise Refused(f"{names}已经打过分，不能从专家里去掉或改名；先清空他的打分")
    for row in gone:
        meeting.experts.remove(row)
        db.session.delete(row)
    for place, key in enumerate(wanted):
        row = held.get(key) or ReviewExpert(meeting_id=meeting.id, name=key[0][:200], unit=key[1][:200])
        row.position = place
        db.session.add(row)
    db.session.flush()
    db.session.expire(meeting, ["experts"])


def candidates_for(user: User, meeting: ReviewMeeting) -> list[Application]:
    """Applications of the batch in coaching or pre-review that this person sees and that wait for no other meeting."""
    waits = select(ReviewItem.application_id).where(ReviewItem.verdict.is_(None))
    query = Application.visible_to(user).where(
        Application.batch_id == meeting.batch_id, Application.stage.in_(STAGES), Application.id.not_in(waits)
    )  # fmt: skip
    rows = list(db.session.scalars(query.options(joinedload(Application.firm))))
    return sorted(rows, key=lambda row: (-STAGES.index(row.stage), row.firm.sort_key, row.id))


def put_on(user: User, meeting: ReviewMeeting, ids: Sequence[int], at: datetime) -> int:
    """Put applications on the agenda, each in its next round; how many are new. The caller commits. Those that cannot
    be there are passed over, so that the same said twice changes nothing."""
    wanted = set(ids)
    rows = [row for row in candidates_for(user, meeting) if row.id in wanted]
    last = last_items([row.id for row in rows])
    place = db.session.scalar(select(func.count()).where(ReviewItem.meeting_id == meeting.id)) or 0
    for number, row in enumerate(rows, place):
        before = last.get(row.id)
        db.session.add(ReviewItem(
            meeting_id=meeting.id, application_id=row.id, position=number, created_at=at,
            round=before.round + 1 if before else 1, before_id=before.id if before else None,
        ))  # fmt: skip
    db.session.flush()
    return len(rows)


def take_off(item: ReviewItem) -> None:
    """Take an application off the agenda; the caller commits. Raises Refused when something was said of it."""
    hanging = (
        select(ReviewMark.id).where(ReviewMark.item_id == item.id),
        select(ReviewFinding.id).where(ReviewFinding.item_id == item.id),
        select(ReviewItem.id).where(ReviewItem.before_id == item.id),
    )
    if item.verdict is not None or any(db.session.scalar(query.limit(1)) is not None for query in hanging):
        raise Refused("已经打过分、有了结论或要修改的地方，不能从议程拿掉")
    db.session.delete(item)
    db.session.flush()


def write_marks(item: ReviewItem, marks: Mapping[int, Mark]) -> None:
    """Keep what the experts of the meeting gave, by expert; the caller commits. An empty mark goes."""
    held = {row.expert_id: row for row in marks_of([item.id])}
    known = {expert.id for expert in item.meeting.experts}
    for expert_id, mark in marks.items():
        row = held.get(expert_id)
        if expert_id not in known or (mark.empty and row is None):
            continue
        if mark.empty:
            db.session.delete(row)
            continue
        row = row or ReviewMark(item_id=item.id, expert_id=expert_id)
        for key in PARTS:
            setattr(row, key, mark.parts.get(key) if item.meeting.in_parts else None)
        row.total = total_of(mark.parts) if item.meeting.in_parts else mark.total
        row.advice = mark.advice
        db.session.add(row)
    db.session.flush()


def decide(item: ReviewItem, user: User, at: datetime, verdict: str, advice: str, found: str = "") -> None:
    """Keep the verdict, the advice and what is to be corrected (one a line); the caller commits. Raises Refused before
    the meeting, when a later round rests on it, and for 修改后再审 without anything to correct."""
    today = clock.local(at).date()
    item.advice = advice.strip()
    words = lines_of(found)
    held = {row.words for row in ReviewFinding.list_of(item.application_id) if row.item_id == item.id}
    if verdict != (item.verdict or ""):
        _check_verdict(item, verdict, today, bool(words or held))
        item.verdict = verdict or None
        item.decided_on, item.decided_by_id = (today, user.id) if verdict else (None, None)
    for line in words:
        if line not in held:
            db.session.add(ReviewFinding(application_id=item.application_id, item_id=item.id, words=line,
                                         created_by_id=user.id, created_at=at))  # fmt: skip
    db.session.flush()


def _check_verdict(item: ReviewItem, verdict: str, today: date, found: bool) -> None:
    if verdict and verdict not in VERDICTS:
        raise Refused("请选一个结论")
    if today < item.meeting.held_on:
        raise Refused(f"会在 {item.meeting.held_on} 开，开过再写结论；打分可以先存")
    later = select(ReviewItem.id).where(ReviewItem.before_id == item.id).limit(1)
    if item.id is not None and db.session.scalar(later) is not None:
        raise Refused("后面一轮已经接着这个结论，不能再改")
    if verdict == "again" and not found:
        raise Refused("修改后再审要写明改什么，一行一条")


def correct(finding: ReviewFinding, application: Application, user: User, at: datetime, words: str) -> None:
    """Say that a finding is corrected, or, pressed again, that it is not after all; the caller commits. Raises Refused
    for somebody who does not work on the application."""
    today = clock.local(at).date()
    if not application.may_work(user, today):
        raise Refused("这件不由您辅导，改完没有请辅导干部来记")
    done = finding.done_on is None
    finding.done_on, finding.done_by_id = (today, user.id) if done else (None, None)
    finding.done_words = words.strip()[:200] if done else ""
    db.session.flush()


def keep_points(item: ReviewItem, user: User, at: datetime) -> int:
    """Keep the experts' mean points of each part, whole, as the firm's judgement (models/assessment/judgement.py); how
    many are new. The caller commits. Raises Refused where marks have no parts or one of them is missing."""
    if not item.meeting.in_parts:
        raise Refused("只有高新技术企业的打分分四项，别的资质不记到评定判断")
    marks = marks_of([item.id])
    means = {key: average((getattr(row, key) for row in marks), WHOLE) for key in PARTS}
    if None in means.values():
        raise Refused("四项里有没打分的，打全了再记")
    firm, on = item.application.firm, item.meeting.held_on
    why = f"{item.meeting.name}，{sum(row.total is not None for row in marks)} 位专家平均"
    held = latest_of([firm.id], clock.local(at).date()).get(firm.id, {})
    new = 0
    for key, mean in means.items():
        question, text = PARTS[key][2], f"{mean:f}"
        kept = held.get(question)
        if kept is None or (kept.answer, kept.why) != (text, why):
            judge(firm, question, text, why, on, user, at)
            new += 1
    return new


def last_items(application_ids: Sequence[int]) -> dict[int, ReviewItem]:
    """The last round with a verdict of each application. One statement."""
    query = select(ReviewItem).where(
        among(ReviewItem.application_id, application_ids or [0]), ReviewItem.verdict.is_not(None)
    )  # fmt: skip
    return {row.application_id: row for row in db.session.scalars(query.order_by(ReviewItem.round))}


def marks_of(item_ids: Sequence[int]) -> list[ReviewMark]:
    """The marks of these items. One statement."""
    query = select(ReviewMark).where(among(ReviewMark.item_id, item_ids or [0]))
    return list(db.session.scalars(query.order_by(ReviewMark.item_id, ReviewMark.id)))


def findings_of(item_ids: Sequence[int]) -> dict[int, list[ReviewFinding]]:
    """What was found at these items, by item. One statement."""
    query = select(ReviewFinding).where(among(ReviewFinding.item_id, item_ids or [0])).order_by(ReviewFinding.id)
    found: dict[int, list[ReviewFinding]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.item_id, []).append(row)
    return found


def means_of(marks: Iterable[ReviewMark]) -> dict[int, Any]:
    """The mean total of each item that has one."""
    by_item: dict[int, list[int | None]] = {}
    for row in marks:
        by_item.setdefault(row.item_id, []).append(row.total)
    return {item_id: mean for item_id, totals in by_item.items() if (mean := average(totals)) is not None}


@dataclass(frozen=True, slots=True)
class Story:
    """What pre-review said of one application: its rounds and everything found, with means by item."""

    items: Sequence[ReviewItem]
    findings: Sequence[ReviewFinding]
    means: Mapping[int, Any]

    @property
    def open(self) -> int:
        """How many findings are not corrected."""
        return sum(row.done_on is None for row in self.findings)


def story_of(application_id: int) -> Story:
    """The pre-review of an application. A fixed number of statements."""
    items = ReviewItem.list_of(application_id)
    return Story(items, ReviewFinding.list_of(application_id), means_of(marks_of([row.id for row in items])))


def warning_of(application: Application) -> str:
    """Why it had better not be filed yet, in words; empty when nothing speaks against it. Two statements."""
    last = last_items([application.id]).get(application.id)
    if last is None or last.verdict != "again":
        return ""
    query = select(func.count()).where(
        ReviewFinding.application_id == application.id, ReviewFinding.done_on.is_(None)
    )  # fmt: skip
    count = db.session.scalar(query) or 0
    return f"预评审第 {last.round} 轮要求修改后再审，还有 {count} 条没有改完" if unready(last.verdict, count) else ""


def by_item(marks: Iterable[ReviewMark]) -> dict[int, dict[int, ReviewMark]]:
    """The marks by item and expert."""
    found: dict[int, dict[int, ReviewMark]] = {}
    for row in marks:
        found.setdefault(row.item_id, {})[row.expert_id] = row
    return found
