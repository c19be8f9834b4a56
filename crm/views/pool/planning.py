"""Plan against done of a pool's year, and 小升高: who climbed, when, after how many days."""

from datetime import date
from math import ceil

from flask import Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.pool.base import PAGE_SIZE, bp
from forms.base import ConfirmForm
from models import audit_log, clock, setting
from models.area import Area
from models.base import db
from models.figures import climbs
from models.figures.base import Period
from models.figures.scope import Scope
from models.firm.choices import Choices
from models.pool import PoolPlan, PoolType
from models.pool.planning import towns, year_plan, years

KEY = "sme_to_hnte"


def _year() -> int:
    year = request.args.get("year", type=int) or clock.today().year
    return min(max(year, 2000), 2100)


def _kind() -> PoolType:
    kinds = PoolType.list_all()
    asked = request.args.get("type", type=int)
    if asked is not None:
        return PoolType.get(asked)
    return next((kind for kind in kinds if kind.key == KEY), None) or PoolType.get(kinds[0].id if kinds else 0)


@bp.get("/plan")
@needs("firms.view")
def plan() -> str:
    """How many a pool is to bring this year, how many it brought, by area."""
    kind, year, today = _kind(), _year(), clock.today()
    return render_template(
        "pool/plan.html", kinds=PoolType.list_all(), kind=kind, year=year, years=years(today),
        found=year_plan(g.user, kind, year, today), climbs=kind.key == KEY,
    )  # fmt: skip


@bp.route("/plan/edit", methods=["GET", "POST"])
@needs("types.edit")
def edit_plan() -> str | Answer | tuple[str, int]:
    """Set the numbers of a year: the district's and each area's."""
    kind, year, form = _kind(), _year(), ConfirmForm()
    areas, wrong = towns(), list[str]()
    typed = dict(request.form) if request.method == "POST" else _known(kind, year)
    if request.method == "POST" and form.validate():
        numbers, wrong = _read(areas)
        if not wrong:
            PoolPlan.keep(kind.id, year, numbers)
            db.session.commit()
            flash(f"已存：{kind.name} {year} 年计划", "success")
            return redirect(url_for(".plan", type=kind.id, year=year))
    page = render_template("pool/plan_edit.html", kind=kind, year=year, areas=areas, typed=typed, wrong=wrong)
    return (page, 422) if wrong else page


def _known(kind: PoolType, year: int) -> dict[str, str]:
    return {f"n{area_id or 0}": str(number) for area_id, number in PoolPlan.numbers(kind.id, year).items()}


def _read(areas: list[Area]) -> tuple[dict[int | None, int | None], list[str]]:
    """The numbers that were typed, an empty one as None; and the names of those that are none."""
    numbers: dict[int | None, int | None] = {}
    wrong = []
    for area_id, name in ((None, "全区"), *((area.id, area.name) for area in areas)):
        text = request.form.get(f"n{area_id or 0}", "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 7):
            wrong.append(name)
        else:
            numbers[area_id] = int(text) if text else None
    return numbers, wrong


def _period(year: int, today: date) -> Period:
    return Period(date(year - 1, 12, 31), min(today, date(year, 12, 31)))


def _scope() -> Scope:
    return Scope(user=g.user, area_id=request.args.get("area", type=int))


@bp.get("/climbs")
@needs("firms.view")
def show_climbs() -> str:
    """Who climbed from 科技型 to 高企 in a year: both days and the days between."""
    year, today, scope = _year(), clock.today(), _scope()
    period = _period(year, today)
    total = climbs.count(period, scope)
    pages = max(1, ceil(total / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    kind = next((kind for kind in PoolType.list_all() if kind.key == KEY), None)
    return render_template(
        "pool/climbs.html", year=year, total=total, pages=pages, number=number, by_year=climbs.by_year(scope, today),
        rows=climbs.list_climbs(period, scope, number, PAGE_SIZE), text=climbs.TEXT, area=scope.area_id,
        choices=Choices.load(), kind=kind, found=year_plan(g.user, kind, year, today) if kind else None, today=today,
        kinds=PoolType.list_all(),
    )  # fmt: skip


COLUMNS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36,
        "信用代码": 22,
        "街镇": 14,
        "科技型首次": 14,
        "高企首次": 14,
        "相隔天数": 10,
    }.items()
)


@bp.get("/climbs/export")
@needs("firms.export")
def export_climbs() -> Response:
    """The climbs of a year as a workbook."""
    year, now = _year(), clock.now()
    rows = (
        [row.firm.name, row.firm.code, row.firm.area.name if row.firm.area else "", row.sme_on, row.hnte_on, row.days]
        for row in climbs.list_climbs(_period(year, clock.today()), _scope())
    )
    mark = excel.watermark(f"小升高 {year} 年", g.user.name, clock.local(now), setting.get("bureau_name"))
    data, count = excel.workbook("小升高", mark, COLUMNS, rows)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="climbs",
                   detail={"rows": count, "filter": {"year": year}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"小升高_{year}.xlsx", excel.MEDIA_TYPE)
