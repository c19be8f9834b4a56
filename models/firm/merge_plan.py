"""What a merge of two firms would do, before it does it: which rows move, which stay behind, which values win.

Every foreign key to firm says here how it merges; one that does not makes every merge be refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, select

from models.area import TREES
from models.base import Base, db
from models.errors import Refused
from models.firm.officers import POSITIONS
from models.firm.record import STATUSES, Firm
from models.firm.status import FLAGS
from models.firm.words import FIRM_FIELDS, figure_name

Rows = Sequence[Row[Any]]
#: (rows of the firm kept, rows of the firm gone) → the rows that move.
Rule = Callable[[Rows, Rows], list[Row[Any]]]


def everything(kept: Rows, gone: Rows) -> list[Row[Any]]:
    """All rows move."""
    return list(gone)


def unlike(*columns: str) -> Rule:
    """Rows move unless the firm kept has one that is equal in these columns."""

    def choose(kept: Rows, gone: Rows) -> list[Row[Any]]:
        held = {tuple(getattr(row, column) for column in columns) for row in kept}
        return [row for row in gone if tuple(getattr(row, column) for column in columns) not in held]

    return choose


def where_nothing_is(column: str | None = None) -> Rule:
    """Rows move where the firm kept has none of the same kind: what it has wins."""

    def choose(kept: Rows, gone: Rows) -> list[Row[Any]]:
        held = {getattr(row, column) if column else "" for row in kept}
        return [row for row in gone if (getattr(row, column) if column else "") not in held]

    return choose


def without_overlap(kept: Rows, gone: Rows) -> list[Row[Any]]:
    """Stays move unless the firm kept was in the same pool on one of their days."""

    def apart(one: Row[Any], other: Row[Any]) -> bool:
        ended_before = one.to_on is not None and one.to_on < other.from_on
        began_after = other.to_on is not None and one.from_on > other.to_on
        return one.type_id != other.type_id or ended_before or began_after

    return [row for row in gone if all(apart(row, other) for other in kept)]


@dataclass(frozen=True, slots=True)
class Moves:
    """How the rows behind one foreign key merge: their name on the preview, the rule, the column that names a row."""

    name: str
    rule: Rule
    #: One row in words, for the preview.
    tell: Callable[[Row[Any]], str] = lambda row: ""
    key: str = "id"


class Derived:
    """Made from other tables: made anew for both firms."""


class History:
    """What was merged before, which nothing rewrites."""


#: (table, column) of every foreign key to firm.
FOREIGN_KEYS: dict[tuple[str, str], Moves | type[Derived] | type[History]] = {
    ("firm_name", "firm_id"): Moves("名称", unlike("match_key"), lambda row: row.name),
    ("firm_place", "firm_id"): Moves("街镇园区", where_nothing_is("tree"), lambda row: TREES[row.tree]),
    ("firm_officer", "firm_id"): Moves(
        "联系干部", where_nothing_is("position"), lambda row: f"{POSITIONS[row.position]} {row.from_on}"
    ),
    ("firm_status", "firm_id"): Moves("登记状态", where_nothing_is(), lambda row: STATUSES[row.status]),
    ("firm_flag", "firm_id"): Moves(
        "列入名单", unlike("flag", "from_on"), lambda row: f"{FLAGS[row.flag]} {row.from_on}"
    ),
    ("firm_figure", "firm_id"): Moves(
        "年度数据", unlike("key", "year", "source"), lambda row: f"{row.year} 年{figure_name(row.key)} {row.value:,f}"
    ),
    ("firm_note", "firm_id"): Moves("备注", unlike("label", "text"), lambda row: row.text[:30]),
    ("firm_judgement", "firm_id"): Moves("评定中的判断", everything, lambda row: f"{row.said_on} {row.why[:30]}"),
    ("firm_plan", "firm_id"): Moves("一企一策", everything, lambda row: f"{row.made_on} 定，{row.due_on} 前"),
    ("firm_input", "firm_id"): Moves("企业填报", everything, lambda row: f"{row.asked_on} 请企业补数"),
    ("officer_wait", "firm_id"): Moves("等着认的联系干部", where_nothing_is("position"), lambda row: row.name),
    ("firm_tag", "firm_id"): Moves("标签", unlike("tag_id"), key="tag_id"),
    ("contact", "firm_id"): Moves("联系人", everything, lambda row: f"尾号 {row.phone_tail or '未填'}"),
    ("title", "firm_id"): Moves(
        "资质", unlike("type_id", "issued_on", "number"), lambda row: f"{row.issued_on} {row.number or row.batch}"
    ),
    ("title_claim", "firm_id"): Moves(
        "台账自报的资质", unlike("type_id", "source", "written"), lambda row: f"{row.source} 写 {row.written}"
    ),
    ("pool_member", "firm_id"): Moves("培育库", without_overlap, lambda row: f"{row.from_on} 入库"),
    ("training_firm", "firm_id"): Moves(
        "申报培训", unlike("training_id"), lambda row: f"{row.created_at:%Y-%m-%d} 列入"
    ),
    ("visit", "firm_id"): Moves("走访", everything, lambda row: f"{row.visit_on} {row.text[:30]}"),
    ("patent_owner", "firm_id"): Moves("知识产权", everything, lambda row: row.name),
    ("plan_line", "firm_id"): Moves("周安排", everything, lambda row: f"{row.planned_on} {row.what[:30]}"),
    ("visit_demand", "firm_id"): Moves("走访诉求", everything, lambda row: row.words[:30]),
    ("promise", "firm_id"): Moves("答复承诺", everything, lambda row: f"{row.due_on} 前 {row.words[:30]}"),
    ("duty_done", "firm_id"): Moves(
        "已办事项", unlike("rule_key", "period"), lambda row: f"{row.period} {row.how[:30]}"
    ),
    ("application", "firm_id"): Moves("申报", unlike("batch_id"), lambda row: f"{row.entered_on} 列入批次"),
    ("issue", "firm_id"): Moves("问题", everything, lambda row: f"{row.year}-{row.serial:04d} {row.title[:30]}"),
    ("team_firm", "firm_id"): Moves("小组的企业", unlike("team_id"), lambda row: row.need),
    ("handover_item", "firm_id"): Moves("工作移交清单", everything, lambda row: row.words[:30]),
    ("opinion", "firm_id"): Moves("意见建议", everything, lambda row: row.words[:30]),
    ("scheme_contact", "firm_id"): Moves("联系制度", everything, lambda row: f"{row.from_on} 起"),
    ("reminder", "firm_id"): Moves("提醒", everything, lambda row: f"{row.raised_on} {row.words[:30]}"),
    ("match_decision", "firm_id"): Moves("认领记录", everything, lambda row: row.match_key),
    ("firm", "merged_into_id"): Moves("以前合并进来的企业", everything, lambda row: row.name),
    ("firm_search", "firm_id"): Derived,
    ("assessment_result", "firm_id"): Derived,
    ("assessment_stale", "firm_id"): Derived,
    ("standing", "firm_id"): Derived,
    ("standing_title", "firm_id"): Derived,
    ("title_issue", "firm_id"): Derived,
    ("title_lapse", "firm_id"): Derived,
    ("firm_merge", "kept_id"): History,
    ("firm_merge", "gone_id"): History,
}

#: Columns of Firm that are filled together from the firm gone where the firm kept has nothing.
FILLED: tuple[tuple[str, ...], ...] = (
    ("code", "code_kind"), ("founded_on",), ("industry_code",), ("capital", "capital_currency"), ("kind",),
    ("address",), ("scope",), ("care_level",), ("area_id",), ("park_id",), ("officer_a_id",), ("officer_b_id",),
)  # fmt: skip

#: A choice of the preview: these may also be taken from the firm gone where both have a value.
CHOSEN = tuple(columns for columns in FILLED if columns[0] in FIRM_FIELDS)


@dataclass(frozen=True, slots=True)
class Move:
    """The rows of one table: which move and how many stay behind because the firm kept has the like."""

    table: Table
    column: str
    moves: Moves
    rows: list[Row[Any]]
    stay: int

    @property
    def told(self) -> list[str]:
        """The rows that move, in words."""
        return [said for row in self.rows if (said := self.moves.tell(row).strip())]

    @property
    def keys(self) -> list[Any]:
        """What names each row that moves."""
        return [getattr(row, self.moves.key) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Field:
    """One value of both firms and whose wins."""

    columns: tuple[str, ...]
    kept: Any
    gone: Any
    from_gone: bool
    #: Both have a value and they differ, so a person may choose.
    open: bool

    @property
    def name(self) -> str:
        """What the page calls it."""
        return FIRM_FIELDS.get(self.columns[0], self.columns[0])


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a merge would do."""

    kept: Firm
    gone: Firm
    moves: list[Move] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)

    @property
    def taken(self) -> dict[str, Any]:
        """The columns that the firm kept takes from the firm gone."""
        return {column: getattr(self.gone, column) for each in self.fields if each.from_gone for column in each.columns}


