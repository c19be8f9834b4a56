"""Stage 5: what every row would do, without doing it: effect, changes old → new, problems, new firms and titles."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from crm.imports import state, titles
from crm.imports.index import Index
from crm.imports.kinds import Kind, Row
from crm.imports.match import Candidate, Match, match
from crm.imports.places import Places
from crm.imports.read import ImportRefused
from crm.imports.recognise import Table
from crm.imports.state import FirmFacts, TitleFacts
from models.base import db
from models.change_log import text_of
from models.rules import firm_name
from models.title import Batch, TitleType

#: What a person may say about a row: a firm, or one of these.
NEW, SKIP = "new", "skip"
EFFECTS = ("created", "updated", "unchanged", "held", "rejected", "skipped")


@dataclass(slots=True)
class Options:
    """What was asked for beside the file."""

    kind: str | None = None
    sheet: str | None = None
    on: date | None = None
    confirm_notice: bool = False


@dataclass(slots=True)
class FieldChange:
    """One field goes from old to new; label and texts are what a person reads."""

    table: str
    row_id: int
    field: str
    label: str
    old: Any
    new: Any


@dataclass(slots=True)
class RowPlan:
    """What one row does."""

    row: Row
    match: Match
    kind: Kind
    effect: str = "unchanged"
    firm_id: int | None = None
    reason: str = ""
    changes: list[FieldChange] = field(default_factory=list)
    #: What the list says otherwise and what stays, with the reason: the loser is kept and shown.
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    decision: str | None = None

    def hold(self, reason: str, candidates: Iterable[Candidate] = ()) -> None:
        """Leave the row to a person."""
        self.effect, self.reason, self.changes = "held", reason, []
        self.match = Match("none", 0.0, None, reason, list(candidates) or self.match.candidates)

    def reject(self, reason: str) -> None:
        """Refuse the row: what it says cannot be kept."""
        self.effect, self.reason, self.changes = "rejected", reason, []


@dataclass(slots=True)
class Draft:
    """A firm that is to be made; values are columns of firm."""

    id: int
    plan: RowPlan
    values: dict[str, Any]
    area_id: int | None = None
    area_source: str = "address"


@dataclass(slots=True)
class NewName:
    """One more name of a firm; `renamed` names become its present name."""

    firm_id: int
    name: str
    plan: RowPlan
    renamed: bool = False


class Plan:
    """The plan of a whole file. Ids below zero are firms and titles that it makes."""

    def __init__(
        self, index: Index, places: Places, options: Options, decisions: Mapping[tuple[str, int], str]
    ) -> None:
        self.index = index
        self.places = places
        self.options = options
        self.decisions = decisions
        self.fingerprint = state.fingerprint()
        self.tables: list[Table] = []
        self.refused: list[tuple[str, str]] = []
        self.rows: list[RowPlan] = []
        self.drafts: dict[int, Draft] = {}
        self.firms: dict[int, FirmFacts] = {}
        self.titles: dict[int, list[TitleFacts]] = {}
        self.new_titles: dict[int, tuple[TitleFacts, RowPlan, int]] = {}
        #: Titles that a row of this file spoke of already.
        self.spoken: set[int] = set()
        self.new_names: list[NewName] = []
        #: Firm → (area, source, row).
        self.new_places: dict[int, tuple[int, str, RowPlan]] = {}
        self.types: dict[str, TitleType] = {kind.key: kind for kind in TitleType.list_all()}
        self.batches = list(db.session.scalars(select(Batch).order_by(Batch.announced_on.desc(), Batch.id)))
        self._next = -1

    @property
    def counts(self) -> Counter[str]:
        """Rows by effect."""
        return Counter(plan.effect for plan in self.rows)

    @property
    def changes(self) -> list[FieldChange]:
        """Every field that changes."""
        return [change for plan in self.rows for change in plan.changes]

    def new_id(self) -> int:
        """An id below zero that nothing else has."""
        self._next -= 1
        return self._next

    # Matching

    def match_rows(self, rows: Iterable[RowPlan]) -> None:
        """Match rows, those with a usable code first: a firm they make is then found by name."""
        for plan in sorted(rows, key=lambda plan: not plan.row.code.usable):
            self._match(plan)

    def _match(self, plan: RowPlan) -> None:
        row = plan.row
        decision = self.decisions.get((row.sheet, row.row))
        plan.decision = decision
        if decision == SKIP:
            plan.match = Match("none", reason="不导入")
            plan.effect, plan.reason = "skipped", "有人决定这行不导入"
            return
        if decision == NEW:
            plan.match = Match("chosen", 1.0, None, "有人决定新建一家")
        elif decision is not None and int(decision) in self.index.firms:
            plan.match = Match("chosen", 1.0, int(decision), "有人认过这一行")
        else:
            plan.match = match(row, self.index, makes_firms=plan.kind.key == "register")
        if plan.match.how == "none":
            plan.hold(plan.match.reason)
        elif plan.match.firm_id is None:
            self._draft(plan)
        plan.firm_id = plan.match.firm_id
        plan.reason = plan.reason or plan.match.reason

    def _draft(self, plan: RowPlan) -> None:
        """Begin a firm that this row makes."""
        row = plan.row
        if not row.name:
            plan.match = Match("none")
            plan.reject("没有企业名称，不能新建企业")
            return
        draft_id = self.new_id()
        code = row.code if row.code.usable and row.code.code not in self.index.by_code else None
        values = {
            "code": code.code if code else None,
            "code_kind": code.kind if code else None,
            "name": row.name,
            "unverified": plan.kind.key != "register",
        }
        self.drafts[draft_id] = Draft(draft_id, plan, values)
        self.index.add(draft_id, code.code if code else None, code.kind if code else None, row.name)
        plan.match.firm_id = draft_id

    # Looking at what there is

    def load(self) -> None:
        """Read the firms and titles that the matched rows speak of."""
        ids = {plan.firm_id for plan in self.rows if plan.firm_id is not None and plan.firm_id > 0}
        self.firms.update(state.firms_of(ids - self.firms.keys()))
        for key in {plan.kind.title_type for plan in self.rows if plan.kind.title_type}:
            self.titles.update(state.titles_of(ids, self.types[key].id))

    def code_of(self, firm_id: int | None) -> str | None:
        """The code of a firm, made or to be made."""
        return self.index.firms[firm_id].code if firm_id in self.index.firms else None

    def name_of(self, firm_id: int | None) -> str:
        """The name of a firm, made or to be made."""
        return self.index.firms[firm_id].name if firm_id in self.index.firms else ""

    # What kinds say rows do

    def set_field(self, plan: RowPlan, name: str, label: str, new: Any) -> bool:
        """Put a value into a field of the row's firm unless it is there, empty, or a person typed another; True when
        that changes something."""
        assert plan.firm_id is not None
        if new in (None, ""):
            return False
        if plan.firm_id < 0:
            values = self.drafts[plan.firm_id].values
            if values.get(name) in (None, ""):
                values[name] = new
            return False
        firm = self.firms[plan.firm_id]
        old = getattr(firm, name)
        if old == new:
            return False
        if name in firm.typed and old not in (None, ""):
            plan.kept.append((label, text_of(new) or "", "有人手工改过，不覆盖"))
            return False
        plan.changes.append(FieldChange("firm", plan.firm_id, name, label, old, new))
        setattr(firm, name, new)
        return True

    def set_area(self, plan: RowPlan, area_id: int | None, source: str) -> None:
        """Propose the area of the row's firm; a list outweighs an address, a person everything."""
        assert plan.firm_id is not None
        if area_id is None:
            return
        strength = {"address": 0, "list": 1, "person": 2}
        if plan.firm_id < 0:
            draft = self.drafts[plan.firm_id]
            if draft.area_id is None or strength[source] > strength[draft.area_source]:
                draft.area_id, draft.area_source = area_id, source
            return
        place = self.firms[plan.firm_id].place
        known = self.new_places.get(plan.firm_id)
        current = (known[0], known[1]) if known else (place[1], place[2]) if place else None
        if current is None or strength[source] > strength[current[1]]:
            if current is None or current[0] != area_id:
                old = current[0] if current else None
                plan.changes.append(FieldChange("firm", plan.firm_id, "area_id", "镇街", old, area_id))
            self.new_places[plan.firm_id] = (area_id, source, plan)

    # Titles

    def titles_of(self, firm_id: int) -> list[TitleFacts]:
        """Titles of the kind's type that a firm has or that this plan gives it."""
        return self.titles.setdefault(firm_id, [])

    def new_title(self, plan: RowPlan, type_id: int, values: Mapping[str, Any]) -> None:
        """Give the row's firm a title."""
        assert plan.firm_id is not None
        title = TitleFacts(id=self.new_id(), firm_id=plan.firm_id, **values)
        self.titles_of(plan.firm_id).append(title)
        self.new_titles[title.id] = (title, plan, type_id)
        self.spoken.add(title.id)

    def change_title(self, plan: RowPlan, title: TitleFacts, values: Mapping[str, Any]) -> None:
        """Change a title; one that this plan makes takes the values as its own."""
        for name, new in values.items():
            if title.id > 0:
                label = titles.LABELS[name]
                plan.changes.append(FieldChange("title", title.id, name, label, getattr(title, name), new))
            setattr(title, name, new)

    def announced_on(self, type_id: int, batch: str, year: int | None) -> date | None:
        """The day the table of batches gives for a batch of a type; None unless exactly one row fits."""
        fits = {
            known.announced_on
            for known in self.batches
            if batch
            and known.type_id == type_id
            and known.name.endswith(batch)
            and (year is None or known.announced_on.year == year)
        }
        return fits.pop() if len(fits) == 1 else None

    def drop_draft(self, plan: RowPlan) -> None:
        """Do not make the firm after all when nothing else of the file needs it."""
        draft = self.drafts.get(plan.firm_id or 0)
        if draft is not None and draft.plan is plan and not self.titles.get(draft.id):
            others = any(other is not plan and other.firm_id == draft.id for other in self.rows)
            if not others:
                del self.drafts[draft.id]
                plan.firm_id = None

    # Fields of firms

    def rename(self, plan: RowPlan, name: str) -> None:
        """Write the present name as a register writes it; the name it had becomes a former one."""
        assert plan.firm_id is not None
        key = firm_name.match_key(name)
        firm = self.firms[plan.firm_id]
        if key in self.index.firms[firm.id].keys or self.index.by_name.get(key):
            return
        if self.set_field(plan, "name", "企业名称", firm_name.clean(name)):
            self.index.add_name(firm.id, key, "name")
            self.new_names.append(NewName(firm.id, firm.name, plan, renamed=True))

    def add_name(self, plan: RowPlan, name: str) -> bool:
        """Note another name of the row's firm when nobody is called so; True when it is new."""
        assert plan.firm_id is not None
        key = firm_name.match_key(name)
        if not key or self.index.by_name.get(key) or not firm_name.full(name):
            return False
        self.index.add_name(plan.firm_id, key, "former_name")
        self.new_names.append(NewName(plan.firm_id, firm_name.clean(name), plan))
        if plan.firm_id > 0:
            plan.changes.append(FieldChange("firm_name", plan.firm_id, "name", "又一个叫法", None, name))
        return True


