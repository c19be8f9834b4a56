"""The ladder: when a title is in force, who stands on which rung, what moved between two dates.

Everything here is a pure function of dates. A title is an interval, and what it means on a day is computed, never
stored; ``models/rules/standing.py`` turns one firm's history into the spans the board counts from, and a test holds
the two against each other day by day.

Border cases decided here (docs/decisions/0016-ladder.md says why):

* ``ends_on`` is the last day in force; the day of ``revoked_on`` is the first day without the title.
* 待续 is a state of a day: the last title of the type has ended without being revoked, its window is open on that day,
  and no title of the type is in force. The last day of the window still counts.
* A firm that is 待续 stands on its rung in every count "with pending", and in every flow; so it neither lapses nor
  returns while the window is open.
* A title that was revoked before a grant is no predecessor of it: the grant is 失效后再认定, not 重新认定.
"""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

#: The days before everything and after everything; both databases store them as they are.
BEGINNING = date(1, 1, 1)
FOREVER = date(9999, 12, 31)


class RuleRefused(ValueError):
    """A validity or window rule that nobody can read; the message says what is accepted."""


class Rung(StrEnum):
    """Where a firm stands on a day, lowest first. ``OUTSIDE`` is not in the district (not yet, or no longer)."""

    OUTSIDE = "outside"
    REGISTERED = "registered"
    POTENTIAL = "potential"
    TECH_SME = "tech_sme"
    SRDI = "srdi"
    HNTE = "hnte"

    @property
    def height(self) -> int:
        """How high the rung is; 0 is outside the district."""
        return HEIGHTS[self]


#: Looked up many times per firm, so counted once.
HEIGHTS: dict["Rung", int] = {rung: height for height, rung in enumerate(Rung)}
#: What the interface calls each rung.
RUNG_NAMES: Mapping[str, str] = {
    Rung.OUTSIDE: "区外",
    Rung.REGISTERED: "在册",
    Rung.POTENTIAL: "潜力企业",
    Rung.TECH_SME: "科技型中小企业",
    Rung.SRDI: "专精特新",
    Rung.HNTE: "高新技术企业",
}
#: The columns of the board, lowest first; 在册 stands beside it.
BOARD = (Rung.POTENTIAL, Rung.TECH_SME, Rung.SRDI, Rung.HNTE)
#: The rungs a title lifts a firm to; a badge title alone gives POTENTIAL.
LADDER = (Rung.TECH_SME, Rung.SRDI, Rung.HNTE)


class TitleState(StrEnum):
    """What a type of title is for a firm on a day; a firm may be provisional and one of the others at once."""

    IN_FORCE = "in_force"
    PENDING = "pending_renewal"
    PROVISIONAL = "provisional"


class GrantKind(StrEnum):
    """What a grant is: 首次, 失效后再认定 (both are 新增), 重新认定."""

    FIRST = "first"
    REGAINED = "regained"
    RENEWED = "renewed"


class Move(StrEnum):
    """What happened to a firm between two dates."""

    ENTERED = "entered"
    CLIMBED = "climbed"
    SKIPPED = "skipped"
    RETURNED = "returned"
    LAPSED = "lapsed"
    EXITED = "exited"
    LEFT = "left"
    UNCHANGED = "unchanged"


#: What the interface calls each move; EXITED is 出库: a 潜力企业 that is 在册 again without having climbed.
MOVE_NAMES: Mapping[str, str] = {
    Move.ENTERED: "新进",
    Move.CLIMBED: "晋级",
    Move.SKIPPED: "越级",
    Move.RETURNED: "重新取得",
    Move.LAPSED: "到期未续",
    Move.EXITED: "出库",
    Move.LEFT: "迁出注销",
    Move.UNCHANGED: "未变动",
}


@dataclass(frozen=True, slots=True)
class TitleRule:
    """What the ladder needs of a title type: its rung (POTENTIAL = badge, None = no matter), validity and window."""

    key: str
    rung: Rung | None
    validity: str
    window: str = "none"

    @property
    def yearly(self) -> bool:
        """Whether the title counts for one calendar year and is evaluated anew each year."""
        return self.validity == "year_end"


@dataclass(frozen=True, slots=True)
class Grant:
    """One title of one firm. ``noticed_on`` is the day of the 公示; ``provisional`` until the 公告 or a person
    confirms it."""

    type: str
    issued_on: date | None
    ends_on: date | None = None
    revoked_on: date | None = None
    noticed_on: date | None = None
    provisional: bool = False
    id: int = 0

    @property
    def last_day(self) -> date:
        """The last day the title was or will be in force; before ``issued_on`` when it never was."""
        ends = self.ends_on or FOREVER
        if self.revoked_on is not None and self.revoked_on <= ends:
            return self.revoked_on - timedelta(days=1)
        return ends


