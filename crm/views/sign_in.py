"""Coming in and going out."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from crm import sign_in, trail
from crm.access import needs, public
from forms.sign_in import CodeForm, SignInForm
from models import account, clock, password, recovery_code, two_factor
from models.base import db
from models.user import User

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")

#: Seconds between the right password and the code.
CODE_LIMIT = 300

#: One message for everything that can be wrong, so that it tells nobody which accounts exist.
REFUSED = "账号或口令不对，或账号暂时锁定。连续错 {after} 次锁定 {minutes} 分钟；忘了口令，请找系统管理员重置。"


@bp.route("/", methods=["GET", "POST"])
@public
def login() -> str | Response:
    """Sign in by e-mail, mobile or staff number and password."""
    if g.user is not None:
        return redirect(_local(request.args.get("next")) or _home())
    if not account.any_exists():
        return redirect(url_for("start.index"))
    form = SignInForm()
    refused = ""
    if form.validate_on_submit():
        user = _checked(form.login.data, form.password.data)
        if user is not None:
            return _go_on(user, _local(form.next.data))
        policy = account.lock_policy()
        refused = REFUSED.format(after=policy.after, minutes=policy.minutes)
    elif request.method == "GET":
        form.next.data = request.args.get("next", "")
    return render_template("sign_in/login.html", form=form, refused=refused, timed_out=g.get("timed_out", False))


@bp.route("/code", methods=["GET", "POST"])
@public
def code() -> str | Response:
    """The second secret: a code from the phone, or a recovery code."""
    user = _waiting()
    if user is None:
        flash("请从头登录。", "info")
        return redirect(url_for(".login"))
    form = CodeForm()
    refused = False
    if form.validate_on_submit():
        if _code_is_good(user, form.code.data):
            return _enter(user, _local(session.get("waiting", {}).get("next")))
        refused = True
    return render_template("sign_in/code.html", form=form, refused=refused)


@bp.post("/out")
@needs("self")
def logout() -> Response:
    """Sign out here."""
    trail.note("session.end")
    sign_in.end_session()
    db.session.commit()
    flash("已退出。", "success")
    return redirect(url_for(".login"))


def _checked(login: str, typed: str) -> User | None:
    """The person, if the password is right. Takes as long for an unknown or locked account as for a wrong password."""
    user = account.find_by_login(login)
    allowed = user is not None and user.active and account.begin_attempt(user, clock.now())
    # The attempt is counted before the password is looked at: it stays counted whatever happens to this request.
    db.session.commit()
    if password.matches(typed, user.password if user and allowed else None):
        return user
    _note_failure("session.begin", user, allowed)
    return None


def _note_failure(act: str, user: User | None, counted: bool) -> None:
    """`counted`: this failure was made, not refused because of a lock; the one that locks is told apart."""
    # What was typed as the account is not kept: people type their password there.
    trail.note(act, person=user, succeeded=False, subject="user", subject_id=user.id if user else None)
    if user is not None and counted and user.locked_until is not None:
        trail.note("session.locked", person=user, subject="user", subject_id=user.id)
    db.session.commit()


def _go_on(user: User, target: str | None) -> Response:
    if not two_factor.is_on(user):
        return _enter(user, target)
    account.give_back_attempt(user)
    db.session.commit()
    session["waiting"] = {"user": user.fs_uniquifier, "since": clock.now().timestamp(), "next": target}
    return redirect(url_for(".code"))


def _waiting() -> User | None:
    """Who gave the right password a moment ago and still owes the code."""
    waiting = session.get("waiting")
    if not waiting or clock.now().timestamp() - waiting["since"] > CODE_LIMIT:
        return None
    user = account.find_by_uniquifier(waiting["user"])
    return user if user is not None and user.active and two_factor.is_on(user) else None


def _code_is_good(user: User, typed: str) -> bool:
    allowed = account.begin_attempt(user, clock.now())
    db.session.commit()
    if allowed and (two_factor.verify(user, typed) or recovery_code.use(user, typed, clock.now())):
        return True
    _note_failure("session.code", user, allowed)
    return False


def _enter(user: User, target: str | None) -> Response:
    sign_in.begin_session(user)
    account.succeeded(user, clock.now())
    trail.note("session.begin", person=user, subject="user", subject_id=user.id)
    db.session.commit()
    return redirect(target or _home())


def _home() -> str:
    """Where a person arrives who was on the way to nowhere: on a phone's own address its first page."""
    return "/m/" if request.blueprint == "m_sign_in" else url_for("home.index")


def _local(target: str | None) -> str | None:
    """A path of our own to go on to; None for anything that could lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None
