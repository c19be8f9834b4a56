"""A firm's link to fill in its figures: a screen at a time, kept as it goes, then looked over and handed in once."""

from flask import redirect, render_template, request, url_for

from crm.access import public
from crm.views.links.base import Answer, bp, opened, used
from forms.firm_input import SubmitForm, fill_form
from models import clock
from models.base import db
from models.errors import Refused
from models.firm_input import filling
from models.firm_input.asking import PURPOSE
from models.firm_input.filling import By
from models.firm_input.known import register_of
from models.firm_input.record import FirmInput
from models.link import Link, LinkRefused

FIRM = By("link")


@bp.get("/figures/<token>")
@public
def figures(token: str) -> str:
    """What is asked, until when, and how far it is."""
    row = _row(opened(token, PURPOSE, filling.opens))
    return render_template("links/figures.html", token=token, row=row, link=None, stopped=request.args.get("stopped"))


@bp.get("/figures/<token>/<group>")
@public
def figures_group(token: str, group: str) -> str:
    """One screen."""
    row = _row(opened(token, PURPOSE, filling.opens))
    return _screen(token, row, group, fill_form(row.of_group(group)))


@bp.post("/figures/<token>/<group>")
@public
def fill_figures(token: str, group: str) -> Answer:
    """Keep one screen; what cannot be a figure is said beside its field, the rest is kept."""
    row = _row(used(token, PURPOSE, filling.opens, spend=False))
    form = fill_form(row.of_group(group))
    form.validate()
    filling.save(row, form.answers(), FIRM, clock.now())
    db.session.commit()
    if form.errors:
        return _screen(token, row, group, form), 422
    if request.form.get("then") == "stop":
        return redirect(url_for(".figures", token=token, stopped=1))
    later = _after(row, group)
    return redirect(
        url_for(".figures_group", token=token, group=later) if later else url_for(".check_figures", token=token)
    )


@bp.get("/figures/<token>/check")
@public
def check_figures(token: str) -> str:
    """Everything that was filled in, and what is asked about."""
    return _check(token, _row(opened(token, PURPOSE, filling.opens)), SubmitForm())


@bp.post("/figures/<token>/check")
@public
def submit_figures(token: str) -> Answer:
    """Hand it in: the link is spent. What is refused spends nothing."""
    row, form = _row(used(token, PURPOSE, filling.opens, spend=True)), SubmitForm()
    if form.validate_on_submit():
        try:
            filling.submit(row, form.confirmed.data or (), form.remark.data or "", FIRM, clock.now())
            db.session.commit()
            return redirect(url_for(".thanks", what="figures"))
        except Refused as error:
            form.form_errors.append(str(error))
    db.session.rollback()
    return _check(token, _row(opened(token, PURPOSE, filling.opens)), form), 422


def _row(link: Link) -> FirmInput:
    return db.session.get_one(FirmInput, link.subject_id)


def _screen(token: str, row: FirmInput, group: str, form: object) -> str:
    keys = [one.key for one in row.groups]
    if group not in keys:
        raise LinkRefused
    return render_template("links/figures_group.html", token=token, row=row, group=row.groups[keys.index(group)],
                           step=keys.index(group) + 1, steps=len(keys), form=form, link=None,
                           figures=row.of_group(group), register=register_of(row.firm_id))  # fmt: skip


def _check(token: str, row: FirmInput, form: SubmitForm) -> str:
    return render_template("links/figures_check.html", token=token, row=row, form=form, link=None,
                           doubts=filling.doubts_of(row), ticked=set(form.confirmed.data or ()))  # fmt: skip


def _after(row: FirmInput, group: str) -> str:
    """The screen after this one; empty after the last."""
    keys = [one.key for one in row.groups]
    place = keys.index(group) + 1 if group in keys else len(keys)
    return keys[place] if place < len(keys) else ""
