"""What the address of a list of applications says, and the words its pages share."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from models import clock
from models.application.filters import BUNDLE_NAMES, ApplicationFilter
from models.application.listing import SORTS, ApplicationListing
from models.rules.application import DATES, EVENTS, KINDS, STAGES, VIAS
from models.rules.prereview import RESULTS, VERDICTS

#: Names that the pages show for identifiers, and the pairs their filters offer.
WORDS: dict[str, Any] = {
    "stages": STAGES, "kinds": KINDS, "events": EVENTS, "vias": VIAS, "date_names": DATES,
    "review_choices": list(RESULTS.items()), "review_verdicts": VERDICTS,
    "stage_choices": [*BUNDLE_NAMES.items(), *STAGES.items()], "kind_choices": list(KINDS.items()),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What the address of the list says: filter, order, page."""

    filter: ApplicationFilter
    sort: str
    page: int

    @classmethod
    def of_request(cls, **fixed: Any) -> "State":
        """The state that this request's address asks for; what is unreadable counts as absent."""
        sort = request.args.get("sort", "")
        arguments = {**request.args.to_dict(), **{name: str(value) for name, value in fixed.items()}}
        return cls(
            ApplicationFilter.parse(arguments),
            sort if sort.removeprefix("-") in SORTS else "",
            max(request.args.get("page", 1, type=int), 1),
        )

    def query(self, **changes: Any) -> str:
        """The address of this list with some of its state changed."""
        pairs = {**self.filter.query(), "sort": self.sort, **changes}
        return urlencode([(key, value) for key, value in pairs.items() if value not in (None, "")])

    @property
    def listing(self) -> ApplicationListing:
        """The applications it means, for the person at this page."""
        return ApplicationListing(g.user, self.filter, clock.today(), self.sort or "firm")
