"""What the addresses of the three lists, editions and figures ask: a day, the day before the period, a scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from flask import url_for

from models.figures.base import Period
from models.issue.lights import LIGHTS
from models.issue.scope import IssueScope
from models.issue.three_lists import SORTS, ListQuestion
from models.rules.three_lists import WHICH
from models.user import User

#: Parameters of the three lists beside the scope, with what they may hold; None: any text.
LISTED: dict[str, tuple[str, ...] | None] = {
    "which": tuple(WHICH), "light": tuple(LIGHTS), "sort": tuple(SORTS), "q": None,
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """The state of a page; all of it stands in the address."""

    scope: IssueScope
    on: date
    since: date
    today: date
    more: Mapping[str, str]
    number: int = 1

    @classmethod
    def parse(cls, args: Mapping[str, str], user: User, today: date, known: Mapping[str, Any] = LISTED) -> Self:
        """What these arguments ask; what cannot be read, and a day to come, counts as absent."""
        on = _day(args.get("on"))
        on = today if on is None or on > today else on
        since = _day(args.get("since"))
        period = Period.up_to(on, since if since is not None and since <= on else None)
        more = {}
        for name, allowed in known.items():
            value = args.get(name, "").strip()[:100]
            if value and (allowed is None or value in allowed):
                more[name] = value
        number = args.get("page", "")
        page = int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 7 else 1
        return cls(IssueScope.parse(args, user, today), on, period.since, today, more, max(page, 1))

    @property
    def period(self) -> Period:
        """The days counted."""
        return Period(self.since, self.on)

    def listed(self, list_key: str) -> ListQuestion:
        """The rows of one of the three lists."""
        return ListQuestion(list_key, self.scope, self.on, self.since, **self.more)

    def parameters(self) -> dict[str, str]:
        """The state as parameters of an address; defaults are left out."""
        found = {**self.scope.query(), **self.more}
        if self.on != self.today:
            found["on"] = self.on.isoformat()
        if self.since != Period.up_to(self.on).since:
            found["since"] = self.since.isoformat()
        return found

    def address(self, endpoint: str, given: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """The address of a page in this state with some of it changed; None removes."""
        pairs = {**self.parameters(), **changes}.items()
        kept = [(name, str(value)) for name, value in pairs if value not in (None, "")]
        return url_for(endpoint, **(given or {})) + (f"?{urlencode(kept)}" if kept else "")

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the page."""
        return bool(self.parameters())


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return day if date(1950, 1, 1) <= day <= date(2200, 1, 1) else None
