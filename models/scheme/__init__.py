"""Standing contacts (联系制度): kinds, each officer's contacts, what is overdue."""

from models.scheme.record import SchemeContact, SchemeKind, SchemeTouch

__all__ = ["SchemeContact", "SchemeKind", "SchemeTouch"]
