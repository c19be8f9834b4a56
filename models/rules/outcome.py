"""What visits bring (十百千 actions count them): the kinds a bureau begins with."""

from dataclasses import dataclass

#: The largest number one visit may bring of one kind; more is a slip of the finger.
LARGEST = 100_000


@dataclass(frozen=True)
class DefaultOutcome:
    """A kind of result and the word its number is counted in."""

    key: str
    name: str
    unit: str


OUTCOMES: tuple[DefaultOutcome, ...] = (
    DefaultOutcome("needs_understood", "了解需求", "项"),
    DefaultOutcome("solved_on_spot", "现场解决", "项"),
    DefaultOutcome("agreements", "达成协议", "项"),
    DefaultOutcome("people_trained", "培训人次", "人次"),
    DefaultOutcome("patents_helped", "指导专利", "件"),
    DefaultOutcome("firms_incubated", "孵化企业", "家"),
    DefaultOutcome("results_transferred", "转化成果", "项"),
)
