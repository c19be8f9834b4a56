"""What a list does to many firms at once: first a POST from the list shows the form, then the form acts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.firms.base import bp
from crm.views.pool import Chosen
from forms.firm import ManyCareForm, ManyOfficersForm, ManyPlacesForm, ManyTagForm, whole
from models import clock
from models.base import db
from models.errors import Refused
from models.firm import Firm, writing
from models.firm.choices import Choices
from models.firm.editing import may_change

#: Firms changed between two looks at memory; all of them in one transaction.
CHUNK = 500

Answer = str | Response | tuple[str, int]


@bp.post("/bulk/tags")
@needs("firms.edit")
def tag_many() -> Answer:
    """The chosen firms get a tag."""
    form = ManyTagForm()
    return _many(form, "name", "加标签", lambda firms: writing.add_tag(firms, form.name.data))


@bp.post("/bulk/care")
@needs("firms.edit")
def care_many() -> Answer:
    """The chosen firms get a care level."""
    form = ManyCareForm()
    return _many(form, "level", "定培育层级", lambda firms: writing.set_care_level(firms, form.level.data or None))


@bp.post("/bulk/officers")
@needs("firms.assign")
def assign_many() -> Answer:
    """The chosen firms get an A 角 or B 角."""
    form = ManyOfficersForm(today=clock.today())
    form.offer(Choices.load().officer)

    def save(firms: Sequence[Firm]) -> int:
        return writing.assign_officer(firms, form.position.data, whole(form.user_id.data), form.on.data)

    return _many(form, "position", "指定联系干部", save)


@bp.post("/bulk/places")
@needs("firms.assign")
def place_many() -> Answer:
    """The chosen firms lie in an area or a park."""
    form, choices = ManyPlacesForm(today=clock.today()), Choices.load()
    form.offer(choices.area, choices.park)

    def save(firms: Sequence[Firm]) -> int:
        tree, area_id = form.chosen()
        return writing.place(firms, tree, area_id, form.on.data, "person")

    return _many(form, "place", "指定街镇园区", save)


def _many(form: Any, field: str, heading: str, save: Callable[[Sequence[Firm]], int]) -> Answer:
    """Show the form, or do it to every chosen firm this person may change and say how many changed."""
    chosen = Chosen.of_request()
    back = url_for(".index") + (f"?{chosen.back}" if chosen.back else "")
    sent = field in request.form
    if sent and form.validate():
        try:
            changed, left = 0, 0
            for firms in _chunks(chosen.firm_ids()):
                mine = [firm for firm in firms if may_change(g.user, firm)]
                changed, left = changed + save(mine), left + len(firms) - len(mine)
            db.session.commit()
            said = f"{heading}：{changed} 家" + (f"；{left} 家不由您联系，没有改" if left else "")
            flash(said if changed or left else f"{heading}：所选企业原来就是这样", "success")
            return redirect(back)
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    page = render_template("firms/bulk.html", form=form, chosen=chosen, count=len(chosen.firm_ids()), heading=heading,
                           all_count=chosen.listing.count(), back=back)  # fmt: skip
    return page, 422 if sent else 200


def _chunks(firm_ids: list[int]) -> Iterator[Sequence[Firm]]:
    for start in range(0, len(firm_ids), CHUNK):
        ids = firm_ids[start : start + CHUNK]
        yield db.session.scalars(select(Firm).where(Firm.id.in_(ids)).order_by(Firm.id)).all()
