"""What firms lack for a title today, many at once: for lists of firms that each aim at some title."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from crm.assessing.batch import judge_all
from crm.assessing.columns import NO, UNSURE, frame_of
from models.assessment.bridge import flat_values, inputs_of
from models.assessment.card import labels_of
from models.rules.assess.book import CONTRACT, REGIMES
from models.rules.assess.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Gap:
    """The conditions that fail and those nobody knows, in words."""

    short: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def word(self) -> str:
        """In a few words: 已达标, 差 2 项, 3 项不明."""
        if self.short:
            return f"差 {len(self.short)} 项" + (f"，{len(self.unknown)} 项不明" if self.unknown else "")
        return f"{len(self.unknown)} 项不明" if self.unknown else "已达标"


def gaps_of(wanted: Mapping[int, str], on: date, shelf: Shelf) -> dict[int, Gap]:
    """The gap of each firm towards the title it aims at (firm → regime); a title no rule book judges is left out, and
    nothing is said of its firms. A fixed number of statements for every five thousand firms."""
    aims = {firm_id: regime for firm_id, regime in wanted.items() if regime in REGIMES}
    inputs = inputs_of(sorted(aims), on) if aims else {}
    found: dict[int, Gap] = {}
    for regime in sorted(set(aims.values())):
        book, here = shelf.in_force(regime, on), [one for key, one in inputs.items() if aims[key] == regime]
        if book is None or not book.scoring or not here:
            continue
        names = labels_of(shelf, regime, on)
        outcome = judge_all(frame_of(flat_values(here, regime)), on, shelf, [regime])[regime]
        for place, one in enumerate(here):
            met = {key: outcome.conditions[key][place] for key in CONTRACT[regime][0]}
            found[one.firm_id] = Gap(
                tuple(names[key] for key, answer in met.items() if answer == NO),
                tuple(names[key] for key, answer in met.items() if answer == UNSURE),
            )
    return found
