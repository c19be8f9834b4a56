"""企业: the list, the record, its forms, one file each."""

from crm.views.firms import listing, record
from crm.views.firms.base import bp

__all__ = ["bp", "listing", "record"]
