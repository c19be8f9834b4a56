"""The blueprint of 清单, which the other files of this folder add their views to."""

from flask import Blueprint

bp = Blueprint("issues", __name__, url_prefix="/issues")
