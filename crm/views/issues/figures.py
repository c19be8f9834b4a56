"""数据: the figures of issues for a period, in total and by unit, area, topic, class or person; each opens its rows."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import Response, abort, g, render_template, request

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.issues.base import bp
from crm.views.issues.lists import note_export
from crm.views.issues.question import Question
from models import clock, setting
from models.base import db
from models.errors import NotFound
from models.figures import issue_groups, issue_times, issues
from models.figures.base import Figure, Kind, Period
from models.figures.issue_groups import DIMENSIONS, WHOLE, Tally
from models.firm.choices import Choices
from models.issue import opened
from models.issue.offers import IssueOffers
from models.rules.issue import STATES
from models.rules.issue_age import BANDS
from models.rules.issue_kinds import KINDS

KNOWN = {"by": tuple(DIMENSIONS)}
RATES = ("on_time", "on_time_approved", "signed_on_time", "objected", "redone", "first_time", "unanswered", "recurred",
         "spot_confirmed")  # fmt: skip
FLOWS = ("raised", "assigned", "closed", "reopened", "extended", "escalated", "explained", "declined", "withdrawn",
         "spot_checks", "spot_unreachable")  # fmt: skip
STOCKS = ("open", "overdue", "was_overdue", "planned")
#: What a table by unit, area … shows: volume and 计划解决 beside every rate.
GROUPED_COUNTS = ("assigned", "closed", "open", "overdue", "planned")
GROUPED_RATES = ("signed_on_time", "objected", "on_time", "on_time_approved", "redone", "first_time", "unanswered",
                 "recurred")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the ageing chart."""

    key: str
    name: str
    count: int
    y: int
    width: float


@bp.get("/figures")
@needs("issues.view")
def figures() -> str:
    """Every figure of a period, beside the period before of the same length."""
    question = _asked()
    found = {figure.key.removeprefix("issues."): figure for figure in issues.figures()}
    wanted = [found[key] for key in (*STOCKS, *FLOWS, *RATES, *(f"age.{band.key}" for band in BANDS))]
    dimension = question.more.get("by", "unit")
    counted, groups = issue_groups.by(dimension, wanted, question.period, question.scope)
    earlier = issue_groups.totals([found[key] for key in (*FLOWS, *RATES)], before(question.period), question.scope)
    return render_template(
        "issues/figures.html", question=question, scope=question.scope, found=found, counted=counted, earlier=earlier,
        before=before(question.period), groups=groups, dimension=dimension, dimensions=_dimensions(), stocks=STOCKS,
        flows=FLOWS, rates=RATES, grouped_counts=GROUPED_COUNTS, grouped_rates=GROUPED_RATES, ages=ageing(counted),
        share_of=issue_groups.share, whole=WHOLE, kinds=KINDS, choices=Choices.load(), offers=IssueOffers.load(),
    )  # fmt: skip


@bp.get("/figures/times")
@needs("issues.view")
def figure_times() -> str:
    """How long issues stayed in each state."""
    question = _asked()
    return render_template(
        "issues/times.html", question=question, scope=question.scope, states=STATES, kinds=KINDS,
        times=issue_times.by_state(question.period, question.scope), choices=Choices.load(), offers=IssueOffers.load(),
    )  # fmt: skip


@bp.get("/figures/rows/<figure_key>")
@needs("issues.view")
def figure_rows(figure_key: str) -> str:
    """The rows a figure counts; of a rate, its part or (whole=1) its whole."""
    question = _asked()
    figure = _figure(figure_key)
    of_whole = figure.whole is not None and request.args.get("whole") == "1"
    rows = figure.whole if of_whole and figure.whole is not None else figure.rows
    asked = opened.Opened(figure.of, rows(question.period, question.scope))
    count = asked.count()
    pages = max(1, ceil(count / opened.PAGE_SIZE))
    share = figure.share(question.period, question.scope) if figure.whole is not None else None
    where = question.scope.words() or "全区"
    sentence = (
        figure.share_sentence(question.period, share, where)
        if share is not None
        else figure.sentence(question.period, count, where)
    )
    number = min(question.number, pages)
    return render_template(
        "issues/figure_rows.html", question=question, figure=figure, key=figure_key, count=count, pages=pages,
        number=number, rows=asked.page(number), share=share, sentence=sentence, of_whole=of_whole, states=STATES,
        scope_words=question.scope.words(), stock=figure.kind is Kind.STOCK,
    )  # fmt: skip


