"""What several sources say of one title, and what is taken from which.

Where sources disagree the stronger is right: 公告 > 公示 > 名单 (a published list) > 台账 > 人工; the others are kept
and shown. Every choice is the greatest of a set, so the order in which files are imported makes no difference.

A title is 公示中 until a source that confirms says otherwise: a 公告, a published list of holders, or a person. A
ledger does not confirm what is only 公示 (product.md: in force only from the 公告 or a person's confirmation)."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from models.rules.dates import Day
from models.rules.ladder import last_day_of

#: Sources of a title, the weakest first.
SOURCES = ("人工", "台账", "名单", "公示", "公告")
#: A firm gave its title up: no source of values, but no other source makes the title last longer.
GIVEN_UP = "注销"
CONFIRMING = frozenset({"公告", "名单", "人工"})
#: A 公告 confirms a 公示 of the year before when it follows within so many days.
NOTICE_DAYS = 180
EXACT = {"year": 0, "month": 1, "day": 2}


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a title. `year` is the year in the number or of the recognition, where one is given;
    `said_on` the day of the list, which settles between equals."""

    source: str
    provisional: bool = False
    number: str = ""
    batch: str = ""
    field: str = ""
    issued: Day | None = None
    ends_on: date | None = None
    #: The end is a month: its last day.
    ends_vague: bool = False
    noticed_on: date | None = None
    year: int | None = None
    said_on: date | None = None

    @property
    def confirms(self) -> bool:
        """Whether a title that this source speaks of is more than 公示中."""
        return not self.provisional and self.source in CONFIRMING

    @property
    def issued_words(self) -> str:
        """The day of issue as exactly as it was written: 2024-10-12, 2024 年 10 月, 2024 年; empty for none."""
        if self.issued is None:
            return ""
        day = self.issued.first
        return {"month": f"{day.year} 年 {day.month} 月", "year": f"{day.year} 年"}.get(
            self.issued.precision, day.isoformat()
        )

    @property
    def certificate_year(self) -> int | None:
        """The year the title is of: in its number, else of its issue, else as the list says."""
        return year_in(self.number) or (self.issued.first.year if self.issued else self.year)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is taken of all that is said; `sources` names the source each value was taken from."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]
    #: (field, value, source) of everything that was said otherwise.
    losers: tuple[tuple[str, Any, str], ...]


def strength(source: str) -> int:
    """How much a source weighs; one nobody knows weighs as a person's word."""
    return SOURCES.index(source) if source in SOURCES else 0


def year_in(number: str) -> int | None:
    """The year a number gives: GR202432…, 202532011508001471; None when it gives none."""
    digits = number[2:6] if number[:2].isalpha() else number[:4]
    return int(digits) if len(number) >= 14 and digits.isdigit() and 2000 <= int(digits) < 2100 else None


def speaks_of(said: Said, known: Sequence[Said], *, yearly: bool = False) -> bool:
    """Whether a source speaks of the title that others spoke of before, all of one firm and type: of the same number,
    of the same year, or the 公告 that follows a 公示 over new year. A yearly type is of its year alone."""
    if said.number and any(one.number == said.number for one in known):
        return True
    years = {year for one in known if (year := one.certificate_year)}
    if said.certificate_year is not None and years:
        return said.certificate_year in years or (not yearly and any(_follows(said, one) for one in known))
    return not yearly and any(_follows(said, one) for one in known)


def _follows(one: Said, other: Said) -> bool:
    """Whether one is the 公示 of what the other announces."""
    if one.provisional == other.provisional or (one.number and other.number):
        return False
    notice, announced = (one, other) if one.provisional else (other, one)
    if notice.issued is None or announced.issued is None:
        return False
    wait = announced.issued.first - notice.issued.first
    return timedelta(0) <= wait <= timedelta(NOTICE_DAYS)


def settle(said: Sequence[Said], validity: str) -> Settled:
    """The values of a title of which all this is said; `validity` is the rule of its type. `issued_on` is missing when
    nobody gives a date."""
    if len(said) == 1:
        return _settle_one(said[0], validity)
    return _settle(said, validity)


def _settle_one(one: Said, validity: str) -> Settled:
    """What one source says alone, nearly always: its words as they are, its days as all others that say the same."""
    days = (one.source, one.provisional, one.issued, one.ends_on, one.ends_vague, one.noticed_on)
    alike = _settle_days(*days, year_in(one.number) or one.year, validity)
    values, sources = dict(alike.values), dict(alike.sources)
    if one.source != GIVEN_UP:
        for name in ("number", "batch", "field"):
            values[name] = getattr(one, name)
            sources[name] = one.source if values[name] else ""
    return Settled(values, sources, alike.losers)


