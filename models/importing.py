"""Imports: the file, each of its rows with the raw cells and what became of it, problems, remembered decisions."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound
from models.user import User

IMPORT_STATES = {
    "reading": "正在读",
    "planned": "待写入",
    "applying": "正在写入",
    "applied": "已写入",
    "refused": "不能导入",
    "failed": "出错",
    "undone": "已撤回",
}
EFFECTS = {
    "created": "新建",
    "updated": "更新",
    "unchanged": "没有变化",
    "held": "待认领",
    "rejected": "有问题",
    "skipped": "不导入",
}


#: Lists of the bureau's own directory and the right that bringing one in takes; they are no lists of firms.
DIRECTORY_RIGHTS = {"areas": "areas.edit", "units": "units.edit", "users": "people.edit"}


class ImportRun(Model):
    """One file given to the import engine."""

    __tablename__ = "import_run"
    __table_args__ = (CheckConstraint(one_of("state", IMPORT_STATES), name="state"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    #: The first import of those dropped together; None for a file that came alone.
    drop_id: Mapped[int | None] = mapped_column(Integer, index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    kind: Mapped[str | None] = mapped_column(Key)
    on_date: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(Key, default="reading")
    #: Opaque JSON: options chosen, sheets with kind, header rows and column map, counts, refusal.
    options: Mapped[str] = mapped_column(Text, default="{}")
    sheets: Mapped[str] = mapped_column(Text, default="[]")
    counts: Mapped[str] = mapped_column(Text, default="{}")
    message: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[User | None] = relationship(User, lazy="joined")

    @property
    def state_name(self) -> str:
        """Where it is, in an officer's words."""
        return IMPORT_STATES[self.state]

    @property
    def person_name(self) -> str:
        """Who imported it; empty for the command line."""
        return self.person.name if self.person else ""

    def count(self, effect: str) -> int:
        """How many of its rows have this effect; rows left out on purpose count as unchanged."""
        counts = json.loads(self.counts)
        return int(counts.get(effect, 0)) + (int(counts.get("skipped", 0)) if effect == "unchanged" else 0)

    @property
    def held_count(self) -> int:
        """How many of its rows wait for a person."""
        return self.count("held")

    @property
    def total(self) -> int:
        """How many rows of data it has."""
        return int(json.loads(self.counts).get("rows", 0))

    @property
    def undoing(self) -> dict[str, Any]:
        """What became of undoing it: at, person_id, restored, removed, left and kept [{table, id, reason}]; empty while
        it was not undone."""
        return dict(json.loads(self.counts).get("undo", {}))

    @property
    def has_rows(self) -> bool:
        """Whether it was read and planned."""
        return self.state in ("planned", "applying", "applied") and self.total > 0

    @property
    def needs_date(self) -> dict[str, list[str]]:
        """The sheets with rows whose date nothing gives, each with the batches they name (empty text: none)."""
        return dict(json.loads(self.options).get("needs_date", {}))

    @property
    def unread(self) -> list[dict[str, Any]]:
        """The columns with cells that say something and of which nothing was made, the most cells first: sheet, column,
        cells and why."""
        return list(json.loads(self.options).get("unread", []))

    @property
    def seen(self) -> tuple[int, ...]:
        """What the database was like when the plan was made, as the import engine tells states apart."""
        return tuple(json.loads(self.options).get("seen", ()))

    @classmethod
    def visible_to(cls, user: User) -> Select["ImportRun"]:
        """Select the imports of firms this person may see, newest first: all for who decides rows, else their own."""
        query = select(cls).where(or_(cls.kind.is_(None), cls.kind.not_in(DIRECTORY_RIGHTS))).order_by(cls.id.desc())
        return query if "imports.decide" in user.permissions else query.where(cls.person_id == user.id)

    @classmethod
    def directory_for(cls, user: User) -> Select["ImportRun"]:
        """Select the lists of areas, units and people that this person may bring in, newest first."""
        kinds = [kind for kind, right in DIRECTORY_RIGHTS.items() if right in user.permissions]
        return select(cls).where(cls.kind.in_(kinds)).order_by(cls.id.desc())

    @classmethod
    def list_for(cls, user: User, limit: int = 50, skip: int = 0) -> list["ImportRun"]:
        """The newest imports this person may see, so many of them after the first `skip`."""
        return list(db.session.scalars(cls.visible_to(user).limit(limit).offset(skip)))

    @classmethod
    def count_for(cls, user: User) -> int:
        """How many imports this person may see."""
        query = cls.visible_to(user).with_only_columns(func.count(cls.id)).order_by(None)
        return db.session.scalar(query) or 0

    @classmethod
    def get_for(cls, user: User, import_id: int) -> "ImportRun":
        """The import, or NotFound when there is none that this person may see."""
        run = db.session.scalar(cls.visible_to(user).where(cls.id == import_id))
        if run is None:
            raise NotFound
        return run


