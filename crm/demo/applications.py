"""Applications of the demo district: a batch that is nearly over and one that fills, told by the acts themselves."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import clock
from models.application import Application, ApplicationBatch, RefusalReason, acts, papers
from models.application.acts import Going
from models.application.adding import add_firms
from models.base import db
from models.firm.record import Firm
from models.rules.application import WAY
from models.title import Title, TitleType
from models.user import User

#: One application for so many firms, but no more than this in a batch.
FIRMS_EACH, MOST = 12, 36
#: How far the firms of each batch have come, again and again from the start.
OVER = ("granted", "abandoned", "public_notice", "granted", "refused", "in_review", "granted", "refused", "granted")
FILLING = ("coaching", "intention", "pre_review", "coaching", "submitted", "intention", "accepted", "pre_review",
           "coaching", "abandoned")  # fmt: skip
WHY_REFUSED = (("revenue_share", "高品收入说明和审计报告对不上"), ("ip", "两项专利受让不满一年"), ("rd_share", ""))
WHY_LEFT = ("财务总监离职，明年再报", "研发费用没有归集，材料赶不出来")
NOTES = ("上门看过材料，知识产权够", "财务账套里研发费用要单列，已给模板", "专项审计约在月底进场")
MORNING = timedelta(hours=10)


def add_applications(firms: int, today: date, number: int) -> int:
    """Two batches of 高新技术企业 with firms in every stage; how many applications. The caller commits."""
    rng = random.Random(number + 41)  # noqa: S311  invented applications, no secrets
    kind = db.session.scalars(select(TitleType).where(TitleType.key == "hnte")).one()
    manager = _manager()
    count = min(MOST, max(len(FILLING), firms // FIRMS_EACH))
    held, others = _holders(kind, today), _small(kind)
    rng.shuffle(others)
    half = len(others) // 2
    told = 0
    for story, begin, closed in ((OVER, -260, True), (FILLING, -45, False)):
        batch = _batch(kind, today, begin, closed, manager)
        granted = [held.pop() for _ in range(min(len(held), count // 2))] if closed else []
        rest = [others.pop() for _ in range(min(len(others), half, count - len(granted)))]
        told += _tell(rng, batch, manager, granted, rest, story, today, begin)
    return told


def _manager() -> User:
    people = db.session.scalars(select(User).where(User.is_demo).order_by(User.id))
    return next(user for user in people if "applications.decide" in user.permissions)


def _holders(kind: TitleType, today: date) -> list[int]:
    """Firms that were granted the title in the last months, each once."""
    since = select(Title.firm_id).where(
        Title.type_id == kind.id, Title.provisional.is_(False), Title.issued_on > today - timedelta(days=200),
        Title.issued_on <= today,
    )  # fmt: skip
    return list(dict.fromkeys(db.session.scalars(since.order_by(Title.firm_id))))


def _small(kind: TitleType) -> list[int]:
    """Firms somebody looks after that never had this title."""
    ever = select(Title.firm_id).where(Title.type_id == kind.id)
    query = select(Firm.id).where(Firm.officer_a_id.is_not(None), Firm.id.not_in(ever), Firm.status == "active")
    return list(db.session.scalars(query.order_by(Firm.id)))


def _batch(kind: TitleType, today: date, begin: int, closed: bool, by: User) -> ApplicationBatch:
    first = today + timedelta(days=begin)
    batch = ApplicationBatch(
        type=kind, year=first.year, round=1, plan=20, document="市科技局年度申报通知", created_by_id=by.id,
        created_at=_moment(first),
    )  # fmt: skip
    twin = select(ApplicationBatch.id).where(ApplicationBatch.type_id == kind.id, ApplicationBatch.year == first.year)
    if db.session.scalar(twin.limit(1)) is not None:
        batch.round = 2
    days = ("opens", 0), ("papers", 30), ("firm", 60), ("district", 75), ("province", 95), ("notice", 150), (
        "announcement", 190,
    )  # fmt: skip
    batch.date_them({key: first + timedelta(days=offset) for key, offset in days})
    batch.closed_on = first + timedelta(days=60) if closed else None
    db.session.add(batch)
    db.session.flush()
    return batch


def _tell(
    rng: random.Random, batch: ApplicationBatch, by: User, granted: list[int], rest: list[int], story: tuple[str, ...],
    today: date, begin: int,
) -> int:  # fmt: skip
    first = today + timedelta(days=begin)
    closed, batch.closed_on = batch.closed_on, None
    add_firms(by, batch, [*granted, *rest], _moment(first))
    batch.closed_on = closed
    rows = {row.firm_id: row for row in db.session.scalars(select(Application).where(Application.batch_id == batch.id))}
    ends = [goal for goal in story if goal != "granted" or not granted]
    goals = [*(["granted"] * len(granted)), *(ends[place % len(ends)] for place in range(len(rest)))]
    for firm_id, goal in zip([*granted, *rest], goals, strict=True):
        _bring(rng, rows[firm_id], by, goal, first, today)
    return len(rows)


def _bring(rng: random.Random, row: Application, by: User, goal: str, first: date, today: date) -> None:
    """Move one to where its story ends, some days apart."""
    row.expected_on = first + timedelta(days=rng.randrange(40, 61))
    way = WAY[1 : WAY.index(goal) + 1] if goal in WAY else WAY[1 : 3 if goal == "abandoned" else 6]
    gap = max(1, (today - first).days // (len(WAY) + 1))
    on = first
    for stage in way:
        on = min(today, on + timedelta(days=rng.randrange(1, gap + 1)))
        for line in papers.checklist(row.id, row.batch.type_id):
            if line.paper is None and line.rule in papers.missing([line], row.stage, stage):
                papers.bring(row.id, line.rule, by, _moment(on), on)
        acts.move(row, by, _moment(on), stage, Going(on))
        if stage == "coaching" and rng.random() < 0.6:
            acts.note(row, by, _moment(on), rng.choice(NOTES))
    on = min(today, on + timedelta(days=gap))
    if goal == "abandoned":
        acts.move(row, by, _moment(on), goal, Going(on, rng.choice(WHY_LEFT)))
    elif goal == "refused":
        key, words = rng.choice(WHY_REFUSED)
        acts.move(row, by, _moment(on), goal, Going(on, words, RefusalReason.by_key(key)))


def _moment(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), clock.ZONE) + MORNING
