"""到期预警: titles that end soon and have no successor, what a renewal would find today, whose ticket ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any, Self

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from models.area import Area
from models.assessment.kept import AssessmentResult
from models.base import db
from models.duty import DutyRule, DutyWindow, month_day
from models.firm.filters import FirmFilter
from models.firm.record import Firm
from models.rules import ticket
from models.rules.duty import add_months
from models.standing import StandingTitle
from models.title import TitleType
from models.user import User

MONTHS = (3, 6, 9, 12)
TABS = {"ending": "即将到期", "pending": "待续", "ticket": "专精特新入口将断"}
#: Types as the chart puts them together.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hnte": ("高企", ("hnte",)),
    "srdi": ("专精特新", ("srdi_sme", "little_giant")),
    "tech_sme": ("科技型", ("tech_sme",)),
    "other": ("其他", ()),
}
#: What a renewal would find today; none: no book judges it or the firm has no figures.
VERDICTS = {"ready": "够", "nearly": "差一两项", "blocked": "差得多", "unknown": "不明", "none": "没有对照"}
FIRM_FILTERS = ("area", "park", "officer", "mine", "industry")
#: The line of the table of duties whose dates say when 专精特新 is applied for.
WINDOW_RULE = "srdi_filing"
OPENS = (4, 1)
CHUNK = 2_000
Officer = aliased(User)
Safer = aliased(AssessmentResult)
_GROUPED = frozenset(key for _, keys in GROUPS.values() for key in keys)


@dataclass(frozen=True, slots=True)
class RadarFilter:
    """What the radar is narrowed to; an unreadable value counts as absent."""

    tab: str = "ending"
    months: int = 12
    #: One month alone, as 2026-12.
    month: str = ""
    group: str = ""
    type: int | None = None
    verdict: str = ""
    firms: FirmFilter = field(default_factory=FirmFilter)

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filter that an address asks for."""

        def one_of(name: str, known: Any, usual: str = "") -> str:
            return args.get(name, "") if args.get(name, "") in known else usual

        months, kind, month = args.get("months", ""), args.get("type", ""), args.get("month", "")
        try:
            date.fromisoformat(f"{month}-01")
        except ValueError:
            month = ""
        return cls(
            one_of("tab", TABS, "ending"), int(months) if months in map(str, MONTHS) else 12, month,
            one_of("group", GROUPS), int(kind) if kind.isascii() and kind.isdigit() and len(kind) < 9 else None,
            one_of("verdict", VERDICTS), FirmFilter.parse({name: args.get(name, "") for name in FIRM_FILTERS}),
        )  # fmt: skip

    def query(self, **other: Any) -> dict[str, str]:
        """The parameters that mean this filter, with others in their place; None takes one away."""
        own = {"tab": self.tab, "months": self.months, "month": self.month, "group": self.group, "type": self.type,
               "verdict": self.verdict}  # fmt: skip
        pairs = {**own, **self.firms.query(), **other}
        return {name: str(value) for name, value in pairs.items() if value not in (None, "")}


def window_after(on: date) -> ticket.Window:
    """When the next applications for 专精特新 are expected: by notice, else the usual day. Two statements."""
    rule = db.session.scalar(select(DutyRule).where(DutyRule.key == WINDOW_RULE))
    if rule is None:
        return ticket.next_window(OPENS, {}, on)
    rows = db.session.scalars(select(DutyWindow).where(DutyWindow.rule_id == rule.id).order_by(DutyWindow.id))
    notices = {row.year: row.opens_on or row.closes_on for row in rows}
    return ticket.next_window(month_day(rule.opens) or OPENS, notices, on)


def ticket_of(firm_id: int, on: date) -> tuple[date, ticket.Window] | None:
    """The last day of a firm's only ticket and the window it misses; None where nothing is to be warned of. The caller
    has seen to scope."""
    query = select(TitleType.key, func.max(StandingTitle.to_on)).join(TitleType, TitleType.id == StandingTitle.type_id)
    query = query.where(StandingTitle.firm_id == firm_id, *_in_force(on)).group_by(TitleType.key)
    held = {key: to_on for key, to_on in db.session.execute(query)}  # noqa: C416
    if ticket.NUMBER not in held or ticket.HELD & held.keys():
        return None
    window = window_after(on)
    ends_on = ticket.warned(held, window)
    return (ends_on, window) if ends_on else None


def _in_force(on: date, span: Any = StandingTitle) -> list[ColumnElement[bool]]:
    return [span.state == "in_force", span.from_on <= on, span.to_on >= on]


