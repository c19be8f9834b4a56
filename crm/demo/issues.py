"""Issues of the demo district in every state, told by the acts themselves, so that each has its whole trace."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm.record import Firm
from models.issue import Issue, clocks
from models.issue.acts import closing, deciding, desk, firm_word, handling, raising
from models.issue.acts.actor import Actor
from models.issue.acts.closing import CloseInput
from models.issue.acts.desk import AssistInput, DispatchInput
from models.issue.acts.firm_word import CallInput
from models.issue.acts.handling import ProposeInput
from models.issue.acts.raising import RaiseInput
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.menu import MenuItem
from models.unit import Unit
from models.user import User
from models.visit.demands import VisitDemand
from models.visit.record import Visit

#: (the firm's own words, topic, which department could help).
SAID = (
    ("贷款额度卡在 500 万，能不能提一提", "finance", "jrzx"),
    ("厂区西边红线没调，二期动不了", "site", "zgj"),
    ("缺 3 名嵌入式工程师，校招招不到", "talent", "rsj"),
    ("想找能做高温疲劳试验的学校", "technology", "cgk"),
    ("研发占比掉了，高企会不会取消", "policy", "gqk"),
    ("变压器容量不够，新线开不起来", "site", "zgj"),
    ("加计扣除的口径，财务拿不准", "policy", "swj"),
    ("夜班公交几点停，工人打不到车", "other", "gqk"),
    ("专利被同行仿了，不知道找谁", "ip", "cgk"),
    ("旺季缺普工，两条线停着", "labour", "rsj"),
)
MENU = (
    ("高企申报一对一辅导", "policy", "gqk", ("potential", "tech_sme")),
    ("信用贷银企对接", "finance", "jrzx", ()),
    ("高校检测平台开放共享", "technology", "cgk", ()),
    ("校园专场招聘", "talent", "rsj", ()),
    ("知识产权维权指导", "ip", "cgk", ()),
)
#: One issue for so many firms, but no more than this: each is told by a dozen acts.
FIRMS_EACH, MOST = 8, 120
MORNING = timedelta(hours=10)


@dataclass
class Cast:
    """The people and rows that the stories need."""

    rng: random.Random
    today: date
    people: dict[str, User]
    units: dict[str, Unit]
    topics: dict[str, IssueTopic]
    classes: dict[str, IssueClass]
    #: Firms that were visited lately, with a visit that can show something.
    visits: dict[int, Visit]

    @classmethod
    def load(cls, rng: random.Random, today: date) -> "Cast":
        """Read from the district just written."""
        users = db.session.scalars(select(User).where(User.is_demo).order_by(User.id))
        visits = select(Visit).where(Visit.visit_on >= today - timedelta(days=300)).order_by(Visit.id)
        return cls(
            rng, today, {(user.email or "").split("@")[0]: user for user in users},
            {unit.code or "": unit for unit in db.session.scalars(select(Unit).order_by(Unit.id))},
            {row.key: row for row in IssueTopic.list_all()}, {row.flow: row for row in IssueClass.list_all()},
            {visit.firm_id: visit for visit in db.session.scalars(visits)},
        )  # fmt: skip

    def by(self, mailbox: str) -> Actor:
        """One of the people."""
        return Actor.of(self.people[mailbox])

    def at(self, days_ago: int) -> datetime:
        """The morning of the last day worked by then."""
        on = clocks.load().workdays.on_or_before(self.today - timedelta(days=days_ago))
        return clock.day_begins(on) + MORNING


Told = Callable[[Cast, Issue, int], object]


def _given(cast: Cast, issue: Issue, ago: int, flow: str = "standard") -> None:
    assists = [AssistInput(cast.units["rsj"])] if flow != "simple" else []
    outside = cast.people["jrzx"] if issue.topic.key == "finance" else None
    unit = cast.units["jrzx"] if outside else cast.units["gqk"]
    to = DispatchInput(unit, cast.classes[flow], outside or cast.people["han"], assists=assists,
                       leader=cast.people["song"], measures="牵头单位上门核实，一周内给出方案")  # fmt: skip
    desk.dispatch(issue, cast.by("he"), cast.at(ago), to)


def _handler(cast: Cast, issue: Issue) -> Actor:
    found = db.session.get(User, issue.handler_id or 0)
    assert found is not None
    return Actor.of(found)


def _begun(cast: Cast, issue: Issue, ago: int, flow: str = "standard") -> None:
    _given(cast, issue, ago, flow)
    handling.sign(issue, _handler(cast, issue), cast.at(ago))
    handling.start(issue, _handler(cast, issue), cast.at(ago), "021-55550100", words="已把名字和电话告诉企业")


def _proposed(cast: Cast, issue: Issue, ago: int, flow: str = "standard") -> None:
    _begun(cast, issue, ago, flow)
    handler, later = _handler(cast, issue), max(ago - 3, 0)
    handling.interim_reply(issue, handler, cast.at(later), "已约企业和有关单位碰头")
    done = ProposeInput("已协调到位，企业在用了", visit_ids=[cast.visits[issue.firm_id].id])
    handling.propose(issue, handler, cast.at(later), done)


def _asked(cast: Cast, issue: Issue, ago: int, flow: str = "standard") -> None:
    _proposed(cast, issue, ago, flow)
    firm_word.send_link(issue, cast.by("tang"), cast.at(max(ago - 4, 0)))


def _answered(cast: Cast, issue: Issue, ago: int, solved: str = "yes", flow: str = "standard") -> None:
    _proposed(cast, issue, ago, flow)
    at = cast.at(max(ago - 4, 0))
    link, _ = firm_word.send_link(issue, cast.by("tang"), at)
    said = {"yes": "谢谢，解决了", "partly": "解决了一半", "no": "还差一步，没复验"}[solved]
    firm_word.answer_by_link(issue, Actor.firm(link), at, solved, {"yes": 5, "partly": 4, "no": 3}[solved], said)


def _closed(cast: Cast, issue: Issue, ago: int, flow: str = "standard") -> None:
    _answered(cast, issue, ago, flow=flow)
    closing.close(issue, cast.by("song"), cast.at(max(ago - 5, 0)), CloseInput())


def _closed_by_call(cast: Cast, issue: Issue, ago: int) -> None:
    _proposed(cast, issue, ago, "simple")
    at = cast.at(max(ago - 4, 0))
    firm_word.log_call(issue, cast.by("tang"), at, CallInput(reached=True, solved="yes", attitude=5, words="办得快"))
    closing.close(issue, cast.by("song"), at, CloseInput())


def _again(cast: Cast, issue: Issue, ago: int) -> None:
    _answered(cast, issue, ago, "no")
    closing.redo(issue, cast.by("song"), cast.at(max(ago - 5, 0)), "企业说没有解决，重办")


def _extended(cast: Cast, issue: Issue, ago: int) -> None:
    _begun(cast, issue, ago)
    assert issue.due_on is not None
    handling.ask_extension(issue, _handler(cast, issue), cast.at(max(ago - 1, 0)), issue.due_on + timedelta(days=14),
                           "要等市里批复")  # fmt: skip
    deciding.decide_extension(issue, cast.by("song"), cast.at(max(ago - 2, 0)), True, "同意")


def _wants_extension(cast: Cast, issue: Issue, ago: int) -> None:
    _begun(cast, issue, ago)
    assert issue.due_on is not None
    handling.ask_extension(issue, _handler(cast, issue), cast.at(max(ago - 1, 0)), issue.due_on + timedelta(days=10),
                           "设备月底才到")  # fmt: skip


def _parked(cast: Cast, issue: Issue, ago: int) -> None:
    _begun(cast, issue, ago)
    at = cast.at(max(ago - 2, 0))
    deciding.park(issue, cast.by("song"), at, "等明年的用地指标", clock.local(at).date() + timedelta(days=28))


def _withdrawn(cast: Cast, issue: Issue, ago: int) -> None:
    firm_word.ask_withdrawal(issue, cast.by("lu"), cast.at(ago), "企业说不用办了")
    said = CallInput("withdrawal", reached=True, confirms=True, words="确实不用了")
    firm_word.log_call(issue, cast.by("tang"), cast.at(ago), said)
    firm_word.withdraw(issue, cast.by("tang"), cast.at(ago))


def _objected(cast: Cast, issue: Issue, ago: int) -> None:
    _given(cast, issue, ago)
    handling.object(issue, _handler(cast, issue), cast.at(ago), "不归我单位管，请转建设口")


def _signed(cast: Cast, issue: Issue, ago: int) -> None:
    _given(cast, issue, ago)
    handling.sign(issue, _handler(cast, issue), cast.at(ago))


def _explained(cast: Cast, issue: Issue, ago: int) -> None:
    desk.admit(issue, cast.by("he"), cast.at(ago))
    deciding.explain(issue, cast.by("song"), cast.at(ago - 2), "政策今年没有安排")


#: (days since it was raised, how far it has come): as many of each as the district has room for.
STORIES: tuple[tuple[int, Told | None], ...] = (
    (24, _begun),
    (90, _closed),
    (0, None),
    (12, lambda cast, issue, ago: _begun(cast, issue, ago, "simple")),
    (9, _asked),
    (60, _again),
    (1, _given),
    (40, _closed_by_call),
    (10, _answered),
    (16, _extended),
    (8, _parked),
    (6, _proposed),
    (2, _objected),
    (5, _wants_extension),
    (30, lambda cast, issue, ago: desk.decline(issue, cast.by("he"), cast.at(ago), "不属于科技局职责，已告知企业找谁")),
    (1, lambda cast, issue, ago: desk.admit(issue, cast.by("he"), cast.at(ago), cast.classes["simple"])),
    (20, _withdrawn),
    (130, lambda cast, issue, ago: _closed(cast, issue, ago, "simple")),
    (3, _signed),
    (50, _explained),
)  # fmt: skip


def add_issues(number: int, today: date, seed: int) -> int:
    """Raise issues in proportion to so many firms, and carry each as far as its story goes; how many. The caller
    commits; rows of firms and visits are there."""
    cast = Cast.load(random.Random(f"issues {seed}"), today)  # noqa: S311  a district that can be made again
    _menu(cast)
    wanted = min(number // FIRMS_EACH, MOST) if cast.visits else 0
    demands = list(db.session.scalars(select(VisitDemand).order_by(VisitDemand.id.desc()).limit(wanted)))
    for place in range(wanted):
        ago, tell = STORIES[place % len(STORIES)]
        if tell is None and demands:
            _from_demand(cast, demands.pop())
            continue
        issue = _raised(cast, cast.rng.choice(sorted(cast.visits)), ago)
        if tell is not None:
            tell(cast, issue, ago)
        db.session.flush()
    return wanted


def _raised(cast: Cast, firm_id: int, ago: int) -> Issue:
    words, topic, _ = cast.rng.choice(SAID)
    said = RaiseInput(db.session.get_one(Firm, firm_id), words, cast.topics[topic],
                      cast.rng.choice(("phone", "walk_in", "meeting")))  # fmt: skip
    return raising.raise_issue(cast.by(cast.rng.choice(("lu", "cheng"))), cast.at(ago), said)


def _from_demand(cast: Cast, demand: VisitDemand) -> None:
    raising.from_demand(cast.by("lu"), cast.at(0), demand, cast.topics["other"])


def _menu(cast: Cast) -> None:
    for position, (name, topic, unit, rungs) in enumerate(MENU):
        item = MenuItem.begin()
        item.name, item.topic_id, item.unit_id, item.position = (
            name,
            cast.topics[topic].id,
            cast.units[unit].id,
            position,
        )
        item.rungs, item.price, item.provider, item.conditions = frozenset(rungs), "免费", "", ""
        db.session.add(item)
    db.session.flush()
