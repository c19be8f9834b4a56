"""What hangs on an issue: who was given it, extensions, the firm's answers, calls, closings, slips, evidence, spot
checks. The database holds what the flow promises, also against code that forgets it."""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from models import clock
from models.base import Key, Model, Moment, Name, one_of
from models.file import StoredFile
from models.issue.kinds import OutsideHandler
from models.issue.record import Issue
from models.rules.issue_kinds import ASSIGNMENTS, BASES, CALL_ABOUT, COLOURS, RECURS_WITHIN, SOLVED, SPOT_RESULTS
from models.unit import Unit
from models.user import User
from models.visit.record import Visit


class IssueAssignment(Model):
    """One unit's part in an issue, as lead or assisting; the lead has exactly one named person."""

    __tablename__ = "issue_assignment"
    __table_args__ = (
        CheckConstraint(one_of("role", ASSIGNMENTS), name="role"),
        CheckConstraint("user_id IS NULL OR outside_id IS NULL", name="one_person"),
        CheckConstraint(
            "role = 'assist' OR user_id IS NOT NULL OR outside_id IS NOT NULL", name="lead_is_a_named_person"
        ),
        CheckConstraint("(objected_at IS NULL) = (objection = '')", name="objection_says_why"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answer_says_what"),
        Index("ix_issue_assignment_issue_id", "issue_id", "id"),
        Index("ix_issue_assignment_user_id", "user_id", "issue_id"),
        Index("ix_issue_assignment_unit_id", "unit_id"),
        Index(
            "uq_issue_assignment_one_lead", "issue_id", unique=True,
            postgresql_where=text("role = 'lead' AND ended_at IS NULL"),
            sqlite_where=text("role = 'lead' AND ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    role: Mapped[str] = mapped_column(Key)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    outside_id: Mapped[int | None] = mapped_column(ForeignKey("outside_handler.id"))
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    assigned_at: Mapped[datetime] = mapped_column(Moment)
    assigned_on: Mapped[date] = mapped_column(Date)
    sign_due_on: Mapped[date | None] = mapped_column(Date)
    #: By when this unit answers: its own clock.
    due_on: Mapped[date | None] = mapped_column(Date)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    #: The same moment as a day of the bureau, so that the database can hold it against the limit.
    signed_on: Mapped[date | None] = mapped_column(Date)
    #: Nobody said anything in time, which counts as accepted.
    signed_by_silence: Mapped[bool] = mapped_column(default=False)
    objected_at: Mapped[datetime | None] = mapped_column(Moment)
    objection: Mapped[str] = mapped_column(Text, default="")
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    settlement: Mapped[str] = mapped_column(Text, default="")
    #: When the handler's name and office phone reached the firm.
    first_contact_on: Mapped[date | None] = mapped_column(Date)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    #: Given to somebody else since.
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    unit: Mapped[Unit] = relationship(Unit)
    user: Mapped[User | None] = relationship(User, foreign_keys=user_id)
    outside: Mapped[OutsideHandler | None] = relationship(OutsideHandler)

    @validates("signed_at")
    def _signed(self, key: str, at: datetime | None) -> datetime | None:
        self.signed_on = clock.local(at).date() if at else None
        return at


class IssueExtension(Model):
    """延期: asked for by one person, granted or refused by another."""

    __tablename__ = "issue_extension"
    __table_args__ = (
        CheckConstraint("asked_by_id IS NULL OR asked_by_id <> decided_by_id", name="approver_is_another"),
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by"),
        CheckConstraint("new_due_on > old_due_on", name="later"),
        Index("ix_issue_extension_issue_id", "issue_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_label: Mapped[str] = mapped_column(Name, default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    old_due_on: Mapped[date] = mapped_column(Date)
    new_due_on: Mapped[date] = mapped_column(Date)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    granted: Mapped[bool | None] = mapped_column()
    decision: Mapped[str] = mapped_column(Text, default="")

    issue: Mapped[Issue] = relationship(Issue)
    asked_by: Mapped[User | None] = relationship(User, foreign_keys=asked_by_id)
    decided_by: Mapped[User | None] = relationship(User, foreign_keys=decided_by_id)


class IssueCall(Model):
    """A call to the firm by somebody who did not handle the issue; each attempt is a row."""

    __tablename__ = "issue_call"
    __table_args__ = (
        CheckConstraint(one_of("about", CALL_ABOUT), name="about"),
        CheckConstraint("handler_id IS NULL OR called_by_id <> handler_id", name="caller_is_not_the_handler"),
        UniqueConstraint("id", "issue_id", "called_on"),
        Index("ix_issue_call_issue_id", "issue_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    about: Mapped[str] = mapped_column(Key, default="confirm")
    called_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    #: Who handled it then, beside the caller so that the database can compare.
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    called_at: Mapped[datetime] = mapped_column(Moment)
    called_on: Mapped[date] = mapped_column(Date)
    reached: Mapped[bool] = mapped_column()
    note: Mapped[str] = mapped_column(Text, default="")

    called_by: Mapped[User] = relationship(User, foreign_keys=called_by_id)


class IssueAnswer(Model):
    """What the firm said: solved? and, kept apart, how it was treated (1–5)."""

    __tablename__ = "issue_answer"
    __table_args__ = (
        CheckConstraint("how IN ('link', 'call')", name="how"),
        CheckConstraint("(how = 'call') = (call_id IS NOT NULL)", name="a_call_is_logged"),
        CheckConstraint(one_of("solved", SOLVED), name="solved"),
        CheckConstraint("attitude IS NULL OR attitude BETWEEN 1 AND 5", name="attitude"),
        UniqueConstraint("id", "issue_id"),
        Index("ix_issue_answer_issue_id", "issue_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    how: Mapped[str] = mapped_column(Key)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("issue_call.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    answered_on: Mapped[date] = mapped_column(Date)
    solved: Mapped[str] = mapped_column(Key)
    attitude: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(Text, default="")
    #: Who answered, never a phone number.
    label: Mapped[str] = mapped_column(Name, default="")

    call: Mapped[IssueCall | None] = relationship(IssueCall)


class IssueClosing(Model):
    """销号: by a reviewer who did not handle it, on an answer of the firm or on three attempts to reach it."""

    __tablename__ = "issue_closing"
    __table_args__ = (
        CheckConstraint(one_of("basis", BASES), name="basis"),
        CheckConstraint("handler_id IS NULL OR reviewer_id <> handler_id", name="reviewer_is_not_the_handler"),
        CheckConstraint("(basis = 'no_answer') = (answer_id IS NULL)", name="an_answer_or_none"),
        CheckConstraint(
            "basis <> 'no_answer' OR (call1_id IS NOT NULL AND call2_id IS NOT NULL AND call3_id IS NOT NULL "
            "AND call1_on IS NOT NULL AND call2_on IS NOT NULL AND call3_on IS NOT NULL "
            "AND call1_on < call2_on AND call2_on < call3_on)",
            name="three_attempts_on_three_days",
        ),
        ForeignKeyConstraint(
            ["answer_id", "issue_id"], ["issue_answer.id", "issue_answer.issue_id"], name="fk_issue_closing_answer"
        ),
        *(
            ForeignKeyConstraint(
                [f"call{n}_id", "issue_id", f"call{n}_on"],
                ["issue_call.id", "issue_call.issue_id", "issue_call.called_on"],
                name=f"fk_issue_closing_call{n}",
            )
            for n in (1, 2, 3)
        ),
        UniqueConstraint("id", "issue_id"),
        Index("ix_issue_closing_issue_id", "issue_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reviewed_at: Mapped[datetime] = mapped_column(Moment)
    reviewed_on: Mapped[date] = mapped_column(Date)
    #: Until this day the same firm with the same topic comes back: 复发.
    watched_until: Mapped[date | None] = mapped_column(Date)
    basis: Mapped[str] = mapped_column(Key)
    answer_id: Mapped[int | None] = mapped_column(Integer)
    call1_id: Mapped[int | None] = mapped_column(Integer)
    call1_on: Mapped[date | None] = mapped_column(Date)
    call2_id: Mapped[int | None] = mapped_column(Integer)
    call2_on: Mapped[date | None] = mapped_column(Date)
    call3_id: Mapped[int | None] = mapped_column(Integer)
    call3_on: Mapped[date | None] = mapped_column(Date)
    #: The four questions of the review.
    solved: Mapped[bool] = mapped_column(default=True)
    answered: Mapped[bool] = mapped_column(default=True)
    in_touch: Mapped[bool] = mapped_column(default=True)
    satisfied: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(Text, default="")
    #: Reopened since.
    undone_at: Mapped[datetime | None] = mapped_column(Moment)

    issue: Mapped[Issue] = relationship(Issue, foreign_keys=issue_id)
    reviewer: Mapped[User] = relationship(User, foreign_keys=reviewer_id)
    answer: Mapped[IssueAnswer | None] = relationship(
        IssueAnswer, primaryjoin=IssueAnswer.id == answer_id, foreign_keys=answer_id, viewonly=True
    )

    @validates("reviewed_on")
    def _watched(self, key: str, on: date) -> date:
        self.watched_until = on + timedelta(days=RECURS_WITHIN)
        return on


class IssueSlip(Model):
    """督办单: one matter, one slip."""

    __tablename__ = "issue_slip"
    __table_args__ = (
        CheckConstraint(one_of("colour", COLOURS), name="colour"),
        CheckConstraint("(answered_on IS NULL) = (answer = '')", name="answer_says_what"),
        UniqueConstraint("issue_id", "round", "colour", "why", "about_on"),
        Index("ix_issue_slip_raised_on", "raised_on", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    colour: Mapped[str] = mapped_column(Key)
    #: What it is for: due_soon, overdue, reply_missed, returned.
    why: Mapped[str] = mapped_column(Key)
    #: The date that was missed or comes near: with it the matter is told from the next.
    about_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text, default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: None: the clock raised it.
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    raised_on: Mapped[date] = mapped_column(Date)
    answered_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, default="")

    issue: Mapped[Issue] = relationship(Issue)
    unit: Mapped[Unit | None] = relationship(Unit)
    person: Mapped[User | None] = relationship(User, foreign_keys=person_id)


class IssueFile(Model):
    """Evidence (佐证材料): a file, or a visit that shows it."""

    __tablename__ = "issue_file"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (visit_id IS NULL)", name="file_or_visit"),
        UniqueConstraint("issue_id", "sha256"),
        Index("ix_issue_file_issue_id", "issue_id", "id"),
        Index("ix_issue_file_file_id", "file_id"),
        Index("ix_issue_file_visit_id", "visit_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    round: Mapped[int] = mapped_column(default=1)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    thumbnail_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    #: Of the bytes that came; None for a visit.
    sha256: Mapped[str | None] = mapped_column(String(64))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    caption: Mapped[str] = mapped_column(Name, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_label: Mapped[str] = mapped_column(Name, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)

    file: Mapped[StoredFile | None] = relationship(StoredFile, foreign_keys=file_id)
    thumbnail: Mapped[StoredFile | None] = relationship(StoredFile, foreign_keys=thumbnail_id)
    visit: Mapped[Visit | None] = relationship(Visit)


class SpotCheck(Model):
    """抽查: a closed issue drawn for a month, by chance or because the firm never answered."""

    __tablename__ = "spot_check"
    __table_args__ = (
        CheckConstraint(f"result IS NULL OR {one_of('result', SPOT_RESULTS)}", name="result"),
        CheckConstraint("(result IS NULL) = (checked_on IS NULL)", name="checked"),
        UniqueConstraint("issue_id", "month"),
        Index("ix_spot_check_month", "month", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    #: 2026-10.
    month: Mapped[str] = mapped_column(String(7))
    #: True: closed without an answer, so always drawn.
    always: Mapped[bool] = mapped_column(default=False)
    drawn_on: Mapped[date] = mapped_column(Date)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    checked_on: Mapped[date | None] = mapped_column(Date)
    result: Mapped[str | None] = mapped_column(Key)
    note: Mapped[str] = mapped_column(Text, default="")

    issue: Mapped[Issue] = relationship(Issue)
    checked_by: Mapped[User | None] = relationship(User)
