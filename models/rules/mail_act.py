"""What can be done from a mail without signing in: small steps that can be taken back or that somebody else decides."""

from dataclasses import dataclass

#: Act → what its button says. The word before the dot names the record.
ACTS = {"issue.sign": "签收", "issue.extend": "申请延期", "promise.done": "已答复", "plan.done": "已落实"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One act that a mail offers to one person."""

    person_id: int
    act: str
    record_id: int
