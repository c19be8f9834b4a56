"""申报: batches, their lists and boards, the record of one application, one file each."""

from crm.views.applications import (
    adding,
    agencies,
    batches,
    board,
    figures,
    listing,
    meetings,
    papers,
    reasons,
    record,
    result,
    reviews,
)
from crm.views.applications.base import bp

__all__ = [
    "adding",
    "agencies",
    "batches",
    "board",
    "bp",
    "figures",
    "listing",
    "meetings",
    "papers",
    "reasons",
    "record",
    "result",
    "reviews",
]
