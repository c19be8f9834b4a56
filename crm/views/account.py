"""个人设置: what a person changes about the own account."""

from datetime import date, datetime, timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from crm import sign_in, trail
from crm.access import needs
from forms.account import PasswordConfirmForm, PasswordForm, ThemeForm, TotpForm
from models import account, clock, password, recovery_code, setting, two_factor, user_session
from models.base import db
from models.phone import Phone
from models.rules.access import ROLE_NAMES
from models.user import User
from models.user_session import UserSession

#: How browsers name themselves, the more exact word first.
DEVICES = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "安卓手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("/")
@needs("self")
def show() -> str:
    """Looks, password, second secret and open sessions."""
    return render_template(
        "account/show.html",
        theme_form=ThemeForm(theme=g.user.theme),
        roles="、".join(ROLE_NAMES[name] for name in g.user.role_names),
        expires_on=_expires_on(g.user),
        sessions=UserSession.list_open(g.user, since=_longest_ago()),
        here=g.user_session,
        codes_left=recovery_code.count_left(g.user),
        two_factor_on=two_factor.is_on(g.user),
        phones=Phone.list_of(g.user),
        phone_hours=setting.get_int("phone_hours"),
    )


@bp.post("/theme")
@needs("self")
def theme() -> Response:
    """Light, dark or as the device."""
    form = ThemeForm()
    if form.validate():
        g.user.theme = form.theme.data
        db.session.commit()
        flash("外观已存。", "success")
    return redirect(url_for(".show"))


@bp.route("/password", methods=["GET", "POST"], endpoint="password")
@needs("self")
def change_password() -> str | Response:
    """A new password; every other device is signed out."""
    form = PasswordForm(faults=lambda typed: password.faults(g.user, typed))
    if form.validate_on_submit() and _knows_password(form):
        password.set_password(g.user, form.new.data, clock.now())
        trail.note("password.change", subject="user", subject_id=g.user.id)
        user_session.end_all(g.user, clock.now())
        sign_in.begin_session(g.user)
        db.session.commit()
        flash("口令已换，其他设备上的登录都已退出。", "success")
        return redirect(url_for("home.index"))
    return render_template(
        "account/password.html",
        form=form,
        policy=password.policy(),
        due=sign_in.password_is_due(g.user),
        first=g.user.must_change_password,
    )


@bp.route("/totp", methods=["GET", "POST"])
@needs("self")
def totp() -> str | Response:
    """Set up the authenticator: scan, type the first code, write down the recovery codes."""
    if two_factor.is_on(g.user):
        return redirect(url_for(".show"))
    secret = session.get("totp_secret")
    if not isinstance(secret, str):
        secret = session["totp_secret"] = two_factor.new_secret()
    form = TotpForm()
    if form.validate_on_submit():
        if two_factor.turn_on(g.user, secret, form.code.data):
            session.pop("totp_secret")
            trail.note("totp.on", subject="user", subject_id=g.user.id)
            return _show_codes()
        form.code.errors = ["数字不对或已过时，请等手机换下一组再填"]
    return render_template(
        "account/totp.html",
        form=form,
        due=two_factor.is_due(g.user, g.totp_required),
        picture=two_factor.qr_svg(g.user, secret),
        key=two_factor.shown_key(secret),
    )


@bp.route("/totp/off", methods=["GET", "POST"])
@needs("self")
def totp_off() -> str | Response:
    """Switch the second secret off, after asking for the password."""
    form = PasswordConfirmForm()
    if form.validate_on_submit() and _knows_password(form):
        two_factor.turn_off(g.user)
        trail.note("totp.off", subject="user", subject_id=g.user.id)
        db.session.commit()
        flash("动态口令已停用。", "success")
        return redirect(url_for(".show"))
    return render_template("account/confirm.html", form=form, title="停用动态口令", label="停用")


@bp.route("/codes", methods=["GET", "POST"])
@needs("self")
def codes() -> str | Response:
    """Ten new recovery codes, shown once, after asking for the password."""
    if not two_factor.is_on(g.user):
        return redirect(url_for(".totp"))
    form = PasswordConfirmForm()
    if form.validate_on_submit() and _knows_password(form):
        return _show_codes()
    return render_template("account/confirm.html", form=form, title="换一组恢复码", label="换一组")


@bp.post("/sessions/<int:session_id>/end")
@needs("self")
def end_session(session_id: int) -> Response:
    """Sign out one other device."""
    UserSession.get_for(g.user, session_id).ended_at = clock.now()
    trail.note("session.end", subject="user_session", subject_id=session_id)
    db.session.commit()
    flash("那台设备已退出。", "success")
    return redirect(url_for(".show"))


@bp.post("/sessions/end")
@needs("self")
def end_everywhere() -> Response:
    """Sign out everywhere, here too."""
    count = user_session.end_all(g.user, clock.now())
    trail.note("session.end_all", subject="user", subject_id=g.user.id, detail={"sessions": count})
    sign_in.end_session()
    db.session.commit()
    flash(f"全部 {count} 处登录都已退出。", "success")
    return redirect(url_for("sign_in.login"))


def _show_codes() -> str:
    fresh = recovery_code.renew(g.user)
    db.session.commit()
    return render_template("account/codes.html", codes=fresh)


def _longest_ago() -> datetime:
    """Sessions that began before this moment are over everywhere, on registered phones too."""
    return clock.now() - timedelta(hours=max(setting.get_int("session_hours"), setting.get_int("phone_hours")))


def _expires_on(user: User) -> date | None:
    """The day on which the password must be changed; None when it lasts for ever."""
    days = g.password_policy.days
    changed = user.password_changed_at
    return clock.local(changed + timedelta(days=days)).date() if days and changed else None


def _knows_password(form: PasswordForm | PasswordConfirmForm) -> bool:
    """Whether the present password was typed right; wrong ones count towards the lock as at the door."""
    user: User = g.user
    allowed = account.begin_attempt(user, clock.now())
    db.session.commit()
    if password.matches(form.current.data, user.password if allowed else None):
        account.succeeded(user, clock.now())
        return True
    form.current.errors = ["现在的口令不对，请重填"]
    trail.note("password.change", subject="user", subject_id=user.id, detail={"at": request.endpoint}, succeeded=False)
    db.session.commit()
    return False


@bp.app_template_filter("device")
def device(agent: str) -> str:
    """A browser as people call it: Chrome · Windows."""
    words = [next((name for sign, name in names if sign in agent), "") for names in (DEVICES, SYSTEMS)]
    return " · ".join(word for word in words if word) or "不知道的设备"
