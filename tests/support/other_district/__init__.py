"""A second district that nobody built the import for: invented firms, and every kind of list about them, with its
truth."""

import random
from dataclasses import dataclass

from tests.support.other_district import firms as making
from tests.support.other_district import lists
from tests.support.other_district.files import File, Writer
from tests.support.other_district.firms import Firm


@dataclass(slots=True)
class District:
    """Firms of the register, firms outside it, and the files."""

    firms: list[Firm]
    outside: list[Firm]
    files: list[File]


def district(seed: int, number: int = 800) -> District:
    """The same district for the same seed."""
    rng = random.Random(seed)
    firms, outside = making.make(rng, number)
    return District(firms, outside, lists.all_of(Writer(firms, outside, rng)))
