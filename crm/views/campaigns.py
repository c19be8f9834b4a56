"""专项行动: each with its period, its quota, how far it has come; a number opens into its visits."""

from flask import Blueprint, flash, g, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from forms.service import CampaignForm
from models import clock
from models.area import Area, list_tree
from models.base import db
from models.campaign import QUOTA_UNITS, Campaign
from models.visit.campaigns import progress

bp = Blueprint("campaigns", __name__, url_prefix="/campaigns")


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """Every campaign with the visits and firms it has reached so far."""
    return render_template("campaigns/index.html", campaigns=Campaign.list_all(), progress=progress(g.user),
                           units=QUOTA_UNITS, today=clock.today())  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("types.edit")
def new() -> str | Response:
    """A new campaign."""
    return _page(CampaignForm(_areas(), data={"from_on": clock.today(), "active": True}), None, "加专项行动")


@bp.route("/<int:campaign_id>/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit(campaign_id: int) -> str | Response:
    """Change a campaign; visits tagged to it stay tagged."""
    row = Campaign.get(campaign_id)
    form = CampaignForm(_areas(), obj=row, data={"area_ids": [area.id for area in row.areas]})
    return _page(form, row, "改专项行动")


def _areas() -> list[tuple[int, str]]:
    return [(area.id, "　" * depth + area.name) for tree in ("area", "park") for area, depth in list_tree(tree)]


def _page(form: CampaignForm, row: Campaign | None, heading: str) -> str | Response:
    if form.validate_on_submit():
        row = row or Campaign.begin(clock.now())
        for name in ("name", "from_on", "to_on", "quota", "quota_unit", "goal", "departments", "active"):
            setattr(row, name, form[name].data)
        chosen = set(form.area_ids.data or ())
        row.areas = [area for area in (db.session.get(Area, area_id) for area_id in sorted(chosen)) if area is not None]
        db.session.add(row)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.name.errors = ["已有同名的专项行动，请换一个"]
        else:
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(".index"))
    return render_template("campaigns/form.html", form=form, heading=heading)
