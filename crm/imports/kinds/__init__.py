"""The kinds of list an import knows. A kind is data: its columns, the words that give it away, and what its rows
become. Modules add theirs with `register_kind`; crm/imports/kinds/all.py imports them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.rules import amounts, dates, firm_name, uscc

if TYPE_CHECKING:
    from crm.imports.index import Index
    from crm.imports.match import Match
    from crm.imports.plan import Plan, RowPlan
    from crm.imports.recognise import Facts


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a column can hold.

    words: a header that is this and nothing else; hints: a header that speaks of it; holds: whether a cell looks like
    it (columns are found by what they hold as well as by their header); clean: the value, or ValueError in Chinese.
    """

    key: str
    label: str
    words: str
    hints: str = ""
    holds: Callable[[Any], bool] | None = None
    clean: Callable[[Any], Any] = lambda cell: text(cell)
    #: Found by content alone, whatever the header says.
    tells: bool = False
    #: Of a person: masked wherever it is shown.
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list. cues and against are searched in titles, sheet and file name; least is the score below which
    a sheet is not taken for this kind."""

    key: str
    name: str
    fields: tuple[Field, ...]
    cues: str
    against: str = r"$^"
    #: One of each group must be found.
    needs: tuple[tuple[str, ...], ...] = (("name", "code"),)
    #: Fields that speak for this kind.
    marks: tuple[str, ...] = ()
    least: int = 2
    title_type: str | None = None
    #: Finds the firm of a row where not just its name and code are asked.
    match: Callable[["Row", "Index"], "Match"] | None = None
    #: Reads, in a fixed number of statements, what rows of this kind are compared with: called once when all are
    #: matched, with all of them; what it finds it keeps in plan.store.
    load: Callable[["Plan", list["RowPlan"]], None] | None = None
    #: Tables that `load` reads beside firms, names and titles: a change there makes a plan stale.
    reads: tuple[str, ...] = ()
    #: Names columns for which a field is not enough (a figure of a year): fields → columns, headers, what the titles
    #: say and some rows give the columns with keys of their own, which `derive` turns into fields.
    settle: Callable[[dict[str, int], list[str], "Facts", list[list[Any]]], dict[str, int]] | None = None
    derive: Callable[[str], Field] | None = None
    #: Says what a matched row does, by the methods of the plan it is given.
    plan: Callable[["Plan", "RowPlan", "Facts"], None] | None = None

    def field(self, key: str) -> Field:
        """The field of this key; KeyError when the kind has none."""
        for known in self.fields:
            if known.key == key:
                return known
        if self.derive is None:
            raise KeyError(key)
        return self.derive(key)

    def has(self, key: str) -> bool:
        """Whether there is a field of this key."""
        try:
            return bool(self.field(key))
        except KeyError:
            return False


class Kinds(dict[str, Kind]):
    """The kinds by key. One for each type of title that the office made is found by `title:KEY` (`maker`, set by
    crm/imports/kinds/title_list.py), but not listed."""

    maker: Callable[[str], Kind | None] | None = None

    def __missing__(self, key: str) -> Kind:
        made = self.maker(key) if self.maker and key.startswith(TITLE) else None
        if made is None:
            raise KeyError(key)
        return made

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        return isinstance(key, str) and key.startswith(TITLE) and self.maker is not None and self.maker(key) is not None

    def get(self, key: str, default: Any = None) -> Any:
        """The kind of this key, also of a type that the office made."""
        try:
            return self[key]
        except KeyError:
            return default


#: A list of a type of title without a kind of its own: `title:gazelle`.
TITLE = "title:"
KINDS = Kinds()


def register_kind(kind: Kind) -> Kind:
    """Make a kind known; returns it."""
    KINDS[kind.key] = kind
    return kind


def text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, spaces at the ends gone."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def plain_text(cell: Any) -> str:
    """Text on one line; empty for the signs people write when there is nothing."""
    line = re.sub(r"[ \t\r\n\u3000]+", " ", text(cell)).strip()
    return "" if line.upper() in amounts.NOTHING else line


def date_of(cell: Any) -> dates.Day | None:
    """The date of a cell with its precision; ValueError when it is none."""
    return dates.parse(cell)


def is_code(cell: Any) -> bool:
    """Whether a cell looks like a code of a firm, ruined ones included."""
    kind = uscc.kind_of(cell)
    if kind == "broken":
        return re.fullmatch(r"9[0-9A-Z]{15,18}", uscc.normalise(cell)) is not None
    return kind in ("uscc", "regno", "ruined")


def is_firm_name(cell: Any) -> bool:
    """Whether a cell looks like the full name of a firm."""
    return isinstance(cell, str) and len(cell) < 120 and firm_name.full(firm_name.split_former(cell).name)


def is_date(cell: Any) -> bool:
    """Whether a cell says a day or month."""
    try:
        day = dates.parse(cell)
    except ValueError:
        return False
    return day is not None and day.precision != "year"


NAME = Field(
    "name",
    "企业名称",
    r"(?:现|新)?(?:企业|单位|公司|机构|申报单位|申报企业|主体|市场主体|更名后企业)?(?:名称|全称)|企业|单位|公司|申报单位|申报企业|企业名|公司名",
    r"名称|企业名|单位名|公司名",
    is_firm_name,
    firm_name.split_former,
    tells=True,
)
CODE = Field(
    "code",
    "统一社会信用代码",
    r"(?:统一)?(?:社会)?信用代码|统一代码|(?:统一)?社会信用(?:统一)?代码|信用代码|注册号|工商注册号",
    r"信用代码|统一代码|注册号|USCC",
    is_code,
    uscc.classify,
    tells=True,
)
STREET = Field(
    "street",
    "所属镇街",
    r"所属(?:街道|镇街|街镇|板块|乡镇|区域|园区)|街道|镇街|街镇|镇\(?街道?\)?|乡镇|板块|所在(?:街道|镇街|园区)|属地",
    r"街道|镇街|街镇|乡镇|属地|板块",
    lambda cell: bool(re.search(r"(?:街道|镇|乡|园区|开发区|高新区)$", text(cell))),
    plain_text,
)
#: What is shown instead of a value that speaks of a person.
MASK = "＊＊＊"
DISTRICT = Field(
    "district",
    "所属区",
    r"(?:所属|所在|注册)?(?:区县?|县区|辖区|行政区划?|地区|县\(市、区\)|县、?区|区\(县\)|市区县)(?:名称)?",
    r"所属区|所在区|区县|县区|县\(市",
    lambda cell: bool(re.fullmatch(r"[\u4e00-\u9fff]{1,6}(?:区|县|市)", text(cell))),
    plain_text,
)
REMARK = Field("remark", "备注", r"备注|说明|备注说明", r"备注", None, plain_text)


@dataclass(slots=True)
class Problem:
    """What is wrong with one cell (or, without a column, a row), in an officer's words."""

    column: str
    value: str
    message: str
    #: The value was taken all the same: a remark on how.
    read: bool = False


@dataclass(slots=True)
class Row:
    """One data row on its way through the stages."""

    sheet: str
    #: The number a person sees.
    row: int
    cells: list[Any]
    name: str = ""
    former: tuple[str, ...] = ()
    code: uscc.Code = field(default_factory=lambda: uscc.Code("blank", ""))
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: What a batch row above it said.
    batch: str = ""
    batch_on: dates.Day | None = None
    #: Every name of a cell that holds several, in its order.
    together: tuple[firm_name.Written, ...] = ()