@lru_cache(maxsize=4096)
def _settle_days(
    source: str,
    provisional: bool,
    issued: Day | None,
    ends_on: date | None,
    ends_vague: bool,
    noticed_on: date | None,
    year: int | None,
    validity: str,
) -> Settled:
    said = Said(
        source=source,
        provisional=provisional,
        issued=issued,
        ends_on=ends_on,
        ends_vague=ends_vague,
        noticed_on=noticed_on,
        year=year,
    )
    return _settle([said], validity)


def _settle(said: Sequence[Said], validity: str) -> Settled:
    caps = [one.ends_on for one in said if one.source == GIVEN_UP and one.ends_on]
    everything = [one for one in said if one.source != GIVEN_UP]
    confirmed = any(one.confirms for one in everything)
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name in ("number", "batch", "field"):
        best = _best_text(everything, name)
        values[name] = getattr(best, name) if best else ""
        sources[name] = best.source if best else ""
    dated = [one for one in everything if one.issued is not None]
    best = max(dated, key=lambda one: _issue_key(one, confirmed), default=None)
    if best is not None and best.issued is not None:
        values |= {"issued_on": best.issued.first, "issued_precision": best.issued.precision}
        sources["issued_on"] = best.source
        values["ends_on"], sources["ends_on"] = _end(everything, best, validity, confirmed)
        if caps and (values["ends_on"] is None or min(caps) < values["ends_on"]):
            values["ends_on"], sources["ends_on"] = max(min(caps), best.issued.first), GIVEN_UP
    values["provisional"] = not confirmed and any(one.provisional for one in everything)
    values["noticed_on"] = min((one.noticed_on for one in everything if one.noticed_on), default=None)
    values["source"] = max((one.source for one in everything), key=strength, default="")
    return Settled(values, sources, _losers(everything, values, confirmed))


def _best_text(everything: Iterable[Said], name: str) -> Said | None:
    """The strongest source that says anything of this; of equals that of the earliest issue: a firm that stands in two
    batches of one year was granted its title by the first."""
    key = operator.attrgetter(name)
    saying = [one for one in everything if key(one)]
    return max(saying, key=lambda one: (strength(one.source), *_early(one), key(one)), default=None)


def _early(one: Said) -> tuple[int, int]:
    """A key that is greatest for the earliest issue, then for the earliest list; who gives no day comes last."""
    return -(one.issued.first if one.issued else date.max).toordinal(), -(one.said_on or date.max).toordinal()


def _issue_key(one: Said, confirmed: bool) -> tuple[Any, ...]:
    assert one.issued is not None
    # Once it is announced, the day of the 公示 is no day of issue; a month says nothing against a day.
    weight = -1 if confirmed and one.provisional else strength(one.source)
    return weight, EXACT[one.issued.precision], *_early(one)


def _end(everything: Sequence[Said], issue: Said, validity: str, confirmed: bool) -> tuple[date | None, str]:
    """The last day: as the strongest source writes it, or as the day of issue gives it by the type's rule."""
    assert issue.issued is not None
    numbered = _best_text(everything, "number")
    year = year_in(numbered.number if numbered else "") or issue.year
    derived = last_day_of(validity, issue.issued.first, year)
    given = [one for one in everything if one.ends_on is not None and one.ends_on >= issue.issued.first]
    if confirmed:
        given = [one for one in given if not one.provisional] or given
    best = max(given, key=_end_key, default=None)
    if best is None or strength(best.source) < strength(issue.source):
        return derived, issue.source
    assert best.ends_on is not None
    exact = issue.issued.precision == "day" and derived is not None
    if best.ends_vague and exact and derived and best.ends_on.replace(day=1) == derived.replace(day=1):
        return derived, issue.source
    return best.ends_on, best.source


def _end_key(one: Said) -> tuple[Any, ...]:
    return strength(one.source), not one.ends_vague, *_early(one), one.ends_on


def _losers(everything: Iterable[Said], values: Mapping[str, Any], confirmed: bool) -> tuple[tuple[str, Any, str], ...]:
    lost: set[tuple[str, Any, str]] = set()
    for one in everything:
        if one.number and one.number != values["number"]:
            lost.add(("number", one.number, one.source))
        if one.issued and not _agrees(one.issued, values) and not (confirmed and one.provisional):
            lost.add(("issued_on", one.issued.first, one.source))
        if one.ends_on and one.ends_on != values.get("ends_on") and not one.ends_vague:
            lost.add(("ends_on", one.ends_on, one.source))
    return tuple(sorted(lost, key=str))


def _agrees(day: Day, values: Mapping[str, Any]) -> bool:
    """Whether two dates say the same as far as the vaguer of them goes."""
    taken = values["issued_on"]
    vaguer = min((day.precision, values["issued_precision"]), key=lambda precision: EXACT[precision])
    length = {"year": 1, "month": 2, "day": 3}[vaguer]
    return (day.first.year, day.first.month, day.first.day)[:length] == (taken.year, taken.month, taken.day)[:length]
