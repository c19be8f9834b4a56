"""Makes an archive while the system runs: one snapshot of every table, the files it names, a manifest."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from crm.backup.tables import dump, kept_tables
from models import clock, file, vault
from models.audit import AuditSeal
from models.base import db
from models.file import StoredFile

FORMAT = 1
MANIFEST = "manifest.json"
#: Quick rather than small: a backup runs beside people at work.
LEVEL = 3

Progress = Callable[[int, int, str], None]


@dataclass
class Archive:
    """What lies in an archive, and where it is."""

    path: Path
    sha256: str = ""
    size: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    #: Files that rows name and that are gone or damaged: the archive cannot hold them.
    missing: list[str] = field(default_factory=list)
    #: The end of the sealed audit trail: kept outside the database, it shows whether the chain was made anew.
    seal: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """As contracts.md prints it."""
        return {
            "file": str(self.path),
            "bytes": self.size,
            "files": self.files,
            "file_bytes": self.file_bytes,
            "rows": self.rows,
            "sha256": self.sha256,
            "missing": self.missing,
        }


def backup(folder: Path, now: datetime, progress: Progress = lambda done, total, message: None) -> Archive:
    """Write an archive of everything into the folder and return what it holds.

    It is whole or not there: it gets its name when it is complete and on the disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"tidu-{clock.local(now):%Y%m%d-%H%M%S}.zip"
    draft = path.with_suffix(".part")
    archive = Archive(path)
    try:
        with (
            draft.open("wb") as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as bundle,
            snapshot() as connection,
        ):
            manifest = _fill(bundle, connection, archive, now, progress)
            bundle.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        archive.sha256, archive.size = file.hash_of(draft), draft.stat().st_size
        file.keep_on_disk(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return archive


def seal_of(path: Path) -> dict[str, Any] | None:
    """The end of the audit trail as an archive keeps it; None when nothing was sealed then or it cannot be read."""
    try:
        with zipfile.ZipFile(path) as bundle:
            seal: dict[str, Any] | None = json.loads(bundle.read(MANIFEST))["seal"]
    except (zipfile.BadZipFile, KeyError, OSError):
        return None
    return seal


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever others write meanwhile; it holds nobody up."""
    with db.engine.connect() as plain:
        if plain.dialect.name == "postgresql":
            connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            # The driver begins no transaction for reading; without one each statement would see a newer state.
            connection = plain
            connection.exec_driver_sql("BEGIN")
        yield connection
        connection.rollback()


def _fill(
    bundle: zipfile.ZipFile, connection: Connection, archive: Archive, now: datetime, progress: Progress
) -> dict[str, Any]:
    head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    tables = kept_tables()
    described: dict[str, dict[str, Any]] = {}
    for done, table in enumerate(tables):
        progress(done, len(tables) + 1, f"备份 {table.name}")
        described[table.name] = _write(bundle, f"tables/{table.name}.jsonl", dump(connection, table))
        archive.rows[table.name] = described[table.name]["rows"] = described[table.name].pop("lines") - 1
    progress(len(tables), len(tables) + 1, "备份文件")
    files = _add_files(bundle, connection, archive)
    last = connection.execute(
        select(AuditSeal.position, AuditSeal.entry_id, AuditSeal.hash).order_by(AuditSeal.position.desc()).limit(1)
    ).first()
    if last is not None:
        archive.seal = {"position": last.position, "entry": last.entry_id, "hash": last.hash}
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "database": connection.dialect.name,
        "schema": head,
        "key": vault.fingerprint(),
        "seal": archive.seal,
        "tables": described,
        "files": files,
        "missing": archive.missing,
    }


def _write(bundle: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with bundle.open(name, "w", force_zip64=True) as out:
        for line in lines:
            out.write(line)
            digest.update(line)
            count += 1
    return {"lines": count, "sha256": digest.hexdigest()}


def _add_files(bundle: zipfile.ZipFile, connection: Connection, archive: Archive) -> list[list[Any]]:
    named = connection.execute(
        select(StoredFile.sha256, StoredFile.sealed, func.min(StoredFile.name))
        .group_by(StoredFile.sha256, StoredFile.sealed)
        .order_by(StoredFile.sha256, StoredFile.sealed)
    )
    files = []
    for sha256, sealed, name in named:
        path = file.path_of(sha256, sealed)
        if not path.is_file() or (not sealed and file.hash_of(path) != sha256):
            archive.missing.append(name)
            continue
        inside = f"files/{path.parent.name}/{path.name}"
        bundle.write(path, inside, zipfile.ZIP_STORED)
        size = path.stat().st_size
        files.append([inside, size, file.hash_of(path)])
        archive.files, archive.file_bytes = archive.files + 1, archive.file_bytes + size
    return files
