"""企业: the list, the record, its forms, one file each."""

from crm.views.firms import bulk, editing, gap, listing, merging, patents, record
from crm.views.firms.base import bp

__all__ = ["bp", "bulk", "editing", "gap", "listing", "merging", "patents", "record"]
