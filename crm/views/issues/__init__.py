"""清单: issues as lists, board and record, what waits for whom, the three lists, one file each."""

from crm.views.issues import editions, figures, listing, lists
from crm.views.issues.base import bp

__all__ = ["bp", "editions", "figures", "listing", "lists"]
