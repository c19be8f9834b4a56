"""Saved views of a list: a name for a set of filters, columns and an order."""

from functools import cache

from sqlalchemy import ForeignKey, Index, Integer, Select, Text, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, db
from models.errors import NotFound
from models.user import User


class SavedView(Model):
    """A person's named view of a list page; shared ones are seen by everybody who may open the page."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("ix_saved_view_page", "page", "user_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    page: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(Name)
    #: The query string of the page.
    query: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    @classmethod
    def list_for(cls, user: User, page: str) -> list["SavedView"]:
        """The views of a page that this person sees: own ones and shared ones."""
        return list(db.session.scalars(_views(), {"page": page, "user_id": user.id}))

    @classmethod
    def get_own(cls, user: User, view_id: int) -> "SavedView":
        """The view, or NotFound when this person did not save it."""
        view = db.session.scalar(select(cls).where(cls.id == view_id, cls.user_id == user.id))
        if view is None:
            raise NotFound
        return view

    @classmethod
    def keep(cls, user: User, page: str, name: str, query: str, shared: bool) -> "SavedView":
        """The person's view of this name with this query, made when it is new. The caller commits."""
        view = db.session.scalar(select(cls).where(cls.user_id == user.id, cls.page == page, cls.name == name))
        if view is None:
            view = cls(user_id=user.id, page=page, name=name)
            db.session.add(view)
        view.query, view.shared = query, shared
        db.session.flush()
        return view


@cache
def _views() -> Select["SavedView"]:
    """Composed once: each list page runs it."""
    mine = or_(SavedView.user_id == bindparam("user_id"), SavedView.shared.is_(True))
    query = select(SavedView).where(SavedView.page == bindparam("page"), mine)
    return query.order_by(SavedView.position, SavedView.id)
