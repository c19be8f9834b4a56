"""清单: issues as lists, board and record, what waits for whom, the three lists, one file each."""

from crm.views.issues import (
    board,
    demands,
    desk,
    editions,
    evidence,
    figures,
    groups,
    listing,
    lists,
    many,
    mine,
    raising,
    record,
    review,
    sending,
    setup,
    supervise,
)
from crm.views.issues.base import bp

__all__ = [
    "board",
    "bp",
    "demands",
    "desk",
    "editions",
    "evidence",
    "figures",
    "groups",
    "listing",
    "lists",
    "many",
    "mine",
    "raising",
    "record",
    "review",
    "sending",
    "setup",
    "supervise",
]
