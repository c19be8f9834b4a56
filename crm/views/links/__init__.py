"""What opens without an account: a firm's link to its issue, a handler's link to theirs, a firm's own figures (/l/)."""

from crm.views.links import figures, firm, handler
from crm.views.links.base import bp

__all__ = ["bp", "figures", "firm", "handler"]
