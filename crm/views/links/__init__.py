"""What opens without an account (/l/): a firm's link to its issue, its own figures, a handler's link to theirs, a step
from a mail."""

from crm.views.links import act, figures, firm, handler
from crm.views.links.base import bp

__all__ = ["act", "bp", "figures", "firm", "handler"]
