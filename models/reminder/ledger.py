"""The ledger at work: what a run of rules raises, settles and carries upward. Each row is written once, whoever runs
it and however often; the caller commits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, update

from models import calendar, claim, clock, robot, setting
from models.base import among, db
from models.reminder import people as staff_of
from models.reminder import settings
from models.reminder.people import Staff
from models.reminder.record import Reminder, ReminderDelivery
from models.reminder.sources import Source
from models.rules import reminder as rules
from models.rules.reminder import Door, Due
from models.rules.reminder_plan import New, Plan, Row, plan
from models.rules.reminder_table import Rule
from models.rules.workday import Workdays

#: Said in place of the words to one who may not see the firm.
UNSEEN = "有一件事项到期，企业不在您能看的范围内，请问"
CHUNK = 300


@dataclass(frozen=True)
class Setting:
    """What a run rests on besides what is due, read once."""

    on: date
    at: datetime
    staff: Staff
    rules: dict[str, Rule]
    workdays: Workdays
    declined: set[tuple[int, str]]
    #: The bureau has a mail server.
    server: bool
    #: When what is raised now may go out by mail or robot, and why not now (a key of REASONS).
    not_before: datetime
    held: str
    #: After a restore: what falls due may have been sent by the process that the copy knows nothing of.
    maybe_sent: bool = False
    #: The rules that some robot counts.
    robots: frozenset[str] = frozenset()


@dataclass
class Done:
    """What a run wrote."""

    raised: list[int] = field(default_factory=list)
    settled: int = 0
    #: (key, reason in words) of what will not go out by mail.
    skipped: list[tuple[str, str]] = field(default_factory=list)


def load(on: date, at: datetime, *, server: bool, maybe_sent: bool = False) -> Setting:
    """What a run for a day at a moment rests on. A fixed number of statements."""
    workdays, quiet = calendar.load(), settings.quiet_hours()
    until = rules.quiet_until(clock.local(at), quiet.begins, quiet.ends, workdays)
    reason = "quiet" if until is not None else ""
    if setting.get("sending") != "on":
        reason = "paused"
    return Setting(
        on, at, staff_of.load(on), settings.in_force(), workdays, settings.declined(), server, until or at, reason,
        maybe_sent, robot.counted_rules(),
    )  # fmt: skip


def moment_of(on: date) -> datetime:
    """A moment of a day at which people work, for what is only asked and never written."""
    return datetime.combine(on, time(9), clock.ZONE)


def foresee(source: Source, keys: Collection[str], now: Setting) -> Plan:
    """What a run of a source would write for these of its rules: the preview shows it, `run` writes it."""
    wanted = source.rules & frozenset(keys)
    dues = [due for due in source.due_reminders(now.on) if due.rule in wanted]
    facts = {key: rule.facts for key, rule in now.rules.items()}
    return plan(dues, held(wanted, dues), facts, now.staff.people, now.workdays, now.on)


def run(source: Source, keys: Collection[str], now: Setting) -> Done:
    """Write what a source asks for on a day; a second run, or another process at the same time, writes nothing more."""
    claim.begin_writing()
    found = foresee(source, keys, now)
    done = Done(settled=len(found.settled))
    _mark(found.again, settled_on=None)
    _mark(found.settled, settled_on=now.on)
    _end_waiting(found.settled, now.at)
    written = _write(found.new, now)
    _mark(found.went_up, went_up_on=now.on)
    done.raised = [row_id for row_id, _ in written]
    for _, one in written:
        reason = "left" if one.recipient_id is None else reason_of(one, now)
        if reason:
            done.skipped.append((key_of(one), rules.REASONS[reason]))
    return done


def key_of(one: New) -> str:
    """A reminder in one word, for logs and results: the rule, the record, the person and the period."""
    return f"{one.due.rule}:{one.due.table}/{one.due.record_id}:{one.person_id}:{one.period}"


def reason_of(one: New, now: Setting) -> str:
    """Why no mail of a reminder will go out (a key of REASONS); empty when one will."""
    if now.maybe_sent:
        return "maybe_sent"
    assert one.recipient_id is not None
    return rules.closed_because(
        Door(
            now.rules[one.due.rule].facts.channels, now.server, one.recipient_id in now.staff.mailboxes,
            (one.recipient_id, one.due.rule) in now.declined,
        )
    )  # fmt: skip


def held(wanted: Collection[str], dues: Sequence[Due]) -> list[Row]:
    """What the ledger holds of these matters, and everything open of the rules: what is missing among them is
    settled."""
    record_ids = sorted({due.record_id for due in dues})
    open_or_due: ColumnElement[bool] = Reminder.settled_on.is_(None)
    if record_ids:
        open_or_due = or_(open_or_due, among(Reminder.record_id, record_ids))
    columns = (
        Reminder.id, Reminder.rule, Reminder.record_table, Reminder.record_id, Reminder.about_id, Reminder.matter,
        Reminder.person_id, Reminder.stage, Reminder.level, Reminder.raised_on, Reminder.settled_on,
        Reminder.recipient_id,
    )  # fmt: skip
    query = select(*columns).where(Reminder.rule.in_(sorted(wanted)), open_or_due).order_by(Reminder.id)
    return [
        Row(row.id, (row.rule, row.record_table, row.record_id, row.about_id, row.matter), row.person_id, row.stage,
            row.level, row.raised_on, row.settled_on is not None, row.recipient_id is None)
        for row in db.session.execute(query)
    ]  # fmt: skip


def _write(new: list[New], now: Setting) -> list[tuple[int, New]]:
    """The rows that were not there yet, with what goes through each door."""
    unseen = staff_of.hidden(new)
    written: list[tuple[int, New]] = []
    for start in range(0, len(new), CHUNK):
        part = new[start : start + CHUNK]
        by_key = {(one.due.rule, one.due.table, one.due.record_id, one.person_id, one.period): one for one in part}
        statement = claim.upsert(Reminder).values([_row(one, now, unseen) for one in by_key.values()])
        statement = statement.on_conflict_do_nothing().returning(
            Reminder.id, Reminder.rule, Reminder.record_table, Reminder.record_id, Reminder.person_id, Reminder.period
        )
        written += [(row_id, by_key[tuple(key)]) for row_id, *key in db.session.execute(statement)]
    written.sort(key=lambda pair: pair[0])
    doors = [door for row_id, one in written for door in _doors(row_id, one, now)]
    if doors:
        # The table, not the class: rows that leave a column empty would each be a statement of its own.
        db.session.execute(insert(ReminderDelivery.metadata.tables["reminder_delivery"]), doors)
    return written


def _row(one: New, now: Setting, unseen: set[tuple[int, int]]) -> dict[str, Any]:
    due, names = one.due, now.staff.people.names
    words, path, firm_id = one.words(names), one.path, due.firm_id
    if firm_id is not None and (one.recipient_id, firm_id) in unseen:
        words, path, firm_id = f"{UNSEEN}{names.get(due.person_id, '')}", "/reminders/", None
    return {
        "rule": due.rule, "record_table": due.table, "record_id": due.record_id, "person_id": one.person_id,
        "period": one.period, "about_id": due.person_id, "matter": due.period, "stage": one.stage,
        "level": one.level, "recipient_id": one.recipient_id, "why": one.why, "due_on": due.due_on,
        "firm_id": firm_id, "words": words, "path": path, "raised_at": now.at, "raised_on": now.on,
    }  # fmt: skip


def _doors(row_id: int, one: New, now: Setting) -> Iterable[dict[str, Any]]:
    """What goes through each door of a rule: on the page always, by mail and robot when they may."""
    if one.recipient_id is None:
        return
    channels = now.rules[one.due.rule].facts.channels

    def door(channel: str, state: str, reason: str) -> dict[str, Any]:
        return {
            "reminder_id": row_id, "channel": channel, "state": state, "reason": reason, "not_before": now.not_before,
            "at": None if state == "waiting" else now.at,
        }  # fmt: skip

    yield door("app", "sent", "")
    reason = reason_of(one, now)
    yield door("mail", "skipped" if reason else "waiting", reason or now.held)
    if "robot" in channels and one.due.rule in now.robots:
        yield door("robot", "skipped" if now.maybe_sent else "waiting", "maybe_sent" if now.maybe_sent else now.held)


def _mark(row_ids: Sequence[int], **values: Any) -> None:
    for start in range(0, len(row_ids), 5000):
        part = row_ids[start : start + 5000]
        statement = update(Reminder).where(among(Reminder.id, part)).values(**values)
        db.session.execute(statement.execution_options(synchronize_session=False))


def _end_waiting(row_ids: Sequence[int], at: datetime) -> None:
    """What was settled before its mail went out is told to nobody."""
    for start in range(0, len(row_ids), 5000):
        part = row_ids[start : start + 5000]
        statement = update(ReminderDelivery).where(
            among(ReminderDelivery.reminder_id, part), ReminderDelivery.state == "waiting"
        )
        statement = statement.values(state="skipped", reason="settled", at=at)
        db.session.execute(statement.execution_options(synchronize_session=False))
