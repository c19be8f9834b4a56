"""每周要情 in the ledger: one row for each person and week, also where no mail went out, with why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select

from models import claim, outbox
from models.base import db
from models.digest.readers import Reader
from models.outbox import Letter
from models.reminder.people import has_mailbox
from models.reminder.record import Reminder, ReminderDelivery
from models.rules.digest import Digest
from models.rules.reminder import period_key

RULE = "weekly-digest"
#: After a long silence a digest looks back so far, not further: older things are in the lists.
FURTHEST = timedelta(days=35)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of one person's digest: a letter, or why there is none (a key of reminder.REASONS)."""

    reader: Reader
    digest: Digest
    letter: Letter | None
    reason: str = ""

    @property
    def words(self) -> str:
        """What the ledger says."""
        return f"每周要情：{self.digest.subject or '没有要说的'}"


def since(on: date) -> date:
    """The day of the last digest before this day, so that a missed week is told with the next; a week ago at first."""
    last = db.session.scalar(select(func.max(Reminder.raised_on)).where(Reminder.rule == RULE, Reminder.raised_on < on))
    return max(last, on - FURTHEST) if last is not None else on - WEEK


def already(period: str) -> frozenset[int]:
    """Whose digest of a week is in the ledger."""
    query = select(Reminder.person_id).where(Reminder.rule == RULE, Reminder.matter == period)
    return frozenset(db.session.scalars(query.order_by(Reminder.id)))


def reason_of(reader: Reader, digest: Digest, *, server: bool, away: bool, declined: bool) -> str:
    """Why no mail goes out to somebody (a key of reminder.REASONS); empty when one does."""
    if away:
        return "deputy"
    if digest.empty:
        return "nothing"
    if not has_mailbox(reader.email):
        return "no_mailbox"
    return "" if server and not declined else "channel_off"


def write(told: Iterable[Told], period: str, on: date, at: datetime, domain: str) -> tuple[int, int]:
    """Put the letters into the outbox and one row for each person into the ledger; (rows, mails). A person who is in it
    already stays as they are. A fixed number of statements for any number of people; the caller commits."""
    by_person = {one.reader.id: one for one in told}
    if not by_person:
        return 0, 0
    claim.begin_writing()
    rows = [_row(one, period, on, at) for one in by_person.values()]
    statement = claim.upsert(Reminder).on_conflict_do_nothing().returning(Reminder.id, Reminder.person_id)
    written = {person_id: row_id for row_id, person_id in db.session.execute(statement.values(rows))}
    letters = {key_of(period, one): by_person[one].letter for one in written}
    mails = {key: letter for key, letter in letters.items() if letter is not None}
    ids = outbox.put_many(mails, domain, at, owner_table="user")
    doors = [
        {
            "reminder_id": row_id, "channel": "mail", "at": at, "not_before": at, "reason": by_person[person_id].reason,
            "state": "skipped" if by_person[person_id].letter is None else "sent",
            "mail_id": ids.get(key_of(period, person_id)),
        }
        for person_id, row_id in written.items()
    ]  # fmt: skip
    if doors:
        db.session.execute(insert(ReminderDelivery.metadata.tables["reminder_delivery"]), doors)
    return len(written), len(mails)


def key_of(period: str, person_id: int) -> str:
    """The key of a person's digest in the outbox: its Message-ID is made of it, so a second sending is recognised."""
    return f"digest:{period}:{person_id}"


def _row(one: Told, period: str, on: date, at: datetime) -> dict[str, object]:
    return {
        "rule": RULE, "record_table": "user", "record_id": one.reader.id, "person_id": one.reader.id,
        "period": period_key(period, 0), "about_id": one.reader.id, "matter": period, "stage": 0, "level": 0,
        "recipient_id": one.reader.id, "why": "", "due_on": on, "firm_id": None, "words": one.words, "path": "/",
        # It asks for nothing: what it tells of is in the ledger by itself.
        "raised_at": at, "raised_on": on, "settled_on": on,
    }  # fmt: skip
