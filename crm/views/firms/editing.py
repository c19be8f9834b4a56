"""The forms of a firm: each is one page, saved once however often it is sent."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.firms.base import bp
from forms.firm import (
    FigureForm,
    FirmForm,
    FlagForm,
    NewFirmForm,
    OfficersForm,
    PlaceForm,
    RecordForm,
    RenameForm,
    StatusForm,
    TagForm,
    whole,
)
from models import clock
from models.base import db
from models.errors import Refused
from models.firm import Firm, writing, yearly
from models.firm.choices import Choices
from models.firm.editing import check_may_change, last_change
from models.firm.names import FirmName
from models.rules.firm_name import match_key

#: Where a value typed on a page comes from, in words.
BY_HAND = "人工登记"

Answer = str | Response | tuple[str, int]


@bp.route("/new", methods=["GET", "POST"])
@needs("firms.edit")
def new() -> Answer:
    """A firm typed by hand: only its name is needed."""
    form = NewFirmForm(today=clock.today())
    twin = None
    if form.validate_on_submit():
        twin = _same_name(form.name.data) if not form.another.data else None
        if twin is None:
            try:
                firm = writing.create(form.name.data, BY_HAND, **form.values())
                db.session.commit()
                flash(f"已登记{firm.name}", "success")
                return redirect(url_for(".show", firm_id=firm.id))
            except (Refused, IntegrityError) as error:
                db.session.rollback()
                form.code.errors = [*form.code.errors, _said(error)]
    return render_template("firms/new.html", form=form, twin=twin), 422 if request.method == "POST" else 200


@bp.route("/<int:firm_id>/edit", methods=["GET", "POST"])
@needs("firms.edit")
def edit(firm_id: int) -> Answer:
    """The registration data."""
    firm = _changing(firm_id)
    form = RecordForm(obj=firm, today=clock.today())
    del form.name
    return _page(firm, form, "改登记信息", lambda: writing.edit(firm, **form.values()))


@bp.route("/<int:firm_id>/rename", methods=["GET", "POST"])
@needs("firms.edit")
def rename(firm_id: int) -> Answer:
    """Another name from a day on, or a correction."""
    firm = _changing(firm_id)
    form = RenameForm(name=firm.name, on=clock.today(), today=clock.today())

    def save() -> None:
        if form.correction.data:
            writing.correct_name(firm, form.name.data)
        else:
            writing.rename(firm, form.name.data, form.on.data, form.source.data or BY_HAND)

    return _page(firm, form, "更名", save)


@bp.route("/<int:firm_id>/status", methods=["GET", "POST"])
@needs("firms.edit")
def status(firm_id: int) -> Answer:
    """迁出、注销、吊销, or back to 存续."""
    firm = _changing(firm_id)
    form = StatusForm(status=firm.status, on=clock.today(), today=clock.today())

    def save() -> None:
        source = form.source.data or BY_HAND
        writing.set_status(firm, form.status.data, form.on.data, form.reason.data or "", source)

    return _page(firm, form, "登记状态", save)


@bp.route("/<int:firm_id>/flags", methods=["GET", "POST"])
@needs("firms.edit")
def flags(firm_id: int) -> Answer:
    """Put on a list such as 经营异常名录, or taken off."""
    firm = _changing(firm_id)
    form = FlagForm(on=clock.today(), today=clock.today())

    def save() -> None:
        if form.act.data == "end":
            writing.end_flag(firm, form.flag.data, form.on.data)
        else:
            writing.set_flag(firm, form.flag.data, form.on.data, form.reason.data or "", BY_HAND)

    return _page(firm, form, "列入与移出名单", save)


@bp.route("/<int:firm_id>/place", methods=["GET", "POST"])
@needs("firms.assign")
def place(firm_id: int) -> Answer:
    """The area and the park, from a day on."""
    firm, choices = _changing(firm_id), Choices.load()
    form = PlaceForm(area_id=str(firm.area_id or ""), park_id=str(firm.park_id or ""), on=clock.today(),
                     today=clock.today())  # fmt: skip
    form.offer(choices.area, choices.park)

    def save() -> None:
        for tree, chosen, held in (("area", whole(form.area_id.data), firm.area_id),
                                   ("park", whole(form.park_id.data), firm.park_id)):  # fmt: skip
            if chosen != held:
                writing.place([firm], tree, chosen, form.on.data, "person")

    return _page(firm, form, "街镇园区", save)


@bp.route("/<int:firm_id>/officers", methods=["GET", "POST"])
@needs("firms.assign")
def officers(firm_id: int) -> Answer:
    """A 角 and B 角, from a day on."""
    firm, choices = _changing(firm_id), Choices.load()
    form = OfficersForm(officer_a_id=str(firm.officer_a_id or ""), officer_b_id=str(firm.officer_b_id or ""),
                        on=clock.today(), today=clock.today())  # fmt: skip
    form.offer(choices.officer)

    def save() -> None:
        writing.assign_officer([firm], "A", whole(form.officer_a_id.data), form.on.data)
        writing.assign_officer([firm], "B", whole(form.officer_b_id.data), form.on.data)

    return _page(firm, form, "联系干部", save)


@bp.route("/<int:firm_id>/figures", methods=["GET", "POST"])
@needs("firms.edit")
def figures(firm_id: int) -> Answer:
    """One figure of one year."""
    firm = _changing(firm_id)
    # What the 达标对照 misses is named in its link.
    asked = {"key": request.args.get("key"), "year": request.args.get("year", clock.today().year - 1, int)}
    form = FigureForm(**asked, today=clock.today())

    def save() -> None:
        yearly.record(firm.id, form.key.data, form.year.data, form.value.data, form.source.data,
                      approximate=form.approximate.data, source_on=form.source_on.data, by_id=g.user.id)  # fmt: skip

    return _page(firm, form, "登记年度数据", save)


@bp.route("/<int:firm_id>/tags", methods=["GET", "POST"])
@needs("firms.edit")
def tags(firm_id: int) -> Answer:
    """Add a tag."""
    firm = _changing(firm_id)
    form = TagForm()
    return _page(firm, form, "加标签", lambda: writing.add_tag([firm], form.name.data))


@bp.post("/<int:firm_id>/tags/<int:tag_id>/remove")
@needs("firms.edit")
def untag(firm_id: int, tag_id: int) -> Response:
    """Take a tag off."""
    firm = _changing(firm_id)
    writing.remove_tag([firm], tag_id)
    db.session.commit()
    return redirect(url_for(".show", firm_id=firm.id))


def _changing(firm_id: int) -> Firm:
    firm = Firm.get_for(g.user, firm_id)
    check_may_change(g.user, firm)
    return firm


def _page(firm: Firm, form: Any, title: str, save: Callable[[], Any]) -> Answer:
    """Show the form, or save what was typed and go back to the record; a conflict keeps what was typed."""
    meanwhile, code, firm_id = None, 200, firm.id
    if request.method == "GET" and isinstance(form, FirmForm):
        form.version.data = str(firm.version)
    elif request.method == "POST":
        code = 422
        if isinstance(form, FirmForm) and form.version.data not in (None, "", str(firm.version)):
            meanwhile, code = last_change(firm_id), 409
            form.version.data = str(firm.version)
            form.version.raw_data = [form.version.data]
        elif form.validate():
            try:
                save()
                db.session.commit()
                flash(f"已存：{title}", "success")
                return redirect(url_for(".show", firm_id=firm_id))
            except StaleDataError:
                db.session.rollback()
                firm = Firm.get_for(g.user, firm_id)
                meanwhile, code = last_change(firm_id), 409
                form.version.data = str(firm.version)
            except (Refused, IntegrityError) as error:
                db.session.rollback()
                firm = Firm.get_for(g.user, firm_id)
                form.form_errors.append(_said(error))
    return render_template("firms/form.html", firm=firm, form=form, heading=title, meanwhile=meanwhile), code


def _said(error: Exception) -> str:
    """What a failed save says: the rule's own words, or what a broken unique constraint means."""
    return str(error) if isinstance(error, Refused) else "另一个人刚登记了同样的代码或数据，请刷新后核对"


def _same_name(name: str) -> Firm | None:
    """A firm this person may see that bears or bore this name."""
    bearers = select(FirmName.firm_id).where(FirmName.match_key == match_key(name))
    return db.session.scalars(Firm.visible_to(g.user).where(Firm.id.in_(bearers)).order_by(Firm.id)).first()
