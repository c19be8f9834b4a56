"""The plan of a whole file: what kinds say that rows do, kept in memory until it is written."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from crm.imports import state
from crm.imports.index import Index
from crm.imports.kinds import Kind
from crm.imports.match import Match, match
from crm.imports.places import Places
from crm.imports.plan.rows import NEW, SKIP, Draft, FieldChange, NewName, NewRow, Options, RowPlan
from crm.imports.recognise import Look, Table
from crm.imports.state import FirmFacts
from models.base import db
from models.change_log import SECRET, text_of
from models.firm.names import NAME_KINDS
from models.rules import firm_name
from models.title import Batch, TitleType


class Plan:
    """The plan of a whole file. Ids below zero are firms, titles and other rows that it makes."""

    def __init__(
        self,
        options: Options,
        decisions: Mapping[tuple[str, int], str],
        kinds: Iterable[Kind],
        looked: tuple[Index, Places] | None = None,
    ) -> None:
        """Begin a plan of rows of these kinds: reads every firm, as all kinds match by it, unless `looked` is that."""
        #: Tables whose changes make the plan stale, beside those every import reads.
        self.reads: tuple[str, ...] = tuple(sorted({name for kind in kinds for name in kind.reads}))
        # Before anything else is read: what changes later is noticed then.
        self.fingerprint = state.fingerprint(self.reads)
        self.index, self.places = looked or (state.load_index(), Places.load())
        self.options = options
        self.decisions = decisions
        #: What kinds loaded and remember from row to row, by names of their own.
        self.store: dict[str, Any] = {}
        #: (field, value) → what a reader calls it, where the value alone says nothing.
        self.words: dict[tuple[str, Any], str] = {}
        self.tables: list[Table] = []
        self.refused: list[tuple[str, str]] = []
        #: Cells that say something and were not read, counted by column and reason (unread.py).
        self.unread: list[dict[str, Any]] = []
        #: What the refused sheets hold.
        self.looks: list[Look] = []
        self.rows: list[RowPlan] = []
        self.drafts: dict[int, Draft] = {}
        self.firms: dict[int, FirmFacts] = {}
        self.added: dict[int, NewRow] = {}
        self.new_names: list[NewName] = []
        #: Name key → the row that calls its firm so for the first time.
        self.heard: dict[str, RowPlan] = {}
        #: Firm → (area, source, row).
        self.new_places: dict[int, tuple[int, str, RowPlan]] = {}
        self.types: dict[str, TitleType] = {kind.key: kind for kind in TitleType.list_all()}
        self.batches = list(db.session.scalars(select(Batch).order_by(Batch.announced_on.desc(), Batch.id)))
        self._next = -1
        #: How often the rows to be made name each id below zero; how many rows of the file speak of each draft.
        self._named: Counter[int] = Counter()
        self._rows_of: Counter[int | None] | None = None

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
            how = plan.kind.match
            makes_firms = plan.kind.key == "register"
            plan.match = how(row, self.index) if how else match(row, self.index, makes_firms=makes_firms)
        if plan.match.how == "none":
            plan.hold(plan.match.reason)
            plan.unmatched = True
        elif plan.match.firm_id is None:
            self._draft(plan)
        plan.firm_id = plan.match.firm_id
        plan.reason = plan.reason or plan.match.reason
        self._hear_name(plan)

    def _hear_name(self, plan: RowPlan) -> None:
        """A code and a name that differs from the firm's in its legal form alone: lists call the firm so. Rows without
        a code are found by it, whichever list comes first."""
        key = firm_name.match_key(plan.row.name)
        if plan.match.how != "code" or plan.firm_id is None or plan.kind.key == "register":
            return
        if self.index.by_name.get(key) or not firm_name.full(plan.row.name):
            return
        if self.index.same_heart(plan.firm_id, key):
            self.index.add_name(plan.firm_id, key, "alias")
            self.heard[key] = plan

    def keep_names(self, rows: Iterable[RowPlan]) -> None:
        """Keep what these rows call their firms, unless they wait or are refused."""
        for plan in rows:
            if self.heard.get(firm_name.match_key(plan.row.name)) is plan and plan.effect not in ("held", "rejected"):
                assert plan.firm_id is not None
                self.new_names.append(NewName(plan.firm_id, firm_name.clean(plan.row.name), plan))
                if plan.firm_id > 0:
                    plan.changes.append(
                        FieldChange("firm_name", plan.firm_id, "name", "又一个叫法", None, plan.row.name, told=True)
                    )
                    plan.effect = "updated" if plan.effect == "unchanged" else plan.effect

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
        """Read the firms that the matched rows speak of, and what each kind compares its rows with."""
        ids = {plan.firm_id for plan in self.rows if plan.firm_id is not None and plan.firm_id > 0}
        self.firms.update(state.firms_of(ids - self.firms.keys()))
        kinds = {plan.kind.key: plan.kind for plan in self.rows}
        for kind in kinds.values():
            if kind.load is not None:
                kind.load(self, [plan for plan in self.rows if plan.kind is kind])

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

    # Any table

    def add(self, plan: RowPlan, table: str, values: Mapping[str, Any]) -> int:
        """Make a row of a table; returns its id, below zero. Foreign keys may be ids below zero. Moments and persons of
        making, `import_row_id` and defaults of columns are filled in when it is written. A row that is held or
        refused makes nothing."""
        assert table in db.metadata.tables, table
        made = NewRow(self.new_id(), table, dict(values), plan)
        for value in made.values.values():
            if isinstance(value, int) and value < 0:
                self._named[value] += 1
        self.added[made.id] = made
        return made.id

    def change(
        self,
        plan: RowPlan,
        table: str,
        row_id: int,
        name: str,
        label: str,
        old: Any,
        new: Any,
        firm_id: int | None = None,
    ) -> bool:
        """Change a field of a row of any table; True when that changes something there is. A row that this plan makes
        takes the value as its own. Sealed columns cannot be: end the row and add another, so that undo needs no key.
        `firm_id` is the firm whose timeline shows it, where that is not the row's."""
        if row_id < 0:
            self._settle(row_id, name, new)
            return False
        assert name not in SECRET, f"{table}.{name} is sealed"
        if old == new:
            return False
        plan.changes.append(FieldChange(table, row_id, name, label, old, new, firm_id))
        return True

    def _settle(self, row_id: int, name: str, new: Any) -> None:
        if row_id in self.added:
            self.added[row_id].values[name] = new
            if isinstance(new, int) and new < 0:
                self._named[new] += 1
        else:
            self.drafts[row_id].values[name] = new

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

    def drop_draft(self, plan: RowPlan) -> None:
        """Do not make the firm after all when nothing else of the file needs it."""
        draft = self.drafts.get(plan.firm_id or 0)
        if draft is not None and draft.plan is plan:
            if self._rows_of is None:
                self._rows_of = Counter(other.firm_id for other in self.rows if other.firm_id in self.drafts)
            if self._rows_of[draft.id] <= 1 and not self._named[draft.id]:
                del self.drafts[draft.id]
                plan.firm_id = None

    def drop_idle_drafts(self) -> None:
        """Do not make firms that only rows which are held or refused spoke of."""
        idle = ("held", "rejected", "skipped")
        used = {plan.firm_id for plan in self.rows if plan.effect not in idle}
        for made in self.added.values():
            if made.plan.effect not in idle:
                used |= {value for value in made.values.values() if isinstance(value, int)}
        dropped = self.drafts.keys() - used
        for draft_id in dropped:
            del self.drafts[draft_id]
        if dropped:
            self.new_names = [new for new in self.new_names if new.firm_id not in dropped]
            for plan in self.rows:
                if plan.firm_id in dropped:
                    plan.firm_id = None

    # Fields of firms

    def rename(self, plan: RowPlan, name: str) -> None:
        """Write the present name as a register writes it; the name it had becomes a former one."""
        assert plan.firm_id is not None
        key = firm_name.match_key(name)
        firm = self.firms[plan.firm_id]
        known = self.index.firms[firm.id].keys.get(key)
        # What lists called it may be the name it is registered under; what it was called once is not its name again.
        if known in ("name", "former_name") or self.index.by_name.get(key, set()) - {firm.id}:
            return
        if self.set_field(plan, "name", "企业名称", firm_name.clean(name)):
            self.index.add_name(firm.id, key, "name")
            self.new_names.append(NewName(firm.id, firm.name, plan, renamed=True))

    def add_name(self, plan: RowPlan, name: str, kind: str = "former") -> bool:
        """Note a name that the row's firm bore before, or is called (`alias`), when nobody is called so; True when it
        is new."""
        assert plan.firm_id is not None
        key = firm_name.match_key(name)
        if not key or self.index.by_name.get(key) or not firm_name.full(name):
            return False
        self.index.add_name(plan.firm_id, key, "alias" if kind == "alias" else "former_name")
        self.new_names.append(NewName(plan.firm_id, firm_name.clean(name), plan, kind=kind))
        if plan.firm_id > 0:
            plan.changes.append(FieldChange("firm_name", plan.firm_id, "name", NAME_KINDS[kind], None, name, told=True))
        return True
