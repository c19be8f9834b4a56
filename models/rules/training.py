"""Training: the answers to an invitation, and how long after a session an application still counts as its effect."""

from datetime import date

from models.rules.duty import add_months

ANSWERS = {"none": "没有答复", "yes": "参加", "no": "不参加"}
#: Months after a session within which an application counts as having followed it.
EFFECT_MONTHS = 12


def effect_ends(held_on: date) -> date:
    """The last day on which an application counts as having followed a session of that day."""
    return add_months(held_on, EFFECT_MONTHS)


def trained_since(on: date) -> date:
    """A firm that came to a session on this day or later counts as trained on a day."""
    return add_months(on, -EFFECT_MONTHS)