def make_plan(
    tables: Iterable[Table],
    rows_of: Callable[[Table], Iterable[Row]],
    options: Options,
    decisions: Mapping[tuple[str, int], str],
    progress: Callable[[int, int, str], None] = lambda done, total, message: None,
) -> Plan:
    """Match and plan every row of these tables. Reads the database, writes nothing."""
    plan = Plan(state.load_index(), Places.load(), options, decisions)
    for table in tables:
        plan.tables.append(table)
        plan.rows += [RowPlan(row, Match("none"), table.kind) for row in rows_of(table)]
        table.rows = []
    if not plan.rows:
        raise ImportRefused("文件里没有数据行")
    progress(0, len(plan.rows), "认企业")
    plan.match_rows(plan.rows)
    plan.load()
    plan_rows(plan, plan.rows, progress)
    return plan


def plan_rows(
    plan: Plan, rows: list[RowPlan], progress: Callable[[int, int, str], None] = lambda done, total, message: None
) -> None:
    """Say of each matched row what it does."""
    facts = {table.sheet: table.facts for table in plan.tables}
    for number, row_plan in enumerate(rows):
        if number % 5_000 == 0:
            progress(number, len(rows), "比对")
        if row_plan.effect == "unchanged" and row_plan.firm_id is not None:
            assert row_plan.kind.plan is not None
            row_plan.kind.plan(plan, row_plan, facts[row_plan.row.sheet])


def as_json(plan: Plan, row_plan: RowPlan) -> str:
    """What is kept of a row's plan: changes in words, what was kept, the batch; enough to plan it again alone."""
    row = row_plan.row
    kept: dict[str, Any] = {}
    if row_plan.changes:
        kept["changes"] = [[c.label, _shown(plan, c, c.old), _shown(plan, c, c.new)] for c in row_plan.changes]
    if row_plan.kept:
        kept["kept"] = row_plan.kept
    if row.batch:
        kept["batch"] = row.batch
    if row.batch_on:
        kept["batch_on"] = [row.batch_on.first.isoformat(), row.batch_on.precision]
    return json.dumps(kept, ensure_ascii=False)


def _shown(plan: Plan, change: FieldChange, value: Any) -> str:
    if change.field == "area_id" and value is not None:
        return plan.places.names.get(value, "")
    if isinstance(value, bool):
        return "是" if value else "否"
    return text_of(value) or ""
