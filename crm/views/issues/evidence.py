"""Evidence (佐证材料) of an issue: what was uploaded is taken in, listed with the record, offered to who may see it."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, g, request
from werkzeug.datastructures import FileStorage

from crm import papers, pictures, web
from crm.access import needs
from crm.views.issues.base import bp
from models import file, setting
from models.errors import NotFound, Refused
from models.file import StoredFile
from models.issue import Issue, sheet

#: No more files at once than these.
MOST = 10
Kept = tuple[StoredFile, StoredFile | None]


def uploads(files: Sequence[FileStorage] | None) -> list[FileStorage]:
    """What was chosen, empty places left out."""
    return [upload for upload in files or () if isinstance(upload, FileStorage) and upload.filename]


def keep(issue_id: int | None, files: Sequence[FileStorage] | None, at: datetime) -> list[Kept]:
    """Store pictures (encoded anew, with a small one) and papers; the caller commits. Raises Refused naming the first
    file that is neither, or too large."""
    chosen, largest = uploads(files), setting.get_int("photo_megabytes") * 1024 * 1024
    if len(chosen) > MOST:
        raise Refused(f"一次最多 {MOST} 个文件")
    found = []
    for upload in chosen:
        name, data = (upload.filename or "")[-200:], upload.read(largest + 1)
        if len(data) > largest:
            raise Refused(f"{name}：一个文件最大 {largest // 1024 // 1024} MB")
        found.append(_kept(issue_id, name, data, at))
    return found


def _kept(issue_id: int | None, name: str, data: bytes, at: datetime) -> Kept:
    def store(content: bytes, kind: str) -> StoredFile:
        person_id = g.user.id if g.get("user") else None
        return file.store(content, name, kind, owner_table="issue_file", at=at, owner_id=issue_id,
                          person_id=person_id, sealed=True)  # fmt: skip

    try:
        return store(data, papers.kind_of(data)), None
    except Refused as no_paper:
        try:
            picture = pictures.taken(data)
        except pictures.NoPicture as error:
            raise Refused(f"{name}：只收照片、PDF、Word、Excel、PPT 和 WPS 文件") from (error or no_paper)
    return store(picture.data, picture.content_type), store(picture.thumbnail, picture.content_type)


@bp.get("/<int:issue_id>/files/<int:issue_file_id>")
@needs("self")
def evidence(issue_id: int, issue_file_id: int) -> Response:
    """One file: a picture this server made is shown (?small=1 the small one), anything else only saved."""
    row = sheet.get_file(Issue.get_for(g.user, issue_id), issue_file_id)
    stored = row.thumbnail if request.args.get("small") == "1" else row.file
    if stored is None:
        raise NotFound
    if row.thumbnail_id is None:
        return web.download(file.read(stored), stored.name, stored.content_type)
    answer = Response(file.read(stored), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="issue-{issue_id}-{row.id}.jpg"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
