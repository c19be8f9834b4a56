"""Maps named errors to a page and a status."""

from flask import Flask, Response, render_template
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from crm import answers
from models.base import db
from models.errors import Conflict, NotFound, Refused
from models.rules.visit_body import BadBody

Answer = Response | tuple[str, int]


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(Conflict, lambda error: _page(409, str(error)))
    app.register_error_handler(Refused, lambda error: _page(422, str(error)))
    app.register_error_handler(
        StaleDataError, lambda error: _page(409, "同一时刻有人改了其中的企业，这次没有存。请返回刷新后再做一次。")
    )
    app.register_error_handler(CSRFError, _token_missing)
    app.register_error_handler(BadBody, _bad_body)
    app.register_error_handler(HTTPException, lambda error: _page(error.code or 500))
    app.register_error_handler(500, lambda error: _page(500))


def _bad_body(error: BadBody) -> Answer:
    db.session.rollback()
    return answers.fault(422, "invalid", "有内容不能收，改好再发：" + str(error), errors=error.faults)


def _token_missing(error: CSRFError) -> Answer:
    """A form without its token; a phone whose session is over hears that instead, and keeps what it has."""
    if answers.wanted() and not current_user.is_authenticated:
        return answers.sign_in_first()
    return _page(400, "这一页放得太久或已重新登录，请返回刷新后再提交一次。")


#: What a program reads of a status.
NAMES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method", 409: "conflict", 413: "too_large",
         422: "refused"}  # fmt: skip
SAID = {403: "这个账号没有这项权限。", 404: "没有这一条，或不在您能看到的范围。", 413: "太大了，收不下。"}


def _page(status: int, message: str = "") -> Answer:
    db.session.rollback()
    if answers.wanted():
        return answers.fault(status, NAMES.get(status, "error"), message or SAID.get(status, "出错了，没有存。"))
    return render_template("errors/error.html", status=status, message=message), status