def plan(kept: Firm, gone: Firm, from_gone: Iterable[str] = ()) -> Plan:
    """What merging would do; `from_gone` names the columns (the first of each group) that the firm gone decides.

    Raises Refused for the same firm twice, a merged one, or while a table does not say how it merges.
    """
    if kept.id == gone.id:
        raise Refused("选的是同一家企业，请选另一家")
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise Refused("其中一家已经合并过了，请刷新后再看")
    silent = unregistered(Base.metadata.tables)
    if silent:
        raise Refused(f"不能合并：{'、'.join(silent)} 没有说明怎样合并，请告诉系统管理员")
    wanted = set(from_gone)
    fields = (_field(kept, gone, columns, wanted) for columns in FILLED)
    return Plan(kept, gone, list(_moves(kept, gone)), [found for found in fields if found is not None])


def unregistered(tables: Mapping[str, Table]) -> list[str]:
    """The foreign keys to firm that do not say how they merge, as table.column."""
    found = (
        (table.name, column.name)
        for table in tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "firm"
    )
    return sorted(f"{table}.{column}" for table, column in found if (table, column) not in FOREIGN_KEYS)


def _moves(kept: Firm, gone: Firm) -> Iterable[Move]:
    for (name, column), moves in FOREIGN_KEYS.items():
        if isinstance(moves, Moves):
            table = Base.metadata.tables[name]
            query = select(table).where(table.c[column].in_((kept.id, gone.id))).order_by(table.c[moves.key])
            rows = db.session.execute(query).all()
            mine = [row for row in rows if getattr(row, column) == kept.id]
            theirs = [row for row in rows if getattr(row, column) == gone.id]
            going = moves.rule(mine, theirs)
            if theirs:
                yield Move(table, column, moves, going, len(theirs) - len(going))


def _field(kept: Firm, gone: Firm, columns: tuple[str, ...], wanted: set[str]) -> Field | None:
    mine, theirs = getattr(kept, columns[0]), getattr(gone, columns[0])
    if theirs in (None, "") or mine == theirs:
        return None
    empty = mine in (None, "")
    may_choose = columns in CHOSEN and not empty
    return Field(columns, mine, theirs, empty or (may_choose and columns[0] in wanted), may_choose)
