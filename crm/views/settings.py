"""设置: what this person may set, and the settings of the system."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.setting import settings_form
from models import setting
from models.base import db
from models.setting import SECTIONS, SHOWN

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("/")
@needs("self")
def index() -> str:
    """Everything this person may set, one card each."""
    return render_template("settings/index.html")


@bp.route("/system", methods=["GET", "POST"])
@needs("settings.edit")
def system() -> str | Response:
    """The settings of the bureau."""
    form = settings_form(setting.get_all())
    if form.validate_on_submit():
        changed = [key for key in SHOWN if setting.change(key, str(form[key].data))]
        for key in changed:
            trail.note("setting.edit", subject="setting", detail={"key": key, "value": form[key].data})
        db.session.commit()
        flash(f"已保存 {len(changed)} 项。" if changed else "没有改动。", "success")
        return redirect(url_for(".system"))
    return render_template("settings/system.html", form=form, sections=SECTIONS)
