"""From the ledger to the outbox: what waits is taken once, a person's reminders of one run together."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import joinedload

from models import calendar, claim, clock, robot, setting
from models.base import among, db
from models.reminder import people, settings
from models.reminder.record import Reminder, ReminderDelivery
from models.robot import Robot
from models.rules import reminder as rules
from models.user import User

#: So many are taken in one transaction.
MOST = 2000


def any_waiting(now: datetime) -> bool:
    """Whether something may go out at this moment. One cheap statement, but for the setting."""
    if setting.get("sending") != "on":
        return False
    query = select(ReminderDelivery.id).where(ReminderDelivery.state == "waiting", ReminderDelivery.not_before <= now)
    return db.session.scalar(query.limit(1)) is not None


def hold_if_quiet(now: datetime) -> bool:
    """When it is quiet, let what waits wait until the next working morning, and return True. The caller commits."""
    quiet = settings.quiet_hours()
    until = rules.quiet_until(clock.local(now), quiet.begins, quiet.ends, calendar.load())
    if until is None:
        return False
    held = update(ReminderDelivery).where(ReminderDelivery.state == "waiting", ReminderDelivery.not_before <= now)
    held = held.values(not_before=until, reason="quiet")
    db.session.execute(held.execution_options(synchronize_session=False))
    return True


def take_mails(now: datetime, raised_until: datetime | None = None) -> dict[User, list[tuple[int, Reminder]]]:
    """Take the mails that wait, by reader, with the ids of their deliveries; those of people who left are given up.
    raised_until: those raised up to this moment instead, whether they may go out or not.

    Taken is taken: another process that asks at the same time gets none of them. The caller puts them into the outbox
    in the same transaction.
    """
    taken = _take("mail", now, raised_until)
    query = (
        select(ReminderDelivery)
        .where(among(ReminderDelivery.id, taken))
        .options(joinedload(ReminderDelivery.reminder).joinedload(Reminder.recipient).lazyload(User.roles))
    )
    found: dict[User, list[tuple[int, Reminder]]] = defaultdict(list)
    left = []
    for one in db.session.scalars(query.order_by(ReminderDelivery.id)) if taken else ():
        reader = one.reminder.recipient
        if reader is None or not reader.active or not people.has_mailbox(reader.email):
            left.append((one, "no_mailbox" if reader is not None and reader.active else "left"))
            continue
        found[reader].append((one.id, one.reminder))
    for one, reason in left:
        one.state, one.reason = "skipped", reason
    return found


def belongs_to(delivery_ids: list[int], mail_id: int) -> None:
    """Note which mail of the outbox carries these."""
    statement = update(ReminderDelivery).where(among(ReminderDelivery.id, delivery_ids)).values(mail_id=mail_id)
    db.session.execute(statement.execution_options(synchronize_session=False))


def take_counts(now: datetime) -> dict[Robot, tuple[list[int], dict[str, int]]]:
    """Take what waits for robots: for each robot the ids of the deliveries and how many there are of each rule. What
    no robot counts is given up as 渠道关闭."""
    taken = _take("robot", now)
    if not taken:
        return {}
    columns = select(ReminderDelivery.id, Reminder.rule, Reminder.recipient_id)
    query = columns.join(Reminder, Reminder.id == ReminderDelivery.reminder_id)
    rows = db.session.execute(query.where(among(ReminderDelivery.id, taken)).order_by(ReminderDelivery.id)).all()
    units = people.load(clock.local(now).date()).units
    found, counted = {}, set()
    for one in Robot.list_all():
        mine = [(row_id, rule) for row_id, rule, reader in rows if one.counts(rule, units.get(reader or 0, ()))]
        if mine:
            counts: dict[str, int] = defaultdict(int)
            for _, rule in mine:
                counts[rule] += 1
            found[one] = ([row_id for row_id, _ in mine], dict(counts))
            counted |= {row_id for row_id, _ in mine}
    _give_up([row_id for row_id in taken if row_id not in counted], "channel_off")
    return found


def note_post(delivery_ids: list[int], post_id: int) -> None:
    """Note which post to a robot counted these."""
    statement = update(ReminderDelivery).where(among(ReminderDelivery.id, delivery_ids)).values(post_id=post_id)
    db.session.execute(statement.execution_options(synchronize_session=False))


def put_counts(name: str, counts: Mapping[str, int], names: Mapping[str, str], link: str) -> str:
    """What a robot says: counts and one link, nothing that names a firm or a person."""
    total = sum(counts.values())
    parts = "，".join(f"{names[key]} {count} 件" for key, count in counts.items())
    return f"{name}：新提醒 {total} 件。{parts}。" + (f"\n{link}" if link else "")


def send_counts(now: datetime, link: str) -> int:
    """Let the posts of the robots wait in their table; how many. The caller commits."""
    names = {key: rule.name for key, rule in settings.in_force().items()}
    posts = 0
    for one, (delivery_ids, counts) in take_counts(now).items():
        said = put_counts(setting.get("bureau_name"), counts, names, link)
        post_id = robot.put(one, f"robot:{one.id}:{delivery_ids[0]}", said, now)
        if post_id is not None:
            note_post(delivery_ids, post_id)
            posts += 1
    return posts


def count_waiting() -> int:
    """How many deliveries wait for their moment or for sending to go on."""
    return db.session.scalar(select(func.count(ReminderDelivery.id)).where(ReminderDelivery.state == "waiting")) or 0


def give_up_counts(raised_until: datetime, now: datetime) -> int:
    """What waits for robots and was raised up to a moment may have been told by another: it is told to none; how many.
    The caller commits."""
    raised = select(Reminder.id).where(Reminder.raised_at <= raised_until)
    statement = update(ReminderDelivery).where(
        ReminderDelivery.state == "waiting", ReminderDelivery.channel == "robot",
        ReminderDelivery.reminder_id.in_(raised),
    )  # fmt: skip
    statement = statement.values(state="skipped", reason="maybe_sent", at=now).returning(ReminderDelivery.id)
    return len(db.session.scalars(statement.execution_options(synchronize_session=False)).all())


def _take(channel: str, now: datetime, raised_until: datetime | None = None) -> list[int]:
    claim.begin_writing()
    ready = ReminderDelivery.not_before <= now
    if raised_until is not None:
        ready = ReminderDelivery.reminder_id.in_(select(Reminder.id).where(Reminder.raised_at <= raised_until))
    due = and_(ReminderDelivery.state == "waiting", ReminderDelivery.channel == channel, ready)
    oldest = select(ReminderDelivery.id).where(due).order_by(ReminderDelivery.id).limit(MOST).with_for_update()
    statement = update(ReminderDelivery).where(ReminderDelivery.id.in_(oldest), ReminderDelivery.state == "waiting")
    statement = statement.values(state="sent", reason="", at=now).returning(ReminderDelivery.id)
    return sorted(db.session.scalars(statement.execution_options(synchronize_session=False)))


def _give_up(delivery_ids: list[int], reason: str) -> None:
    if delivery_ids:
        statement = update(ReminderDelivery).where(among(ReminderDelivery.id, delivery_ids))
        statement = statement.values(state="skipped", reason=reason)
        db.session.execute(statement.execution_options(synchronize_session=False))
