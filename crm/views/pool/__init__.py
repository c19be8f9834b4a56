"""培育库: who is in and what moves, one firm, many at once, plan against done, 小升高, what the office sets."""

from crm.views.pool import bulk, listing, planning, record, setup
from crm.views.pool.base import bp
from crm.views.pool.bulk import Chosen

__all__ = ["Chosen", "bp", "bulk", "listing", "planning", "record", "setup"]
