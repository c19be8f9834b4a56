"""What opens without an account: a firm's link to its issue, a handler's link to theirs (/l/)."""

from crm.views.links import firm, handler
from crm.views.links.base import bp

__all__ = ["bp", "firm", "handler"]
