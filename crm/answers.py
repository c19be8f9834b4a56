"""Answers in JSON for what a phone's queue asks: always JSON, always marked, never a redirect or a page."""

import json
from typing import Any

from flask import Response, request

#: Paths answered in JSON; the second is what the public address lets through (docs/deployment).
PREFIXES = ("/api/", "/m/api/")
#: Every answer says who answers, so that a captive portal's page is never taken for one.
MARK = {"app": "tidu"}


def wanted() -> bool:
    """Whether this request is one of a program, not of a person before a page."""
    return request.path.startswith(PREFIXES)


def say(status: int, **body: Any) -> Response:
    """The marked JSON answer with this status, UTF-8 unescaped, never kept by anything in between."""
    text = json.dumps({**MARK, **body}, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", status, {"Cache-Control": "no-store"}, content_type="application/json")


def fault(status: int, error: str, message: str, **more: Any) -> Response:
    """An answer that says what went wrong: `error` for programs, `message` for people."""
    return say(status, error=error, message=message, **more)


def sign_in_first(reason: str = "signed_out") -> Response:
    """Nobody is signed in, or not for long enough: the queue keeps everything and asks for a sign-in."""
    messages = {
        "signed_out": "登录已过期，请重新登录。没有发出的都在手机里。",
        "password_due": "口令到期了，请先在工作台改口令。没有发出的都在手机里。",
        "second_factor_due": "请先在工作台设好动态口令。没有发出的都在手机里。",
    }
    return fault(401, reason, messages[reason])
