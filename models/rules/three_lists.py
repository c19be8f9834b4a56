"""The three lists (问题清单, 责任清单, 落实清单): what a row of each says, and what changed against an edition before.

Columns are those of the published measures that closed-loop.md names. Every value is text or a whole number, so that
what was printed can be kept and printed again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.issue import ENDED, PROPOSED, STATES
from models.rules.issue_clock import Light
from models.rules.issue_kinds import CHANNELS, LISTS, OUTCOMES, SOLVED

#: What a printed cell holds.
Cell = str | int
#: Words of a light on paper: the shape, then the word (look.md).
LIGHT_WORDS = {"green": "● 正常", "yellow": "▲ 临期", "red": "■ 逾期"}
WAS_OVERDUE = "◇ 曾逾期"
#: Which issues a list shows on a day.
WHICH = {"open": "在办", "period": "在办和期内办结", "ended": "期内办结", "all": "全部"}
DEFAULT_WHICH = {"problem": "open", "responsibility": "open", "follow_through": "period"}


@dataclass(frozen=True, slots=True)
class Line:
    """One issue as it stood at the end of a day, in the words of the three lists."""

    issue_id: int
    number: str
    firm_id: int
    firm: str
    words: str
    class_name: str
    topic: str
    raised_on: date
    channel: str
    state: str
    light: Light
    measures: str = ""
    leader: str = ""
    unit: str = ""
    person: str = ""
    #: 协办单位 with their people.
    assisting: tuple[str, ...] = ()
    dispatched_on: date | None = None
    first_due_on: date | None = None
    due_on: date | None = None
    extensions: int = 0
    progress: tuple[str, ...] = ()
    outcome: str | None = None
    evidence: tuple[str, ...] = ()
    #: What the firm said last; 未答复 when it was struck off without.
    opinion: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its key in what is kept, its heading, its share of the width, and what it prints."""

    key: str
    heading: str
    width: int
    of: Callable[[Line], Cell]


def light_words(light: Light) -> str:
    """A light as it stands on paper; empty once ended without ever being late."""
    said = [LIGHT_WORDS[light.colour]] if light.colour else []
    if light.was_overdue and light.colour != "red":
        said.append(WAS_OVERDUE)
    return "，".join(said)


def due_words(line: Line) -> str:
    """The due date, with the first one kept beside it once it has moved (原/现)."""
    if line.due_on is None:
        return ""
    if line.first_due_on is None or line.first_due_on == line.due_on:
        return f"{line.due_on}"
    return f"原 {line.first_due_on}\n现 {line.due_on}"


def result_words(state: str, outcome: str | None) -> str:
    """办理结果: solved, planned, explained; what ended otherwise or has no result yet says so."""
    if state == "closed_out":
        return OUTCOMES[outcome or "solved"]
    if state == "explained":
        return OUTCOMES["explained"]
    if state == "parked":
        return OUTCOMES["planned"]
    if state in ENDED:
        return STATES[state]
    return f"办理中（{STATES[state]}）" if state in PROPOSED else "办理中"


def opinion_words(solved: str, attitude: int | None, words: str) -> str:
    """企业评价: solved and attitude apart, then the firm's own words."""
    said = SOLVED[solved] + ("" if attitude is None else f"，态度 {attitude} 分")
    return f"{said}：{words}" if words else said