COLUMNS = (
    excel.Column("指标", 26), excel.Column("数", 12), excel.Column("其中", 10), excel.Column("总数", 10),
    excel.Column("时点或期间", 26), excel.Column("口径", 80),
)  # fmt: skip


@bp.get("/figures/export")
@needs("issues.export")
def export_figures() -> Response:
    """Every figure with its part, its whole and its definition, and the table of the page, as a workbook."""
    question, now = _asked(), clock.now()
    wanted = issues.figures()
    dimension = question.more.get("by", "unit")
    counted, groups = issue_groups.by(dimension, wanted, question.period, question.scope)
    mark = excel.watermark("问题办理数据", g.user.name, clock.local(now), setting.get("bureau_name"))
    by_group = [
        [group.name, *(group.counts.get(f"issues.{key}", 0) for key in GROUPED_COUNTS),
         *(issue_groups.share(group, f"issues.{key}").words for key in GROUPED_RATES)]
        for group in groups
    ]  # fmt: skip
    named = {figure.key: figure.name for figure in wanted}
    heads = [excel.Column(DIMENSIONS[dimension], 24)]
    heads += [excel.Column(named[f"issues.{key}"], 18) for key in (*GROUPED_COUNTS, *GROUPED_RATES)]
    data, count = excel.book(
        mark,
        [excel.Sheet("指标", COLUMNS, lines(wanted, counted, question.period)),
         excel.Sheet(f"按{DIMENSIONS[dimension]}", heads, by_group)],
    )  # fmt: skip
    note_export(count, question.address("issues.figures"))
    db.session.commit()
    return web.download(data, f"问题办理数据_{question.on:%Y%m%d}.xlsx", excel.MEDIA_TYPE)


def lines(wanted: list[Figure], counted: Tally, period: Period) -> list[list[Any]]:
    """The rows of the export: every figure with its number and definition."""
    told: list[list[Any]] = []
    for figure in wanted:
        days = f"{period.on}" if figure.kind is Kind.STOCK else f"{period.first} 至 {period.on}"
        if figure.kind is Kind.RATIO:
            share = counted.share(figure.key)
            told.append([figure.name, share.percent, share.part, share.whole, days, figure.definition])
        else:
            told.append([figure.name, counted.counts[figure.key], None, None, days, figure.definition])
    return told


def ageing(counted: Tally) -> list[Bar]:
    """The bars of the ageing chart, to scale; a bar that counts anything is at least a sliver."""
    counts = [(band, counted.counts[f"issues.age.{band.key}"]) for band in BANDS]
    most = max((count for _, count in counts), default=0)
    return [
        Bar(band.key, band.name, count, 6 + place * 30, max(2.0, round(300 * count / most, 1)) if count else 0)
        for place, (band, count) in enumerate(counts)
    ]


def before(period: Period) -> Period:
    """The period before, of as many days."""
    return Period(period.since - (period.on - period.since), period.since)


def _asked() -> Question:
    question = Question.parse(request.args, g.user, clock.today(), KNOWN)
    names_person = question.more.get("by") == "person" or question.scope.person_id is not None
    if (names_person or question.scope.outside_id is not None) and "issues.supervise" not in g.user.permissions:
        abort(403)  # what one person did is for those who answer for them
    return question


def _dimensions() -> dict[str, str]:
    """What the table may be split by; by person for managers only."""
    hidden = set() if "issues.supervise" in g.user.permissions else {"person"}
    return {key: name for key, name in DIMENSIONS.items() if key not in hidden}


def _figure(key: str) -> Figure:
    for figure in issues.figures():
        if figure.key == f"issues.{key}":
            return figure
    raise NotFound
