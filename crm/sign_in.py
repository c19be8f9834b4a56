"""Who is asking: sessions, their time-outs, and what a person must do before anything else.

Flask-Security keeps the store of users, the hashing and the TOTP secrets; the pages are our own
(crm/views/sign_in.py), so that every view carries its mark.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.utils import login_user, logout_user
from sqlalchemy import Label, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload
from werkzeug.wrappers import Response

from crm import answers
from models import clock, setting, two_factor
from models.base import db
from models.phone import Phone
from models.rules.password import PasswordPolicy, SessionPolicy, expired, phone_session_over, session_over
from models.setting import SETTINGS, Setting
from models.user import Role, User
from models.user_session import UserSession, hash_of

security = Security()

#: The cookie is written anew at most this often, in seconds; the database is not written at all.
SEEN_EVERY = 60

#: Settings that every request asks, read together with the session.
ASKED = (
    "idle_minutes",
    "session_hours",
    "phone_hours",
    "password_days",
    "totp_required",
    "officer_scope",
    "bureau_name",
)

#: Where a person may go who must first choose a password or set up the second factor.
ALWAYS_OPEN = frozenset(
    {"account.password", "account.totp", "account.codes", "sign_in.logout", "m_sign_in.logout", "static"}
)

#: The cookie of a registered phone, and how long its browser keeps it.
PHONE_COOKIE = "tidu_phone"
PHONE_DAYS = 400

#: Where the session of a registered phone lasts longer: visits and today (foundations 13).
PHONE_PATHS = ("/m/", "/api/visits/", "/api/csrf")


def init_app(app: Flask) -> None:
    """Register the store of users and our own way to recognise a session."""
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    app.config.setdefault("SECURITY_PASSWORD_HASH", "argon2")
    app.config.setdefault("SECURITY_PASSWORD_SCHEMES", ["argon2", "plaintext"])
    # Argon2 salts by itself; hashing with the secret key first would lose every password with the key.
    app.config.setdefault("SECURITY_PASSWORD_SINGLE_HASH", {"argon2"})
    # Its commands give roles without asking whether they exclude each other; ours are in crm/cli/users.py.
    app.config.setdefault("SECURITY_CLI_ROLES_NAME", None)
    app.config.setdefault("SECURITY_CLI_USERS_NAME", None)
    security.init_app(app, SQLAlchemyUserDatastore(db, User, Role), register_blueprint=False)
    app.login_manager.user_loader(load_user)  # type: ignore[attr-defined]
    # Sessions are the only way in: no token in a header or an address.
    app.login_manager.request_loader(lambda request: None)  # type: ignore[attr-defined]
    with app.app_context():
        two_factor.init(db.engine, app.config["SECRET_KEY"])
    app.before_request(_hold_back)


def begin_session(user: User) -> None:
    """Sign this person in on this device; the view commits."""
    now = clock.now()
    csrf_token = session.get("csrf_token")
    session.clear()
    # The token of the page that is open goes on being good: pages of other tabs can still be sent.
    if csrf_token:
        session["csrf_token"] = csrf_token
    row, token = UserSession.begin(user, now, request.remote_addr or "", request.user_agent.string)
    phone = Phone.find(user, request.cookies.get(PHONE_COOKIE, ""))
    row.phone_id = phone.id if phone else None
    login_user(user, remember=False)
    session["sid"] = token
    session["seen"] = int(now.timestamp())
    # A registered phone keeps its cookie when the browser closes; how long it is good for is decided here all the same.
    session.permanent = phone is not None
    g.user = user
    g.user_session = row


def end_session() -> None:
    """Sign out here: the row ends, so a copy of the cookie opens nothing any more. The view commits."""
    row = g.get("user_session")
    if row is not None:
        row.ended_at = clock.now()
    logout_user()
    session.clear()


def load_user(uniquifier: str) -> User | None:
    """The person this session belongs to, or None once it is over. One statement for a request, settings included."""
    line = db.session.execute(_session_query(), {"hash": hash_of(session.get("sid", ""))}).unique().first()
    if line is None or line[0].user.fs_uniquifier != uniquifier or not line[0].user.active:
        return None
    row: UserSession = line[0]
    setting.remember(dict(zip(ASKED, line[1:], strict=True)))
    values = {key: value or SETTINGS[key].default for key, value in zip(ASKED, line[1:], strict=True)}
    policy = SessionPolicy(int(values["idle_minutes"]), int(values["session_hours"]))
    now = clock.now()
    seen = session.get("seen", 0)
    over = session_over(row.began_at, datetime.fromtimestamp(seen, UTC), now, policy)
    if over and not _lasts_on_phone(row, now, int(values["phone_hours"])):
        g.timed_out = True
        return None
    # What is over everywhere else does not begin again because a phone sent its visits.
    if not over and now.timestamp() - seen >= SEEN_EVERY:
        session["seen"] = int(now.timestamp())
    g.user_session = row
    g.password_policy = PasswordPolicy(days=int(values["password_days"]))
    g.totp_required = values["totp_required"]
    return row.user


def _lasts_on_phone(row: UserSession, now: datetime, hours: int) -> bool:
    """Whether this is a registered phone at its visits, within the hours it has for them."""
    on_phone = row.phone_id is not None and request.path.startswith(PHONE_PATHS)
    return on_phone and not phone_session_over(row.began_at, now, hours)


def password_is_due(user: User) -> bool:
    """Whether the person at this page has a first password, or one past its days."""
    return user.must_change_password or expired(user.password_changed_at, clock.now(), g.password_policy)


@cache
def _session_query() -> Any:
    """Composed once: every request runs it, and composing it takes longer than running it."""
    return (
        select(UserSession, *(_setting(key) for key in ASKED))
        .join(UserSession.user)
        .options(contains_eager(UserSession.user).options(joinedload(User.roles)))
        .where(UserSession.token_hash == bindparam("hash"), UserSession.ended_at.is_(None))
    )


def _setting(key: str) -> Label[str | None]:
    return select(Setting.value).where(Setting.key == key).scalar_subquery().label(key)


def _hold_back() -> Response | None:
    """Send a person with a first or outworn password, or no required second secret, to the page that mends it."""
    if request.endpoint is None or request.endpoint in ALWAYS_OPEN:
        return None
    if getattr(current_app.view_functions[request.endpoint], "permission", None) is None:
        return None
    if not current_user.is_authenticated:
        return None
    if answers.wanted():
        if password_is_due(current_user):
            return answers.sign_in_first("password_due")
        return answers.sign_in_first("second_factor_due") if two_factor.is_due(current_user, g.totp_required) else None
    if password_is_due(current_user):
        return redirect(url_for("account.password"))
    if two_factor.is_due(current_user, g.totp_required):
        return redirect(url_for("account.totp"))
    return None
