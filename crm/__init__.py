"""The web application: what people see and do."""

from typing import Any

import click
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine, event
from werkzeug.middleware.proxy_fix import ProxyFix

import models.change_log  # noqa: F401  the listener must be there before the first session
from config import ROOT, Config
from crm import access, cli, errors, safety, sign_in, views, web
from models import vault
from models.all import db


def create_app(config: Config | None = None) -> Flask:
    """The application for this configuration (default: from the environment)."""
    config = config or Config.from_environment()
    app = Flask(
        "crm",
        root_path=str(ROOT / "crm"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(config.instance.resolve()),
    )
    app.config.from_mapping(config.flask())
    config.instance.mkdir(parents=True, exist_ok=True)
    if config.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        _prepare(db.engine)
        vault.init(db.engine, config.instance, config.contact_key or config.secret_key)
    safety.init_app(app)
    sign_in.init_app(app)
    access.init_app(app)
    web.init_app(app)
    errors.init_app(app)
    views.init_app(app)
    cli.init_app(app)
    # A command (migrating, checking, backing up) must work on a database that is not fit to be served.
    if config.production and click.get_current_context(silent=True) is None:
        safety.refuse_unsafe_start(app)
    return app


def _prepare(engine: Engine) -> None:
    """SQLite's safe and quick way of working, on each connection (dependencies.md, "Database").

    Half a minute of patience: an import of a whole district writes for some ten seconds, on a slow machine longer,
    and a visit saved meanwhile is to wait, not to be refused.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def pragmas(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