@dataclass(frozen=True, slots=True)
class Stay:
    """Days from–to, both included; ``to_on`` None = still going on."""

    from_on: date
    to_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in the stay."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class History:
    """One firm as the ladder sees it: titles, stays in a 培育库, stays in the district."""

    grants: tuple[Grant, ...] = ()
    pools: tuple[Stay, ...] = ()
    presence: tuple[Stay, ...] = field(default=(Stay(BEGINNING),))


VALIDITY = re.compile(r"^\+(\d{1,2})y(?:[-−](\d{1,3})d)?$")
WINDOW = re.compile(r"^(\d{2})-(\d{2})(?:\+(\d)y)?$")


def add_years(day: date, years: int) -> date:
    """The same day of a later year; where there is no such day, the end of that month (rules.md 11)."""
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def last_day_of(validity: str, issued_on: date, year: int | None = None) -> date | None:
    """The last day in force of a title issued on a day; None = it has no end (``none``).

    ``+3y`` is the same day three years later (32号 第九条), ``+3y-1d`` the day before it (63号), ``year_end`` the
    31 December of the year in the number, or of the year of issue when no number is known (67号). Raises RuleRefused.
    """
    if validity == "none":
        return None
    if validity == "year_end":
        return date(year or issued_on.year, 12, 31)
    match = VALIDITY.match(validity)
    if match is None:
        raise RuleRefused(f"有效期规则“{validity}”看不懂：可写 +3y、+3y-1d、year_end 或 none")
    return add_years(issued_on, int(match[1])) - timedelta(days=int(match[2] or 0))


def window_closes_on(window: str, ends_on: date) -> date | None:
    """The last day of the renewal window of a title that ends on a day; None = the type has no window.

    ``year_end_of_ends_on`` is the 31 December of the year it ends (公告2017年第24号), ``10-31+1y`` the 31 October of
    the next year. Raises RuleRefused.
    """
    if window == "none":
        return None
    if window == "year_end_of_ends_on":
        return date(ends_on.year, 12, 31)
    match = WINDOW.match(window)
    if match is None:
        raise RuleRefused(f"续期窗口“{window}”看不懂：可写 year_end_of_ends_on、10-31+1y 或 none")
    try:
        return date(ends_on.year + int(match[3] or 0), int(match[1]), int(match[2]))
    except ValueError as error:
        raise RuleRefused(f"续期窗口“{window}”里没有这一天") from error


def say_validity(validity: str) -> str:
    """A validity rule in words. Raises RuleRefused."""
    if validity in ("none", "year_end"):
        return {"none": "长期", "year_end": "当年 12 月 31 日"}[validity]
    match = VALIDITY.match(validity)
    if match is None:
        raise RuleRefused(validity)
    return f"{match[1]} 年" + (f"减 {match[2]} 天" if match[2] else "（同一天是最后一天）")


def say_window(window: str) -> str:
    """A window rule in words. Raises RuleRefused."""
    if window == "none":
        return "没有"
    if window == "year_end_of_ends_on":
        return "到期那年 12 月 31 日"
    match = WINDOW.match(window)
    if match is None:
        raise RuleRefused(window)
    when = {"0": "到期那年", "1": "次年"}.get(match[3] or "0", f"到期后第 {match[3]} 年")
    return f"{when} {int(match[1])} 月 {int(match[2])} 日"


def check_rule(validity: str, window: str) -> None:
    """Raise RuleRefused when a type's validity or window cannot be computed."""
    last_day_of(validity, date(2024, 2, 29))
    window_closes_on(window, date(2025, 12, 31))


def in_force(grant: Grant, day: date) -> bool:
    """issued_on ≤ day ≤ ends_on, not revoked by that day, and not merely announced."""
    if grant.provisional or grant.issued_on is None:
        return False
    return grant.issued_on <= day <= grant.last_day


def is_provisional(grant: Grant, day: date) -> bool:
    """公示中: the 公示 is out, the title is neither in force yet nor past nor withdrawn.

    A confirmed title was 公示中 from its 公示 to the day before it was issued; one never confirmed stays so until it
    would have ended.
    """
    start = grant.noticed_on or (grant.issued_on if grant.provisional else None)
    if start is None or not start <= day <= grant.last_day:
        return False
    return grant.provisional or (grant.issued_on is not None and day < grant.issued_on)


