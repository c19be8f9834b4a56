"""走访: the list, the record, its form, photos and demands, one file each."""

from crm.views.visits import before, coverage, demands, editing, listing, outcomes, photos, record, rescue
from crm.views.visits.base import bp

__all__ = ["before", "bp", "coverage", "demands", "editing", "listing", "outcomes", "photos", "record", "rescue"]
