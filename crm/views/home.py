"""The first page after sign-in."""

from flask import Blueprint, render_template

from crm.access import needs

bp = Blueprint("home", __name__)


@bp.get("/")
@needs("self")
def index() -> str:
    """工作台."""
    return render_template("home/index.html")