@dataclass(frozen=True)
class Radar:
    """The titles of the firms a person sees, narrowed, those that end first on top. A row is one title of one firm."""

    user: User
    filter: RadarFilter
    today: date
    window: ticket.Window

    @property
    def last(self) -> date:
        """The last day looked at."""
        return add_months(self.today, self.filter.months)

    def counts(self) -> dict[str, int]:
        """How many rows each tab holds with the filters of firms and types. One statement each."""
        return {tab: db.session.scalar(self._of(tab, func.count())) or 0 for tab in TABS}

    def by_month(self) -> dict[tuple[str, str], int]:
        """How many titles end by month (2026-12) and group of types, in the months looked at."""
        day = StandingTitle.to_on
        query = self._of("ending", day, TitleType.key, func.count().label("firms"))
        found: dict[tuple[str, str], int] = {}
        for row in db.session.execute(query.group_by(day, TitleType.key)):
            group = next((name for name, (_, keys) in GROUPS.items() if row.key in keys), "other")
            key = (f"{row.to_on:%Y-%m}", group)
            found[key] = found.get(key, 0) + row.firms
        return found

    def by_verdict(self) -> dict[str, int]:
        """How many of the titles that end a renewal would find ready, nearly there and so on."""
        query = self._of("ending", AssessmentResult.as_new, func.count().label("titles"))
        rows = db.session.execute(query.group_by(AssessmentResult.as_new))
        return {row.as_new or "none": row.titles for row in rows}

    def count(self) -> int:
        """How many rows there are."""
        return db.session.scalar(self._of(self.filter.tab, func.count(), narrow=True)) or 0

    def look(self, number: int, size: int, count: int) -> Sequence[Row[Any]]:
        """A page of rows. One statement."""
        number = min(max(number, 1), max(1, ceil(count / size)))
        return db.session.execute(self._rows().limit(size).offset((number - 1) * size)).all()

    def every_row(self) -> Iterator[Row[Any]]:
        """All rows in order for an export: one statement, fetched in chunks."""
        yield from db.session.execute(self._rows().execution_options(yield_per=CHUNK))

    def _rows(self) -> Select[Any]:
        query = self._of(
            self.filter.tab, StandingTitle.to_on, TitleType.name.label("title"), TitleType.key,
            Firm.id.label("firm_id"), Firm.name, Firm.code, Area.name.label("area"), Officer.name.label("officer"),
            AssessmentResult.as_new, AssessmentResult.short, AssessmentResult.unknown, Safer.as_new.label("safer"),
            narrow=True,
        )  # fmt: skip
        query = query.outerjoin(Area, Area.id == Firm.area_id).outerjoin(Officer, Officer.id == Firm.officer_a_id)
        safer = and_(Safer.firm_id == Firm.id, Safer.regime == ticket.SAFER)
        query = query.outerjoin(Safer, safer)
        return query.order_by(StandingTitle.to_on, Firm.sort_key, Firm.id, TitleType.id)

    def _of(self, tab: str, *columns: Any, narrow: bool = False) -> Select[Any]:
        """The titles of one tab; narrow: with the filters that only the list knows (month, group, verdict)."""
        query = select(*columns).select_from(StandingTitle).join(Firm, Firm.id == StandingTitle.firm_id)
        query = query.join(TitleType, TitleType.id == StandingTitle.type_id)
        result = and_(AssessmentResult.firm_id == StandingTitle.firm_id, AssessmentResult.regime == TitleType.key)
        query = query.outerjoin(AssessmentResult, result).where(*self._tab(tab))
        if self.filter.firms.query() or not Firm.all_visible_to(self.user):
            seen = Firm.visible_to(self.user).where(*self.filter.firms.conditions(self.user, self.today))
            query = query.where(Firm.id.in_(seen.with_only_columns(Firm.id)))
        if self.filter.type is not None and tab != "ticket":
            query = query.where(StandingTitle.type_id == self.filter.type)
        return query.where(*self._narrowed(tab)) if narrow else query

    def _tab(self, tab: str) -> list[ColumnElement[bool]]:
        span = StandingTitle
        if tab == "pending":
            return [span.state == "pending_renewal", span.from_on <= self.today, span.to_on >= self.today]
        if tab == "ticket":
            return [*_in_force(self.today), span.to_on < self.window.opens_on, TitleType.key == ticket.NUMBER,
                    ~self._held(ticket.HELD), ~self._held({ticket.SAFER}, self.window.opens_on)]  # fmt: skip
        return [*_in_force(self.today), span.to_on <= self.last]

    def _held(self, keys: Any, until: date | None = None) -> ColumnElement[bool]:
        """The firm holds one of these types today, until that day at least."""
        other, kind = aliased(StandingTitle), aliased(TitleType)
        query = select(other.firm_id).join(kind, kind.id == other.type_id)
        query = query.where(other.firm_id == Firm.id, kind.key.in_(sorted(keys)), *_in_force(self.today, other))
        return exists(query.where(other.to_on >= until) if until else query)

    def _narrowed(self, tab: str) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.filter.month and tab == "ending":
            first = date.fromisoformat(f"{self.filter.month}-01")
            found += [StandingTitle.to_on >= first, StandingTitle.to_on < add_months(first, 1)]
        if self.filter.group == "other":
            found.append(TitleType.key.not_in(sorted(_GROUPED)))
        elif self.filter.group:
            found.append(TitleType.key.in_(GROUPS[self.filter.group][1]))
        if self.filter.verdict == "none":
            found.append(AssessmentResult.as_new.is_(None))
        elif self.filter.verdict:
            found.append(AssessmentResult.as_new == self.filter.verdict)
        return found
