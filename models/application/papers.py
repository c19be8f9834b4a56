"""Papers of an application: what each title asks for before a stage is left, and what a firm has brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db, one_of
from models.errors import NotFound, Refused
from models.file import StoredFile
from models.rules.application import NEEDS, PAPERS, PREPARING, papers_before
from models.title import TitleType
from models.user import User


class PaperRule(Model):
    """One paper that one title asks for."""

    __tablename__ = "paper_rule"
    __table_args__ = (
        CheckConstraint(one_of("stage", PREPARING), name="stage"),
        CheckConstraint(one_of("need", NEEDS), name="need"),
        UniqueConstraint("type_id", "name"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("title_type.id"))
    #: It has to be there before this stage is left forward.
    stage: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(Name)
    #: refuse: no going on without it; warn: only on one's word; none: good to have.
    need: Mapped[str] = mapped_column(Key, default="warn")
    #: A firm that applies again need not bring it again.
    lasting: Mapped[bool] = mapped_column(default=False)
    hint: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    type: Mapped[TitleType] = relationship(TitleType, lazy="joined")

    @classmethod
    def list_of(cls, type_id: int, *, active: bool = True) -> list["PaperRule"]:
        """The papers of a title in the order of stages and of the office."""
        query = select(cls).where(cls.type_id == type_id)
        query = query.where(cls.active) if active else query
        rows = db.session.scalars(query.order_by(cls.position, cls.id))
        return sorted(rows, key=lambda row: PREPARING.index(row.stage))

    @classmethod
    def get(cls, rule_id: int) -> "PaperRule":
        """The paper, or NotFound."""
        found = db.session.get(cls, rule_id)
        if found is None:
            raise NotFound
        return found

    def check(self) -> None:
        """Raise Refused when the title asks for a paper of this name already."""
        twin = select(PaperRule.id).where(
            PaperRule.type_id == self.type_id, PaperRule.name == self.name, PaperRule.id.is_distinct_from(self.id)
        )
        with db.session.no_autoflush:
            if db.session.scalar(twin.limit(1)) is not None:
                raise Refused(f"这项资质已有“{self.name}”，请直接修改那一行")


class ApplicationPaper(Model):
    """A firm has brought a paper: when, noted by whom, the file when there is one."""

    __tablename__ = "application_paper"
    __table_args__ = (
        UniqueConstraint("application_id", "rule_id"),
        Index("ix_application_paper_file_id", "file_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("paper_rule.id"))
    got_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Name, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User | None] = relationship(User)
    file: Mapped[StoredFile | None] = relationship(StoredFile)

    @classmethod
    def list_of(cls, application_id: int) -> dict[int, "ApplicationPaper"]:
        """What was brought, by the paper. One statement."""
        query = select(cls).where(cls.application_id == application_id)
        query = query.options(joinedload(cls.by).lazyload(User.roles), joinedload(cls.file))
        return {row.rule_id: row for row in db.session.scalars(query.order_by(cls.id))}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist."""

    rule: PaperRule
    paper: ApplicationPaper | None


def checklist(application_id: int, type_id: int) -> list[Line]:
    """Every paper that the title asks for, with what was brought. Two statements."""
    held = ApplicationPaper.list_of(application_id)
    return [Line(rule, held.get(rule.id)) for rule in PaperRule.list_of(type_id)]


def missing(lines: Sequence[Line], old: str, new: str) -> list[PaperRule]:
    """The papers somebody would go on without, of those that matter, in the order of the list."""
    stages = papers_before(old, new)
    return [
        line.rule for line in lines if line.paper is None and line.rule.need != "none" and line.rule.stage in stages
    ]


def bring(
    application_id: int, rule: PaperRule, user: User, at: datetime, on: date, note: str = "",
    file: StoredFile | None = None,
) -> ApplicationPaper:  # fmt: skip
    """Note that a paper was brought; noted again it gets the new day, words and file. The caller commits."""
    row = db.session.scalar(
        select(ApplicationPaper).where(
            ApplicationPaper.application_id == application_id, ApplicationPaper.rule_id == rule.id
        )
    )
    if row is None:
        row = ApplicationPaper(application_id=application_id, rule_id=rule.id)
        db.session.add(row)
    row.got_on, row.note, row.by_id, row.at = on, note.strip()[:200], user.id, at
    if file is not None:
        row.file_id = file.id
    db.session.flush()
    return row


def take_back(application_id: int, rule: PaperRule) -> None:
    """The paper is not there after all."""
    row = db.session.scalar(
        select(ApplicationPaper).where(
            ApplicationPaper.application_id == application_id, ApplicationPaper.rule_id == rule.id
        )
    )
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def carry_over(pairs: Sequence[tuple[int, int]], at: datetime) -> int:
    """The papers that last go with firms from an application into the next, (old, new); how many. Two statements
    beside what is written."""
    query = select(ApplicationPaper).join(PaperRule, PaperRule.id == ApplicationPaper.rule_id)
    old = [before for before, _ in pairs]
    query = query.where(PaperRule.lasting, ApplicationPaper.application_id.in_(old or [0]))
    held: dict[int, list[ApplicationPaper]] = {}
    for row in db.session.scalars(query.order_by(ApplicationPaper.id)):
        held.setdefault(row.application_id, []).append(row)
    rows = [
        ApplicationPaper(application_id=new, rule_id=row.rule_id, got_on=row.got_on, note=row.note, file_id=row.file_id,
                         by_id=row.by_id, at=at)
        for before, new in pairs for row in held.get(before, ())
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    return len(rows)


def counts_of(application_ids: Sequence[int]) -> dict[int, int]:
    """How many papers each of these applications has brought, of those still asked for. One statement."""
    query = select(ApplicationPaper.application_id, func.count()).join(
        PaperRule, PaperRule.id == ApplicationPaper.rule_id
    )
    query = query.where(PaperRule.active, ApplicationPaper.application_id.in_(list(application_ids) or [0]))
    rows = db.session.execute(query.group_by(ApplicationPaper.application_id))
    return {application_id: number for application_id, number in rows}  # noqa: C416  rows are no pairs


def asked_of_types() -> dict[int, int]:
    """How many papers each title asks for. One statement."""
    query = select(PaperRule.type_id, func.count()).where(PaperRule.active).group_by(PaperRule.type_id)
    return {type_id: number for type_id, number in db.session.execute(query)}  # noqa: C416  rows are no pairs


def seed_defaults() -> None:
    """Add the papers of the titles that have none yet. The caller commits."""
    types = {kind.key: kind.id for kind in TitleType.list_all()}
    held = set(db.session.scalars(select(PaperRule.type_id)))
    for key, rows in PAPERS.items():
        if key in types and types[key] not in held:
            for position, (stage, name, need, lasting, hint) in enumerate(rows):
                db.session.add(PaperRule(type_id=types[key], stage=stage, name=name, need=need, lasting=lasting,
                                         hint=hint, position=position))  # fmt: skip
    db.session.flush()
