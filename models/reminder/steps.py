"""The steps of one reminder, from its raising to its end, as a page tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import clock
from models.base import db
from models.errors import NotFound
from models.outbox import Mail
from models.reminder.record import Reminder, ReminderDelivery
from models.robot import RobotPost
from models.rules.reminder import REASONS, UNITS
from models.rules.reminder_table import Rule
from models.user import User


@dataclass(frozen=True, slots=True)
class Step:
    """What happened, when, and what explains it."""

    when: str
    what: str
    detail: str = ""
    kind: str = ""
    old: str = ""
    new: str = ""
    source: str = ""


def load(reminder_id: int) -> Reminder:
    """One reminder with everything its steps need, or NotFound; the caller has seen to its scope."""
    doors = selectinload(Reminder.deliveries)
    people = [joinedload(column).lazyload(User.roles)
              for column in (Reminder.person, Reminder.about, Reminder.recipient)]  # fmt: skip
    query = select(Reminder).where(Reminder.id == reminder_id).options(
        *people, doors.joinedload(ReminderDelivery.mail).defer(Mail.letter_sealed),
        doors.joinedload(ReminderDelivery.post).joinedload(RobotPost.robot),
    )  # fmt: skip
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def of(row: Reminder, rule: Rule | None) -> list[Step]:
    """Its steps, the first first. rule: as it is in force; None when it is no more."""
    return list(_steps(row, rule))


def stage_words(stage: int, unit: str) -> str:
    """A stage in an officer's words."""
    if stage == 0:
        return "到期当天"
    return f"到期前 {stage} {UNITS[unit]}" if stage > 0 else f"到期后 {-stage} {UNITS[unit]}"


def _steps(row: Reminder, rule: Rule | None) -> Iterator[Step]:
    name = rule.name if rule else row.rule
    when = stage_words(row.stage, rule.facts.unit) if rule else ""
    late = "" if clock.local(row.raised_at).date() == row.raised_on else f"，按 {row.raised_on} 补提醒"
    yield Step(_moment(row.raised_at), f"按规则“{name}”生成", f"{row.due_on} 到期，{when}{late}")
    if row.level:
        yield Step(_moment(row.raised_at), f"报给上一级：{row.person.name}", f"{row.about.name}还没有办")
    if row.why == "deputy" and row.recipient is not None:
        yield Step(_moment(row.raised_at), f"{row.person.name}外出，交给代理人{row.recipient.name}")
    if row.why == "left":
        yield Step(_moment(row.raised_at), f"{row.person.name}已离岗，没有人收", "已报给上一级（有上一级时）", "lost")
    for one in row.deliveries:
        yield from _door(one)
    if row.read_at is not None:
        yield Step(_moment(row.read_at), "在站内打开看过")
    if row.went_up_on is not None:
        yield Step(str(row.went_up_on), "还没有办，已报给上一级")
    if row.settled_on is not None:
        yield Step(str(row.settled_on), "已了结", "这件事不再到期：办完了、改了期限，或已经过去")


def _door(one: ReminderDelivery) -> Iterator[Step]:
    if one.channel == "app":
        yield Step(_moment(one.at), "站内已提醒")
        return
    door = "邮件" if one.channel == "mail" else "群机器人"
    if one.state == "waiting":
        why = {"quiet": "静默时段或休息日", "paused": "对外发送已暂停"}.get(one.reason, "")
        yield Step(_moment(one.not_before), f"{door}等着发", f"{why}，最早 {_moment(one.not_before)} 发" if why else "")
    elif one.state == "skipped":
        yield Step(_moment(one.at), f"{door}没有发：{REASONS[one.reason]}", kind="lost")
    elif one.mail is not None:
        yield from _letter(one.mail, one.at)
    elif one.post is not None:
        yield Step(_moment(one.at), f"计入群机器人“{one.post.robot.name}”：{one.post.state_words}", one.post.error)
    else:
        yield Step(_moment(one.at), f"{door}已交发")


def _letter(mail: Mail, at: datetime | None) -> Iterator[Step]:
    yield Step(_moment(at), "邮件放进发件箱", f"收件 {mail.address_hint}，邮件编号 {mail.message_id}")
    words = {"sent": "邮件服务器已收下", "bounced": "邮件被退回"}.get(mail.state, mail.state_words)
    doubt = "（可能重复：上一次没有等到回音，同一个邮件编号又发了一次）" if mail.doubtful else ""
    tries = f"，试了 {mail.attempts} 次" if mail.attempts > 1 else ""
    kind = "lost" if mail.state in ("bounced", "failed") else ""
    yield Step(_moment(mail.sent_at or mail.next_at), f"{words}{doubt}", f"{mail.error}{tries}".strip("，"), kind)


def _moment(at: datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at is not None else ""
