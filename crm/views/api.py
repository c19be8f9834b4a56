"""What a phone's queue sends: visits by their UUID, photos by their hash, each acknowledged by a receipt.

The same views answer under /api/ and under /m/api/, which the public address lets through.
"""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from crm import answers, pictures
from crm.access import needs
from models import clock, setting
from models.base import db
from models.errors import Conflict, NotFound, Refused
from models.rules import visit_body
from models.rules.visit_body import BadBody
from models.visit import Visit, VisitPhoto, VisitReceipt, photos, writing
from models.visit.body import body_of
from models.visit.editing import check_may_change

bp = Blueprint("api", __name__, url_prefix="/api")

#: A visit is text; photos come by themselves.
MOST_BYTES = 1024 * 1024
#: Two requests with one UUID at the same moment: one of them loses, and reads what the other wrote.
TRIES = 4


@bp.before_request
def _same_origin() -> Response | None:
    """Refuse what another site makes a browser send; a request without the header comes from no page."""
    origin = request.headers.get("Origin")
    if request.method in ("GET", "HEAD") or origin is None:
        return None
    if urlsplit(origin).netloc == request.host:
        return None
    return answers.fault(400, "origin", "这个请求来自别的网站，没有收。")


@bp.get("/csrf")
@needs("self")
def token() -> Response:
    """A fresh token for the requests that follow, and who is signed in; 401 when nobody is."""
    return answers.say(200, csrf_token=generate_csrf(), person={"id": g.user.id, "name": g.user.name})


@bp.put("/visits/<visit_uuid>")
@needs("visits.edit")
def put_visit(visit_uuid: str) -> Response:
    """A visit: 201 with a receipt the first time, 200 with the same one for the same body, 409 for another body, 422
    for one that cannot be accepted."""
    uuid, body, heard = _read(visit_uuid)
    body_hash = visit_body.hash_of(body)
    for _ in range(TRIES):
        known = _known(uuid, body_hash)
        if known is not None:
            return known
        now = clock.now()
        try:
            draft = visit_body.read(body, clock.local(now).date(), now)
            visit = writing.create(g.user, draft, now, uuid=uuid, source="phone")
            receipt = VisitReceipt.give(visit, body_hash, g.user, now)
            answer = _receipt(201, receipt, visit.id, heard, [sha256 for sha256, _ in draft.photos])
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
        else:
            return answer
    return answers.fault(503, "busy", "系统忙，请稍后再发。")


@bp.get("/visits/<visit_uuid>")
@needs("visits.view")
def get_visit(visit_uuid: str) -> Response:
    """The receipt of a visit and what it says now, for who may see it."""
    visit = _visit(visit_uuid)
    receipt = VisitReceipt.find(visit.uuid)
    return answers.say(200, receipt=_words(receipt) if receipt else None, stored=_stored(visit))


@bp.put("/visits/<visit_uuid>/correction")
@needs("visits.edit")
def correct_visit(visit_uuid: str) -> Response:
    """The other version of a visit that was refused with 409, chosen by a person: {"version": n, "visit": {…}}.

    The receipt keeps its number and now stands for the new body; 409 again when the visit was changed meanwhile.
    """
    uuid, sent, heard = _read(visit_uuid)
    if not isinstance(sent, dict) or not isinstance(sent.get("version"), int):
        raise BadBody({"version": "请先看已存的那一份"})
    visit, now = _visit(uuid), clock.now()
    check_may_change(g.user, visit)
    receipt = VisitReceipt.find(uuid) or VisitReceipt.give(visit, "", g.user, now)
    body_hash = visit_body.hash_of(sent.get("visit"))
    if receipt.body_hash == body_hash:
        return _receipt(200, receipt, visit.id, heard, _missing(visit.id))
    draft = visit_body.read(sent.get("visit"), clock.local(now).date(), now)
    try:
        writing.correct(visit, g.user, draft, now, sent["version"], "手机上选了另一份")
        receipt.body_hash = body_hash
        db.session.commit()
    except (Conflict, StaleDataError):
        db.session.rollback()
        return _differs(_visit(uuid))
    return _receipt(200, receipt, visit.id, heard, _missing(visit.id))


