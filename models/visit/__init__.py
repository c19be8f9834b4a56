"""Visits (走访): the record and its parts, one file each. Kept free of anything that reads firms' pages."""

from models.visit.demands import VisitDemand
from models.visit.kinds import Service, VisitKind
from models.visit.outcomes import OutcomeKind, VisitOutcome
from models.visit.photos import VisitPhoto
from models.visit.receipts import VisitReceipt, VisitVersion
from models.visit.record import (
    Visit,
    VisitCompanion,
    VisitOfficer,
    visit_officer,
    visit_purpose,
    visit_service,
)

__all__ = [
    "OutcomeKind",
    "Service",
    "Visit",
    "VisitCompanion",
    "VisitDemand",
    "VisitKind",
    "VisitOfficer",
    "VisitOutcome",
    "VisitPhoto",
    "VisitReceipt",
    "VisitVersion",
    "visit_officer",
    "visit_purpose",
    "visit_service",
]
