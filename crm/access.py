"""A permission nobody can forget: every view says who may use it, and an unmarked view is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import answers
from models import clock
from models.base import db
from models.change_log import Actor
from models.rules.access import PERMISSIONS

View = Callable[..., Any]


def needs(permission: str) -> Callable[[View], View]:
    """Mark a view with the permission it needs and check it on every call."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated and answers.wanted():
                return answers.sign_in_first()
            if not current_user.is_authenticated:
                return redirect(url_for(_door(), next=_way_back()))
            if permission not in g.user.permissions:
                abort(403)
            return view(*args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate


def _door() -> str:
    """The sign-in page of the address that was asked for: the public one lets nothing but /m/ through."""
    return "m_sign_in.login" if request.path.startswith("/m/") else "sign_in.login"


def _way_back() -> str | None:
    """Where to go on after signing in: the page itself, with its filters; nothing for a form that was sent."""
    if request.method != "GET" or request.path == "/":
        return None
    return request.full_path if request.query_string else request.path


def public(view: View) -> View:
    """Mark a view that needs no account."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Refuse every view without a mark, and tell the session who acts."""
    app.before_request(_refuse_unmarked)
    app.before_request(_name_actor)


def _refuse_unmarked() -> Response | None:
    endpoint = request.endpoint
    if endpoint and endpoint != "static" and not hasattr(current_app.view_functions[endpoint], "permission"):
        abort(403)
    return None


def _name_actor() -> None:
    if request.endpoint == "static":
        return
    g.user = current_user._get_current_object() if current_user.is_authenticated else None
    db.session().info["actor"] = Actor(source="form", person_id=g.user.id if g.user else None, at=clock.now())
