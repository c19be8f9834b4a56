"""The outbox: mails to send, each once for its key, kept until a mail server took it (foundations 3).

Address and body lie sealed: a mail may carry the secret of a link, and a copy of the database opens nothing. They are
wiped once the mail is out. The Message-ID is made with the row, so that a mail sent again after a crash is recognised.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import claim, setting, vault
from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.link import Link
from models.user_session import hash_of

MAIL_STATES = {
    "waiting": "待发",
    "running": "正在发",
    "sent": "已发",
    "failed": "没有发出",
    "bounced": "被退回",
    "skipped": "不再发",
    "maybe": "可能已发",
}
#: A sender that has not said how it ended is taken for dead.
LEASE = timedelta(minutes=3)
#: How long to wait after each attempt in vain; the last again and again.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
#: What no server took in so long is given up.
GIVE_UP = timedelta(days=5)


@dataclass(frozen=True)
class Letter:
    """What a mail says and to whom, open."""

    to: str
    subject: str
    text: str
    html: str
    to_name: str = ""


class Mail(Model):
    """One mail to one address."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(one_of("state", MAIL_STATES), name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index("ix_outbox_state", "state", "next_at", "id"),
        Index("ix_outbox_sent_at", "sent_at"),
        Index("ix_outbox_owner", "owner_table", "owner_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: What it is, once and for all: the same key again is no second mail.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    #: To whom, for a list: a name, and the address with most of it hidden.
    label: Mapped[str] = mapped_column(Name, default="")
    address_hint: Mapped[str] = mapped_column(Name, default="")
    subject: Mapped[str] = mapped_column(Name)
    #: Address, name, text and HTML; None once it is out.
    letter_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The record it is about.
    owner_table: Mapped[str] = mapped_column(Key, default="")
    owner_id: Mapped[int | None] = mapped_column(Integer)
    #: A mail about a link that opens nothing any more is not sent.
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(Key, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    holder: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    #: A server was being spoken to; what is still true at the next attempt was never answered.
    in_flight: Mapped[bool] = mapped_column(default=False)
    #: 可能重复: an attempt before the last may have reached its reader too.
    doubtful: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def state_words(self) -> str:
        """How it stands, in an officer's words."""
        words = MAIL_STATES[self.state]
        return f"{words}（可能重复）" if self.doubtful else words

    def open(self) -> Letter:
        """What it says. Raises CannotOpen under another key; KeyError is never: a mail that is out has none."""
        if self.letter_sealed is None:
            raise NotFound
        return Letter(subject=self.subject, **json.loads(vault.unseal(self.letter_sealed)))

    @classmethod
    def list_of(cls, owner_table: str, owner_id: int, limit: int = 50) -> list[Self]:
        """The mails about one record, the newest first."""
        query = select(cls).where(cls.owner_table == owner_table, cls.owner_id == owner_id)
        return list(db.session.scalars(query.order_by(cls.id.desc()).limit(limit)))

    def retry(self, at: datetime) -> None:
        """Try a mail again that did not go out. Refused for one that went, or whose words are gone."""
        if self.state not in ("failed", "bounced") or self.letter_sealed is None:
            raise Refused("只有没有发出的邮件能重发")
        self.state, self.next_at, self.error, self.attempts = "waiting", at, "", 0


def put(
    key: str, letter: Letter, domain: str, at: datetime, *, owner_table: str = "", owner_id: int | None = None,
    link_id: int | None = None,
) -> Mail:  # fmt: skip
    """Put a mail into the outbox; one with this key that is there already stays as it is and is returned.

    `domain` stands on the right side of its Message-ID. The caller commits; then the worker sends it.
    """
    values = _row(key, letter, domain, at) | {"owner_table": owner_table, "owner_id": owner_id, "link_id": link_id}
    db.session.execute(claim.upsert(Mail).values(**values).on_conflict_do_nothing())
    return db.session.scalars(select(Mail).where(Mail.key == key)).one()


def put_many(letters: Mapping[str, Letter], domain: str, at: datetime, owner_table: str = "") -> dict[str, int]:
    """Put many mails into the outbox by their keys, each once as `put` does, and return the id of each. Two statements
    for up to a thousand; the caller commits."""
    if not letters:
        return {}
    rows = [
        _row(key, letter, domain, at) | {"owner_table": owner_table, "owner_id": None, "link_id": None}
        for key, letter in letters.items()
    ]
    db.session.execute(claim.upsert(Mail).on_conflict_do_nothing(), rows)
    found = db.session.execute(select(Mail.key, Mail.id).where(Mail.key.in_(list(letters))))
    return {key: mail_id for key, mail_id in found}  # noqa: C416  the rows are not pairs to mypy


def _row(key: str, letter: Letter, domain: str, at: datetime) -> dict[str, Any]:
    body = {"to": letter.to, "text": letter.text, "html": letter.html, "to_name": letter.to_name}
    return {
        "key": key, "message_id": f"<{hash_of(key)[:40]}@{domain}>", "label": letter.to_name[:200],
        "address_hint": hint(letter.to), "subject": letter.subject[:200],
        "letter_sealed": vault.seal(json.dumps(body, ensure_ascii=False).encode()), "state": "waiting", "attempts": 0,
        "next_at": at, "in_flight": False, "doubtful": False, "error": "", "created_at": at,
    }  # fmt: skip


def hint(address: str) -> str:
    """g***@dept.example: enough to know whose it is, too little to write to."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def may_send(now: datetime) -> bool:
    """Whether a mail may go out at this moment: sending is not paused and this minute has room for one more."""
    if setting.get("sending") != "on":
        return False
    query = select(func.count()).select_from(Mail).where(Mail.sent_at > now - timedelta(minutes=1))
    return (db.session.scalar(query) or 0) < setting.get_int("mail_per_minute")


def any_due(now: datetime) -> bool:
    """Whether a mail waits for this moment, or was left by a sender that died. One cheap statement."""
    due = or_((Mail.state == "waiting") & (Mail.next_at <= now), (Mail.state == "running") & (Mail.lease_until < now))
    return db.session.scalar(select(Mail.id).where(due).limit(1)) is not None


def take(holder: str, now: datetime, lease: timedelta = LEASE) -> Mail | None:
    """Claim the oldest mail that is due and note that a server will be spoken to; the caller commits before it does.

    One that was in flight when its holder died is sent again, and is doubtful from then on. None: nothing is due, or
    the one that was taken is not to be sent any more.
    """
    claimed = claim.claim(Mail, holder, now, lease, ready=Mail.next_at <= now)
    if claimed is None:
        return None
    mail = db.session.get_one(Mail, claimed[0], populate_existing=True)
    mail.doubtful = mail.doubtful or mail.in_flight
    link = db.session.get(Link, mail.link_id) if mail.link_id is not None else None
    if link is not None and not link.is_open(now):
        _end(mail, "skipped", "链接已失效")
        return None
    mail.in_flight = True
    return mail


def sent(mail_id: int, holder: str, now: datetime) -> bool:
    """Note that a server took it; False when it is no longer the holder's. The caller commits."""
    return _finish(mail_id, holder, state="sent", sent_at=now, letter_sealed=None, error="")


def not_sent(mail_id: int, holder: str, now: datetime, error: str, *, final: bool = False, unsure: bool = False) -> str:
    """Note why it did not go out and when to try again; `final`: its address refused it. The state it has then.

    unsure: the server fell silent after it had everything, so the reader may have it.
    """
    mail = db.session.get_one(Mail, mail_id, populate_existing=True)
    if final:
        state = "bounced"
    else:
        state = "failed" if now - mail.created_at > GIVE_UP else "waiting"
    wait = WAITS[min(mail.attempts, len(WAITS)) - 1]
    _finish(mail_id, holder, state=state, error=error[:500], next_at=now + wait, doubtful=mail.doubtful or unsure)
    return state


def _end(mail: Mail, state: str, words: str) -> None:
    mail.state, mail.error, mail.letter_sealed = state, words, None
    mail.holder = mail.lease_until = None
    mail.in_flight = False


def _finish(mail_id: int, holder: str, **values: object) -> bool:
    statement = update(Mail).where(Mail.id == mail_id, Mail.holder == holder, Mail.state == "running")
    done = db.session.execute(
        statement.values(**values, holder=None, lease_until=None, in_flight=False)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None
