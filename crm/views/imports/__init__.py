"""数据: files dropped, looked at, written, decided, taken back; one file each."""

from crm.views.imports import dropping, history, queue, rows, sheets, showing
from crm.views.imports.base import bp

__all__ = ["bp", "dropping", "history", "queue", "rows", "sheets", "showing"]
