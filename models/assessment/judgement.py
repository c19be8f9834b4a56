"""What people judged of a firm (market position, experts' points, the ministry's score), with who, when and why."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import Key, Model, Moment, Words, among, db
from models.errors import Refused
from models.firm.record import Firm
from models.rule_book import versions_on
from models.rules import judgement as rules
from models.user import User


class FirmJudgement(Model):
    """One answer to one question on one day; a later one takes its place and the earlier one stays."""

    __tablename__ = "firm_judgement"
    __table_args__ = (
        CheckConstraint("why <> ''", name="says_why"),
        Index("ix_firm_judgement_firm_id", "firm_id", "key", "said_on"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    #: A key of ``models/rules/judgement.py``.
    key: Mapped[str] = mapped_column(String(64))
    #: The year it holds for; None where it holds until somebody says otherwise.
    year: Mapped[int | None] = mapped_column(Integer)
    #: As it was said: yes, no, a number, a level; empty for 还不清楚.
    answer: Mapped[str] = mapped_column(Key, default="")
    why: Mapped[str] = mapped_column(Text)
    said_on: Mapped[date] = mapped_column(Date)
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    #: Of every title, the version of the rules in force on that day; empty for what was said before they were kept.
    rule_versions: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())

    said_by: Mapped[User | None] = relationship(User)

    @property
    def flat_key(self) -> str:
        """The figure it answers, as the evaluator calls it."""
        return f"{self.key}_{self.year}" if self.year else self.key

    @property
    def label(self) -> str:
        """What was asked."""
        question = rules.QUESTIONS.get(self.key)
        return question.label if question else self.key

    @property
    def words(self) -> str:
        """What was said, with its year."""
        return rules.said(self.key, self.answer) + (f"（{self.year} 年）" if self.year else "")


def judge(firm: Firm, key: str, text: str, why: str, on: date, by: User, at: datetime) -> FirmJudgement:
    """Keep an answer; the caller commits. Refused for what cannot be an answer, or without saying why."""
    if key not in rules.QUESTIONS:
        raise Refused("没有这一项")
    if fault := rules.problem(key, text):
        raise Refused(f"{rules.QUESTIONS[key].label}：{fault}")
    if not why.strip():
        raise Refused("请写依据：看了什么材料、谁说的")
    row = FirmJudgement(firm_id=firm.id, key=key, year=rules.year_of(key, on), answer=text.strip(), why=why.strip(),
                        said_on=on, said_by_id=by.id, created_at=at, rule_versions=versions_on(on))  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def latest_of(firm_ids: Sequence[int], on: date) -> dict[int, dict[str, FirmJudgement]]:
    """What was last said by a day: firm → figure → answer. One statement, and one for the names of the people."""
    query = select(FirmJudgement).where(among(FirmJudgement.firm_id, firm_ids), FirmJudgement.said_on <= on)
    found: dict[int, dict[str, FirmJudgement]] = {}
    for row in db.session.scalars(query.order_by(FirmJudgement.said_on, FirmJudgement.id)):
        if row.key in rules.QUESTIONS:
            found.setdefault(row.firm_id, {})[row.flat_key] = row
    return found


def history_of(firm_id: int, on: date) -> list[FirmJudgement]:
    """Everything that was said of a firm by a day, newest first."""
    query = select(FirmJudgement).where(FirmJudgement.firm_id == firm_id, FirmJudgement.said_on <= on)
    query = query.options(joinedload(FirmJudgement.said_by).lazyload(User.roles))
    return list(db.session.scalars(query.order_by(FirmJudgement.said_on.desc(), FirmJudgement.id.desc())))
