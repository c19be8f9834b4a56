"""The pages of the ladder and its export."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.funnel import sankey
from crm.views.funnel.question import VIEWS, Question
from models import audit_log, clock, setting
from models.base import db
from models.figures import groups, registry, sentences
from models.figures.flow import MOVERS
from models.figures.registry import Ladder
from models.firm.choices import Choices
from models.funnel import CARDS, cards
from models.rules.industry import SECTIONS
from models.rules.ladder import BOARD, MOVE_NAMES, RUNG_NAMES, Move, Rung

bp = Blueprint("funnel", __name__, url_prefix="/funnel")

#: What a manager asks next of each column: name and figure.
SUBS: dict[str, tuple[tuple[str, str], ...]] = {
    Rung.POTENTIAL: (("培育库", "rung_pool.potential"),),
    Rung.TECH_SME: (("公示中", "title.tech_sme.provisional"), ("待续", "rung_waiting.tech_sme")),
    Rung.SRDI: (
        ("小巨人", "title.little_giant.in_force"),
        ("公示中", "title.srdi_sme.provisional"),
        ("待续", "rung_waiting.srdi"),
        ("明年到期", "title.srdi_sme.ends_next_year"),
    ),
    Rung.HNTE: (
        ("公示中", "title.hnte.provisional"),
        ("待续", "rung_waiting.hnte"),
        ("明年到期", "title.hnte.ends_next_year"),
    ),
}
MEASURES = (
    ("新增", "new"), ("重新认定", "renewed"), ("有效", "in_force"), ("公示中", "provisional"),
    ("待续", "pending_renewal"), ("失去", "ended"), ("净增", "net"), ("累计", "ever"),
)  # fmt: skip
#: What a move is told by: where it went, or where it came from.
BY_START = (Move.LAPSED, Move.LEFT, Move.EXITED)


@bp.get("/")
@needs("funnel.view")
def index() -> str:
    """The ladder as of a day, compared with another."""
    question = Question.parse(request.args, clock.today())
    scope = question.scope(g.user)
    found = registry.ladder(question.period, scope)
    shown: dict[str, Any] = {}
    if question.view == "board":
        shown = {"cards": cards(question.on, scope, question.sizes), "picture": sankey.draw(found.flow)}
    elif question.view == "table":
        shown = {
            "areas": groups.by_area(question.period, scope),
            "industries": groups.by_industry(question.period, scope),
        }
    return render_template(
        "funnel/index.html", question=question, found=found, counts=found.counts, flow=found.flow, views=VIEWS,
        choices=Choices.load(), industry_choices=[("none", "未填"), *SECTIONS.items()], board=BOARD, rungs=tuple(Rung),
        rung_names=RUNG_NAMES, move_names=MOVE_NAMES, moves=moves(found), sub_figures=SUBS, measures=MEASURES,
        sentences=sentences, kinds=[kind for kind in found.kinds if kind.active], step=CARDS, **shown,
    )  # fmt: skip


def moves(found: Ladder) -> list[dict[str, Any]]:
    """The kinds of move that happened, each with its parts; together they are all movers."""
    told = []
    for move in MOVERS:
        side = "from" if move in BY_START else "to"
        parts = []
        for rung in reversed(BOARD):
            number = found.flow.count(move=move, **{"old" if side == "from" else "new": rung})
            if number:
                parts.append((RUNG_NAMES[rung], number, f"move.{move}.{side}.{rung}"))
        told.append({"key": move, "name": MOVE_NAMES[move], "count": found.flow.count(move=move), "side": side,
                     "parts": parts})  # fmt: skip
    return told


COLUMNS = (
    excel.Column("类别", 16), excel.Column("指标", 30), excel.Column("家数", 10), excel.Column("时点或期间", 26),
    excel.Column("口径", 70),
)  # fmt: skip


@bp.get("/export")
@needs("figures.export")
def export() -> Response:
    """Every number of the page with its definition, as a workbook."""
    question, now = Question.parse(request.args, clock.today()), clock.now()
    scope = question.scope(g.user)
    found = registry.ladder(question.period, scope)
    mark = excel.watermark("梯队", g.user.name, clock.local(now), f"{setting.get('bureau_name')}")
    data, count = excel.workbook("梯队", mark, COLUMNS, lines(found))
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="funnel",
                   detail={"rows": count, "filter": question.parameters()})  # fmt: skip
    db.session.commit()
    return web.download(data, f"梯队_{question.on:%Y%m%d}.xlsx", excel.MEDIA_TYPE)


def lines(found: Ladder) -> list[list[Any]]:
    """The rows of the export: every figure with its number, period and definition."""
    figures = registry.all_figures()
    day, period = f"{found.period.on}", f"{found.period.first} 至 {found.period.on}"
    told: list[list[Any]] = []

    def tell(group: str, key: str, number: int) -> None:
        figure = figures[key]
        told.append(
            [group, figure.name, number, day if figure.kind in ("stock", "ever") else period, figure.definition]
        )

    for key, number in found.counts.items():
        kind = "资质" if key.startswith("title.") else "梯级"
        tell(kind, key, number)
    tell("变动", "movers", found.flow.movers)
    for move in (*MOVERS, Move.UNCHANGED):
        tell("变动", f"move.{move}", found.flow.count(move=move))
    for old in Rung:
        for new in Rung:
            if f"flow.{old}.{new}" in figures:
                tell("变动", f"flow.{old}.{new}", found.flow.count(old=old, new=new))
    return told
