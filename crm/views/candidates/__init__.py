"""申报候选: the list with its charts and export."""

from crm.views.candidates import listing
from crm.views.candidates.base import bp

__all__ = ["bp", "listing"]
