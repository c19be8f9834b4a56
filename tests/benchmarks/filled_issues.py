"""Issues with their trace for the bench: the demo district has a few. Written row by row, not by the acts."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from models import bulk, calendar, clock
from models.base import db
from models.firm import Firm
from models.issue.kinds import IssueClass, IssueTopic
from models.issue.parts import IssueAnswer, IssueAssignment, IssueClosing, IssueExtension, IssueSlip
from models.issue.record import Issue
from models.issue.trace import IssueMove
from models.rules.issue_clock import LightFacts, yellow_from
from models.rules.workday import Workdays
from models.unit import Unit
from models.user import User

#: The way most issues go: event and the state it leads to.
WAY = (
    ("raise", "registered"), ("admit", "admitted"), ("dispatch", "dispatched"), ("sign", "signed_for"),
    ("start", "in_progress"), ("reply", "in_progress"), ("reply", "in_progress"), ("propose", "resolution_proposed"),
    ("ask_firm", "awaiting_firm"), ("confirm", "in_review"), ("close", "closed_out"),
)  # fmt: skip
#: Of a hundred issues so many are struck off; the others stand somewhere on the way.
STRUCK_OFF = 72
#: So many days back the first was raised.
SPAN = 900
WORDS = ("二期厂房红线没调，动不了工", "缺嵌入式工程师，校招招不到", "贷款额度卡住，设备款付不出", "想借高校的试验机",
         "污水接管排不上队", "研发费用归集口径说不清，怕被调整")  # fmt: skip
TABLES: tuple[Any, ...] = (Issue, IssueAssignment, IssueMove, IssueAnswer, IssueClosing, IssueExtension, IssueSlip)
CHUNK = 2_000


class Filler:
    """Makes rows of issues one after another."""

    def __init__(self, now: datetime, today: date) -> None:
        self.luck, self.now, self.today = random.Random(7), now, today
        self.workdays: Workdays = calendar.load()
        cared = select(Firm.id).where(Firm.merged_into_id.is_(None), Firm.area_id.is_not(None)).order_by(Firm.id)
        self.firms = db.session.scalars(cared.limit(8_000)).all()
        self.people = db.session.scalars(select(User.id).where(User.active.is_(True)).order_by(User.id)).all()
        self.units = db.session.scalars(select(Unit.id).where(Unit.closed_on.is_(None)).order_by(Unit.id)).all()
        self.topics = db.session.scalars(select(IssueTopic.id).order_by(IssueTopic.id)).all()
        self.classes = IssueClass.list_all()
        serials = db.session.execute(select(Issue.year, func.max(Issue.serial)).group_by(Issue.year))
        self.serials: dict[int, int] = {year: serial for year, serial in serials}  # noqa: C416  rows are no pairs
        self.ids = {table.__tablename__: db.session.scalar(select(func.max(table.id))) or 0 for table in TABLES}
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in self.ids}

    def add(self, table: Any, **values: Any) -> int:
        """A row; returns its id."""
        name = table.__tablename__
        self.ids[name] += 1
        self.rows[name].append({"id": self.ids[name], **values})
        return self.ids[name]

    def make(self, number: int, count: int) -> None:
        """One issue with its trace; later ones were raised later."""
        luck = self.luck
        raised_on = self.today - timedelta(days=SPAN - SPAN * number // count)
        kind = luck.choices(self.classes, (60, 30, 10))[0]
        done = luck.randrange(100) < STRUCK_OFF
        steps = len(WAY) if done else luck.randrange(1, len(WAY))
        if not done:
            # What is still on its way was raised lately.
            raised_on = self.today - timedelta(days=luck.randrange(1, 45))
        dates = self._dates(raised_on, steps, kind.clock_days, done)
        handler, reviewer = luck.sample(self.people, 2)
        unit = luck.choice(self.units)
        issue_id = self._issue(number, raised_on, kind, steps, dates, (unit, handler))
        for (event, state), before, on in zip(WAY[:steps], (None, *WAY), dates, strict=False):
            self._move(issue_id, event, before[1] if before else None, state, on, handler)
        if steps > 5:
            self._move(issue_id, "tell", "in_progress", "in_progress", dates[5], handler)
        if steps >= 3:
            self.add(
                IssueAssignment, issue_id=issue_id, round=1, role="lead", unit_id=unit, user_id=handler,
                assigned_at=self.now, assigned_on=dates[2], sign_due_on=dates[2] + timedelta(days=1), objection="",
                settlement="", answer="", signed_by_silence=False,
                signed_at=self.now if steps > 3 else None, signed_on=dates[3] if steps > 3 else None,
            )  # fmt: skip
        if done:
            self._close(issue_id, dates[-1], handler, reviewer)
        elif steps == 6 and luck.random() < 0.3:
            self._wait(issue_id, unit, handler)

    def _dates(self, raised_on: date, steps: int, days: int, done: bool) -> list[date]:
        dates = [raised_on]
        for _ in range(1, steps):
            dates.append(min(self.today, dates[-1] + timedelta(days=self.luck.randrange(0, max(2, days // 3)))))
        return dates

    def _issue(
        self, number: int, raised_on: date, kind: IssueClass, steps: int, dates: list[date], lead: tuple[int, int]
    ) -> int:
        given, state = steps >= 3, WAY[steps - 1][1]
        due_on = self.workdays.due(dates[2], kind.clock_days).on if given else None
        reply_on = dates[4] + timedelta(days=14) if steps in (5, 6, 7) and kind.flow != "simple" else None
        facts = LightFacts(state, due_on, due_on, kind.clock_days, reply_due_on=reply_on)
        year = raised_on.year
        self.serials[year] = self.serials.get(year, 0) + 1
        words = self.luck.choice(WORDS)
        closed = state == "closed_out"
        return self.add(
            Issue, uuid=str(UUID(int=number + 1)), year=year, serial=self.serials[year],
            firm_id=self.luck.choice(self.firms), kind=self.luck.choice(("problem", "problem", "demand")),
            topic_id=self.luck.choice(self.topics), class_id=kind.id if steps > 1 else None,
            flow=kind.flow if given else None, channel="phone", words=words, title=words[:12], raised_on=raised_on,
            raised_by_id=self.luck.choice(self.people), created_at=clock.day_begins(raised_on), state=state, round=1,
            lead_unit_id=lead[0] if given else None, handler_id=lead[1] if given else None, measures="",
            dispatched_on=dates[2] if given else None, sign_due_on=dates[2] + timedelta(days=1) if given else None,
            signed_on=dates[3] if steps > 3 else None, clock_from=dates[2] if given else None,
            clock_days=kind.clock_days if given else None, first_due_on=due_on, due_on=due_on, due_known=True,
            yellow_on=yellow_from(facts, self.workdays), next_reply_on=reply_on, extensions=0, park_conditions="",
            level=0, proposed_on=dates[7] if steps > 7 else None, asked_on=dates[8] if steps > 8 else None,
            outcome="solved" if steps > 7 else None, result="已办" if steps > 7 else "",
            closing_id=self.ids["issue_closing"] + 1 if closed else None, closed_on=dates[-1] if closed else None,
            end_reason="", version=1,
        )  # fmt: skip

    def _move(self, issue_id: int, event: str, old: str | None, new: str, on: date, by: int) -> None:
        due_on = None if new in ("registered", "admitted") else self.rows[Issue.__tablename__][-1]["due_on"]
        self.add(
            IssueMove, issue_id=issue_id, event=event, from_state=old, to_state=new, round=1, at=clock.day_begins(on),
            moved_on=on, by_id=by, by_label="", via="form", words="已联系企业，正在办理",
            due_before=None if event == "dispatch" else due_on, due_after=due_on,
        )  # fmt: skip

    def _close(self, issue_id: int, on: date, handler: int, reviewer: int) -> None:
        answer = self.add(
            IssueAnswer, issue_id=issue_id, round=1, how="link", at=clock.day_begins(on), answered_on=on, solved="yes",
            attitude=5, words="", label="企业",
        )  # fmt: skip
        self.add(
            IssueClosing, issue_id=issue_id, round=1, reviewer_id=reviewer, handler_id=handler,
            reviewed_at=clock.day_begins(on), reviewed_on=on, watched_until=on + timedelta(days=90), basis="link",
            answer_id=answer, solved=True, answered=True, in_touch=True, satisfied=True, note="",
        )  # fmt: skip

    def _wait(self, issue_id: int, unit: int, handler: int) -> None:
        """An extension to be decided, and a slip."""
        self.add(
            IssueExtension, issue_id=issue_id, round=1, asked_by_id=handler, asked_label="", asked_at=self.now,
            reason="设备未到", old_due_on=self.today, new_due_on=self.today + timedelta(days=10), decision="",
        )  # fmt: skip
        self.add(
            IssueSlip, issue_id=issue_id, round=1, colour="red", why="overdue", about_on=self.today, words="",
            unit_id=unit, person_id=handler, raised_at=self.now, raised_on=self.today, answer="",
        )  # fmt: skip


def fill_issues(count: int, now: datetime, today: date) -> dict[str, int]:
    """Add that many issues, about ten moves each; the last id of each table. The caller commits."""
    filler = Filler(now, today)
    for chunk in _chunks(count):
        for number in chunk:
            filler.make(number, count)
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in TABLES:
            bulk.put_dicts(table.__table__, filler.rows[table.__tablename__])
            filler.rows[table.__tablename__].clear()
    if db.engine.dialect.name == "postgresql":
        for name in filler.ids:
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))
    return filler.ids


def _chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))
