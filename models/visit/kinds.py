"""Kinds of contact and services: rows that the office edits."""

from typing import Self
from uuid import uuid4

from sqlalchemy import Integer, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, db
from models.errors import NotFound
from models.rules.visit import DEFAULT_KIND, KINDS, SERVICES


class Choice:
    """What both lists share: an identifier that never changes, a name, a place in the list."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: What a phone and an import know it by; never changed.
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def begin(cls) -> Self:
        """A new row with an identifier of its own."""
        row = cls()
        row.key = uuid4().hex[:12]
        return row

    @classmethod
    def list_all(cls) -> list[Self]:
        """Every row in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def list_active(cls) -> list[Self]:
        """The rows that may be chosen, in the order the office gave them."""
        return list(db.session.scalars(select(cls).where(cls.active.is_(True)).order_by(cls.position, cls.id)))

    @classmethod
    def get(cls, row_id: int) -> Self:
        """The row, or NotFound."""
        found = db.session.get(cls, row_id)
        if found is None:
            raise NotFound
        return found


class VisitKind(Choice, Model):
    """A way of meeting a firm: 走访, 电话, 微信/短信, 企业来访, 线上, 座谈会."""

    __tablename__ = "visit_kind"

    #: Whether it is a visit in the figures (走访次数), or only a contact.
    counts: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def default(cls) -> "VisitKind":
        """The kind a visit has when nobody chose one, made when it is not there yet."""
        kind = db.session.scalar(select(cls).where(cls.key == DEFAULT_KIND))
        if kind is None:
            kind = _kind(0)
            db.session.add(kind)
            db.session.flush()
        return kind


class Service(Choice, Model):
    """What a visit is for (purpose), what it brings (service), or both: 政策宣讲, 高企孵化, 成果对接 …"""

    __tablename__ = "service"

    #: Offered as 目的 and as 服务内容.
    as_purpose: Mapped[bool] = mapped_column(default=True)
    as_service: Mapped[bool] = mapped_column(default=True)


def _kind(position: int) -> VisitKind:
    row = KINDS[position]
    return VisitKind(key=row.key, name=row.name, counts=row.counts, position=position)


def seed_defaults() -> None:
    """Add the default kinds and services that are missing. The caller commits."""
    held = set(db.session.scalars(select(VisitKind.key)))
    db.session.add_all(_kind(position) for position, row in enumerate(KINDS) if row.key not in held)
    held = set(db.session.scalars(select(Service.key)))
    for position, row in enumerate(SERVICES):
        if row.key not in held:
            db.session.add(
                Service(key=row.key, name=row.name, position=position, as_purpose=row.purpose, as_service=row.service)
            )
    db.session.flush()
