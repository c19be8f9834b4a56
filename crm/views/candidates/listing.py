"""申报候选: for one title, the firms that are ready, nearly, far or unknown, nearest first, from the kept results."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, g, redirect, render_template, request
from sqlalchemy import Row
from werkzeug.wrappers import Response as Redirect

from crm import charts, web
from crm.access import needs
from crm.assessing import keep
from crm.documents import excel
from crm.views.candidates.base import address, bp
from crm.views.firms.listing import WORDS
from models import audit_log, clock, setting
from models.assessment.bridge import inputs_of
from models.assessment.candidate_list import CandidateFilter, CandidateListing
from models.assessment.card import NAMES, labels_of, nearest_of
from models.assessment.kept import GAPS, STATE_NAMES, STATES, STEP, AssessmentResult
from models.base import db
from models.firm.choices import Choices
from models.rule_book import shelf
from models.task import Task, enqueue

PAGE_SIZE = 50
#: Titles whose book gives points.
SCORED = ("tech_sme", "innovative_sme", "hnte")
GAP_NAMES = {0: "已达标", 1: "差 1 项", 2: "差 2 项", 3: "差 3 项以上"}
COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "联系干部": 12, "对照": 10, "差的条件": 48, "不明的条件": 48, "得分": 8,
        "已持有": 18, "规则版本": 20, "按哪一天": 14,
    }.items()
)  # fmt: skip


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """The firms of one state, nearest first, with what each lacks; two charts above them."""
    now, today, books = clock.now(), clock.today(), shelf()
    fresh = keep.catch_up(today, now, books)
    listing = CandidateListing(g.user, CandidateFilter.parse(request.args), today)
    chosen = listing.filter
    by_gap = listing.counts()
    counts: Counter[str] = Counter()
    for (state, _), firms in by_gap.items():
        counts[state] += firms
    total = listing.count()
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    rows = listing.look(number, PAGE_SIZE, total)
    page = render_template(
        "candidates/index.html", rows=rows, nearest=_nearest(rows, chosen), states=STATES, counts=counts, total=total,
        number=number, pages=pages, without=listing.without(), f=chosen, firms=chosen.firms, names=NAMES,
        labels=labels_of(books, chosen.regime, today), choices=Choices.load(), fresh=fresh, today=today,
        task=Task.latest(keep.KIND) if not fresh.fresh else None, distances=_distances(by_gap, chosen),
        points=_points(listing) if chosen.regime in SCORED else None, gap_names=GAP_NAMES, step=STEP,
        industry_choices=WORDS["industry_choices"], back=urlencode(chosen.as_firms.query()),
    )  # fmt: skip
    db.session.commit()
    return page


def _nearest(rows: Sequence[Row[Any]], chosen: CandidateFilter) -> dict[int, str]:
    """Firm → its cheapest change in words, for the rows of this page that nearly are there."""
    wanted = [row.firm_id for row in rows if row.AssessmentResult.state == "nearly"]
    found, books = inputs_of(wanted, clock.today()) if wanted else {}, shelf()
    return {firm_id: nearest_of(inputs, books, chosen.regime) for firm_id, inputs in found.items()}


def _distances(by_gap: dict[tuple[str, int], int], chosen: CandidateFilter) -> charts.Chart:
    """How many conditions the firms fail that do not hold the title; those of which too little is known stand last."""

    def bar(name: str, count: int, **other: Any) -> charts.Bar:
        return charts.Bar(name, [charts.Piece("open", name, count, address(chosen, points=None, **other))])

    fit = sum(firms for (state, _), firms in by_gap.items() if state == "ready")
    bars = [bar(GAP_NAMES[0], fit, state="ready", gap=None)]
    for gap in GAPS[1:]:
        found = {key: firms for key, firms in by_gap.items() if key[0] in ("nearly", "blocked")}
        count = sum(firms for (_, short), firms in found.items() if min(short, GAPS[-1]) == gap)
        bars.append(bar(GAP_NAMES[gap], count, state="open", gap=gap))
    unknown = sum(firms for (state, _), firms in by_gap.items() if state == "unknown")
    bars.append(bar("不明", unknown, state="unknown", gap=None))
    return charts.draw(f"{NAMES[chosen.regime]}：没有持有的企业按差几项", bars)


def _points(listing: CandidateListing) -> charts.Chart | None:
    """Points by tens, the firms that hold the title apart; None where nobody's points are sure."""
    chosen, found = listing.filter, listing.points()
    if not found:
        return None
    bars = []
    for low in range(min(low for _, low in found), max(low for _, low in found) + 1, STEP):
        links = {state: address(chosen, points=low, gap=None, state=state) for state in ("open", "held", "all")}
        parts = [
            charts.Piece(state, STATE_NAMES[state], found.get((state, low), 0), links[state])
            for state in ("open", "held")
        ]
        bars.append(charts.Bar("100" if low == 100 else f"{low}～{low + STEP - 1}", parts, url=links["all"]))
    return charts.draw(f"{NAMES[chosen.regime]}：得分分布", bars)


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered candidates as a workbook."""
    now, today, books = clock.now(), clock.today(), shelf()
    keep.catch_up(today, now, books)
    listing = CandidateListing(g.user, CandidateFilter.parse(request.args), today)
    chosen = listing.filter
    names = labels_of(books, chosen.regime, today)
    title = f"{NAMES[chosen.regime]}候选 {STATE_NAMES[chosen.state]}"
    lines = (_line(row, row.AssessmentResult, names) for row in listing.every_row())
    mark = excel.watermark(title, g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("候选", mark, COLUMNS, lines)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="candidates",
                   detail={"rows": count, "filter": chosen.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{title} {clock.local(now):%Y-%m-%d}.xlsx", excel.MEDIA_TYPE)


def _line(row: Row[Any], result: AssessmentResult, names: dict[str, str]) -> list[Any]:
    said = {"eligible": "已达标", "unknown": "不明"}.get(result.verdict, f"差 {result.shorts} 项")
    return [
        row.name, row.code, row.area or "", row.officer or "", said,
        "、".join(names.get(key, key) for key in result.short_keys),
        "、".join(names.get(key, key) for key in result.unknown_keys), result.total, result.held, result.version,
        result.judged_for,
    ]  # fmt: skip


@bp.post("/recompute")
@needs("tasks.view")
def recompute() -> Redirect:
    """Judge all firms anew in the background; one such task at a time."""
    task = Task.latest(keep.KIND)
    if task is None or task.ended:
        task = enqueue(keep.KIND, {}, g.user.id, clock.now())
        flash("已排队重算，可以离开这一页；算好以前看到的是上一次的结果")
    else:
        flash("正在重算，不用再点")
    db.session.commit()
    return redirect(address(CandidateFilter.parse(request.form)))
