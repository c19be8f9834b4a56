"""What every page needs: security headers, CSRF, template helpers, the frame."""

from dataclasses import dataclass

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


@dataclass(frozen=True)
class NavItem:
    """One word of the rail: shown when its page exists and the person may open it."""

    label: str
    endpoint: str
    icon: str
    permission: str


#: At most eight words (interface.md); later issues add theirs.
NAV = (
    NavItem("工作台", "home.index", "inboxes", "self"),
    NavItem("企业", "firms.index", "buildings", "firms.view"),
    NavItem("梯队", "funnel.index", "bar-chart-steps", "funnel.view"),
    NavItem("数据", "imports.index", "database", "imports.run"),
    NavItem("设置", "settings.index", "gear", "self"),
)


def init_app(app: Flask) -> None:
    """Register CSRF, headers and template helpers."""
    csrf.init_app(app)
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=(self)")
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response
