"""申报: batches, the applications of firms in them, what happened to each."""

from models.application.agencies import Agency, AgencyJudgement, ApplicationAgency
from models.application.batch import ApplicationBatch, BatchDate
from models.application.meeting import ReviewExpert, ReviewFinding, ReviewItem, ReviewMark, ReviewMeeting
from models.application.papers import ApplicationPaper, PaperRule
from models.application.reasons import RefusalReason
from models.application.record import Application
from models.application.result import ApplicationResult
from models.application.trace import ApplicationMove

__all__ = [
    "Agency", "AgencyJudgement", "Application", "ApplicationAgency", "ApplicationBatch", "ApplicationMove",
    "ApplicationPaper", "ApplicationResult", "BatchDate", "PaperRule", "RefusalReason",
    "ReviewExpert", "ReviewFinding", "ReviewItem", "ReviewMark", "ReviewMeeting",
]  # fmt: skip