def of_type(grants: Iterable[Grant], key: str) -> list[Grant]:
    """The confirmed titles of one type that were ever in force, oldest first."""
    real = [
        g
        for g in grants
        if g.type == key and not g.provisional and g.issued_on is not None and g.issued_on <= g.last_day
    ]
    return sorted(real, key=lambda g: (g.issued_on or BEGINNING, g.last_day, g.id))


def pending(rule: TitleRule, grants: Iterable[Grant], day: date) -> bool:
    """待续: between two titles of the type, inside the renewal window of the one that ended last."""
    begun = [g for g in of_type(grants, rule.key) if g.issued_on is not None and g.issued_on <= day]
    if not begun:
        return False
    last = max(begun, key=lambda g: (g.last_day, g.id))
    if last.ends_on is None or last.ends_on >= day or last.last_day < last.ends_on:
        return False
    if last.revoked_on is not None and last.revoked_on <= day:
        return False
    closes_on = window_closes_on(rule.window, last.ends_on)
    return closes_on is not None and day <= closes_on


def holds(rule: TitleRule, grants: Iterable[Grant], day: date, *, with_pending: bool = False) -> bool:
    """Whether a firm holds the type on the day; ``with_pending`` counts 待续 as holding."""
    grants = tuple(grants)
    if any(g.type == rule.key and in_force(g, day) for g in grants):
        return True
    return with_pending and pending(rule, grants, day)


def present(history: History, day: date) -> bool:
    """Whether the firm is in the district on the day."""
    return any(stay.covers(day) for stay in history.presence)


def rung_on(history: History, rules: Mapping[str, TitleRule], day: date, *, with_pending: bool = False) -> Rung:
    """The rung of a firm on a day: the highest ladder title it holds, else 潜力企业, else 在册; or outside.

    潜力企业 is a member of a 培育库 on that day without a ladder title, or the holder of a badge title alone.
    """
    if not present(history, day):
        return Rung.OUTSIDE
    held = [
        rule.rung
        for rule in rules.values()
        if rule.rung is not None and holds(rule, history.grants, day, with_pending=with_pending)
    ]
    if any(stay.covers(day) for stay in history.pools):
        held.append(Rung.POTENTIAL)
    return max(held, key=lambda rung: rung.height, default=Rung.REGISTERED)


def grant_kind(rule: TitleRule, grant: Grant, grants: Iterable[Grant]) -> GrantKind:
    """首次, 失效后再认定 or 重新认定.

    重新认定: before this grant the firm held the same type with an ``ends_on`` in the calendar year of the grant or
    later; of a yearly type, the number of the year before. A second row for the same year of a yearly type is 重新认定
    too: the firm already had it. A title revoked by the day of the grant is no such title.
    """
    assert grant.issued_on is not None
    issued_on = grant.issued_on
    earlier = [
        g
        for g in of_type(grants, rule.key)
        if g.issued_on is not None and (g.issued_on, g.id) < (issued_on, grant.id) and g is not grant
    ]
    if not earlier:
        return GrantKind.FIRST
    year = (grant.ends_on or issued_on).year - 1 if rule.yearly else issued_on.year
    for old in earlier:
        revoked = old.revoked_on is not None and old.revoked_on <= issued_on
        if not revoked and (old.ends_on is None or old.ends_on.year >= year):
            return GrantKind.RENEWED
    return GrantKind.REGAINED


def move_between(old: Rung, new: Rung, *, held_before: bool = False) -> Move:
    """What a firm did between two dates, from its rungs (with pending) on both.

    ``held_before``: the firm once held a title of the new rung, at some time up to the first date. A firm that comes
    back up to it has returned (重新取得), whatever it climbs over; a 潜力企业 never returns, and who was outside the
    district on the first date has entered (新进).
    """
    if old == new or {old, new} == {Rung.OUTSIDE, Rung.REGISTERED}:
        return Move.UNCHANGED
    if new is Rung.OUTSIDE:
        return Move.LEFT
    if new.height > old.height:
        if held_before and new in LADDER and old is not Rung.OUTSIDE:
            return Move.RETURNED
        if old in (Rung.OUTSIDE, Rung.REGISTERED):
            return Move.ENTERED
        return Move.CLIMBED if new.height == old.height + 1 else Move.SKIPPED
    if old is Rung.POTENTIAL:
        return Move.EXITED
    return Move.LAPSED


def held_rung_before(history: History, rules: Mapping[str, TitleRule], rung: Rung, day: date) -> bool:
    """Whether a title of the rung was in force on some day up to ``day``."""
    return any(
        rule.rung == rung and any((g.issued_on or FOREVER) <= day for g in of_type(history.grants, rule.key))
        for rule in rules.values()
    )
