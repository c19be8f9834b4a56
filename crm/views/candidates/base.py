"""The blueprint of 申报候选 and the address of its list."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, url_for

from models.assessment.candidate_list import CandidateFilter

bp = Blueprint("candidates", __name__, url_prefix="/candidates")


def address(chosen: CandidateFilter, **other: Any) -> str:
    """The list with this filter, some of it changed; None takes a condition away."""
    return f"{url_for('candidates.index')}?{urlencode(chosen.query(**other))}"
