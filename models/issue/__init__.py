"""Issues (问题、诉求): one record seen as three lists. acts/ is the only place that changes how an issue stands."""

from models.issue import editions, groups, kinds, menu, parts, record, trace
from models.issue.record import Issue

__all__ = ["Issue", "editions", "groups", "kinds", "menu", "parts", "record", "trace"]
