"""申报: batches, the applications of firms in them, what happened to each."""

from models.application.batch import ApplicationBatch, BatchDate
from models.application.reasons import RefusalReason
from models.application.record import Application
from models.application.result import ApplicationResult
from models.application.trace import ApplicationMove

__all__ = ["Application", "ApplicationBatch", "ApplicationMove", "ApplicationResult", "BatchDate", "RefusalReason"]
