"""Fills an empty database of either kind from an archive: all of it, or nothing."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Integer, func, select, text

from crm.backup.make import FORMAT, MANIFEST, Archive, Progress
from crm.backup.tables import kept_tables, load
from models import claim, clock, derived, file, seed, setting, vault
from models.all import db
from models.errors import Refused


@dataclass
class Restored:
    """What came back, and what the administrator must know about it."""

    archive: Archive
    #: Whether sealed contacts and originals can be opened with the key of this installation.
    key_fits: bool


def restore(path: Path, progress: Progress = lambda done, total, message: None) -> Restored:
    """Fill the empty, migrated database from an archive; the caller commits.

    Sending is paused until an administrator says from when it goes on: the archive does not know what was sent after
    it was made. Raises Refused when the database holds data, has another schema, or the archive is damaged.
    """
    full = seed.first_table_with_data(allowed=frozenset())
    if full is not None:
        raise Refused(f"只能恢复到空库：表 {full} 里已有数据")
    try:
        with zipfile.ZipFile(path) as bundle:
            return _restore(path, bundle, progress)
    except (zipfile.BadZipFile, KeyError, ValueError, StopIteration, OSError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(f"备份文件打不开或已损坏：{path.name}（{error}）") from error


def _restore(path: Path, bundle: zipfile.ZipFile, progress: Progress) -> Restored:
    manifest = json.loads(bundle.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise Refused(f"备份格式是 {manifest['format']}，这个版本只认 {FORMAT}")
    claim.begin_writing()
    connection = db.session.connection()
    here = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    if manifest["schema"] != here:
        raise Refused(f"备份的库结构是 {manifest['schema']}，这里是 {here}：请用备份时的版本恢复，再升级")
    archive = Archive(path, size=path.stat().st_size, sha256=file.hash_of(path), missing=manifest["missing"])
    _put_files(bundle, manifest["files"], archive)
    tables = kept_tables()
    if set(manifest["tables"]) != {table.name for table in tables}:
        raise Refused("备份里的表与这个版本不一致")
    with checked_at_the_end(connection):
        for table in reversed(tables):
            connection.execute(table.delete())
        for done, table in enumerate(tables):
            progress(done, len(tables) + 1, f"恢复 {table.name}")
            archive.rows[table.name] = _load(bundle, connection, table, manifest["tables"][table.name])
    _continue_numbering(connection)
    progress(len(tables), len(tables) + 1, "重建检索与梯队")
    derived.rebuild()
    # Not through the session: the change log is to come back as it was; the audit trail tells of the restore.
    for key, value in (
        ("sending", "paused"),
        ("restored_from", manifest["made_at"]),
        ("restored_at", clock.now().isoformat()),
    ):
        put = claim.upsert(setting.Setting).values(key=key, value=value)
        db.session.execute(put.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
    return Restored(archive, manifest["key"] == vault.fingerprint())


def _load(bundle: zipfile.ZipFile, connection: Connection, table: Any, described: dict[str, Any]) -> int:
    digest = hashlib.sha256()

    def lines() -> Iterator[bytes]:
        with bundle.open(f"tables/{table.name}.jsonl") as source:
            for line in source:
                digest.update(line)
                yield line

    count = load(connection, table, lines())
    if (count, digest.hexdigest()) != (described["rows"], described["sha256"]):
        raise Refused(f"备份文件已损坏：表 {table.name} 与清单不符")
    return count


def _put_files(bundle: zipfile.ZipFile, listed: list[list[Any]], archive: Archive) -> None:
    """Bytes before rows; what already lies there is left."""
    for inside, size, sha256 in listed:
        _, folder, name = inside.split("/")
        target = vault.folder() / folder / name
        data = bundle.read(inside)
        if (len(data), hashlib.sha256(data).hexdigest()) != (size, sha256):
            raise Refused(f"备份文件已损坏：{inside} 与清单不符")
        if not target.exists() or file.hash_of(target) != sha256:
            file.write(target, data)
        archive.files, archive.file_bytes = archive.files + 1, archive.file_bytes + size


class checked_at_the_end:
    """Within the block a row may name one that comes later; at its end every reference is checked."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"

    def __enter__(self) -> None:
        if self.sqlite:
            self.connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        self._alter("DEFERRABLE INITIALLY DEFERRED")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            return
        if self.sqlite:
            broken = self.connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise Refused(f"备份里的引用不完整：表 {broken[0]}")
            return
        self.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        self._alter("NOT DEFERRABLE")

    def _alter(self, how: str) -> None:
        """PostgreSQL checks a reference with each statement unless told otherwise; a tree names its own rows."""
        if self.sqlite:
            return
        for table in db.metadata.sorted_tables:
            for constraint in table.constraints:
                if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is table:
                    self.connection.exec_driver_sql(
                        f'ALTER TABLE "{table.name}" ALTER CONSTRAINT "{constraint.name}" {how}'
                    )


def _continue_numbering(connection: Connection) -> None:
    """On PostgreSQL, let each table number its next row after the last one restored."""
    if connection.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        key = table.autoincrement_column
        if key is None or not isinstance(key.type, Integer):
            continue
        last = connection.execute(select(func.max(key))).scalar()
        if last is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :key), :last)"),
                {"table": f'"{table.name}"', "key": key.name, "last": last},
            )
