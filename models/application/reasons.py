"""Why applications were refused: a list that the office keeps."""

from uuid import uuid4

from sqlalchemy import Integer, func, inspect, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Key, Model, Name, db
from models.errors import NotFound, Refused
from models.rules.application import REASONS


class RefusalReason(Model):
    """One reason."""

    __tablename__ = "refusal_reason"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(Key, unique=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def begin(cls) -> "RefusalReason":
        """A new reason with an identifier of its own."""
        return cls(key=f"reason_{uuid4().hex[:12]}")

    @classmethod
    def list_all(cls) -> list["RefusalReason"]:
        """Every reason in the order the office gave them."""
        return list(db.session.scalars(select(cls).order_by(cls.position, cls.id)))

    @classmethod
    def list_active(cls) -> list["RefusalReason"]:
        """Those that can be chosen."""
        return [row for row in cls.list_all() if row.active]

    @classmethod
    def get(cls, reason_id: int) -> "RefusalReason":
        """The reason, or NotFound."""
        found = db.session.get(cls, reason_id)
        if found is None:
            raise NotFound
        return found

    def write(self, name: str, active: bool) -> None:
        """Reword it or stop offering it; the caller commits. Raises Refused for a name that is there already."""
        with db.session.no_autoflush:
            twin = select(RefusalReason.id).where(
                RefusalReason.name == name, RefusalReason.id.is_distinct_from(self.id)
            )
            if db.session.scalar(twin.limit(1)) is not None:
                raise Refused(f"已有这条原因：{name}")
            if not inspect(self).persistent:
                self.position = (db.session.scalar(select(func.max(RefusalReason.position))) or 0) + 1
        self.name, self.active = name, active
        db.session.add(self)
        db.session.flush()

    @classmethod
    def by_key(cls, key: str) -> "RefusalReason | None":
        """The reason of this identifier."""
        return db.session.scalar(select(cls).where(cls.key == key))


def seed_defaults() -> None:
    """Add the default reasons that are missing. The caller commits."""
    held = set(db.session.scalars(select(RefusalReason.key)))
    for position, (key, name) in enumerate(REASONS):
        if key not in held:
            db.session.add(RefusalReason(key=key, name=name, position=position))
    db.session.flush()
