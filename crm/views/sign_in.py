"""The page that asks who you are."""

from flask import Blueprint, render_template

from crm.access import public

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")


@bp.route("/", methods=["GET", "POST"])
@public
def login() -> str:
    """Sign in by e-mail, mobile or staff number and password."""
    return render_template("sign_in/login.html")
