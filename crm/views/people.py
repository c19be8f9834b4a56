"""人员: accounts, made and kept by the system administrator; what they may do is granted on 权限."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.base import ConfirmForm
from forms.person import PersonForm
from models import area, clock, people, two_factor, unit
from models.base import db
from models.errors import Refused
from models.people import NewPerson
from models.rules.access import ROLE_NAMES
from models.rules.password import is_locked
from models.user import User

bp = Blueprint("people", __name__, url_prefix="/people")

PER_PAGE = 50
STATES = {"active": "在用", "stopped": "已停用", "locked": "锁定中", "waiting": "待授权"}


@bp.get("/")
@needs("people.view")
def index() -> str:
    """Everybody with an account; by name, role, unit, state."""
    asked = {key: request.args.get(key, "") for key in ("q", "role", "unit", "state")}
    query = people.select_people(
        asked["q"].strip(),
        asked["role"],
        int(asked["unit"]) if asked["unit"].isdecimal() else None,
        asked["state"],
        clock.now(),
    )
    found = db.paginate(query, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)
    return render_template(
        "people/index.html",
        found=found,
        asked=asked,
        units=[(row.id, "　" * depth + row.name) for row, depth in unit.list_tree()],
        unit_names=unit.units_of([user.id for user in found.items], clock.today()),
        role_names=ROLE_NAMES,
        states=STATES,
        is_locked=is_locked,
    )


@bp.get("/<int:user_id>")
@needs("people.view")
def show(user_id: int) -> str:
    """One person: account, units, areas, state."""
    return _show(people.get(user_id))


@bp.route("/new", methods=["GET", "POST"])
@needs("people.edit")
def new() -> str | Response:
    """A new account; its first password is shown once."""
    form = _form()
    if form.validate_on_submit():
        try:
            user = people.create(_typed(form), clock.now(), clock.today(), proposed=form.roles.data)
        except Refused as error:
            db.session.rollback()
            form.email.errors = [str(error)]
        else:
            secret = people.first_password(user, clock.now())
            trail.note(
                "user.create", subject="user", subject_id=user.id, detail={"proposed": sorted(user.proposed_roles)}
            )
            db.session.commit()
            return _show(user, secret)
    return render_template("people/edit.html", form=form, person=None)


@bp.route("/<int:user_id>/edit", methods=["GET", "POST"])
@needs("people.edit")
def edit(user_id: int) -> str | Response:
    """What is known of a person."""
    user = people.get(user_id)
    form = _form(user)
    if form.validate_on_submit():
        try:
            typed = _typed(form)
            people.edit(user, typed)
            unit.move_to(user.id, typed.unit.id if typed.unit else None, typed.post, clock.today())
        except Refused as error:
            db.session.rollback()
            form.email.errors = [str(error)]
        else:
            user.proposed_roles = frozenset(form.roles.data) - set(user.role_names)
            trail.note("user.edit", subject="user", subject_id=user.id)
            db.session.commit()
            flash("已保存。", "success")
            return redirect(url_for(".show", user_id=user.id))
    return render_template("people/edit.html", form=form, person=user)


@bp.post("/<int:user_id>/password")
@needs("people.edit")
def reset_password(user_id: int) -> str | Response:
    """A new first password, shown once; every device is signed out."""
    user = people.get(user_id)
    if not ConfirmForm().validate():
        return redirect(url_for(".show", user_id=user.id))
    secret = people.first_password(user, clock.now())
    trail.note("password.reset", subject="user", subject_id=user.id)
    db.session.commit()
    return _show(user, secret)


@bp.post("/<int:user_id>/totp")
@needs("people.edit")
def reset_totp(user_id: int) -> Response:
    """Switch the second secret off for somebody whose phone is gone."""
    user = people.get(user_id)
    if ConfirmForm().validate():
        two_factor.turn_off(user)
        trail.note("totp.reset", subject="user", subject_id=user.id)
        db.session.commit()
        flash("动态口令已停用，本人可以重新启用。", "success")
    return redirect(url_for(".show", user_id=user.id))


@bp.post("/<int:user_id>/unlock")
@needs("people.edit")
def unlock(user_id: int) -> Response:
    """Let a locked account try again."""
    user = people.get(user_id)
    if ConfirmForm().validate():
        people.unlock(user)
        trail.note("user.unlock", subject="user", subject_id=user.id)
        db.session.commit()
        flash("已解除锁定。", "success")
    return redirect(url_for(".show", user_id=user.id))


@bp.post("/<int:user_id>/disable")
@needs("people.edit")
def disable(user_id: int) -> Response:
    """Stop an account: it is signed out everywhere; what the person did stays."""
    return _set_active(people.get(user_id), False)


@bp.post("/<int:user_id>/enable")
@needs("people.edit")
def enable(user_id: int) -> Response:
    """Let a stopped account sign in again."""
    return _set_active(people.get(user_id), True)


def _set_active(user: User, active: bool) -> Response:
    if ConfirmForm().validate():
        try:
            if user.id == g.user.id:
                raise Refused("不能停用自己的账号")
            people.set_active(user, active, clock.now())
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
            return redirect(url_for(".show", user_id=user.id))
        trail.note("user.enable" if active else "user.disable", subject="user", subject_id=user.id)
        db.session.commit()
        flash("账号已启用。" if active else "账号已停用，已从全部设备退出。", "success")
    return redirect(url_for(".show", user_id=user.id))


def _show(user: User, secret: str | None = None) -> str:
    return render_template(
        "people/show.html",
        person=user,
        secret=secret,
        memberships=unit.list_memberships(user.id),
        absences=unit.list_absences(clock.today(), user.id),
        role_names=ROLE_NAMES,
        locked=is_locked(user.locked_until, clock.now()),
        two_factor_on=two_factor.is_on(user),
    )


def _form(user: User | None = None) -> PersonForm:
    units = [(row.id, "　" * depth + row.name) for row, depth in unit.list_tree()]
    places = [(row.id, row.name) for tree in area.TREES for row, _ in area.list_tree(tree)]
    if user is None:
        return PersonForm(units, places)
    current = next((row for row in unit.list_memberships(user.id) if row.to_on is None), None)
    return PersonForm(
        units,
        places,
        data={
            "name": user.name,
            "email": user.email,
            "mobile": user.mobile or "",
            "staff_number": user.staff_number or "",
            "unit": str(current.unit_id) if current else "",
            "post": current.post if current else "",
            "places": [place.id for place in user.areas],
            "roles": sorted(user.proposed_roles | set(user.role_names)),
        },
    )


def _typed(form: PersonForm) -> NewPerson:
    return NewPerson(
        name=form.name.data,
        email=form.email.data,
        mobile=form.mobile.data or None,
        staff_number=form.staff_number.data or None,
        unit=unit.get(int(form.unit.data)) if form.unit.data else None,
        post=form.post.data or "",
        areas=tuple(area.get(key) for key in form.places.data or ()),
    )
