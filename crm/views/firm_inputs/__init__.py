"""企业填报: asking firms for figures, and what is done with what they handed in."""

from crm.views.firm_inputs import asking, record
from crm.views.firm_inputs.base import bp

__all__ = ["asking", "bp", "record"]
