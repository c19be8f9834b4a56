"""申报: batches, their lists and boards, the record of one application, one file each."""

from crm.views.applications import adding, batches, board, listing, reasons, record, result
from crm.views.applications.base import bp

__all__ = ["adding", "batches", "board", "bp", "listing", "reasons", "record", "result"]
