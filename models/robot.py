"""Group robots (群机器人) of WeCom, DingTalk and Feishu: told how many reminders wait, never of a firm or a person.

The address carries a secret of its own, so it lies sealed; only its host is shown. Posts wait in a table like mails
and are claimed like them (foundations 3).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models import claim, vault
from models.base import Key, Model, Moment, Name, Words, db, one_of
from models.errors import NotFound, Refused
from models.rules.reminder_table import BY_KEY
from models.unit import Unit
from models.user_session import hash_of

KINDS = {"wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书"}
POST_STATES = {"waiting": "待发", "running": "正在发", "sent": "已发", "failed": "没有发出", "skipped": "不再发"}
LEASE = timedelta(minutes=2)
#: How long to wait after each attempt in vain; then it is given up: tomorrow's count says it anew.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


class Robot(Model):
    """One robot of one group."""

    __tablename__ = "robot"
    __table_args__ = (CheckConstraint(one_of("kind", KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    kind: Mapped[str] = mapped_column(Key)
    #: None: removed, so it is off.
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: The host alone, to be shown.
    host: Mapped[str] = mapped_column(Name, default="")
    #: What signs a post to DingTalk or Feishu; None where the robot asks for none.
    secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: Whose reminders it counts: of the people of this unit; None: of the whole bureau.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    #: Keys of the rules it counts; empty: all.
    rules: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    unit: Mapped[Unit | None] = relationship(Unit)

    @property
    def is_on(self) -> bool:
        """Whether it is told anything."""
        return self.active and self.address_sealed is not None

    @property
    def state_words(self) -> str:
        """How it stands, in an officer's words."""
        if self.address_sealed is None:
            return "没有地址，已停"
        return "在用" if self.active else "已停"

    def put_address(self, address: str) -> None:
        """Give it an address, or take it away with an empty one. Refused for what is no web address."""
        address = address.strip()
        if not address:
            self.address_sealed, self.host = None, ""
            return
        self.host = host_of(address)
        self.address_sealed = vault.seal(address.encode())

    def put_secret(self, secret: str) -> None:
        """What signs its posts; empty: nothing."""
        self.secret_sealed = vault.seal(secret.strip().encode()) if secret.strip() else None

    def open_address(self) -> str:
        """The address; empty when it has none. Raises CannotOpen under another key."""
        return vault.unseal(self.address_sealed).decode() if self.address_sealed is not None else ""

    def open_secret(self) -> str:
        """The signing secret; empty when it has none."""
        return vault.unseal(self.secret_sealed).decode() if self.secret_sealed is not None else ""

    def counts(self, rule: str, unit_ids: Collection[int]) -> bool:
        """Whether a reminder of this rule for a person of these units is one of its own."""
        return self.is_on and (not self.rules or rule in self.rules) and (
            self.unit_id is None or self.unit_id in unit_ids
        )  # fmt: skip

    @classmethod
    def list_all(cls) -> list["Robot"]:
        """Every robot, by name."""
        return list(db.session.scalars(select(cls).options(joinedload(cls.unit)).order_by(cls.name, cls.id)))

    @classmethod
    def get(cls, robot_id: int) -> "Robot":
        """The robot, or NotFound."""
        found = db.session.get(cls, robot_id)
        if found is None:
            raise NotFound
        return found

    def check_name(self) -> None:
        """Raise Refused when another robot has this name."""
        with db.session.no_autoflush:
            other = db.session.scalar(select(Robot.id).where(Robot.name == self.name))
        if other not in (None, self.id):
            raise Refused("已有同名的机器人，请换个名字")


