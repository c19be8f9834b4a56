"""The list of a pool, its board by stage, its export."""

from math import ceil

from flask import Response, g, render_template, request

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.pool.base import PAGE_SIZE, bp, gaps, listing
from models import audit_log, clock, setting
from models.base import db
from models.firm.choices import Choices
from models.pool import PoolMember, PoolType
from models.pool.filters import STATES
from models.pool.planning import years

#: Cards of a column of the board, and so many more on request.
CARDS = 20


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """Members of a pool: what each lacks, what is next, what stands still."""
    kinds = PoolType.list_all()
    shown, number = listing(kinds), max(request.args.get("page", 1, type=int), 1)
    counts = shown.counts()
    total = counts[shown.filter.state]
    pages = max(1, ceil(total / PAGE_SIZE))
    lines = shown.page(min(number, pages), PAGE_SIZE)
    return render_template(
        "pool/index.html", kinds=kinds, kind=_kind(kinds, shown.filter.type), f=shown.filter, counts=counts,
        states=STATES, lines=lines, gaps=gaps(lines), total=total, number=min(number, pages), pages=pages,
        inside=PoolMember.counts_for(g.user, shown.today), choices=Choices.load(), years=years(shown.today),
        today=shown.today,
    )  # fmt: skip


@bp.get("/board")
@needs("firms.view")
def board() -> str:
    """The members of a pool by stage, with a button for each stage to come."""
    kinds = PoolType.list_all()
    shown = listing(kinds)
    kind = _kind(kinds, shown.filter.type)
    counts = shown.stage_counts()
    stages = [stage for stage in (kind.stages if kind else []) if stage.active or counts.get(stage.id)]
    columns = []
    for stage in (None, *stages):
        if stage is None and not counts.get(None):
            continue
        key = stage.id if stage else 0
        size = min(max(request.args.get(f"n_{key}", CARDS, type=int), CARDS), 500)
        lines = shown.of_stage(stage, size)
        columns.append(
            (key, stage.name if stage else "还没有定阶段", counts.get(stage.id if stage else None, 0), lines)
        )
    return render_template(
        "pool/board.html", kinds=kinds, kind=kind, f=shown.filter, columns=columns, stages=stages, step=CARDS,
        choices=Choices.load(), years=years(shown.today), today=shown.today,
        inside=PoolMember.counts_for(g.user, shown.today),
    )  # fmt: skip


EXPORTED = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "库": 16, "企业": 36, "信用代码": 22, "街镇": 14, "计划年度": 10, "目标": 18, "预计批次": 18, "负责人": 12,
        "阶段": 12, "阶段起": 12, "差的条件": 44, "不明的条件": 44, "下一步": 36, "下一步日期": 12, "培育措施": 40,
        "入库": 12, "入库理由": 24, "最近有动静": 12, "停滞": 8, "已获目标资质": 14, "在库最后一天": 12, "出库原因": 20,
    }.items()
)  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered members as a workbook."""
    shown, now = listing(PoolType.list_all()), clock.now()
    lines = shown.rows()
    known = gaps(lines)
    rows = []
    for line in lines:
        one, gap = line.member, known.get(line.member.id)
        rows.append([
            one.type.name, one.firm.name, one.firm.code, one.firm.area.name if one.firm.area else "", one.plan_year,
            one.target.name if one.target else "", one.batch, one.owner.name if one.owner else "",
            one.stage.name if one.stage else "", one.stage_on, "、".join(gap.short) if gap else "",
            "、".join(gap.unknown) if gap else "", one.next_step, one.next_on, one.measures, one.from_on, one.reason,
            line.moved_on, "停滞" if line.still else "", line.granted_on, one.to_on, one.exit_reason,
        ])  # fmt: skip
    mark = excel.watermark("培育库", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("培育库", mark, EXPORTED, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="pool",
                   detail={"rows": count, "filter": shown.filter.query()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"培育库_{clock.local(now):%Y%m%d_%H%M}.xlsx", excel.MEDIA_TYPE)


def _kind(kinds: list[PoolType], type_id: int) -> PoolType | None:
    return next((kind for kind in kinds if kind.id == type_id), None)
