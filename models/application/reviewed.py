"""What pre-review said of applications, as conditions of a list; the figures count the same rows."""

from dataclasses import dataclass
from datetime import date

from models.application.filters import ApplicationFilter
from models.application.listing import ApplicationListing
from models.figures.base import Share
from models.user import User


@dataclass(frozen=True, slots=True)
class Passing:
    """Of the applications experts looked at: how many could be filed after the first round, and after two."""

    seen: int
    first: int
    second: int
    #: Have something that is not corrected.
    findings: int

    @property
    def first_share(self) -> Share:
        """Cleared in the first round, of all that were looked at."""
        return Share(self.first, self.seen)

    @property
    def second_share(self) -> Share:
        """Cleared within two rounds, of all that were looked at."""
        return Share(self.second, self.seen)


def passing(user: User, today: date, batch_id: int | None = None) -> Passing:
    """The pass rates of a batch, or of all, of what this person sees. Four statements."""
    counts = {
        key: ApplicationListing(user, ApplicationFilter(batch=batch_id, review=key), today).count()
        for key in ("seen", "first", "second", "findings")
    }
    return Passing(**counts)
