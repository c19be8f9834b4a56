"""A stored visit as the JSON a client would send: for showing two versions side by side, and for keeping old ones."""

from typing import Any

from models.promise import Promise
from models.visit.demands import VisitDemand
from models.visit.photos import VisitPhoto
from models.visit.record import Visit


def body_of(visit: Visit) -> dict[str, Any]:
    """Everything the visit says now, in the form of models/rules/visit_body.py."""
    promises = Promise.list_of(visit.id)
    return {
        "firm_id": visit.firm_id,
        "visit_on": visit.visit_on.isoformat(),
        "start_time": visit.start_time,
        "kind": visit.kind.key,
        "officers": [row.user_id for row in visit.officers],
        "companions": [
            {"kind": row.kind, "name": row.name, "organisation": row.organisation} for row in visit.companions
        ],
        "place": visit.place,
        "purposes": [row.key for row in visit.purposes],
        "services": [row.key for row in visit.services],
        "campaign": visit.campaign.key if visit.campaign else "",
        "text": visit.text,
        "answer": visit.answer,
        "next_step": visit.next_step,
        "demands": [{"words": row.words, "category": row.category} for row in VisitDemand.list_of(visit.id)],
        "promises": [
            {"words": row.words, "person_id": row.person_id, "due_on": row.due_on.isoformat()} for row in promises
        ],
        "photos": [{"sha256": row.sha256, "caption": row.caption} for row in VisitPhoto.list_of(visit.id)],
    }
