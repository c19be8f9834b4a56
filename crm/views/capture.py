"""/m/: the phone's pages. The shell holds no data and needs no session, so that typing never waits for a sign-in; what
it shows comes from the copy on the phone (`bundle`), what it sends goes through /m/api/."""

import json
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from crm import answers, web
from crm.access import needs, public
from models import clock, setting
from models.base import db
from models.visit import phone

bp = Blueprint("capture", __name__, url_prefix="/m")

#: A page of ours says so: the service worker takes any other for a captive portal's.
OURS = {"X-Tidu": "1"}

#: Made by the build; the public address serves nothing of static/ but static/dist/.
ICONS = {192: "icon-192.png", 512: "icon-512.png"}


@bp.get("/")
@bp.get("/visits/new", endpoint="new")
@bp.get("/queue", endpoint="queue")
@bp.get("/me", endpoint="me")
@bp.get("/firms/<int:firm_id>", endpoint="before")
@bp.get("/shell", endpoint="shell")
@public
def index(firm_id: int | None = None) -> Response:
    """The shell: 今日, 记走访, 待发, 我的 and 走访前看 by the address."""
    return make_response(render_template("capture/shell.html"), 200, OURS)


@bp.get("/bundle.json")
@needs("visits.edit")
def bundle() -> AnyResponse:
    """The copy that this person's phone carries; 304 when it has the same already."""
    data = {"app": "tidu", **phone.bundle(g.user, clock.today())}
    data["phone"] = {"registered": g.user_session.phone_id is not None, "hours": setting.get_int("phone_hours")}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    response = Response(text, content_type="application/json", headers={"Cache-Control": "private, no-cache"})
    response.set_etag(sha256(text.encode()).hexdigest()[:32])
    return response.make_conditional(request)


@bp.get("/api/firms")
@needs("visits.edit")
def find_firms() -> Response:
    """The first firms that a text finds, beyond the copy on the phone."""
    return answers.say(200, firms=phone.find_firms(g.user, request.args.get("q", ""), clock.today()))


@bp.get("/worker.js")
@public
def worker() -> Response:
    """The service worker, with the files of this build before it; its version changes when one of them does."""
    built, shell = web.asset("worker.js"), web.asset("capture.js")
    style = web.asset("app.css")
    if not built or not shell or not style:
        abort(404)
    files = [style, shell, *filter(None, map(web.asset, ("icons.svg", *ICONS.values()))), url_for(".manifest")]
    parts = [built, *files, render_template("capture/shell.html"), current_app.config.get("STATIC_VERSION", "")]
    version = sha256("\n".join(parts).encode()).hexdigest()[:16]
    text = Path(current_app.static_folder or "", "dist", Path(built).name).read_text(encoding="utf-8")
    start = f"self.TIDU={json.dumps({'version': version, 'files': files})};\n"
    headers = {"Service-Worker-Allowed": "/m/", "Cache-Control": "no-cache"}
    return Response(start + text, content_type="text/javascript; charset=utf-8", headers=headers)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a phone needs to put the app on its first screen."""
    icons = [
        {"src": address, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, name in ICONS.items()
        for purpose in ("any", "maskable")
        if (address := web.asset(name))
    ]
    data = {
        "name": f"梯度 · {setting.get('bureau_name')}", "short_name": "梯度", "lang": "zh-CN", "start_url": "/m/",
        "scope": "/m/", "display": "standalone", "background_color": "#F4F2EE", "theme_color": "#0E5A72",
        "icons": icons,
    }  # fmt: skip
    db.session.rollback()
    return Response(json.dumps(data, ensure_ascii=False), content_type="application/manifest+json")
