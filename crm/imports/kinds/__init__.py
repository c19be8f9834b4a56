"""The kinds of list an import knows. A kind is data: its columns, the words that give it away, and what its rows
become. Modules add theirs with `register_kind`; crm/imports/kinds/all.py imports them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.rules import amounts, dates, firm_name, uscc

if TYPE_CHECKING:
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
    #: Says what a matched row does, by the methods of the plan it is given.
    plan: Callable[["Plan", "RowPlan", "Facts"], None] | None = None

    def field(self, key: str) -> Field:
        """The field of this key; KeyError when the kind has none."""
        return next(known for known in self.fields if known.key == key)


KINDS: dict[str, Kind] = {}


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
    return uscc.classify(cell).kind in ("uscc", "regno", "ruined") or bool(
        re.fullmatch(r"9[0-9A-Z]{15,18}", uscc.normalise(cell))
    )


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
REMARK = Field("remark", "备注", r"备注|说明|备注说明", r"备注", None, plain_text)


@dataclass(slots=True)
class Problem:
    """What is wrong with one cell (or, without a column, a row), in an officer's words."""

    column: str
    value: str
    message: str


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
