"""What a production server refuses (foundations 12); what the environment alone can tell is in config.py."""

import logging

from flask import Flask, abort, render_template, request
from sqlalchemy import func, inspect, select

from config import Config, ConfigError
from models import account, first_start
from models.base import db
from models.user import User

log = logging.getLogger("tidu.start")

#: A supervisor on the same machine asks these without TLS.
PLAIN = frozenset({"health.alive", "health.ready"})


def init_app(app: Flask) -> None:
    """Refuse requests that came over plain http, when this is a production server."""
    config: Config = app.config["TIDU"]
    if config.production:
        app.before_request(_refuse_plain_http)


def refuse_unsafe_start(app: Flask) -> None:
    """Raise ConfigError when the database of a production server is not fit to be served, naming what is wrong.

    With no account yet, the code for the first page is written to the log instead.
    """
    config: Config = app.config["TIDU"]
    with app.app_context():
        if not inspect(db.engine).has_table("user"):
            raise ConfigError("正式环境不能启动：数据库还没有建好，先运行 flask --app crm db upgrade")
        demo = db.session.scalar(select(func.count()).select_from(User).where(User.is_demo)) or 0
        if demo:
            raise ConfigError(f"正式环境不能启动：库里有 {demo} 个演示账号，请换一个没有装过演示区的库")
        if not account.any_exists():
            log.warning("还没有账号。打开首页，用启动码 %s 建立首批账号", first_start.token(config.secret_key))


def _refuse_plain_http() -> tuple[str, int] | None:
    if request.is_secure or request.endpoint in PLAIN:
        return None
    if request.endpoint == "static":
        abort(403)
    return render_template("errors/error.html", status=403, message="请用 https 打开。"), 403
