"""Targets of a year: the whole bureau's, an area's, an officer's; what is done of them, and how they were revised."""

from models.target.finding import find
from models.target.record import Target, TargetRevision, Whose

__all__ = ["Target", "TargetRevision", "Whose", "find"]
