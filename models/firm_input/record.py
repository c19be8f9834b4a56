"""企业填报: a request for a firm's yearly figures, each figure of it, and what happened to it."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship, selectinload

from models.base import Key, Model, Moment, Money, Name, among, db, one_of
from models.errors import NotFound, Refused
from models.firm.contacts import Contact
from models.firm.record import Firm
from models.rules.firm_input import (
    EXPIRED,
    EXPIRED_NAME,
    FIGURES,
    GROUP_OF,
    GROUPS,
    MOVES,
    STATES,
    WITH_FIRM,
    Asked,
    Cell,
    Group,
    after,
    may,
)
from models.user import User

#: How the figures came, which is the source they count with.
WAYS = {"link": "企业填报", "phone": "电话询问"}
DECISIONS = {"accepted": "采用", "refused": "不采用"}


class FirmInput(Model):
    """One request to one firm. Nothing in it counts until an officer adopts it."""

    __tablename__ = "firm_input"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(f"how IS NULL OR {one_of('how', WAYS)}", name="how"),
        CheckConstraint("state NOT IN ('submitted', 'adopted') OR submitted_on IS NOT NULL", name="submitted_on"),
        CheckConstraint("(state IN ('adopted', 'void')) = (ended_on IS NOT NULL)", name="ended_on"),
        Index("ix_firm_input_firm_id", "firm_id", "id"),
        Index("ix_firm_input_state", "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    state: Mapped[str] = mapped_column(Key, default="asked")
    #: Counts the times it went to the firm; each has a link of its own.
    round: Mapped[int] = mapped_column(default=1)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    asked_on: Mapped[date] = mapped_column(Date)
    #: The last day on which the link opens.
    due_on: Mapped[date] = mapped_column(Date)
    #: What the officer says to the firm, of the request and of what was sent back.
    words: Mapped[str] = mapped_column(Text, default="")
    #: Who at the firm fills it in: a contact, or somebody named in words (never a number).
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    label: Mapped[str] = mapped_column(Name, default="")
    how: Mapped[str | None] = mapped_column(Key)
    #: Codes of the doubts that the firm said are right.
    confirmed: Mapped[str] = mapped_column(Text, default="[]")
    #: What the firm wrote beside the figures.
    remark: Mapped[str] = mapped_column(Text, default="")
    submitted_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)

    __mapper_args__ = {"version_id_col": version}

    firm: Mapped[Firm] = relationship(Firm)
    asked_by: Mapped[User | None] = relationship(User)
    contact: Mapped[Contact | None] = relationship(Contact)
    figures: Mapped[list["FirmInputFigure"]] = relationship(
        "FirmInputFigure", order_by="FirmInputFigure.year.desc(), FirmInputFigure.id"
    )

    def state_on(self, on: date) -> str:
        """The state on a day; with the firm beyond its last day it is `expired`."""
        return EXPIRED if self.state in WITH_FIRM and self.due_on < on else self.state

    def word_on(self, on: date) -> str:
        """The state on a day in an officer's words."""
        return STATES.get(self.state_on(on), EXPIRED_NAME)

    @property
    def years(self) -> list[int]:
        """The years asked for, the latest first."""
        return sorted({row.year for row in self.figures}, reverse=True)

    @property
    def groups(self) -> list[Group]:
        """The screens: those of which at least one figure is asked."""
        asked = {row.key for row in self.figures}
        return [group for group in GROUPS if any(figure.key in asked for figure in group.figures)]

    def of_group(self, key: str) -> list["FirmInputFigure"]:
        """The figures of one screen, the latest year first, in the order of the form."""
        place = {figure.key: number for number, figure in enumerate(FIGURES.values())}
        rows = [row for row in self.figures if row.group == key]
        return sorted(rows, key=lambda row: (-row.year, place[row.key]))

    @property
    def filled(self) -> int:
        """How many figures have an answer, a value or 不清楚."""
        return sum(row.answered for row in self.figures)

    @property
    def codes(self) -> set[str]:
        """The doubts that were confirmed."""
        return set(json.loads(self.confirmed))

    def may(self, event: str) -> bool:
        """Whether this can happen to it now."""
        return may(event, self.state)

    def move(self, event: str, at: datetime, on: date, *, by: User | None, via: str, words: str = "") -> None:
        """Take it on by an event and keep the trace; Refused for one that its state does not allow."""
        if not self.may(event):
            raise Refused(f"这份填报{STATES[self.state]}，不能再{MOVES[event][0]}")
        self.state = after(event, self.state)
        db.session.add(FirmInputMove(input_id=self.id, event=event, round=self.round, to_state=self.state, at=at,
                                     moved_on=on, by_id=by.id if by else None, via=via, words=words))  # fmt: skip

    @classmethod
    def visible_to(cls, user: User) -> Select["FirmInput"]:
        """Select the requests of firms this person may see, with the firm and who asked."""
        firms = Firm.visible_to(user).with_only_columns(Firm.id)
        query = select(cls).join(cls.firm).where(cls.firm_id.in_(firms))
        return query.options(contains_eager(cls.firm), joinedload(cls.asked_by).lazyload(User.roles))

    @classmethod
    def get_for(cls, user: User, input_id: int) -> "FirmInput":
        """The request with its figures, or NotFound when its firm does not exist for this person."""
        query = cls.visible_to(user).where(cls.id == input_id).options(selectinload(cls.figures))
        found = db.session.scalar(query)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def list_of(cls, firm_id: int, limit: int = 20) -> list["FirmInput"]:
        """The requests to one firm, the newest first, with their figures. Two statements."""
        query = select(cls).where(cls.firm_id == firm_id).options(
            joinedload(cls.asked_by).lazyload(User.roles), selectinload(cls.figures)
        )  # fmt: skip
        return list(db.session.scalars(query.order_by(cls.id.desc()).limit(limit)))


