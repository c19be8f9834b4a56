"""What models raise; crm/errors.py maps each to a page and a status."""


class NotFound(LookupError):
    """No such row, or none that this person may see: for them it does not exist."""


class Refused(ValueError):
    """An act that a rule forbids; the message says why and what to do, in an officer's words."""


class Conflict(Refused):
    """Somebody else changed the row since it was opened."""
