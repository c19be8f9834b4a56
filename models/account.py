"""Finding an account to sign in with, and counting the attempts on it."""

from datetime import datetime

from sqlalchemy import and_, case, func, or_, select, update

from models import setting
from models.base import db
from models.rules.password import LockPolicy, after_attempt
from models.user import User


def find_by_login(typed: str) -> User | None:
    """The account with this e-mail, mobile or staff number, or None. An e-mail wins over a like staff number."""
    typed = typed.strip()
    if not typed:
        return None
    query = select(User).where(
        or_(func.lower(User.email) == typed.lower(), User.mobile == _digits(typed), User.staff_number == typed)
    )
    found = db.session.scalars(query.order_by(case((func.lower(User.email) == typed.lower(), 0), else_=1), User.id))
    return found.first()


def find_by_uniquifier(uniquifier: str) -> User | None:
    """The account a pending sign-in belongs to, or None once it was signed out everywhere."""
    return db.session.scalar(select(User).where(User.fs_uniquifier == uniquifier))


def any_exists() -> bool:
    """Whether the bureau has its first account."""
    return db.session.scalar(select(User.id).order_by(User.id).limit(1)) is not None


def lock_policy() -> LockPolicy:
    """The settings in force."""
    return LockPolicy(setting.get_int("lock_after"), setting.get_int("lock_minutes"))


def begin_attempt(user: User, now: datetime) -> bool:
    """Count an attempt before its secret is looked at, and return whether it may be made at all (no lock holds).

    Counted first, a failure stays counted whatever happens to the request, and many attempts at once cannot all slip
    in under the limit. The caller commits at once, then calls `succeeded` if the secret was right.
    """
    policy = lock_policy()
    while True:
        db.session.refresh(user, ["failed_count", "locked_until", "active"])
        if user.locked_until is not None and now < user.locked_until:
            return False
        count, until = after_attempt(user.failed_count, user.locked_until, now, policy)
        unchanged = and_(
            User.failed_count == user.failed_count,
            User.locked_until.is_(None) if user.locked_until is None else User.locked_until == user.locked_until,
        )
        if _write(user, unchanged, failed_count=count, locked_until=until):
            return True


def give_back_attempt(user: User) -> None:
    """The first of two secrets was right: this attempt does not count, but the failures before it still do."""
    _write(user, User.failed_count > 0, failed_count=User.failed_count - 1, locked_until=None)


def succeeded(user: User, now: datetime) -> None:
    """Everything asked for was right: forget the failures."""
    user.failed_count = 0
    user.locked_until = None
    user.last_seen_at = now


def _write(user: User, condition: object, **values: object) -> bool:
    changed = db.session.execute(
        update(User)
        .where(User.id == user.id, condition)  # type: ignore[arg-type]
        .values(**values)
        .returning(User.id)
        .execution_options(synchronize_session=False, logged=True)
    ).first()
    db.session.refresh(user, ["failed_count", "locked_until"])
    return changed is not None


def _digits(typed: str) -> str:
    digits = "".join(letter for letter in typed if letter.isdigit())
    return digits.removeprefix("86") if typed.startswith("+86") else digits or typed
