"""申报候选: the list with its charts and export, and what is done with the firms that are ticked."""

from crm.views.candidates import acts, listing
from crm.views.candidates.base import bp

__all__ = ["acts", "bp", "listing"]
