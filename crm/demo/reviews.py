"""Pre-review of the demo district: two meetings of the batch that fills, told by the acts themselves."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import clock
from models.application import Application, ApplicationBatch, ReviewExpert, ReviewFinding, ReviewItem, ReviewMeeting
from models.application.prereview import Mark, correct, decide, put_on, write_marks
from models.base import db
from models.rules.prereview import PARTS
from models.title import TitleType
from models.user import User

EXPERTS = (("陆明远", "苍岭大学"), ("顾晚舟", "苍岭会计师事务所"), ("沈秋池", "苍岭知识产权中心"))
#: (verdict, advice, what is to be corrected), again and again from the start.
TOLD = (
    ("cleared", "材料齐整，研发项目与产品对得上", ""),
    ("again", "收入说明和审计报告对不上", "高新收入专项审计重出\n补两项专利的缴费证明"),
    ("again", "研发组织管理制度太薄", "补研发项目立项和验收\n补产学研合作协议"),
    ("postponed", "主要专利受让不满一年，明年再报", ""),
)
SECOND = ("cleared", "改好了", "")
MORNING = timedelta(hours=10)


def add_reviews(today: date) -> int:
    """Two meetings of the latest running batch of 高新技术企业, the second with who came again; how many items."""
    kind = select(TitleType.id).where(TitleType.key == "hnte").scalar_subquery()
    query = select(ApplicationBatch).where(ApplicationBatch.type_id == kind, ApplicationBatch.closed_on.is_(None))
    batch = db.session.scalars(query.order_by(ApplicationBatch.year.desc(), ApplicationBatch.id.desc())).first()
    if batch is None:
        return 0
    people = db.session.scalars(select(User).where(User.is_demo).order_by(User.id))
    by = next(user for user in people if "applications.decide" in user.permissions)
    first = _hold(batch, by, today - timedelta(days=12))
    ids = list(
        db.session.scalars(select(Application.id).where(Application.batch_id == batch.id).order_by(Application.id))
    )
    put_on(by, first, ids, _moment(first.held_on))
    for place, item in enumerate(_items(first)):
        _tell(item, by, place, TOLD[place % len(TOLD)])
    for finding in db.session.scalars(select(ReviewFinding).order_by(ReviewFinding.id).limit(2)):
        correct(finding, db.session.get_one(Application, finding.application_id), by,
                _moment(today - timedelta(days=4)), "已重出，上传了")  # fmt: skip
    second = _hold(batch, by, today - timedelta(days=2))
    back = [item.application_id for item in _items(first) if item.verdict == "again"][:2]
    put_on(by, second, back, _moment(second.held_on))
    items = _items(second)
    if items:
        _tell(items[0], by, 1, SECOND)
    return len(_items(first)) + len(items)


def _hold(batch: ApplicationBatch, by: User, on: date) -> ReviewMeeting:
    meeting = ReviewMeeting(batch=batch, held_on=on, begins="14:00", place="三楼会议室", created_by_id=by.id,
                            created_at=_moment(on - timedelta(days=7)))  # fmt: skip
    meeting.experts = [ReviewExpert(name=name, unit=unit, position=place) for place, (name, unit) in enumerate(EXPERTS)]
    db.session.add(meeting)
    db.session.flush()
    return meeting


def _items(meeting: ReviewMeeting) -> list[ReviewItem]:
    query = select(ReviewItem).where(ReviewItem.meeting_id == meeting.id)
    return list(db.session.scalars(query.order_by(ReviewItem.position, ReviewItem.id)))


def _tell(item: ReviewItem, by: User, place: int, told: tuple[str, str, str]) -> None:
    """Three experts mark, a little apart; then the verdict."""
    verdict, advice, found = told
    less = 2 if verdict == "cleared" else 9
    marks = {
        expert.id: Mark({key: max(0, most - less - (place + number) % 3) for key, (_, most, _) in PARTS.items()})
        for number, expert in enumerate(item.meeting.experts)
    }
    write_marks(item, marks)
    decide(item, by, _moment(item.meeting.held_on), verdict, advice, found)


def _moment(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), clock.ZONE) + MORNING