class ImportRow(Model):
    """One data row of a sheet: raw cells, what it was matched to and how, what it did. Values point here."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "sheet", "row"),
        CheckConstraint(one_of("effect", EFFECTS), name="effect"),
        Index("ix_import_row_effect", "import_id", "effect"),
        Index("ix_import_row_firm_id", "firm_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    sheet: Mapped[str] = mapped_column(Name)
    #: The row number a person sees.
    row: Mapped[int] = mapped_column(Integer)
    #: Raw cells as a JSON list; those of persons are sealed.
    cells: Mapped[str] = mapped_column(Text)
    effect: Mapped[str] = mapped_column(Key)
    #: code, name, former_name, repaired, chosen, new or none.
    how: Mapped[str | None] = mapped_column(Key)
    score: Mapped[float | None] = mapped_column(Float)
    firm_id: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Opaque JSON: cleaned values, planned changes old → new, candidates.
    plan: Mapped[str] = mapped_column(Text, default="{}")
    candidates: Mapped[str] = mapped_column(Text, default="[]")
    decision: Mapped[str | None] = mapped_column(String(64))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    @classmethod
    def list_of(cls, import_id: int, effects: tuple[str, ...], offset: int = 0, limit: int = 50) -> list["ImportRow"]:
        """Rows of an import with one of these effects, in the order of the file."""
        query = select(cls).where(cls.import_id == import_id, cls.effect.in_(effects))
        return list(db.session.scalars(query.order_by(cls.id).offset(offset).limit(limit)))

    @classmethod
    def count_of(cls, import_id: int, effects: tuple[str, ...]) -> int:
        """How many rows of an import have one of these effects."""
        query = select(func.count()).select_from(cls).where(cls.import_id == import_id, cls.effect.in_(effects))
        return db.session.scalar(query) or 0

    @classmethod
    def get_of(cls, run: ImportRun, row_id: int) -> "ImportRow":
        """A row of this import, or NotFound."""
        row = db.session.scalar(select(cls).where(cls.id == row_id, cls.import_id == run.id))
        if row is None:
            raise NotFound
        return row


class ImportProblem(Model):
    """What is wrong with one cell or row, in an officer's words."""

    __tablename__ = "import_problem"
    __table_args__ = (Index("ix_import_problem_import_id", "import_id", "sheet", "row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    sheet: Mapped[str] = mapped_column(Name)
    row: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(Name, default="")
    value: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text)

    @classmethod
    def list_of(cls, import_id: int, limit: int = 20) -> list["ImportProblem"]:
        """The first problems of cells of an import, in the order of the file; whole rows are listed elsewhere."""
        query = select(cls).where(cls.import_id == import_id, cls.column != "")
        return list(db.session.scalars(query.order_by(cls.id).limit(limit)))

    @classmethod
    def count_of(cls, import_id: int) -> int:
        """How many cells of an import have a problem."""
        query = select(func.count()).select_from(cls).where(cls.import_id == import_id, cls.column != "")
        return db.session.scalar(query) or 0

    @classmethod
    def of_rows(cls, import_id: int) -> dict[tuple[str, int], str]:
        """What is wrong with each row, said in one line, by sheet and row."""
        found: dict[tuple[str, int], list[str]] = {}
        for problem in db.session.scalars(select(cls).where(cls.import_id == import_id).order_by(cls.id)):
            said = f"{problem.column}：{problem.message}" if problem.column else problem.message
            found.setdefault((problem.sheet, problem.row), []).append(said)
        return {place: "；".join(said) for place, said in found.items()}


class MatchDecision(Model):
    """A person said which firm a written name means; the next file that writes it so is matched (chosen)."""

    __tablename__ = "match_decision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    match_key: Mapped[str] = mapped_column(Name, unique=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment)

    decided_by: Mapped[User | None] = relationship(User)
