"""The board of a year's targets: of each what is done, how far that is, what should be by now, how it may end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from models.area import Area, subtrees
from models.base import db
from models.figures import registry
from models.figures.base import Figure, Kind, Period
from models.figures.counting import Asked, count_many
from models.figures.scope import Scope
from models.rules import target as rules
from models.rules.target import STATES, Course, Forecast, Goal
from models.target.record import Target
from models.user import User

PAGE_SIZE = 30
#: Of which figures the words begin that a target may be set for; what only tells one move from another is left out.
OFFERED = ("title.", "rung.", "rung_net.", "climb.", "visits.", "issues.")
LEFT_OUT = ("issues.age.", "issues.left.")
OF = ("firm", "visit", "issue", "assignment", "spot")


@dataclass(frozen=True)
class Line:
    """One target on a day. Numbers are of the figure's rows; of a rate in per cent."""

    target: Target
    figure: Figure | None
    period: Period | None
    goal: Goal | None
    part: int = 0
    whole: int | None = None
    due: Fraction | None = None
    forecast: Forecast | None = None

    @property
    def name(self) -> str:
        """The figure's name; of one that is no more its key."""
        return self.figure.name if self.figure else f"{self.target.figure_key}（这个指标已停用）"

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return "" if self.figure is None else "%" if self.figure.kind is Kind.RATIO else self.figure.unit

    @property
    def done(self) -> Fraction | None:
        """How much is done; None when there is nothing to reckon with, or the year has not begun."""
        if self.figure is None or self.period is None or self.whole == 0:
            return None
        return Fraction(self.part) if self.whole is None else Fraction(self.part * 100, self.whole)

    @property
    def done_words(self) -> str:
        """What is done as it is printed."""
        if self.done is None:
            return "—"
        return f"{self.part:,}" if self.whole is None else f"{one_place(self.done)}%"

    @property
    def goal_words(self) -> str:
        """The target as it is printed."""
        return self.goal.words(self.unit) if self.goal else "已取消"

    @property
    def rate_words(self) -> str:
        """完成率 as it is printed."""
        return "—" if self.goal is None or self.done is None else self.goal.rate_words(self.done)

    @property
    def state(self) -> str:
        """A key of STATES; empty for a target that was taken back."""
        if self.goal is None:
            return ""
        if self.period is None and self.figure is not None:
            return "future"
        return rules.state(self.goal, self.done, self.due)

    @property
    def state_words(self) -> str:
        """The same in words."""
        return STATES.get(self.state, "已取消")

    @property
    def gap_words(self) -> str:
        """How much is missing; empty when nothing is."""
        gap = self.goal.gap(self.done) if self.goal and self.done is not None else Fraction(0)
        return "" if not gap else f"{one_place(gap)} 个百分点" if self.whole is not None else f"{plain(gap)}"

    @property
    def due_words(self) -> str:
        """How many should be done by the day; empty where nobody can say."""
        return "" if self.due is None else f"{ceil(self.due):,}"

    @property
    def per_mille(self) -> int:
        """完成率 for a bar, at most 1000."""
        rate = self.goal.rate(self.done) if self.goal and self.done is not None else None
        return 0 if rate is None else min(1000, int(rate * 1000))


