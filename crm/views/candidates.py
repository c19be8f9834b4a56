"""申报候选: for one title, the firms that are ready, nearly, far or unknown, nearest first."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm import web
from crm.access import needs
from crm.assessing.candidates import STATES, Candidate, candidates, labels
from crm.documents import excel
from models import audit_log, clock, setting
from models.assessment.card import NAMES
from models.base import db
from models.firm import Firm
from models.firm.choices import Choices
from models.firm.filters import FirmFilter
from models.rule_book import shelf
from models.user import User

bp = Blueprint("candidates", __name__, url_prefix="/candidates")
PAGE_SIZE = 50
#: What narrows the list, of all that narrows the list of firms.
FILTERS = ("area", "officer", "mine")
COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "联系干部": 12, "对照": 10, "差的条件": 48, "不明的条件": 48, "得分": 8,
        "已持有": 18,
    }.items()
)  # fmt: skip


def _regime() -> str:
    regime = request.args.get("regime", "")
    return regime if regime in NAMES else "hnte"


def _filter() -> FirmFilter:
    return FirmFilter.parse({name: request.args.get(name, "") for name in FILTERS})


def _found() -> tuple[list[Candidate], int, FirmFilter]:
    chosen, today = _filter(), clock.today()
    rows, without = candidates(g.user, _regime(), today, shelf(), chosen.conditions(g.user, today))
    return rows, without, chosen


def _state() -> str:
    state = request.args.get("state", "")
    return state if state in STATES else "nearly"


def _firms(rows: Sequence[Candidate]) -> dict[int, Firm]:
    """The firms of these rows with area and officer, by id; in chunks that fit a statement."""
    found: dict[int, Firm] = {}
    for start in range(0, len(rows), 5000):
        ids = [row.firm_id for row in rows[start : start + 5000]]
        query = select(Firm).where(Firm.id.in_(ids))
        query = query.options(joinedload(Firm.area), joinedload(Firm.officer_a).lazyload(User.roles))
        found |= {firm.id: firm for firm in db.session.scalars(query.order_by(Firm.id))}
    return found


def _labels() -> dict[str, str]:
    book = shelf().in_force(_regime(), clock.today())
    return labels(book) if book else {}


@bp.get("/")
@needs("firms.view")
def index() -> str:
    """The firms of one state, nearest first, with what each lacks."""
    rows, without, chosen = _found()
    state, counts = _state(), Counter(row.state for row in rows)
    of_state = [row for row in rows if row.state == state]
    pages = max(1, ceil(len(of_state) / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = of_state[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "candidates/index.html", rows=shown, firms=_firms(shown), states=STATES, state=state, counts=counts,
        total=len(of_state), number=number, pages=pages, without=without, f=chosen, regime=_regime(), names=NAMES,
        labels=_labels(), choices=Choices.load(),
    )  # fmt: skip


@bp.get("/export")
@needs("firms.export")
def export() -> Response:
    """Exactly the filtered candidates of one state as a workbook."""
    rows, _, chosen = _found()
    now, state, regime, names = clock.now(), _state(), _regime(), _labels()
    wanted = [row for row in rows if row.state == state]
    firms = _firms(wanted)
    title = f"{NAMES[regime]}候选 {STATES[state]}"
    lines = (_line(row, firms[row.firm_id], names) for row in wanted)
    mark = excel.watermark(title, g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("候选", mark, COLUMNS, lines)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="candidates",
                   detail={"rows": count, "filter": {**chosen.query(), "regime": regime, "state": state}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"{title} {clock.local(now):%Y-%m-%d}.xlsx", excel.MEDIA_TYPE)


def _line(row: Candidate, firm: Firm, names: dict[str, str]) -> list[Any]:
    said = {"eligible": "已达标", "unknown": "不明"}.get(row.verdict, f"差 {len(row.short)} 项")
    return [
        firm.name, firm.code, firm.area.name if firm.area else "", firm.officer_a.name if firm.officer_a else "", said,
        "、".join(names[key] for key in row.short), "、".join(names[key] for key in row.unknown), row.total, row.held,
    ]  # fmt: skip
