"""企业: the list, the record, its forms, one file each."""

from crm.views.firms import bulk, editing, gap, judgements, listing, merging, patents, plans, record
from crm.views.firms.base import bp

__all__ = ["bp", "bulk", "editing", "gap", "judgements", "listing", "merging", "patents", "plans", "record"]
