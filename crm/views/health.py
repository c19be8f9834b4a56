"""Health checks for a supervisor or a proxy (contracts.md)."""

from flask import Blueprint, Response
from sqlalchemy import text

from crm.access import public
from models.base import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """200 while the process serves."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """200 when the database is reachable and migrated, 503 otherwise."""
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except Exception as error:  # any failure of the database means: not ready
        return Response(f"not ready: {type(error).__name__}\n", status=503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
