"""Firms: the record, and the dated facts that hang on it, one file each."""

from models.firm.record import Firm

__all__ = ["Firm"]
