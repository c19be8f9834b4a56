"""A person corrects how a sheet is read; the next sheet like it is read so without asking (promise 12)."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from crm.imports.kinds.all import KINDS
from crm.imports.recognise import WHY, Choice, Learned, Look, Table, learned
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.import_mapping import ImportMapping
from models.importing import ImportRun
from models.rules import dates
from models.task import Task, enqueue

_UNTIL = re.compile(r"截至|截止")
#: States in which the columns of an import can still be corrected.
OPEN = ("planned", "refused", "failed")


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column of a sheet: place from 0, letters as a spreadsheet shows them, header, first cells, the field it became
    (empty: not imported)."""

    place: int
    letters: str
    header: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet of an import, read or refused, with what a person needs to correct it. `message` says why it was
    refused, `why` how it was recognised; an empty kind: not recognised, or not to be imported (`left_out`)."""

    name: str
    kind: str
    why: str
    header_rows: tuple[int, ...]
    columns: tuple[ShownColumn, ...]
    notice: bool
    announced: bool
    message: str
    left_out: bool
    learned_id: int | None
    #: The workbook hides it, so it is not read.
    hidden: bool = False
    #: What to know about how it was read: macros that were not run, other files that were not asked.
    notes: tuple[str, ...] = ()

    @property
    def recognised(self) -> int:
        """How many of its columns are imported."""
        return sum(bool(column.field) for column in self.columns)


def correct(
    run: ImportRun,
    sheet: str,
    kind: str,
    columns: Mapping[str, int | None],
    person_id: int | None,
    *,
    header_rows: Sequence[int] | None = None,
    notice: bool | None = None,
    remember: bool = True,
) -> Task:
    """Have a sheet read as a person says: its kind, the column (from 0) of each field or None for no column; fields not
    named are looked for. The run is planned anew by the task returned, and the choice remembered for sheets like it.

    Raises NotFound for an unknown sheet, Refused when the run is past planning or the choice cannot be. The caller
    commits."""
    if kind not in KINDS:
        raise Refused("没有这种名单，请从列出的种类里选")
    look = _look_of(run, sheet)
    _check(look, kind, columns, header_rows)
    choice = Choice(kind, dict(columns), tuple(header_rows) if header_rows else None, notice)
    if remember:
        _remember(run, look, choice, person_id)
    return _plan_anew(run, look.name, choice, person_id)


def leave_out(run: ImportRun, sheet: str, person_id: int | None) -> Task:
    """Do not import a sheet; others of the file go on. Errors as correct()."""
    return _plan_anew(run, _look_of(run, sheet).name, Choice(""), person_id)


def list_all() -> list[ImportMapping]:
    """What was learned, the newest first."""
    return ImportMapping.list_all()


def forget(mapping_id: int) -> None:
    """Guess sheets like it anew from now on. Raises NotFound. The caller commits."""
    ImportMapping.get(mapping_id).forget()


def sheets_of(run: ImportRun) -> list[ShownSheet]:
    """Every sheet of a run that holds a table, those refused too, in the order of the file."""
    options, read = json.loads(run.options), {sheet["name"]: sheet for sheet in json.loads(run.sheets)}
    shown = []
    for look in looks_of(run):
        sheet = read.get(look.name, {})
        places = {column: key for key, column in sheet.get("places", {}).items()}
        choice = options.get("sheets", {}).get(look.name)
        left_out = choice is not None and not choice["kind"]
        facts = sheet.get("facts", {})
        shown.append(
            ShownSheet(
                name=look.name,
                kind=sheet.get("kind", ""),
                why=WHY.get(sheet.get("by", ""), "不导入" if left_out else ""),
                header_rows=tuple(sheet.get("header_rows", look.header_rows)),
                columns=tuple(_columns(look, places)),
                notice=bool(facts.get("notice")),
                announced=bool(facts.get("announced")),
                message="" if sheet or left_out else look.message,
                left_out=left_out,
                learned_id=sheet.get("learned_id"),
                notes=tuple(look.notes),
                hidden=look.hidden and not sheet,
            )
        )
    return shown


def day_in_titles(run: ImportRun) -> date | None:
    """The day that the titles of the sheets that need a date give, to be offered to a person: of a month its first day,
    of 截至 a month its last. None when they give none, only a year, or not the same."""
    days = set()
    for sheet in json.loads(run.sheets):
        if sheet["name"] in run.needs_date:
            title = sheet.get("facts", {}).get("title", "")
            day = dates.within(title)
            known = day is not None and day.precision != "year"
            days.add((day.last if _UNTIL.search(title) else day.first) if day is not None and known else None)
    return days.pop() if len(days) == 1 else None


def choices_of(run: ImportRun) -> dict[str, Choice]:
    """What people said about sheets of this run."""
    return {
        name: Choice(
            said["kind"],
            said["columns"],
            tuple(said["header_rows"]) if said["header_rows"] else None,
            said["notice"],
        )
        for name, said in json.loads(run.options).get("sheets", {}).items()
    }


def known() -> list[Learned]:
    """What was learned, ready for recognising: the newest first. Kinds that are no more are left out."""
    return [
        Learned(one.id, one.kind, one.cued, tuple(one.header), one.word_of, one.header_depth, one.notice)
        for one in ImportMapping.list_all()
        if one.kind in KINDS
    ]


def looks_of(run: ImportRun) -> list[Look]:
    """What the sheets of a run hold, as they were seen when it was read last."""
    return [Look(**kept) for kept in json.loads(run.options).get("looks", [])]


def keep_looks(run: ImportRun, looks: Iterable[Look]) -> None:
    """Keep what the sheets hold with the run; a sheet that was left out keeps the look it had."""
    fresh = {look.name: asdict(look) for look in looks}
    kept = json.loads(run.options)
    merged = {old["name"]: old for old in kept.get("looks", [])} | fresh
    run.options = json.dumps(kept | {"looks": list(merged.values())}, ensure_ascii=False)


def note(run: ImportRun, tables: Iterable[Table], refused: Iterable[Look]) -> None:
    """Keep with a run what its sheets hold, learn where a person named the rows of a header, and count the learned
    mappings it was read by, once for each run."""
    tables = list(tables)
    keep_looks(run, [*(table.look for table in tables if table.look is not None), *refused])
    for name, choice in choices_of(run).items():
        table = next((table for table in tables if table.sheet == name), None)
        if table is not None and table.look is not None and choice.header_rows:
            _remember(run, table.look, replace(choice, header_rows=None), run.person_id)
    kept = json.loads(run.options)
    used = {table.learned_id for table in tables if table.learned_id is not None}
    new = sorted(used - set(kept.get("counted", [])))
    for mapping_id in new:
        mapping = db.session.get(ImportMapping, mapping_id)
        if mapping is not None:
            mapping.note_use(clock.now())
    if new:
        run.options = json.dumps(kept | {"counted": kept.get("counted", []) + new}, ensure_ascii=False)


def _look_of(run: ImportRun, sheet: str) -> Look:
    looks = looks_of(run)
    found = next((look for look in looks if look.name == sheet), None)
    found = found or next((look for look in looks if look.name.strip() == sheet.strip()), None)
    if found is None:
        raise NotFound
    return found


def _check(look: Look, kind: str, columns: Mapping[str, int | None], header_rows: Sequence[int] | None) -> None:
    known = KINDS[kind]
    width = max(len(look.headers), len(look.samples))
    taken: dict[int, str] = {}
    for key, column in columns.items():
        if not known.has(key):
            raise Refused(f"“{known.name}”没有“{key}”这一项")
        label = known.field(key).label
        if column is None:
            continue
        if not 0 <= column < width and not header_rows:
            raise Refused(f"{label}：表里没有第 {column + 1} 列")
        if column in taken:
            raise Refused(f"{taken[column]}和{label}不能是同一列")
        taken[column] = label
    for group in known.needs:
        if all(key in columns and columns[key] is None for key in group):
            labels = "或".join(known.field(key).label for key in group)
            raise Refused(f"{labels}要有一列，才能按“{known.name}”导入")
    if header_rows is not None and not all(1 <= row <= 1000 for row in header_rows):
        raise Refused("表头行号不对")


def _plan_anew(run: ImportRun, sheet: str, choice: Choice, person_id: int | None) -> Task:
    if run.state not in OPEN:
        raise Refused("这个文件正在处理或已经写入，不能再改认法")
    kept = json.loads(run.options)
    sheets = kept.get("sheets", {}) | {sheet: asdict(choice)}
    run.options = json.dumps(kept | {"sheets": sheets}, ensure_ascii=False)
    task = enqueue("import.plan", {"import_id": run.id}, person_id, clock.now())
    run.state, run.task_id, run.message = "reading", task.id, ""
    db.session.flush()
    return task


def _remember(run: ImportRun, look: Look, choice: Choice, person_id: int | None) -> None:
    """Keep the choice under the words of the header. Rows of a header that a person named are looked at in the next
    file, not here: this file's words are known once it is read so, and are learned then."""
    if choice.header_rows and list(choice.header_rows) != look.header_rows:
        return
    if not any(look.words):
        return
    columns = {
        key: look.words[column] if column is not None and column < len(look.words) else None
        for key, column in choice.columns.items()
        if column is None or (column < len(look.words) and look.words[column])
    }
    mapping = ImportMapping.keep(
        learned.signature(look.words, look.cued), look.words, look.cued, choice.kind, columns, clock.now(), person_id
    )
    mapping.header_depth, mapping.notice = max(1, len(look.header_rows)), choice.notice
    mapping.file_name, mapping.sheet = run.file_name[:200], look.name.strip()[:200]
    db.session.flush()


def _columns(look: Look, places: Mapping[int, str]) -> Iterable[ShownColumn]:
    for place in range(max(len(look.headers), len(look.samples))):
        header = look.headers[place] if place < len(look.headers) else ""
        samples = tuple(look.samples[place]) if place < len(look.samples) else ()
        yield ShownColumn(place, letters(place), header, samples, places.get(place, ""))


def letters(column: int) -> str:
    """The letters a spreadsheet shows over a column counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
