"""How alike two texts are, by the pairs of characters they share: enough to show what may be the same matter."""

#: Texts with at least this share in common are shown as perhaps the same.
ALIKE = 0.3


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters and digits of a text, without spaces and marks; a single one stands alone."""
    plain = "".join(letter.lower() for letter in text if letter.isalnum())
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset({plain} - {""})


def alike(one: str, other: str) -> float:
    """The share of the shorter text's pairs that the longer one has too; from 0 to 1, 0 for an empty text."""
    first, second = pairs(one), pairs(other)
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter else 0.0
