"""Imports every kind, so that the registry is full."""

from crm.imports.kinds import KINDS, hnte, register

__all__ = ["KINDS", "hnte", "register"]
