"""权限: the security administrator gives roles to accounts and rights to roles (三员分立)."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from crm import trail
from crm.access import needs
from forms.base import ConfirmForm
from forms.person import RightsForm, RolesForm
from models import clock, people, unit
from models.base import db
from models.errors import NotFound, Refused
from models.rules.access import GROUPS, PERMISSIONS, ROLE_NAMES, ROLES
from models.user import Role

bp = Blueprint("rights", __name__, url_prefix="/rights")


@bp.get("/")
@needs("rights.edit")
def index() -> str:
    """Accounts that wait for roles, and what each role may do."""
    waiting = people.list_waiting()
    return render_template(
        "rights/index.html",
        waiting=waiting,
        unit_names=unit.units_of([user.id for user in waiting], clock.today()),
        roles=people.list_roles(),
        holders=people.count_holders(),
        role_names=ROLE_NAMES,
    )


@bp.route("/people/<int:user_id>", methods=["GET", "POST"])
@needs("rights.edit")
def person(user_id: int) -> str | Response:
    """The roles of one account."""
    user = people.get(user_id)
    form = RolesForm(data={"roles": sorted(user.proposed_roles | set(user.role_names))})
    if form.validate_on_submit():
        before = user.role_names
        try:
            people.grant_roles(user, form.roles.data)
        except Refused as error:
            db.session.rollback()
            form.roles.errors = [str(error)]
        else:
            trail.note(
                "user.roles", subject="user", subject_id=user.id, detail={"before": before, "now": user.role_names}
            )
            db.session.commit()
            flash(f"{user.name}的角色已生效。", "success")
            return redirect(url_for(".index"))
    return render_template("rights/person.html", form=form, person=user, role_names=ROLE_NAMES)


@bp.post("/people/<int:user_id>/accept")
@needs("rights.edit")
def accept(user_id: int) -> Response:
    """Grant what was proposed, beside what the account holds."""
    user = people.get(user_id)
    if ConfirmForm().validate() and user.proposed_roles:
        before = user.role_names
        people.grant_roles(user, user.proposed_roles | set(before))
        trail.note("user.roles", subject="user", subject_id=user.id, detail={"before": before, "now": user.role_names})
        db.session.commit()
        flash(f"{user.name}的角色已按建议授予。", "success")
    return redirect(url_for(".index"))


@bp.route("/roles/<role_name>", methods=["GET", "POST"])
@needs("rights.edit")
def role(role_name: str) -> str | Response:
    """What one role may do."""
    row = _role(role_name)
    form = RightsForm(data={"permissions": sorted(row.permissions)})
    if form.validate_on_submit():
        before = row.permissions
        try:
            people.set_rights(row, form.permissions.data)
        except Refused as error:
            db.session.rollback()
            form.permissions.errors = [str(error)]
        else:
            trail.note(
                "role.rights",
                subject="role",
                subject_id=row.id,
                detail={"added": sorted(row.permissions - before), "removed": sorted(before - row.permissions)},
            )
            db.session.commit()
            flash(f"{ROLE_NAMES[role_name]}的权限已保存，马上生效。", "success")
            return redirect(url_for(".index"))
    return render_template(
        "rights/role.html",
        form=form,
        name=ROLE_NAMES[role_name],
        groups=GROUPS,
        permissions=PERMISSIONS,
        default=ROLES[role_name],
    )


def _role(name: str) -> Role:
    found = next((row for row in people.list_roles() if row.name == name), None)
    if found is None:
        raise NotFound
    return found
