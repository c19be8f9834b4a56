"""The blueprint of 走访, which the other files of this folder add their views to."""

from flask import Blueprint

bp = Blueprint("visits", __name__, url_prefix="/visits")
