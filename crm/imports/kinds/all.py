"""Imports every kind, so that the registry is full."""

from crm.imports.kinds import KINDS, hnte, ledger, patents, register, rename, revocation, title_list, visits

__all__ = ["KINDS", "hnte", "ledger", "patents", "register", "rename", "revocation", "title_list", "visits"]
