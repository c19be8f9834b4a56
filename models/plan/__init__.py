"""The week's plan (周安排): its lines, and the views of a week and a month."""

from models.plan.lines import PlanLine, PlanOfficer, tick_off, untick

__all__ = ["PlanLine", "PlanOfficer", "tick_off", "untick"]
