"""Pools of the demo district at work: stages, next steps, the plan of the year; and two training sessions."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models.base import db
from models.firm.record import Firm
from models.pool import PoolMember, PoolPlan, PoolType, enter, moving
from models.pool.planning import towns
from models.title import TitleType
from models.training import Training, TrainingFirm, invite
from models.user import User

STEPS = (
    "补研发费用辅助账", "申请 1 项发明专利", "约会计师事务所核专项审计", "核实科技人员名册", "整理成果转化材料",
    "请服务机构上门看一次", "对照评分表自评", "核高新产品收入台账",
)  # fmt: skip
#: Title, days from today, place.
SESSIONS = (("高企申报材料编制培训", -250, "区科技局三楼会议室"), ("研发费用归集专题培训", 14, "区会议中心"))
MEASURES = ("一对一辅导，每月上门一次", "介绍服务机构，科里陪同看材料", "纳入专利快审通道", "")


def add_pools(today: date, number: int, now: datetime) -> None:
    """Put the pools to work and hold two sessions; the caller commits."""
    rng = random.Random(number + 55)  # noqa: S311
    office = db.session.scalars(select(User).order_by(User.id)).first()
    kinds = {kind.key: kind for kind in PoolType.list_all()}
    if office is None or not {"sme_to_hnte", "listing_pool"} <= kinds.keys():
        return
    _list_firms(rng, kinds["listing_pool"], office, today)
    _work(rng, office, today)
    for kind in (kinds["sme_to_hnte"], kinds["cultivation_pool"]):
        numbers: dict[int | None, int | None] = {area.id: rng.randrange(1, 5) for area in towns()}
        PoolPlan.keep(kind.id, today.year, numbers)
    _train(rng, kinds["sme_to_hnte"], office, today, now)


def _list_firms(rng: random.Random, kind: PoolType, office: User, today: date) -> None:
    """A few firms on their way to the stock market."""
    query = select(Firm.id).where(Firm.status == "active", Firm.officer_a_id.is_not(None)).order_by(Firm.id)
    ids = list(db.session.scalars(query.limit(60)))
    chosen = sorted(rng.sample(ids, min(6, len(ids))))
    enter(chosen, kind, today - timedelta(days=300), office, plan_year=today.year + 1, reason="拟科创板")


def _work(rng: random.Random, office: User, today: date) -> None:
    """Every second member is somewhere on its way and has a next step."""
    query = select(PoolMember).where(PoolMember.to_on.is_(None)).order_by(PoolMember.id)
    for member in db.session.scalars(query).all():
        if member.target_type_id is None:
            member.target_type_id = member.type.target_type_id
        if member.owner_id is None:
            member.owner_id = member.firm.officer_a_id
        stages = [stage for stage in member.type.stages if stage.exit_id is None]
        if stages and rng.random() < 0.8:
            since = max(member.from_on, today - timedelta(days=rng.randrange(5, 200)))
            moving.reach(member, rng.choice(stages), since, office, today)
        if rng.random() < 0.5:
            step = moving.Next(rng.choice(STEPS), today + timedelta(days=rng.randrange(-10, 60)))
            moving.set_next(member, step, max(member.from_on, today - timedelta(days=rng.randrange(1, 80))))
            member.batch, member.measures = f"{today.year + 1} 年第一批", rng.choice(MEASURES)


def _train(rng: random.Random, kind: PoolType, office: User, today: date, now: datetime) -> None:
    """One session last spring, with people who came; one in a fortnight, with invitations."""
    target = db.session.scalar(select(TitleType.id).where(TitleType.key == "hnte"))
    members = list(db.session.scalars(
        select(PoolMember.firm_id).where(PoolMember.type_id == kind.id).order_by(PoolMember.firm_id).distinct()
    ))  # fmt: skip
    for title, days, place in (
        ("高企申报材料编制培训", -250, "区科技局三楼会议室"),
        ("研发费用归集专题培训", 14, "区会议中心"),
    ):
        session = Training(title=title, target_type_id=target, topic="申报要点", held_on=today + timedelta(days=days),
                           begins="14:00", place=place, lecturers="市高企协会专家", capacity=60,
                           others=3 if days < 0 else 0, created_by_id=office.id, created_at=now)  # fmt: skip
        db.session.add(session)
        db.session.flush()
        invite(office, session, rng.sample(members, min(12, len(members))), now)
        query = select(TrainingFirm).where(TrainingFirm.training_id == session.id).order_by(TrainingFirm.id)
        for row in db.session.scalars(query):
            row.invited_on = min(today, session.held_on - timedelta(days=7))
            row.answer = rng.choice(("yes", "yes", "no", "none"))
            if days < 0:
                row.people = rng.choice((1, 2, 2, 3)) if row.answer == "yes" else 0
    db.session.flush()
