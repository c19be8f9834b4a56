"""The first page of an empty database: load the demo district, or make the first accounts."""

import hmac

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from config import Config
from crm import sign_in, trail
from crm.access import public
from forms.base import ConfirmForm
from forms.start import FirstAccountForm
from models import account, clock, first_start
from models.base import db
from models.errors import Refused
from models.seed import seed_defaults

bp = Blueprint("start", __name__, url_prefix="/start")


@bp.route("/", methods=["GET", "POST"])
@public
def index() -> str | Response:
    """Make the first accounts; goes to the sign-in page once there is one."""
    if account.any_exists():
        return redirect(url_for("sign_in.login"))
    config = _config()
    form = FirstAccountForm()
    if not config.production:
        del form.token
    if form.validate_on_submit() and _token_is_good(form):
        try:
            made = _begin(form)
        except Refused as error:
            db.session.rollback()
            form.password.errors = [str(error)]
        else:
            return render_template("start/done.html", made=made, next=url_for("home.index"))
    return render_template("start/index.html", form=form, demo_form=None if config.production else ConfirmForm())


def _begin(form: FirstAccountForm) -> list[first_start.FirstAccount]:
    seed_defaults()
    made = first_start.begin(
        form.bureau.data, form.name.data, form.email.data, form.password.data, clock.now(), clock.today()
    )
    trail.note("account.first", person=made[0].user, detail={"accounts": len(made)})
    sign_in.begin_session(made[0].user)
    db.session.commit()
    return made


def _token_is_good(form: FirstAccountForm) -> bool:
    """On a production server only somebody who can read its log may make the first accounts."""
    config = _config()
    if not config.production:
        return True
    if hmac.compare_digest(form.token.data.encode(), first_start.token(config.secret_key).encode()):
        return True
    form.token.errors = ["启动码不对。它印在服务器的启动日志里；也可以在服务器上用 users add 建账号"]
    trail.note("account.first", succeeded=False)
    db.session.commit()
    return False


def _config() -> Config:
    config: Config = current_app.config["TIDU"]
    return config
