"""小组: officers and experts who visit together, their firms, and what their visits brought."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from crm.access import needs
from forms.team import NOBODY, TeamFirmForm, TeamForm
from models import clock, people
from models.base import db
from models.campaign import Campaign
from models.errors import NotFound, Refused
from models.firm import Firm
from models.firm.choices import CARING_ROLES
from models.firm.filters import FirmFilter
from models.firm.listing import Listing
from models.team import Team, TeamFirm, figures
from models.visit.outcomes import OutcomeKind

bp = Blueprint("teams", __name__, url_prefix="/teams")
Answer = str | Response | tuple[str, int]
FOUND = 10


@bp.get("/")
@needs("visits.view")
def index() -> str:
    """Every team, and what teams and campaigns have brought; each number opens into its visits."""
    brought = figures.by_campaign(g.user)
    return render_template(
        "teams/index.html", teams=Team.list_all(), brought=figures.by_team(g.user), nothing=figures.Brought(),
        firms=figures.firms_by_team(g.user), kinds=OutcomeKind.list_all(), today=clock.today(), by_campaign=brought,
        campaigns=[row for row in Campaign.list_all() if row.id in brought],
    )  # fmt: skip


@bp.get("/<int:team_id>")
@needs("visits.view")
def show(team_id: int) -> str:
    """One team: members, firms, sums."""
    team = Team.get(team_id)
    return render_template(
        "teams/show.html", team=team, brought=figures.by_team(g.user).get(team.id, figures.Brought()),
        firms=figures.firms_of(g.user, team.id), experts=figures.expert_visits(g.user, team.id),
        kinds=OutcomeKind.list_all(), may_change=team.may_change(g.user),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs("firms.assign")
def new() -> Answer:
    """A new team."""
    form = _form(None, data={"from_on": clock.today(), "campaign_id": NOBODY, "leader_id": NOBODY})
    return _page(form, None, "建小组")


@bp.route("/<int:team_id>/edit", methods=["GET", "POST"])
@needs("visits.edit")
def edit(team_id: int) -> Answer:
    """Change a team; visits tagged to it stay tagged."""
    team = _mine(team_id)
    lines = "\n".join("，".join(filter(None, (row.name, row.organisation, row.field))) for row in team.experts)
    form = _form(team, obj=team, data={
        "campaign_id": team.campaign_id or NOBODY, "leader_id": team.leader_id or NOBODY, "experts": lines,
        "officers": [person.id for person in team.officers],
    })  # fmt: skip
    return _page(form, team, "改小组")


@bp.route("/<int:team_id>/firms", methods=["GET", "POST"])
@needs("visits.edit")
def add_firm(team_id: int) -> Answer:
    """A firm for the team: looked for first."""
    team, form = _mine(team_id), TeamFirmForm()
    asked, wanted = request.args.get("firm", ""), request.args.get("q", "").strip()[:100]
    firm = Firm.get_for(g.user, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    if firm is not None and form.validate_on_submit():
        try:
            TeamFirm.add(team, firm, form.need.data or "")
            db.session.commit()
            flash("已加进小组。", "success")
            return redirect(url_for(".show", team_id=team_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
            team, firm = Team.get(team_id), Firm.get_for(g.user, int(asked))
    found = Listing(g.user, FirmFilter(q=wanted), clock.today()).page(1, FOUND) if wanted and firm is None else []
    page = render_template("teams/firm.html", team=team, firm=firm, form=form, wanted=wanted, found=found)
    return (page, 422) if request.method == "POST" else page


@bp.post("/<int:team_id>/firms/<int:team_firm_id>/remove")
@needs("visits.edit")
def remove_firm(team_id: int, team_firm_id: int) -> Response:
    """The team no longer looks after a firm; its visits stay."""
    team = _mine(team_id)
    row = TeamFirm.get_for(g.user, team_firm_id)
    if row.team_id != team.id:
        raise NotFound
    db.session.delete(row)
    db.session.commit()
    flash("已移出小组，走访还在。", "success")
    return redirect(url_for(".show", team_id=team_id))


def _mine(team_id: int) -> Team:
    team = Team.get(team_id)
    if not team.may_change(g.user):
        raise Refused("小组由组长和综合科维护，请告诉他们。")
    return team


def _form(team: Team | None, **kwargs: object) -> TeamForm:
    staff = {person.id: person for person in people.list_active(CARING_ROLES)}
    campaigns = Campaign.list_active()
    if team is not None:
        staff |= {person.id: person for person in (*team.officers, *([team.leader] if team.leader else []))}
        campaigns += [team.campaign] if team.campaign and team.campaign not in campaigns else []
    return TeamForm(staff.values(), campaigns, **kwargs)


def _page(form: TeamForm, team: Team | None, heading: str) -> Answer:
    if form.validate_on_submit():
        team = team or Team(created_by_id=g.user.id, created_at=clock.now())
        for name in ("name", "from_on", "to_on"):
            setattr(team, name, form[name].data)
        team.goal = form.goal.data or ""
        team.campaign_id, team.leader_id = form.campaign_id.data or None, form.leader_id.data or None
        db.session.add(team)
        try:
            with db.session.no_autoflush:
                team.set_members(form.officers.data or (), form.list_experts())
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.name.errors = ["已有同名的小组，请换一个"]
        else:
            flash(f"已存：{form.name.data}", "success")
            return redirect(url_for(".show", team_id=team.id))
    page = render_template("teams/form.html", form=form, heading=heading)
    return (page, 422) if form.errors else page
