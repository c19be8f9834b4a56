"""Files: the bytes lie under instance/files by their hash, the row says what they are (foundations 8)."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Date, ForeignKey, Index, Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Key, Model, Moment, Name, db


class StoredFile(Model):
    """A file somebody gave us. The bytes are written before the row and swept when no row names them."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_sha256", "sha256"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Of the bytes as they were given, before sealing.
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Name)
    content_type: Mapped[str] = mapped_column(Name)
    size: Mapped[int] = mapped_column(Integer)
    #: Encrypted: originals that hold personal data.
    sealed: Mapped[bool] = mapped_column(default=False)
    owner_table: Mapped[str] = mapped_column(Key)
    owner_id: Mapped[int | None] = mapped_column(Integer)
    keep_until: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return path_of(self.sha256, self.sealed)


class Damaged(ValueError):
    """The bytes of a file are gone or are not those that were given."""


def path_of(sha256: str, sealed: bool) -> Path:
    """Where bytes of this hash lie; the same content sealed and plain are two files."""
    return vault.folder() / sha256[:2] / (f"{sha256}.sealed" if sealed else sha256)


def store(
    data: bytes,
    name: str,
    content_type: str,
    *,
    owner_table: str,
    at: datetime,
    owner_id: int | None = None,
    person_id: int | None = None,
    sealed: bool = False,
    keep_until: date | None = None,
) -> StoredFile:
    """Keep these bytes and add their row, which is returned with its id; the caller commits.

    The bytes are on disk before the row is: a crash between leaves bytes that no row names, which `sweep` removes.
    """
    row = StoredFile(
        sha256=hashlib.sha256(data).hexdigest(),
        name=name[:200],
        content_type=content_type,
        size=len(data),
        sealed=sealed,
        owner_table=owner_table,
        owner_id=owner_id,
        keep_until=keep_until,
        created_by_id=person_id,
        created_at=at,
    )
    if row.path.exists():
        row.path.touch()
    else:
        write(row.path, vault.seal(data) if sealed else data)
    db.session.add(row)
    db.session.flush()
    return row


def write(path: Path, data: bytes) -> None:
    """Write bytes so that the path holds all of them or does not exist, even when the machine stops meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    draft.write_bytes(data)
    keep_on_disk(draft)
    draft.replace(path)


def keep_on_disk(path: Path) -> None:
    """Return only when the bytes would survive the machine going down."""
    with path.open("rb") as written:
        os.fsync(written.fileno())


def hash_of(path: Path) -> str:
    """The SHA-256 of what lies there, however large."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def read(row: StoredFile) -> bytes:
    """The bytes as they were given. Raises Damaged when they are gone, changed, or sealed with another key."""
    try:
        data = row.path.read_bytes()
        data = vault.unseal(data) if row.sealed else data
    except (FileNotFoundError, vault.CannotOpen) as error:
        raise Damaged(f"文件打不开：{row.name}") from error
    if hashlib.sha256(data).hexdigest() != row.sha256:
        raise Damaged(f"文件内容已变：{row.name}")
    return data


def list_paths() -> Iterator[Path]:
    """Every file that lies in the folder, in order of its hash."""
    yield from sorted(path for path in vault.folder().glob("??/*") if path.is_file())


def sweep(before: datetime) -> int:
    """Remove bytes that no row names and that were written before this moment; return how many files went."""
    named = {
        path_of(sha256, sealed) for sha256, sealed in db.session.execute(select(StoredFile.sha256, StoredFile.sealed))
    }
    gone = 0
    for path in list_paths():
        if path not in named and path.stat().st_mtime < before.timestamp():
            path.unlink()
            gone += 1
    return gone
