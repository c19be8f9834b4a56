"""清单: issues as lists, board and record, what waits for whom, the three lists, one file each."""

from crm.views.issues import editions, evidence, figures, listing, lists, mine, raising, record
from crm.views.issues.base import bp

__all__ = ["bp", "editions", "evidence", "figures", "listing", "lists", "mine", "raising", "record"]
