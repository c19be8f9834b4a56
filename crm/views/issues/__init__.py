"""清单: issues as lists, board and record, what waits for whom, the three lists, one file each."""

from crm.views.issues import listing
from crm.views.issues.base import bp

__all__ = ["bp", "listing"]
