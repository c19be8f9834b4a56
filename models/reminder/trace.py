"""“为什么没收到”: the rows of the ledger by person, rule, firm and day, and why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from models import setting
from models.base import db
from models.errors import NotFound
from models.firm.record import Firm
from models.outbox import Mail
from models.reminder import ledger
from models.reminder.preview import Foreseen
from models.reminder.record import Reminder, ReminderDelivery
from models.reminder.sources import of_rules
from models.rules.reminder_table import BY_KEY
from models.rules.reminder_why import why
from models.task import JobRun
from models.user import User


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """What is asked for; an unreadable value counts as absent."""

    person: int | None = None
    rule: str = ""
    #: A part of the firm's name.
    firm: str = ""
    day: date | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""
        person, rule = args.get("person", ""), args.get("rule", "")
        try:
            day = date.fromisoformat(args.get("day", ""))
        except ValueError:
            day = None
        whole = int(person) if person.isascii() and person.isdigit() and len(person) < 10 else None
        return cls(whole, rule if rule in BY_KEY else "", args.get("firm", "").strip()[:100], day)

    def query(self) -> dict[str, str]:
        """The parameters that mean this filter."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return {name: str(value) for name, value in pairs if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Why:
    """One matter that is due, and what the run of the day says of it."""

    record: str
    words: str
    due_on: date
    said: str


def sees_words(user: User) -> bool:
    """Whether this person may read what the reminders say: administrators see rules and keys alone."""
    return "firms.view" in user.permissions


def visible_to(user: User) -> Select[Reminder]:
    """Select the reminders that exist for this person on the search, unordered: those of firms they may not see are
    left out; who sees no firm sees all without words."""
    query = select(Reminder)
    if not sees_words(user) or Firm.all_visible_to(user):
        return query
    seen = Firm.visible_to(user).with_only_columns(Firm.id)
    return query.where(or_(Reminder.firm_id.is_(None), Reminder.firm_id.in_(seen)))


def look(user: User, asked: TraceFilter, number: int, size: int) -> tuple[list[Reminder], int, int]:
    """A page of the rows asked for, the newest first, the number of that page, and the count of all. Three
    statements, and those of the doors."""
    query = visible_to(user).where(*_conditions(user, asked))
    total = db.session.scalar(query.with_only_columns(func.count(Reminder.id))) or 0
    number = min(max(number, 1), max(1, -(-total // size)))
    people = [joinedload(column).load_only(User.name).lazyload(User.roles)
              for column in (Reminder.person, Reminder.about, Reminder.recipient)]  # fmt: skip
    doors = selectinload(Reminder.deliveries).joinedload(ReminderDelivery.mail).defer(Mail.letter_sealed)
    query = query.options(*people, doors).order_by(Reminder.raised_at.desc(), Reminder.id.desc())
    return list(db.session.scalars(query.limit(size).offset((number - 1) * size))), number, total


def get_for(user: User, reminder_id: int) -> int:
    """The id of a reminder that exists for this person on the search, or NotFound."""
    found = db.session.scalar(visible_to(user).where(Reminder.id == reminder_id).with_only_columns(Reminder.id))
    if found is None:
        raise NotFound
    return found


def explain(user: User, asked: TraceFilter, on: date, *, server: bool) -> list[Why]:
    """Why a person is, or is not, told of what a rule is about on a day: every matter that lies with them. Empty when
    none does. Asked only with a person and a rule."""
    if asked.person is None or not asked.rule:
        return []
    now = ledger.load(on, ledger.moment_of(on), server=server)
    found = []
    shown = sees_words(user)
    all_seen = shown and Firm.all_visible_to(user)
    for source in of_rules(frozenset({asked.rule})):
        dues = [due for due in source.due_reminders(on) if due.rule == asked.rule and due.person_id == asked.person]
        rows = ledger.held({asked.rule}, dues)
        firm_ids = {due.firm_id for due in dues if due.firm_id is not None}
        seen = firm_ids if all_seen or not shown else _seen(user, firm_ids)
        for due in dues:
            if due.firm_id is not None and due.firm_id not in seen:
                continue
            mine = [row for row in rows if row.key == due.key]
            said = why(due, mine, now.rules[due.rule].facts, now.staff.people, now.staff.people.names, now.workdays, on)
            found.append(Why(f"{due.table}/{due.record_id}", due.words if shown else "", due.due_on, said))
    return sorted(found, key=lambda one: (one.due_on, one.record))


def seen_of(user: User, rows: list[Foreseen]) -> list[Foreseen]:
    """Those of a preview that exist for this person: without the firms they may not see."""
    if not sees_words(user) or Firm.all_visible_to(user):
        return rows
    seen = _seen(user, {row.one.due.firm_id for row in rows if row.one.due.firm_id is not None})
    return [row for row in rows if row.one.due.firm_id is None or row.one.due.firm_id in seen]


def hindrances(rule: str, *, server: bool) -> list[str]:
    """What keeps everything of a rule from going out, in words: nothing was run, sending is paused, no mail server."""
    found = []
    if setting.get("sending") != "on":
        found.append("对外发送已暂停：邮件和群机器人等着，站内照常。")
    if not server:
        found.append("没有设置邮件服务器（MAIL_URL）：不发邮件，站内照常。")
    if rule:
        run = db.session.scalar(
            select(JobRun).where(JobRun.job == BY_KEY[rule].job).order_by(JobRun.started_at.desc(), JobRun.id.desc())
            .limit(1)
        )  # fmt: skip
        if run is None:
            found.append("这一类的定时任务还没有运行过。")
        elif run.state == "failed":
            found.append("这一类的定时任务上次没有做成，请系统管理员看运行时间表。")
    return found


def _conditions(user: User, asked: TraceFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.person is not None:
        found.append(or_(Reminder.person_id == asked.person, Reminder.recipient_id == asked.person))
    if asked.rule:
        found.append(Reminder.rule == asked.rule)
    if asked.day is not None:
        found.append(Reminder.raised_on == asked.day)
    if asked.firm and sees_words(user):
        like = "%" + asked.firm.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        named = select(Firm.id).where(Firm.name.like(like, escape="\\"))
        found.append(and_(Reminder.firm_id.is_not(None), Reminder.firm_id.in_(named)))
    return found


def _seen(user: User, firm_ids: set[int]) -> set[int]:
    if not firm_ids:
        return set()
    query = Firm.visible_to(user).where(Firm.id.in_(sorted(firm_ids))).with_only_columns(Firm.id)
    return set(db.session.scalars(query))
