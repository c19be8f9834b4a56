"""The figures of applications in batches. Each counts by what had happened by the end of its period, so that a past
period keeps its numbers whatever happens later; rows are applications, each once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from models.application.batch import ApplicationBatch
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import db
from models.figures.base import Figure, Kind, Period, Rows, Share
from models.figures.scope import AnySelect, Scope
from models.firm.record import Firm
from models.rules.application import KINDS, STAGES, WAY
from models.unit import Membership

DECIDED = ("granted", "refused")
_ONCE = "每件只算一次；退回以后又到一次的，按最后一次。"


@dataclass(frozen=True)
class ApplicationScope(Scope):
    """The applications of these firms, narrowed by batch, title, year, agency, kind and the coach's unit."""

    batch_id: int | None = None
    type_id: int | None = None
    year: int | None = None
    #: 0: none.
    agency_id: int | None = None
    #: 0: the coach belongs to none, or there is no coach.
    unit_id: int | None = None
    kind: str = ""

    @classmethod
    def of(cls, scope: Scope) -> "ApplicationScope":
        """This scope, or the same firms with all their applications."""
        if isinstance(scope, cls):
            return scope
        return cls(**{item.name: getattr(scope, item.name) for item in fields(Scope)})

    @property
    def application_conditions(self) -> list[ColumnElement[bool]]:
        """What an application must meet beside its firm."""
        found: list[ColumnElement[bool]] = []
        pairs = ((Application.batch_id, self.batch_id), (ApplicationBatch.type_id, self.type_id),
                 (ApplicationBatch.year, self.year))  # fmt: skip
        found += [column == wanted for column, wanted in pairs if wanted is not None]
        for column, wanted in ((Application.agency_id, self.agency_id), (unit_of_coach(), self.unit_id)):
            if wanted is not None:
                found.append(column.is_(None) if wanted == 0 else column == wanted)
        if self.kind:
            found.append(Application.kind == self.kind)
        return found

    def applications(self, *columns: Any) -> AnySelect:
        """Select columns of the applications it means."""
        query: Any = select(*columns).select_from(Application).join(Firm, Firm.id == Application.firm_id)
        query = query.join(ApplicationBatch, ApplicationBatch.id == Application.batch_id)
        query = query.where(*self.conditions, *self.application_conditions, Firm.merged_into_id.is_(None))
        if self.user is not None:
            mine = Application.visible_to(self.user).with_only_columns(Application.id)
            if mine.whereclause is not None:
                query = query.where(Application.id.in_(mine))
        found: AnySelect = query
        return found

    @classmethod
    def parse(cls, args: Mapping[str, str], user: Any) -> Self:
        """What an address asks for; an unreadable value counts as absent."""

        def whole(name: str) -> int | None:
            text = args.get(name, "")
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

        kind, industry = args.get("kind", ""), args.get("industry", "")
        return cls(
            user=user, area_id=whole("area"), batch_id=whole("batch"), type_id=whole("type"), year=whole("year"),
            agency_id=whole("agency"), unit_id=whole("unit"), kind=kind if kind in KINDS else "",
            industry=industry if industry == "none" or (industry.isalnum() and len(industry) < 5) else "",
        )  # fmt: skip

    def query(self) -> dict[str, str]:
        """The parameters that mean this scope."""
        pairs = {
            "area": self.area_id, "batch": self.batch_id, "type": self.type_id, "year": self.year,
            "agency": self.agency_id, "unit": self.unit_id, "kind": self.kind, "industry": self.industry,
        }  # fmt: skip
        return {name: str(value) for name, value in pairs.items() if value not in (None, "")}


def unit_of_coach() -> ColumnElement[Any]:
    """The unit the coach belongs to now, the first of several; NULL without."""
    open_one = select(func.min(Membership.unit_id)).where(
        Membership.user_id == Application.coach_id, Membership.to_on.is_(None)
    )
    return open_one.correlate(Application).scalar_subquery()


def stage_on(on: date) -> ColumnElement[Any]:
    """The stage an application had at the end of a day; NULL before it was entered."""
    last = select(ApplicationMove.to_stage).where(
        ApplicationMove.application_id == Application.id,
        ApplicationMove.moved_on <= on,
        ApplicationMove.from_stage.is_distinct_from(ApplicationMove.to_stage),
    )
    last = last.order_by(ApplicationMove.moved_on.desc(), ApplicationMove.id.desc()).limit(1)
    return last.correlate(Application).scalar_subquery()


def reached(stage: str, on: date) -> ColumnElement[bool]:
    """The condition that an application had come to a stage of the way by the end of a day, or beyond it."""
    move = aliased(ApplicationMove)
    beyond = WAY[WAY.index(stage) :]
    return exists().where(move.application_id == Application.id, move.to_stage.in_(beyond), move.moved_on <= on)


def came_to(stages: tuple[str, ...], period: Period) -> ColumnElement[bool]:
    """The condition that an application stands in one of these stages at the end of the period and came there in it."""
    move = aliased(ApplicationMove)
    came = exists().where(
        move.application_id == Application.id, move.to_stage.in_(stages),
        move.from_stage.is_distinct_from(move.to_stage), move.moved_on >= period.first, move.moved_on <= period.on,
    )  # fmt: skip
    return and_(stage_on(period.on).in_(stages), came)


def _rows(condition: Callable[[Period], ColumnElement[bool]]) -> Rows:
    def rows(period: Period, scope: Scope) -> AnySelect:
        return ApplicationScope.of(scope).applications(Application.id).where(condition(period))

    return rows