class FirmInputFigure(Model):
    """One figure of one year that a request asks for, what the firm answered, and what became of it."""

    __tablename__ = "firm_input_figure"
    __table_args__ = (
        UniqueConstraint("input_id", "key", "year"),
        CheckConstraint("value IS NULL OR NOT unclear", name="one_answer"),
        CheckConstraint(f"decision IS NULL OR {one_of('decision', DECISIONS)}", name="decision"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    input_id: Mapped[int] = mapped_column(ForeignKey("firm_input.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Key)
    year: Mapped[int] = mapped_column(Integer)
    #: As it was written, and what it was read as.
    written: Mapped[str] = mapped_column(Name, default="")
    value: Mapped[Decimal | None] = mapped_column(Money)
    approximate: Mapped[bool] = mapped_column(default=False)
    #: 不清楚: the firm looked and does not know.
    unclear: Mapped[bool] = mapped_column(default=False)
    #: What the officer says of it: adopted or not, and why it was sent back.
    decision: Mapped[str | None] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Name, default="")
    #: What the register showed when it was adopted.
    before: Mapped[Decimal | None] = mapped_column(Money)

    @property
    def cell(self) -> Cell:
        """(figure, year)."""
        return self.key, self.year

    @property
    def asked(self) -> Asked:
        """Its name, unit and what counts."""
        return FIGURES[self.key]

    @property
    def group(self) -> str:
        """The screen it stands on."""
        return GROUP_OF[self.key]

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"{self.key}_{self.year}"

    @property
    def answered(self) -> bool:
        """Whether there is a value or 不清楚."""
        return self.value is not None or self.unclear


class FirmInputMove(Model):
    """What happened to a request, when, by whom; never changed."""

    __tablename__ = "firm_input_move"
    __table_args__ = (Index("ix_firm_input_move_input_id", "input_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    input_id: Mapped[int] = mapped_column(ForeignKey("firm_input.id", ondelete="CASCADE"))
    #: A key of models/rules/firm_input.MOVES, or `ask`.
    event: Mapped[str] = mapped_column(Key)
    round: Mapped[int] = mapped_column(default=1)
    to_state: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(Moment)
    moved_on: Mapped[date] = mapped_column(Date)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    #: form or link.
    via: Mapped[str] = mapped_column(Key)
    words: Mapped[str] = mapped_column(Text, default="")

    by: Mapped[User | None] = relationship(User)

    @property
    def event_name(self) -> str:
        """What happened, in an officer's words."""
        return MOVES[self.event][0] if self.event in MOVES else "请企业补数"

    @classmethod
    def list_of(cls, input_id: int) -> list["FirmInputMove"]:
        """What happened to a request, in order, with the people."""
        query = select(cls).where(cls.input_id == input_id).options(joinedload(cls.by).lazyload(User.roles))
        return list(db.session.scalars(query.order_by(cls.id)))


def open_of(firm_ids: Iterable[int]) -> dict[int, FirmInput]:
    """The request that is under way for each of these firms, the newest where there are two. One statement."""
    query = select(FirmInput).where(among(FirmInput.firm_id, list(firm_ids)), FirmInput.ended_on.is_(None))
    return {row.firm_id: row for row in db.session.scalars(query.order_by(FirmInput.id))}
