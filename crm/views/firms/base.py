"""The blueprint of 企业, which the other files of this folder add their views to."""

from flask import Blueprint

bp = Blueprint("firms", __name__, url_prefix="/firms")