COLUMNS: dict[str, tuple[Column, ...]] = {
    "problem": (
        Column("firm", "企业", 24, lambda line: line.firm),
        Column("words", "原话", 52, lambda line: line.words),
        Column("class", "类别", 8, lambda line: line.class_name),
        Column("topic", "专题", 10, lambda line: line.topic),
        Column("raised_on", "首次提出", 13, lambda line: f"{line.raised_on}"),
        Column("channel", "来源", 10, lambda line: CHANNELS[line.channel]),
        Column("light", "灯", 11, lambda line: light_words(line.light)),
    ),
    "responsibility": (
        Column("firm", "企业", 18, lambda line: line.firm),
        Column("words", "问题", 30, lambda line: line.words),
        Column("measures", "解决措施", 26, lambda line: line.measures),
        Column("leader", "牵头领导", 9, lambda line: line.leader),
        Column("unit", "责任单位", 14, lambda line: line.unit),
        Column("person", "责任人", 8, lambda line: line.person),
        Column("assisting", "协办单位", 16, lambda line: "\n".join(line.assisting)),
        Column("dispatched_on", "交办日期", 12, lambda line: f"{line.dispatched_on or ''}"),
        Column("due_on", "完成时限（原/现）", 14, due_words),
        Column("extensions", "延期次数", 7, lambda line: line.extensions),
    ),
    "follow_through": (
        Column("firm", "企业", 18, lambda line: line.firm),
        Column("words", "问题", 28, lambda line: line.words),
        Column("progress", "工作进展（按日期）", 46, lambda line: "\n".join(line.progress)),
        Column("result", "办理结果", 10, lambda line: result_words(line.state, line.outcome)),
        Column("evidence", "佐证材料", 18, lambda line: "\n".join(line.evidence)),
        Column("opinion", "企业评价", 18, lambda line: line.opinion),
        Column("closed_on", "销号日期", 12, lambda line: f"{line.closed_on or ''}"),
    ),
}
#: Printed behind the columns of an edition that has one before it.
AGAINST = "较上期"


def cells(list_key: str, line: Line) -> dict[str, Cell]:
    """What one row of a list prints, by column."""
    return {column.key: column.of(line) for column in COLUMNS[list_key]}


@dataclass(frozen=True, slots=True)
class Before:
    """How an issue stood in the edition before."""

    state: str
    light: str

    @property
    def is_open(self) -> bool:
        """Whether it was still to be done."""
        return self.state not in ENDED


def marks(before: Before | None, line: Line, extended: bool) -> tuple[str, ...]:
    """What is new about a row against the edition before (keys of MARKS), the weightiest first.

    新增: not open there, also one that was reopened or has ended meanwhile: 上期 ＋ 新增 － 销号 － 其他了结 ＝ 本期.
    销号: struck off since. 延期: an extension granted since. 逾期: late now, and not there.
    """
    is_open = line.state not in ENDED
    said = {
        "closed": line.state == "closed_out",
        "overdue": is_open and line.light.colour == "red" and (before is None or before.light != "red"),
        "extended": is_open and extended,
        "new": before is None or not before.is_open,
    }
    return tuple(key for key, true in said.items() if true)


@dataclass(slots=True)
class Tally:
    """What an edition counts: rows still open, and what changed against the edition before."""

    open: int = 0
    new: int = 0
    closed: int = 0
    #: 不予受理, 解释说明, 撤回.
    ended: int = 0
    extended: int = 0
    #: Late now; of these, late since the edition before.
    overdue: int = 0
    newly_overdue: int = 0

    def gone(self, open_before: int) -> int:
        """How many left the scope without ending: a filter no longer holds for them."""
        return open_before + self.new - self.closed - self.ended - self.open


def tally(rows: Iterable[tuple[str, str, Sequence[str]]]) -> Tally:
    """Count rows of (state, light, marks)."""
    found = Tally()
    for state, light, said in rows:
        if state not in ENDED:
            found.open += 1
            found.overdue += light == "red"
        elif state == "closed_out":
            found.closed += 1
        else:
            found.ended += 1
        found.new += "new" in said
        found.extended += "extended" in said
        found.newly_overdue += "overdue" in said
    return found


def spans(firms: Sequence[int | str]) -> list[tuple[int, int]]:
    """(first, last) of each run of several neighbouring rows of one firm, whose cells a document merges."""
    found, start = [], 0
    for place in range(1, len(firms) + 1):
        if place == len(firms) or firms[place] != firms[start]:
            if place - start > 1:
                found.append((start, place - 1))
            start = place
    return found


def title(list_key: str, bureau: str, number: int | None = None) -> str:
    """The heading of a printed list."""
    name = f"{bureau}企业{LISTS[list_key]}"
    return name if number is None else f"{name}（第 {number} 期）"


def headings(list_key: str, against: bool = False) -> list[tuple[str, int]]:
    """(heading, width) of the columns as printed, 序号 first and 较上期 last where there is an edition before."""
    found = [("序号", 6), *((column.heading, column.width) for column in COLUMNS[list_key])]
    return [*found, (AGAINST, 9)] if against else found
