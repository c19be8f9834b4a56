"""Links that open one thing for one person, without an account (foundations 7): a firm's answer, a handler's one issue,
a calendar feed. The address carries a secret; here lies only its hash. What happens through a link is logged."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, func, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, db, one_of
from models.errors import NotFound
from models.user import User
from models.user_session import hash_of

#: What a link may be for, in the words of the page that lists and revokes them. A feature adds its own.
PURPOSES: dict[str, str] = {
    "calendar": "日历订阅",
    "issue_firm": "企业确认问题",
    "issue_handler": "办理一个问题",
    "firm_input": "企业填报数据",
    "mail_act": "邮件里的一步",
}
OUTCOMES = {"shown": "打开", "acted": "办理", "refused": "已拒绝"}

#: So many secrets that open nothing, from one address in so long, and it has to wait.
MOST_REFUSED, REFUSED_SPAN = 30, timedelta(minutes=10)


class LinkRefused(NotFound):
    """No link that opens anything: wrong, expired, used up and revoked are told apart nowhere a stranger sees."""


class Link(Model):
    """One secret address. It opens `subject` number `subject_id` and nothing else."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("uses_left IS NULL OR uses_left >= 0", name="uses_left"),
        CheckConstraint("user_id IS NULL OR contact_id IS NULL", name="one_holder"),
        Index("ix_link_subject", "subject", "subject_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    purpose: Mapped[str] = mapped_column(Key)
    subject: Mapped[str] = mapped_column(Key)
    subject_id: Mapped[int] = mapped_column(Integer)
    #: Whose it is: a person of ours, or a contact of a firm; neither for somebody outside known by `label` alone.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    #: To whom it was given, for the list of links; never a phone number.
    label: Mapped[str] = mapped_column(String(200), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: None: it stays until it is revoked, and its scope is checked at each fetch.
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    #: How often it may still act; None: as often as asked.
    uses_left: Mapped[int | None] = mapped_column(Integer)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User | None] = relationship(User, foreign_keys=[user_id])

    @property
    def purpose_name(self) -> str:
        """What it is for, in an officer's words."""
        return PURPOSES[self.purpose]

    def is_open(self, at: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and self.uses_left != 0 and (self.expires_at is None or at < self.expires_at)

    @classmethod
    def make(
        cls,
        purpose: str,
        subject: str,
        subject_id: int,
        *,
        at: datetime,
        by: User | None,
        user_id: int | None = None,
        contact_id: int | None = None,
        label: str = "",
        expires_at: datetime | None = None,
        uses: int | None = None,
    ) -> tuple[Self, str]:
        """A new link and the secret of its address, which is nowhere else: who lost it needs a new one. The caller
        commits. KeyError for a purpose that nobody declared."""
        if purpose not in PURPOSES:
            raise KeyError(purpose)
        token = secrets.token_urlsafe(32)
        link = cls(
            purpose=purpose,
            subject=subject,
            subject_id=subject_id,
            user_id=user_id,
            contact_id=contact_id,
            label=label[:200],
            token_hash=hash_of(token),
            expires_at=expires_at,
            uses_left=uses,
            created_by_id=by.id if by else None,
            created_at=at,
        )
        db.session.add(link)
        db.session.flush()
        return link, token

    @classmethod
    def list_for(cls, subject: str, subject_id: int) -> list[Self]:
        """The links to one thing, the newest first, with their holders."""
        query = select(cls).where(cls.subject == subject, cls.subject_id == subject_id)
        return list(db.session.scalars(query.options(joinedload(cls.user)).order_by(cls.id.desc())))

    def revoke(self, at: datetime) -> None:
        """End it at once; one that ended before keeps its moment. The caller commits."""
        self.revoked_at = self.revoked_at or at


class LinkOpening(Model):
    """Each time somebody came with a link, also with one that opens nothing any more."""

    __tablename__ = "link_opening"
    __table_args__ = (CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: None: the secret was never one of ours.
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(Key)
    outcome: Mapped[str] = mapped_column(Key)
    address: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Moment, index=True)


def open_link(
    token: str, purpose: str, at: datetime, address: str = "", allowed: Callable[[Link], bool] = lambda link: True
) -> Link:
    """The link of this secret, for showing: nothing is used up. The visit is logged; the caller commits, also after
    LinkRefused, which says the same for a secret that is wrong, expired, used up, revoked or for another purpose, and
    for a holder who is no longer `allowed`."""
    link = _find(token, purpose)
    good = link is not None and link.is_open(at) and allowed(link)
    _log(link, purpose, "shown" if good else "refused", at, address)
    if link is None or not good:
        raise LinkRefused
    return link


def use_link(
    token: str,
    purpose: str,
    at: datetime,
    address: str = "",
    allowed: Callable[[Link], bool] = lambda link: True,
    spend: bool = True,
) -> Link:
    """The link of this secret, one use of it spent; of two who use the last at once, one succeeds. Logged; the caller
    commits, also after LinkRefused. `spend=False`: an act that may come before the one that counts."""
    link = _find(token, purpose)
    if link is not None and not allowed(link):
        _log(link, purpose, "refused", at, address)
        raise LinkRefused
    if link is not None and link.is_open(at) and link.uses_left is not None and spend:
        spent = (
            update(Link)
            .where(Link.id == link.id, Link.uses_left > 0, Link.revoked_at.is_(None))
            .values(uses_left=Link.uses_left - 1)
            .returning(Link.uses_left)
            .execution_options(synchronize_session=False)
        )
        left = db.session.scalar(spent)
        if left is None:
            link = None
        else:
            db.session.refresh(link)
    elif link is not None and not link.is_open(at):
        link = None
    _log(link or _find(token, purpose), purpose, "acted" if link else "refused", at, address)
    if link is None:
        raise LinkRefused
    return link


def too_many_refused(at: datetime, address: str) -> bool:
    """Whether somebody at this address came so often with what opens nothing that they are not listened to now."""
    query = select(func.count()).select_from(LinkOpening).where(LinkOpening.outcome == "refused")
    query = query.where(LinkOpening.at > at - REFUSED_SPAN, LinkOpening.address == address[:64])
    return (db.session.scalar(query) or 0) >= MOST_REFUSED


def list_openings(link: Link, limit: int = 50) -> list[LinkOpening]:
    """When somebody came with this link, the latest first."""
    query = select(LinkOpening).where(LinkOpening.link_id == link.id).order_by(LinkOpening.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def last_openings(link_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these links was last opened; one that never was is missing."""
    query = select(LinkOpening.link_id, func.max(LinkOpening.at)).where(LinkOpening.outcome == "shown")
    query = query.where(LinkOpening.link_id.in_(link_ids)).group_by(LinkOpening.link_id)
    return {link_id: at for link_id, at in db.session.execute(query) if link_id is not None}


def _find(token: str, purpose: str) -> Link | None:
    if not 20 <= len(token) <= 100:
        return None
    return db.session.scalar(select(Link).where(Link.token_hash == hash_of(token), Link.purpose == purpose))


def _log(link: Link | None, purpose: str, outcome: str, at: datetime, address: str) -> None:
    link_id = link.id if link else None
    db.session.add(LinkOpening(link_id=link_id, purpose=purpose, outcome=outcome, at=at, address=address[:64]))
    db.session.flush()
