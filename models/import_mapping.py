"""Learned mappings: how a person said that lists with such a header are to be read; asked before any guess (promise
12)."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Key, Model, Moment, Name, db
from models.errors import NotFound
from models.user import User


class ImportMapping(Model):
    """Kind and columns that a person gave to a sheet; the next sheet with (nearly) the same header is read so."""

    __tablename__ = "import_mapping"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Hash of the header words in no order and of the kind that the titles spoke of.
    signature: Mapped[str] = mapped_column(String(64), unique=True)
    #: The header words, one for each column; opaque JSON.
    words: Mapped[str] = mapped_column(Text)
    #: The kind that titles, sheet or file name spoke of; empty when none or several.
    cued: Mapped[str] = mapped_column(Key, default="")
    #: What such a sheet is; empty when it is not to be imported.
    kind: Mapped[str] = mapped_column(Key)
    #: Field → header word, null for a field that no column holds; opaque JSON.
    columns: Mapped[str] = mapped_column(Text)
    #: How many rows the header has.
    header_depth: Mapped[int] = mapped_column(Integer, default=1)
    #: Whether it is a 公示; null when the titles say so each time.
    notice: Mapped[bool | None] = mapped_column()
    #: File and sheet it was learned from.
    file_name: Mapped[str] = mapped_column(Name, default="")
    sheet: Mapped[str] = mapped_column(Name, default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    corrected_at: Mapped[datetime] = mapped_column(Moment)
    used: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[User | None] = relationship(User, lazy="joined")

    @property
    def person_name(self) -> str:
        """Who taught it; empty when that is not known."""
        return self.person.name if self.person else ""

    @property
    def header(self) -> list[str]:
        """The words of the header, in the order of the file it was learned from."""
        return list(json.loads(self.words))

    @property
    def word_of(self) -> dict[str, str | None]:
        """Field → the header word of its column, None for a field that no column holds."""
        return dict(json.loads(self.columns))

    @classmethod
    def list_all(cls) -> list["ImportMapping"]:
        """Every learned mapping, the one corrected last first."""
        return list(db.session.scalars(select(cls).order_by(cls.corrected_at.desc(), cls.id.desc())))

    @classmethod
    def by_ids(cls, mapping_ids: Iterable[int]) -> dict[int, "ImportMapping"]:
        """Those of these that are still known, by id. One statement."""
        query = select(cls).where(cls.id.in_(list(mapping_ids))).order_by(cls.id)
        return {one.id: one for one in db.session.scalars(query)}

    @classmethod
    def get(cls, mapping_id: int) -> "ImportMapping":
        """The mapping, or NotFound."""
        found = db.session.get(cls, mapping_id)
        if found is None:
            raise NotFound
        return found

    @classmethod
    def keep(
        cls,
        signature: str,
        words: Iterable[str],
        cued: str,
        kind: str,
        columns: Mapping[str, str | None],
        at: datetime,
        person_id: int | None,
    ) -> "ImportMapping":
        """The mapping of this signature with this kind and these columns, made when it is new; flushed."""
        found = db.session.scalar(select(cls).where(cls.signature == signature))
        if found is None:
            found = cls(signature=signature)
            db.session.add(found)
        found.words = json.dumps(list(words), ensure_ascii=False)
        found.columns = json.dumps(dict(columns), ensure_ascii=False)
        found.cued, found.kind = cued, kind
        found.corrected_at, found.person_id = at, person_id
        db.session.flush()
        return found

    def note_use(self, at: datetime) -> None:
        """One more file was read by it."""
        self.used = (self.used or 0) + 1
        self.used_at = at

    def forget(self) -> None:
        """The next list like it is guessed anew. The caller commits."""
        db.session.delete(self)
        db.session.flush()
