"""An edition of a report: its period, whose it is, how far it is, and, once issued, a copy of all that it printed."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name, one_of
from models.rules.report import KINDS, STATES, Span
from models.unit import Unit
from models.user import User


class Report(Model):
    """One edition of the bureau or of a unit; issued, nothing about it changes."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("first_on <= last_on", name="first_before_last"),
        CheckConstraint("(unit_id IS NULL AND owner = 0) OR unit_id = owner", name="owner_is_the_unit"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued_has_a_moment"),
        UniqueConstraint("kind", "period", "owner"),
        Index("ix_report_owner", "owner", "kind", "first_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    #: 2026-W47, 2026-10, 2026-Q3, 2026-H1, 2026; its days as they were when it was drafted.
    period: Mapped[str] = mapped_column(Key)
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)
    #: None: the bureau's; owner says the same as a number, 0 for the bureau, so that one period has one edition.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(Key, default="drafted")
    title: Mapped[str] = mapped_column(Name)
    #: Drafted after its period was 缺报 already (补报).
    late: Mapped[bool] = mapped_column(Boolean, default=False)
    #: Why it came back the last time; empty when it did not.
    returned_words: Mapped[str] = mapped_column(Text, default="")
    #: Counts saves, so that nobody writes over what another wrote.
    version: Mapped[int] = mapped_column(Integer, default=1)
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    #: None: by the timetable.
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    issued_at: Mapped[datetime | None] = mapped_column(Moment)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: What the bureau says about what came later (差异说明).
    difference_words: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit | None] = relationship(Unit)
    drafted_by: Mapped[User | None] = relationship(User, foreign_keys=drafted_by_id)
    submitted_by: Mapped[User | None] = relationship(User, foreign_keys=submitted_by_id)
    signed_by: Mapped[User | None] = relationship(User, foreign_keys=signed_by_id)
    issued_by: Mapped[User | None] = relationship(User, foreign_keys=issued_by_id)
    sections: Mapped[list["ReportSection"]] = relationship(
        "ReportSection", order_by="ReportSection.position", cascade="all, delete-orphan"
    )

    @property
    def span(self) -> Span:
        """Its period, with the days it was drafted for."""
        return Span(self.kind, self.period, self.first_on, self.last_on)

    @property
    def issued(self) -> bool:
        """Whether it is frozen."""
        return self.state == "issued"

    @property
    def name(self) -> str:
        """What it is called in a list: 2026年10月汇报, with the unit when it is one's."""
        whose = f"{self.unit.name}" if self.unit else ""
        return f"{whose}{self.span.title}"


class ReportPrint(Model):
    """All that an issued edition printed, as opaque JSON (models/report/content.py)."""

    __tablename__ = "report_print"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class ReportSection(Model):
    """The text of one section, with {KEY} where a number stands."""

    __tablename__ = "report_section"
    __table_args__ = (UniqueConstraint("report_id", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Key)
    heading: Mapped[str] = mapped_column(Name)
    text: Mapped[str] = mapped_column(Text, default="")


class ReportFigure(Model):
    """One number of an issued edition as it was printed."""

    __tablename__ = "report_figure"
    __table_args__ = (UniqueConstraint("report_id", "slot"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    #: Figure, period and place (models/rules/report_words.py).
    slot: Mapped[str] = mapped_column(Name)
    key: Mapped[str] = mapped_column(Name)
    name: Mapped[str] = mapped_column(Name)
    unit: Mapped[str] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(Key)
    #: What its rows are.
    of: Mapped[str] = mapped_column(Key)
    definition: Mapped[str] = mapped_column(Text)
    #: Of a ratio the part.
    value: Mapped[int] = mapped_column(Integer)
    whole: Mapped[int | None] = mapped_column(Integer)
    #: As it was printed, the days it speaks of, and the sentence that copies it.
    words: Mapped[str] = mapped_column(Name)
    on_words: Mapped[str] = mapped_column(Name)
    sentence: Mapped[str] = mapped_column(Text)
    #: As they were printed beside it; empty where nothing was.
    before_words: Mapped[str] = mapped_column(Name, default="")
    before_change: Mapped[str] = mapped_column(Name, default="")
    year_words: Mapped[str] = mapped_column(Name, default="")
    growth: Mapped[str] = mapped_column(Name, default="")
    target_words: Mapped[str] = mapped_column(Name, default="")
    done_words: Mapped[str] = mapped_column(Name, default="")


class ReportRow(Model):
    """One row that an issued edition counted, with what was printed of it. Its ids point nowhere in the database: what
    they named may be merged or taken back, the row stays."""

    __tablename__ = "report_row"
    __table_args__ = (
        UniqueConstraint("report_id", "slot", "position"),
        Index("ix_report_row_slot", "slot", "about"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    slot: Mapped[str] = mapped_column(Name)
    position: Mapped[int] = mapped_column(Integer)
    #: The id of the visit, issue, firm … that was counted; of which table the figure says.
    row_id: Mapped[int] = mapped_column(Integer)
    #: Who may see the row: those who may see this firm; None: those who see the whole bureau.
    firm_id: Mapped[int | None] = mapped_column(Integer)
    #: The earlier period that a 补录 or 撤回 belongs to; empty for a row of its own period.
    about: Mapped[str] = mapped_column(Key, default="")
    #: The printed values, as opaque JSON.
    cells: Mapped[str] = mapped_column(Text)


class ReportReader(Model):
    """Who an edition is sent to: a unit's people, or one person."""

    __tablename__ = "report_reader"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name="a_unit_or_a_person"),
        UniqueConstraint("report_id", "unit_id"),
        UniqueConstraint("report_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    unit: Mapped[Unit | None] = relationship(Unit)
    user: Mapped[User | None] = relationship(User)


class ReportLine(Model):
    """One figure of the bureau's own order for a kind; without rows the shipped order holds."""

    __tablename__ = "report_line"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        UniqueConstraint("kind", "section", "figure"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Key)
    section: Mapped[str] = mapped_column(Key)
    figure: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(Integer)
