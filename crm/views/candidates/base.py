"""The blueprint of 申报候选, and which firms an act is for."""

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, g, request, url_for

from models import clock
from models.assessment.candidate_list import CandidateFilter, CandidateListing

bp = Blueprint("candidates", __name__, url_prefix="/candidates")


def address(chosen: CandidateFilter, **other: Any) -> str:
    """The list with this filter, some of it changed; None takes a condition away."""
    return f"{url_for('candidates.index')}?{urlencode(chosen.query(**other))}"


@dataclass(frozen=True)
class Chosen:
    """The firms of a bulk action: those ticked, or all of the filtered list; only those the person sees in it."""

    ticked: list[int]
    back: str
    everything: bool

    @classmethod
    def of_request(cls) -> Self:
        """What the list posted."""
        ids = [int(value) for value in request.form.getlist("id") if value.isascii() and value.isdigit()]
        back = urlencode(CandidateFilter.parse(dict(parse_qsl(request.form.get("back", "")[:2000]))).query())
        return cls(ids, back, request.form.get("everything") == "1" or not ids)

    @property
    def listing(self) -> CandidateListing:
        """The list it came from."""
        return CandidateListing(g.user, CandidateFilter.parse(dict(parse_qsl(self.back))), clock.today())

    def firm_ids(self) -> list[int]:
        """The ids of the firms, nearest first."""
        return self.listing.ids(None if self.everything else self.ticked)