def figures() -> list[Figure]:
    """applications.* : who stands where, who came there, results, and from stage to stage."""
    return [*_standing(), *_ever(), *_flows(), *_rates()]


def _figure(key: str, name: str, kind: Kind, text: str, rows: Rows, whole: Rows | None = None) -> Figure:
    return Figure(f"applications.{key}", name, kind, text, rows, unit="件", of="application", whole=whole)


def _standing() -> list[Figure]:
    def of(stage: str) -> Figure:
        rows = _rows(lambda period: stage_on(period.on) == stage)
        return _figure(
            f"stage.{stage}", f"{STAGES[stage]}（现有）", Kind.STOCK, f"当日在“{STAGES[stage]}”的申报。", rows
        )

    return [of(stage) for stage in STAGES]


def _ever() -> list[Figure]:
    def of(stage: str) -> Figure:
        rows = _rows(lambda period: reached(stage, period.on))
        text = f"到当日为止，到过“{STAGES[stage]}”或越过它的申报；后来退回、未通过、放弃的也算。"
        return _figure(f"reached.{stage}", f"到过{STAGES[stage]}", Kind.EVER, text, rows)

    return [of(stage) for stage in WAY]


def _flows() -> list[Figure]:
    def flow(key: str, name: str, text: str, *stages: str) -> Figure:
        return _figure(key, name, Kind.FLOW, text, _rows(lambda period: came_to(stages, period)))

    def granted(kind: str) -> Figure:
        rows = _rows(lambda period: and_(came_to(("granted",), period), Application.kind == kind))
        name = f"{KINDS[kind]}发证"
        return _figure(
            f"granted.{kind}", name, Kind.FLOW, f"期内发证、列入批次时算“{KINDS[kind]}”的申报。{_ONCE}", rows
        )

    entered = _rows(lambda period: and_(Application.entered_on >= period.first, Application.entered_on <= period.on))
    return [
        _figure("entered", "列入批次", Kind.FLOW, "期内列入批次的申报。", entered),
        flow("granted", "发证", f"期内发证、到期末仍是发证的申报。{_ONCE}", "granted"),
        granted("first"), granted("renewal"),
        flow("refused", "未通过", f"期内记为未通过、到期末仍是未通过的申报。{_ONCE}", "refused"),
        flow("abandoned", "放弃", f"期内放弃、到期末没有恢复的申报。{_ONCE}", "abandoned"),
        flow("decided", "有结果", f"期内发证或未通过、到期末没有改的申报。{_ONCE}", *DECIDED),
    ]  # fmt: skip


def _rates() -> list[Figure]:
    def step(old: str, new: str) -> Figure:
        part, whole = _rows(lambda period: reached(new, period.on)), _rows(lambda period: reached(old, period.on))
        text = f"到过“{STAGES[new]}”或越过它的 ÷ 到过“{STAGES[old]}”或越过它的，到当日为止。"
        return _figure(f"step.{new}", f"{STAGES[old]}到{STAGES[new]}", Kind.RATIO, text, part, whole)

    part, whole = _rows(lambda period: came_to(("granted",), period)), _rows(lambda period: came_to(DECIDED, period))
    text = "期内发证的 ÷ 期内发证或未通过的，到期末没有改的。放弃的、还没有结果的不算。"
    return [
        _figure("success", "通过率", Kind.RATIO, text, part, whole),
        *(step(old, new) for old, new in pairwise(WAY)),
    ]


BY_KEY = {figure.key.removeprefix("applications."): figure for figure in figures()}


#: What success may be split by; never by person.
DIMENSIONS = {"area": "街镇", "unit": "辅导单位", "agency": "服务机构", "industry": "行业", "kind": "首次或重新认定"}


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a split: its value in the address (empty text: none), and what was counted."""

    value: str
    entered: int
    granted: int
    refused: int

    @property
    def success(self) -> Share:
        """Granted of those decided."""
        return Share(self.granted, self.granted + self.refused)


def counts(period: Period, scope: ApplicationScope) -> dict[str, int]:
    """Every figure but the rates, by key without `applications.`. One statement."""
    wanted = {key: figure for key, figure in BY_KEY.items() if figure.whole is None}
    columns = [func.count().filter(Application.id.in_(figure.rows(period, scope))).label(key.replace(".", "_"))
               for key, figure in wanted.items()]  # fmt: skip
    row = db.session.execute(scope.applications(*columns)).one()
    return dict(zip(wanted, row, strict=True))


def by(dimension: str, period: Period, scope: ApplicationScope) -> list[Group]:
    """Entered, granted and refused by a dimension, most entered first. One statement."""
    column: Any = {
        "area": Firm.area_id, "unit": unit_of_coach(), "agency": Application.agency_id, "kind": Application.kind,
        "industry": func.substr(Firm.industry_code, 1, 2),
    }[dimension]  # fmt: skip
    keyed = scope.applications(column.label("value"), Application.id.label("id")).subquery()
    granted, refused = (func.count().filter(keyed.c.id.in_(BY_KEY[key].rows(period, scope))) for key in DECIDED)
    query: Any = select(keyed.c.value, func.count().label("entered"), granted, refused).group_by(keyed.c.value)
    rows = db.session.execute(query.order_by(func.count().desc(), keyed.c.value)).all()
    nothing = {"industry": "none", "kind": ""}.get(dimension, "0")
    return [Group(str(row[0]) if row[0] is not None else nothing, row[1], row[2], row[3]) for row in rows]
