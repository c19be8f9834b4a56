"""The ladder (梯队): board, tables and moves as of any day, compared with another."""

from crm.views.funnel.pages import bp

__all__ = ["bp"]