@bp.put("/visits/<visit_uuid>/photos/<sha256>")
@needs("visits.edit")
def put_photo(visit_uuid: str, sha256: str) -> Response:
    """A photo of a visit that is there already: 201 the first time, 200 again. Its name is the hash of its bytes."""
    if not visit_body.is_sha256(sha256):
        raise BadBody({"sha256": "照片的校验值不对"})
    visit = _visit(visit_uuid)
    check_may_change(g.user, visit)
    if visit.withdrawn_at is not None:
        raise Refused("这次走访已撤回，不再收照片")
    visit_id, row = visit.id, VisitPhoto.find(visit.id, sha256)
    if row is not None and row.file_id is not None:
        return _photo(200, sha256, row)
    request.max_content_length = setting.get_int("photo_megabytes") * 1024 * 1024
    data = request.get_data(cache=False)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadBody({"photo": "照片传得不完整，请再发一次"})
    # Unpacking takes a while; nothing is locked meanwhile.
    db.session.commit()
    picture = pictures.taken(data)
    for _ in range(TRIES):
        try:
            row = photos.keep(visit_id, sha256, picture, g.user, clock.now())
            answer = _photo(201, sha256, row)
            db.session.commit()
        except (IntegrityError, StaleDataError):
            db.session.rollback()
        else:
            return answer
    return answers.fault(503, "busy", "系统忙，请稍后再发。")


def _read(visit_uuid: str) -> tuple[str, Any, str]:
    """The UUID, the body, and the hash of its bytes as they came. Raises BadBody when one of them cannot be read."""
    uuid = visit_body.clean_uuid(visit_uuid)
    if uuid is None:
        raise BadBody({"uuid": "走访编号不是 UUID"})
    request.max_content_length = MOST_BYTES
    data = request.get_data()
    if request.mimetype != "application/json":
        raise BadBody({"body": "走访要以 JSON 发送（Content-Type: application/json）"})
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadBody({"body": "内容不是 JSON，或没有传完"}) from error
    return uuid, body, hashlib.sha256(data).hexdigest()


def _known(uuid: str, body_hash: str) -> Response | None:
    """The answer when something came under this UUID before; None when nothing did."""
    both = VisitReceipt.find_both(uuid)
    if both is None:
        return None
    visit, receipt = both
    if receipt is not None and receipt.body_hash == body_hash:
        return _receipt(200, receipt, visit.id, None, _missing(visit.id))
    return _differs(visit)


def _differs(visit: Visit) -> Response:
    """Another body is stored under this UUID; who may see it gets it, to choose between the two."""
    try:
        stored = _stored(Visit.get_for(g.user, visit.id))
    except NotFound:
        stored = None
    return answers.fault(409, "different", "这次走访已存过另一份，请选留哪一份。", stored=stored)


def _visit(visit_uuid: str) -> Visit:
    uuid = visit_body.clean_uuid(visit_uuid)
    visit = Visit.find_by_uuid(uuid) if uuid else None
    if visit is None:
        raise NotFound
    return Visit.get_for(g.user, visit.id)


def _stored(visit: Visit) -> dict[str, Any]:
    return {"id": visit.id, "version": visit.version, "withdrawn": visit.withdrawn_at is not None,
            "firm_name": visit.firm.name, "visit": body_of(visit)}  # fmt: skip


def _missing(visit_id: int) -> list[str]:
    return [row.sha256 for row in VisitPhoto.list_of(visit_id) if row.file_id is None]


def _words(receipt: VisitReceipt) -> dict[str, Any]:
    return {"uuid": receipt.uuid, "number": receipt.number, "visit_id": receipt.visit_id,
            "body_sha256": receipt.body_hash, "received_at": receipt.received_at.isoformat()}  # fmt: skip


def _receipt(status: int, receipt: VisitReceipt, visit_id: int, heard: str | None, missing: list[str]) -> Response:
    """A receipt, the photos still to be sent, and the hash of the very bytes that were heard."""
    heard = heard or hashlib.sha256(request.get_data()).hexdigest()
    return answers.say(
        status, receipt=_words(receipt), photos_missing=missing, heard_sha256=heard, url=f"/visits/{visit_id}"
    )


def _photo(status: int, sha256: str, row: VisitPhoto) -> Response:
    return answers.say(status, photo={"sha256": sha256, "id": row.id, "visit_id": row.visit_id})
