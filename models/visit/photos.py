"""Photos of a visit: announced with it, sent after it, at times much later; and papers that belong to it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models import file, setting
from models.base import Model, Moment, Name, db
from models.errors import NotFound, Refused
from models.file import StoredFile
from models.user import User


@dataclass(frozen=True)
class Picture:
    """A photo as the server keeps it: encoded anew, upright, without what a camera adds."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    content_type: str = "image/jpeg"


class VisitPhoto(Model):
    """One picture, or a paper (附件), which has no thumbnail. Without a file it was announced by the phone and has not
    arrived yet."""

    __tablename__ = "visit_photo"
    __table_args__ = (
        UniqueConstraint("visit_id", "sha256"),
        Index("ix_visit_photo_file_id", "file_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"))
    #: Of the bytes the client sent; the server keeps its own encoding of the picture.
    sha256: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    caption: Mapped[str] = mapped_column(Name, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    thumbnail_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)

    file: Mapped[StoredFile | None] = relationship(StoredFile, foreign_keys=file_id)
    thumbnail: Mapped[StoredFile | None] = relationship(StoredFile, foreign_keys=thumbnail_id)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture this server encoded, and not a paper."""
        return self.thumbnail_id is not None

    @classmethod
    def find(cls, visit_id: int, sha256: str) -> "VisitPhoto | None":
        """The photo of a visit that the client knows by this hash, announced or arrived."""
        return db.session.scalar(select(cls).where(cls.visit_id == visit_id, cls.sha256 == sha256))

    @classmethod
    def get_of(cls, visit_id: int, photo_id: int) -> "VisitPhoto":
        """A photo or paper of this visit, with its files, or NotFound."""
        query = select(cls).options(joinedload(cls.file), joinedload(cls.thumbnail))
        found = db.session.scalar(query.where(cls.visit_id == visit_id, cls.id == photo_id))
        if found is None:
            raise NotFound
        return found

    @classmethod
    def count_of(cls, visit_id: int) -> int:
        """How many photos a visit has or announced."""
        return db.session.scalar(select(func.count()).select_from(cls).where(cls.visit_id == visit_id)) or 0

    @classmethod
    def list_of(cls, visit_id: int) -> list["VisitPhoto"]:
        """The photos and papers of a visit in their order, those that have not arrived too."""
        query = select(cls).options(joinedload(cls.file)).where(cls.visit_id == visit_id).order_by(cls.position, cls.id)
        return list(db.session.scalars(query))


def hash_of(data: bytes) -> str:
    """What a client names these bytes by."""
    return hashlib.sha256(data).hexdigest()


def keep(visit_id: int, sha256: str, picture: Picture, by: User, at: datetime) -> VisitPhoto:
    """Put a photo to its visit, where it was announced or at the end; the caller commits. The same one again changes
    nothing. Raises Refused when the visit has as many as it may.
    """
    row = VisitPhoto.find(visit_id, sha256)
    if row is not None and row.file_id is not None:
        return row
    if row is None:
        held, most = VisitPhoto.count_of(visit_id), setting.get_int("visit_photos")
        if held >= most:
            raise Refused(f"一次走访最多 {most} 张照片")
        row = VisitPhoto(visit_id=visit_id, sha256=sha256, position=held, created_by_id=by.id, created_at=at)
        db.session.add(row)
        db.session.flush()
    for name, data in (("file_id", picture.data), ("thumbnail_id", picture.thumbnail)):
        stored = file.store(
            data, f"走访照片-{visit_id}-{row.id}.jpg", picture.content_type, owner_table="visit_photo", at=at,
            owner_id=row.id, person_id=by.id, sealed=True,
        )  # fmt: skip
        setattr(row, name, stored.id)
    row.width, row.height, row.arrived_at = picture.width, picture.height, at
    db.session.flush()
    return row


def keep_paper(visit_id: int, data: bytes, name: str, content_type: str, by: User, at: datetime) -> VisitPhoto:
    """Put a paper to its visit; the caller commits. The same one again changes nothing. Raises Refused when the visit
    has as many files as it may.
    """
    sha256 = hash_of(data)
    row = VisitPhoto.find(visit_id, sha256)
    if row is not None:
        return row
    held, most = VisitPhoto.count_of(visit_id), setting.get_int("visit_photos")
    if held >= most:
        raise Refused(f"一次走访最多 {most} 张照片和附件")
    row = VisitPhoto(visit_id=visit_id, sha256=sha256, caption=name[-200:], position=held, created_by_id=by.id,
                     created_at=at, arrived_at=at)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    stored = file.store(data, name[-200:], content_type, owner_table="visit_photo", at=at, owner_id=row.id,
                        person_id=by.id, sealed=True)  # fmt: skip
    row.file_id = stored.id
    db.session.flush()
    return row


def remove(row: VisitPhoto) -> None:
    """Take a photo off its visit; its bytes are swept when nothing names them."""
    files = [found for found in (row.file, row.thumbnail) if found is not None]
    db.session.delete(row)
    db.session.flush()
    for found in files:
        db.session.delete(found)
    db.session.flush()
