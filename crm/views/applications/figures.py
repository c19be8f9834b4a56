"""数据: the funnel of a batch or a year, from stage to stage, success by area, unit, agency and industry."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import ceil
from typing import Any

from flask import g, render_template, request, url_for

from crm import charts
from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS
from crm.web import query_day
from models import clock
from models.application.agencies import Agency
from models.application.batch import ApplicationBatch
from models.application.filters import ApplicationFilter
from models.application.listing import PAGE_SIZE, ApplicationListing
from models.application.record import Application
from models.errors import NotFound
from models.figures import applications as figures_of
from models.figures.applications import BY_KEY, DIMENSIONS, ApplicationScope
from models.figures.base import Kind, Period, Share
from models.firm.choices import Choices
from models.rules.application import KINDS, STAGES, WAY
from models.rules.industry import industry_name
from models.unit import list_tree

#: Before anything was entered: figures of a batch have no first day.
EVER = date(2000, 1, 1)


def _asked() -> tuple[ApplicationScope, Period]:
    return ApplicationScope.parse(request.args, g.user), Period(EVER, query_day("on") or clock.today())


def _rows_at(key: str, scope: ApplicationScope, **more: Any) -> str:
    return url_for(".figure_rows", figure_key=key, **{**scope.query(), "on": request.args.get("on"), **more})


@bp.get("/figures")
@needs("applications.view")
def figures() -> str:
    """The funnel and the tables; every number leads to its applications."""
    scope, period = _asked()
    counts = figures_of.counts(period, scope)
    dimension = request.args.get("by", "area")
    dimension = dimension if dimension in DIMENSIONS else "area"
    bars = [
        charts.Bar(STAGES[stage], [charts.Piece("series-1", "到过", counts[f"reached.{stage}"],
                                                _rows_at(f"reached.{stage}", scope))])
        for stage in WAY
    ]  # fmt: skip
    steps = {f"step.{new}": Share(counts[f"reached.{new}"], counts[f"reached.{old}"]) for old, new in pairwise(WAY)}
    groups = figures_of.by(dimension, period, scope)
    return render_template(
        "applications/figures.html", scope=scope, on=period.on, counts=counts, found=BY_KEY, steps=steps,
        chart=charts.draw("申报到过各阶段的家数", bars), groups=groups, names=_names(dimension), dimension=dimension,
        dimensions=DIMENSIONS, rows_at=_rows_at, batches=ApplicationBatch.list_all(), choices=Choices.load(),
        success=Share(counts["granted"], counts["decided"]), **WORDS,
    )  # fmt: skip


def _names(dimension: str) -> Any:
    """What a value of a dimension is called."""
    if dimension == "area":
        named = {str(choice.id): choice.name for choice in Choices.load().area} | {"0": "未定区"}
    elif dimension == "unit":
        named = {str(unit.id): unit.name for unit, _ in list_tree(closed=True)} | {"0": "没有指定辅导干部或单位"}
    elif dimension == "agency":
        named = {str(row.id): row.name for row in Agency.list_all()} | {"0": "没有服务机构"}
    elif dimension == "kind":
        named = dict(KINDS)
    else:
        return lambda value: "未填行业" if value == "none" else industry_name(value) or value
    return lambda value: named.get(value, value)


def _back(scope: ApplicationScope) -> str:
    arguments: dict[str, Any] = {**scope.query(), "on": request.args.get("on")}
    return url_for(".figures", **arguments)


@bp.get("/figures/rows/<figure_key>")
@needs("applications.view")
def figure_rows(figure_key: str) -> str:
    """The applications a figure counts; of a rate its part, or (whole=1) its whole."""
    scope, period = _asked()
    figure = BY_KEY.get(figure_key)
    if figure is None:
        raise NotFound
    of_whole = figure.whole is not None and request.args.get("whole") == "1"
    rows = figure.whole if of_whole and figure.whole is not None else figure.rows
    counted = Application.id.in_(rows(period, scope))
    listing = replace(ApplicationListing(g.user, ApplicationFilter(), clock.today()), extra=(counted,))
    found, count = listing.look(max(request.args.get("page", 1, type=int), 1))
    pages = max(1, ceil(count / PAGE_SIZE))
    share = figure.share(period, scope) if figure.whole is not None else None
    sentence = figure.share_sentence(period, share) if share else figure.sentence(period, count)
    return render_template(
        "applications/figure_rows.html", figure=figure, rows=found, count=count, pages=pages, sentence=sentence,
        number=min(max(request.args.get("page", 1, type=int), 1), pages), on=period.on, share=share, scope=scope,
        of_whole=of_whole, stock=figure.kind is not Kind.FLOW,
        back=_back(scope), **WORDS,
    )  # fmt: skip
