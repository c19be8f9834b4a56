"""报告: editions of 周安排, 月汇报, 季通报, 半年 and 全年."""

from crm.views.reports import editing, ordering, reading  # noqa: F401  each adds its routes
from crm.views.reports.base import bp

__all__ = ["bp"]
