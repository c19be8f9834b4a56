"""Registering a phone and taking that back (foundations 13); under /m/, which the public address lets through."""

from flask import Blueprint, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from crm import sign_in, trail
from crm.access import needs
from models import clock
from models.base import db
from models.phone import Phone

bp = Blueprint("phones", __name__, url_prefix="/m/phone")


@bp.post("/")
@needs("self")
def register() -> Response:
    """Register this phone as one's own; the session that is open here becomes the phone's. Again changes nothing."""
    answer = redirect(url_for("account.show"))
    if g.user_session.phone_id is not None:
        return answer
    phone, token = Phone.register(g.user, request.user_agent.string, clock.now())
    g.user_session.phone_id = phone.id
    session.permanent = True
    trail.note("phone.register", subject="phone", subject_id=phone.id)
    db.session.commit()
    flash("这台手机已登记。", "success")
    answer.set_cookie(sign_in.PHONE_COOKIE, token, max_age=sign_in.PHONE_DAYS * 86400, httponly=True,
                      secure=request.is_secure, samesite="Lax")  # fmt: skip
    return answer


@bp.post("/<int:phone_id>/revoke")
@needs("self")
def revoke(phone_id: int) -> Response:
    """Take a registration back, from any device; every session of that phone ends."""
    phone = Phone.get_for(g.user, phone_id)
    ended = phone.revoke(clock.now())
    trail.note("phone.revoke", subject="phone", subject_id=phone.id, detail={"sessions": ended})
    db.session.commit()
    flash("已取消登记，那台手机上的登录也退出了。手机里没发的走访还在，重新登录就能发。", "success")
    return redirect(url_for("account.show"))