class RobotPost(Model):
    """One post to one robot."""

    __tablename__ = "robot_post"
    __table_args__ = (
        CheckConstraint(one_of("state", POST_STATES), name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        Index("ix_robot_post_state", "state", "next_at", "id"),
        Index("ix_robot_post_robot_id", "robot_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    robot_id: Mapped[int] = mapped_column(ForeignKey("robot.id", ondelete="CASCADE"))
    #: What it is, once and for all: the same key again is no second post.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    #: Counts and one link: nothing that names a firm or a person.
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Key, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    holder: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    #: A robot was being spoken to; what is still true at the next attempt was never answered.
    in_flight: Mapped[bool] = mapped_column(default=False)
    #: 可能重复: an attempt before the last may have been shown too.
    doubtful: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)

    robot: Mapped[Robot] = relationship(Robot)

    @property
    def state_words(self) -> str:
        """How it stands, in an officer's words."""
        words = POST_STATES[self.state]
        return f"{words}（可能重复）" if self.doubtful else words

    @classmethod
    def list_of(cls, robot_id: int, limit: int = 20) -> list["RobotPost"]:
        """The posts of one robot, the newest first."""
        return list(
            db.session.scalars(select(cls).where(cls.robot_id == robot_id).order_by(cls.id.desc()).limit(limit))
        )


def counted_rules() -> frozenset[str]:
    """The keys of the rules that at least one robot counts. One statement."""
    query = select(Robot.rules).where(Robot.active, Robot.address_sealed.is_not(None)).order_by(Robot.id)
    return frozenset(key for rules in db.session.scalars(query) for key in rules or BY_KEY)


def host_of(address: str) -> str:
    """The host of a web address. Refused for what is none."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        good = False
    if not good:
        raise Refused("地址要像 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…，请从群机器人的设置里复制")
    assert parts.hostname is not None
    return parts.hostname


def put(robot: Robot, key: str, words: str, at: datetime) -> int | None:
    """Let a post wait; one with this key that is there already stays as it is. Its id, or None. The caller commits."""
    values = {
        "robot_id": robot.id, "key": hash_of(key)[:64], "words": words, "state": "waiting", "attempts": 0,
        "next_at": at, "in_flight": False, "doubtful": False, "error": "", "created_at": at,
    }  # fmt: skip
    statement = claim.upsert(RobotPost).values(**values).on_conflict_do_nothing().returning(RobotPost.id)
    found: int | None = db.session.scalar(statement)
    return found


def any_due(now: datetime) -> bool:
    """Whether a post waits for this moment, or was left by a sender that died. One cheap statement."""
    due = or_(
        (RobotPost.state == "waiting") & (RobotPost.next_at <= now),
        (RobotPost.state == "running") & (RobotPost.lease_until < now),
    )
    return db.session.scalar(select(RobotPost.id).where(due).limit(1)) is not None


def take(holder: str, now: datetime, lease: timedelta = LEASE) -> RobotPost | None:
    """Claim the oldest post that is due and note that a robot will be spoken to; the caller commits before it does.

    None: nothing is due, or the robot of the one that was taken is off.
    """
    claimed = claim.claim(RobotPost, holder, now, lease, ready=RobotPost.next_at <= now)
    if claimed is None:
        return None
    post = db.session.get_one(RobotPost, claimed[0], populate_existing=True)
    post.doubtful = post.doubtful or post.in_flight
    if not post.robot.is_on:
        post.state, post.error, post.holder, post.lease_until, post.in_flight = (
            "skipped",
            "机器人已停",
            None,
            None,
            False,
        )
        return None
    post.in_flight = True
    return post


def sent(post_id: int, holder: str, now: datetime) -> bool:
    """Note that the robot took it; False when it is no longer the holder's. The caller commits."""
    return _finish(post_id, holder, state="sent", sent_at=now, error="")


def not_sent(post_id: int, holder: str, now: datetime, error: str, *, final: bool = False, unsure: bool = False) -> str:
    """Note why it did not go out and when to try again; `final`: the robot will never take it; `unsure`: it may have
    been shown. The state it has then."""
    post = db.session.get_one(RobotPost, post_id, populate_existing=True)
    over = final or post.attempts > len(WAITS)
    state = "failed" if over else "waiting"
    wait = WAITS[min(post.attempts, len(WAITS)) - 1]
    _finish(post_id, holder, state=state, error=error[:500], next_at=now + wait, doubtful=post.doubtful or unsure)
    return state


def _finish(post_id: int, holder: str, **values: object) -> bool:
    statement = update(RobotPost).where(
        RobotPost.id == post_id, RobotPost.holder == holder, RobotPost.state == "running"
    )
    done = db.session.execute(
        statement.values(**values, holder=None, lease_until=None, in_flight=False)
        .returning(RobotPost.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None
