"""The first page of an empty database: load the demo district, or make the first accounts."""

import hmac

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from config import Config
from crm import sign_in, trail
from crm.access import public
from crm.demo.generate import Size
from crm.demo.load import load
from forms.start import FirstAccountForm
from models import account, clock, first_start, password, people
from models.base import db
from models.errors import NotFound, Refused
from models.rules.access import ROLE_NAMES
from models.seed import seed_defaults

#: The same district on every machine, so that people can talk about it.
DEMO_SEED = 1

#: What each of the first accounts is for, by its last role.
PURPOSES = {
    "manager": "您的工作账号：企业、资质、导入、梯队",
    "sysadmin": "系统管理员：建账号、单位、街镇园区、系统设置",
    "secadmin": "安全管理员：给账号分配角色，调整权限",
    "auditor": "审计管理员：查看审计记录",
}

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
            return render_template("start/done.html", made=made, purposes=PURPOSES)
    return render_template("start/index.html", form=form, may_load_demo=not config.production)


@bp.post("/demo")
@public
def demo() -> str | Response:
    """Fill the empty database with the demo district and show its passwords once; never on a production server."""
    if _config().production:
        raise NotFound
    if account.any_exists():
        return redirect(url_for("sign_in.login"))
    try:
        loaded = load(Size(), DEMO_SEED, clock.now(), clock.today(), password.hashed)
    except Refused as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for(".index"))
    trail.note("demo.load", detail={"firms": loaded.firms, "titles": loaded.titles})
    db.session.commit()
    return render_template(
        "start/demo.html",
        loaded=loaded,
        people=people.list_demo(),
        passwords=loaded.passwords,
        role_names=ROLE_NAMES,
    )


def _begin(form: FirstAccountForm) -> list[first_start.FirstAccount]:
    seed_defaults()
    made = first_start.begin(
        form.bureau.data, form.name.data, form.email.data, form.password.data, clock.now(), clock.today()
    )
    trail.note("account.first", person=made[0].user, detail={"accounts": len(made)})
    sign_in.begin_session(made[0].user)
    account.succeeded(made[0].user, clock.now())
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
