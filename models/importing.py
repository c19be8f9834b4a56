"""Imports: the file, each of its rows with the raw cells and what became of it, problems, remembered decisions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Moment, Name, one_of

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


class ImportRun(Model):
    """One file given to the import engine."""

    __tablename__ = "import_run"
    __table_args__ = (CheckConstraint(one_of("state", IMPORT_STATES), name="state"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Name)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
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
    #: Raw cells as a JSON list; columns of persons are masked.
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


class MatchDecision(Model):
    """A person said which firm a written name means; the next file that writes it so is matched (chosen)."""

    __tablename__ = "match_decision"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    match_key: Mapped[str] = mapped_column(Name, unique=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime] = mapped_column(Moment)
