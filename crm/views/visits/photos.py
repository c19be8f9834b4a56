"""Photos of a visit on a page: shown to who may see the visit, added and removed by who may change it."""

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.views.visits.base import bp
from crm.views.visits.editing import papers_of, pictures_of
from forms.visit import PhotosForm
from models import clock, file
from models.base import db
from models.errors import NotFound, Refused
from models.visit import Visit, VisitPhoto, photos
from models.visit.editing import check_may_change


@bp.get("/<int:visit_id>/photos/<int:photo_id>")
@needs("visits.view")
def photo(visit_id: int, photo_id: int) -> Response:
    """The picture itself, or (?small=1) the small one: a JPEG this server made, never anything a browser would run. A
    paper is only offered for saving."""
    visit = Visit.get_for(g.user, visit_id)
    row = VisitPhoto.get_of(visit.id, photo_id)
    stored = row.thumbnail if request.args.get("small") == "1" else row.file
    if stored is None:
        raise NotFound
    if not row.is_picture:
        return web.download(file.read(stored), stored.name, stored.content_type)
    answer = Response(file.read(stored), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="visit-{visit.id}-{row.id}.jpg"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@bp.route("/<int:visit_id>/photos", methods=["GET", "POST"])
@needs("visits.edit")
def add_photos(visit_id: int) -> str | Answer | tuple[str, int]:
    """More photos and papers, any time later."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    form = PhotosForm()
    if form.validate_on_submit():
        try:
            taken, written = pictures_of(form.photos.data or []), papers_of(form.papers.data or [])
            for sha256, picture in taken:
                photos.keep(visit.id, sha256, picture, g.user, clock.now())
            for name, kind, data in written:
                photos.keep_paper(visit.id, data, name, kind, g.user, clock.now())
            db.session.commit()
            said = f"已加 {len(taken)} 张照片、{len(written)} 个附件。" if taken or written else "没有选文件。"
            flash(said, "success")
            return redirect(url_for(".show", visit_id=visit_id) + "#photos")
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            visit = Visit.get_for(g.user, visit_id)
    page = render_template("visits/photos.html", visit=visit, form=form)
    return (page, 422) if form.errors else page


@bp.post("/<int:visit_id>/photos/<int:photo_id>/remove")
@needs("visits.edit")
def remove_photo(visit_id: int, photo_id: int) -> Answer:
    """Take a photo off; the log keeps that it was there."""
    visit = Visit.get_for(g.user, visit_id)
    check_may_change(g.user, visit)
    photos.remove(VisitPhoto.get_of(visit.id, photo_id))
    db.session.commit()
    flash("已去掉。", "success")
    return redirect(url_for(".show", visit_id=visit_id) + "#photos")
