"""Maps named errors to a page and a status."""

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from models.base import db
from models.errors import Conflict, NotFound, Refused


def init_app(app: Flask) -> None:
    """Register the error pages."""
    app.register_error_handler(NotFound, lambda error: _page(404))
    app.register_error_handler(Conflict, lambda error: _page(409, str(error)))
    app.register_error_handler(Refused, lambda error: _page(422, str(error)))
    app.register_error_handler(
        StaleDataError, lambda error: _page(409, "同一时刻有人改了其中的企业，这次没有存。请返回刷新后再做一次。")
    )
    app.register_error_handler(
        CSRFError, lambda error: _page(400, "这一页放得太久或已重新登录，请返回刷新后再提交一次。")
    )
    app.register_error_handler(HTTPException, lambda error: _page(error.code or 500))
    app.register_error_handler(500, lambda error: _page(500))


def _page(status: int, message: str = "") -> tuple[str, int]:
    db.session.rollback()
    return render_template("errors/error.html", status=status, message=message), status
