"""单位: who answers. A tree with heads, deputies, mailboxes and dated members."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from forms.base import ConfirmForm
from forms.place import LeaveForm, MemberForm, UnitForm
from models import clock, people, unit
from models.base import db
from models.errors import Refused
from models.unit import UNIT_KINDS, Unit

bp = Blueprint("units", __name__, url_prefix="/units")


@bp.get("/")
@needs("units.view")
def index() -> str:
    """The tree of units; closed ones when asked for."""
    closed = request.args.get("closed") == "1"
    return render_template(
        "units/index.html",
        tree=unit.list_tree(closed=closed),
        counts=unit.head_counts(clock.today()),
        kinds=UNIT_KINDS,
        closed=closed,
    )


@bp.get("/<int:unit_id>")
@needs("units.view")
def show(unit_id: int) -> str:
    """One unit with its members, present and past."""
    return _show(unit.get(unit_id), MemberForm(_people(), data={"from_on": clock.today()}))


@bp.route("/new", methods=["GET", "POST"])
@needs("units.edit")
def new() -> str | Response:
    """A new unit."""
    return _edit(Unit(), "加单位")


@bp.route("/<int:unit_id>/edit", methods=["GET", "POST"])
@needs("units.edit")
def edit(unit_id: int) -> str | Response:
    """Name, place in the tree, head, deputy, mailbox."""
    return _edit(unit.get(unit_id), "改单位")


@bp.post("/<int:unit_id>/close")
@needs("units.edit")
def close(unit_id: int) -> Response:
    """A unit that is no more: not offered any longer, everything it did stays."""
    row = unit.get(unit_id)
    if ConfirmForm().validate():
        row.closed_on = None if row.closed_on else clock.today()
        db.session.commit()
        flash("已撤销这个单位。" if row.closed_on else "已恢复这个单位。", "success")
    return redirect(url_for(".show", unit_id=row.id))


@bp.post("/<int:unit_id>/members")
@needs("units.edit")
def join(unit_id: int) -> str | Response:
    """Somebody becomes a member."""
    row = unit.get(unit_id)
    form = MemberForm(_people())
    if form.validate_on_submit():
        try:
            unit.join(int(form.person.data), row.id, form.post.data or "", form.from_on.data)
        except Refused as error:
            db.session.rollback()
            form.person.errors = [str(error)]
        else:
            db.session.commit()
            flash("已加入。", "success")
            return redirect(url_for(".show", unit_id=row.id))
    return _show(row, form)


@bp.route("/members/<int:membership_id>/leave", methods=["GET", "POST"])
@needs("units.edit")
def leave(membership_id: int) -> str | Response:
    """A member leaves; the last day is kept."""
    row = unit.get_membership(membership_id)
    form = LeaveForm(data={"to_on": clock.today()})
    if form.validate_on_submit():
        try:
            unit.leave(row, form.to_on.data)
        except Refused as error:
            db.session.rollback()
            form.to_on.errors = [str(error)]
        else:
            db.session.commit()
            flash("已记下离开日期。", "success")
            return redirect(url_for(".show", unit_id=row.unit_id))
    return render_template("units/leave.html", form=form, membership=row)


def _show(row: Unit, form: MemberForm) -> str:
    return render_template(
        "units/show.html",
        unit=row,
        parent=unit.get(row.parent_id) if row.parent_id else None,
        members=unit.list_members(row.id),
        kinds=UNIT_KINDS,
        form=form,
    )


def _edit(row: Unit, title: str) -> str | Response:
    form = UnitForm(
        [(other.id, "　" * depth + other.name) for other, depth in unit.list_tree() if other.id != row.id],
        _people(),
        data={
            "name": row.name or "",
            "code": row.code or "",
            "kind": row.kind or "section",
            "parent": str(row.parent_id or ""),
            "head": str(row.head_id or ""),
            "deputy": str(row.deputy_id or ""),
            "mailbox": row.mailbox or "",
        },
    )
    if form.validate_on_submit():
        try:
            _fill(row, form)
        except Refused as error:
            db.session.rollback()
            form.parent.errors = [str(error)]
        else:
            db.session.commit()
            flash("已保存。", "success")
            return redirect(url_for(".show", unit_id=row.id))
    return render_template("units/edit.html", form=form, unit=row, title=title)


def _fill(row: Unit, form: UnitForm) -> None:
    unit.check_code(form.code.data, row)
    row.rename(form.name.data)
    row.code, row.kind = form.code.data, form.kind.data
    row.move_below(int(form.parent.data) if form.parent.data else None)
    row.head_id = int(form.head.data) if form.head.data else None
    row.deputy_id = int(form.deputy.data) if form.deputy.data else None
    row.mailbox = form.mailbox.data or None
    db.session.add(row)
    db.session.flush()


def _people() -> list[tuple[int, str]]:
    return [(user.id, user.name) for user in people.list_active()]