@dataclass
class Board:
    """Targets of a year on a day as a person sees them."""

    user: User
    year: int
    on: date
    #: Empty: every target; "all", "areas", "officers", or a Whose.key.
    whose: str = ""
    known: Mapping[str, Figure] = field(default_factory=registry.all_figures)
    _trees: Mapping[int, frozenset[int]] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a target must meet to stand on the board."""
        found = [Target.year == self.year, Target.low.is_not(None), Target.visible(self.user)]
        if self.whose in ("areas", "officers"):
            found.append((Target.area_id if self.whose == "areas" else Target.officer_id).is_not(None))
        elif self.whose:
            found.append(Target.whose == self.whose)
        return found

    def count(self) -> int:
        """How many targets. One statement."""
        return db.session.scalar(select(func.count()).select_from(Target).where(*self.conditions())) or 0

    def lines(self, number: int = 1, size: int | None = PAGE_SIZE) -> list[Line]:
        """A page of targets, or all: by figure, the whole first, then areas and officers by name. A fixed number of
        statements for a page."""
        query = select(Target).where(*self.conditions()).outerjoin(Target.area).outerjoin(Target.officer)
        query = query.options(joinedload(Target.area), joinedload(Target.officer)).order_by(
            Target.figure_key, Target.officer_id.is_not(None), Target.area_id.is_not(None), Area.sort_key,
            User.sort_key, Target.id,
        )  # fmt: skip
        if size is not None:
            query = query.limit(size).offset((number - 1) * size)
        return self.measure(list(db.session.scalars(query)))

    def period(self) -> Period | None:
        """The days of the year up to the day; None before it begins."""
        begins = date(self.year - 1, 12, 31)
        last = min(self.on, date(self.year, 12, 31))
        return Period(begins, last) if last > begins else None

    def scope(self, row: Target) -> Scope:
        """The firms a target speaks of, as far as the person sees them."""
        if self._trees is None:
            self._trees = subtrees()
        return Scope(self.user, row.area_id, officer_id=row.officer_id, trees=self._trees)

    def measure(self, rows: Sequence[Target]) -> list[Line]:
        """What is done of each. A statement for a hundred numbers, and one for the trees."""
        period = self.period()
        wanted: dict[tuple[int, str], Asked] = {}
        found: dict[int, dict[str, int]] = {row.id: {} for row in rows}
        for row in rows:
            figure = self.known.get(row.figure_key)
            if figure is not None and period is not None:
                wanted |= {(row.id, what): one for what, one in self._asked(figure, period, self.scope(row)).items()}
        for (target_id, what), number in zip(wanted, count_many(list(wanted.values())), strict=True):
            found[target_id][what] = number
        return [self._line(row, period, found[row.id]) for row in rows]

    def _asked(self, figure: Figure, period: Period, scope: Scope) -> dict[str, Asked]:
        found = {"part": Asked(figure, period, scope)}
        if figure.kind is Kind.RATIO:
            found["whole"] = Asked(figure, period, scope, whole=True)
        if figure.kind is Kind.FLOW:
            begins = date(self.year - 2, 12, 31)
            same_day, end = rules.same_day_last_year(period.on), date(self.year - 1, 12, 31)
            found["last_part"] = Asked(figure, Period(begins, same_day), scope)
            found["last_whole"] = Asked(figure, Period(begins, end), scope)
        return found

    def _line(self, row: Target, period: Period | None, numbers: Mapping[str, int]) -> Line:
        figure, goal = self.known.get(row.figure_key), row.goal
        if period is None or "part" not in numbers:
            return Line(row, figure, period, goal)
        if goal is None or "last_part" not in numbers:
            return Line(row, figure, period, goal, numbers["part"], numbers.get("whole"))
        course = Course(period.on, numbers["part"], numbers["last_part"], numbers["last_whole"])
        due, ahead = rules.pace(goal, course), rules.forecast(course)
        return Line(row, figure, period, goal, numbers["part"], None, due, ahead)


def offered(known: Mapping[str, Figure]) -> list[Figure]:
    """The figures a target can be set for, in the order of the registry."""
    return [
        figure for key, figure in known.items()
        if key.startswith(OFFERED) and not key.startswith(LEFT_OUT) and figure.of in OF
    ]  # fmt: skip


def one_place(value: Fraction) -> str:
    """With one decimal, halves up."""
    tenths = int(value * 10 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def plain(value: Fraction) -> str:
    """A number that has few decimals, without trailing noughts."""
    return f"{int(value):,}" if value.denominator == 1 else f"{(Decimal(value.numerator) / value.denominator):,.2f}"
