"""People with an account, their roles, and what sign-in needs to remember."""

from datetime import datetime
from functools import cached_property

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.area import Area, subtree
from models.base import Key, Model, Moment, Name, SortKey, Words, db
from models.rules.access import EVERYONE

user_role = Table(
    "user_role",
    db.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)

#: Where a town assistant works: one or several subtrees of areas and parks.
user_area = Table(
    "user_area",
    db.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("area_id", ForeignKey("area.id"), primary_key=True),
)


class Role(Model, RoleMixin):
    """A role and the permissions it gives; rights are rows, the defaults are in models/rules/access.py."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Key, unique=True)
    permissions: Mapped[frozenset[str]] = mapped_column(Words)  # type: ignore[assignment]


class User(Model, UserMixin):
    """An account. One person may hold several, but never one with roles that exclude each other."""

    __tablename__ = "user"
    __table_args__ = (Index("ix_user_sort_key", "sort_key", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Name)
    sort_key: Mapped[str] = mapped_column(SortKey)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    staff_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    #: Flask-Security's name of a session; changing it signs the person out everywhere.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(Moment)
    #: Hashes of earlier passwords, newest first, one per line.
    password_history: Mapped[str] = mapped_column(Text, default="")
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(Integer)
    tf_phone_number: Mapped[str | None] = mapped_column(String(64))
    #: light, dark or follow (the device).
    theme: Mapped[str] = mapped_column(Key, default="follow")
    #: Roles that whoever made the account asks for; the security administrator grants them.
    proposed_roles: Mapped[frozenset[str]] = mapped_column(Words, default=frozenset())
    created_at: Mapped[datetime] = mapped_column(Moment)

    roles: Mapped[list[Role]] = relationship(Role, secondary=user_role, order_by=Role.id, lazy="selectin")  # type: ignore[assignment]
    #: Town assistants see what lies in these subtrees of areas and parks.
    areas: Mapped[list[Area]] = relationship(Area, secondary=user_area, order_by=(Area.sort_key, Area.id))

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Everything this account may do: the union of its roles' rows, and what every account may."""
        return EVERYONE.union(*(role.permissions for role in self.roles))

    @cached_property
    def area_ids(self) -> frozenset[int]:
        """The ids of every area and park whose firms a town assistant sees; empty when none was given."""
        return subtree(area.id for area in self.areas)

    @property
    def role_names(self) -> list[str]:
        """The identifiers of the roles held, in the order of their rows."""
        return [role.name for role in self.roles]
