"""Rows of an import: by what they do, by what is wrong, by a text in them; one row alone; the file of problem rows."""

from flask import Response, g, render_template, request, url_for

from crm import trail, web
from crm.access import needs
from crm.documents import excel
from crm.imports import preview
from crm.views.imports.base import PER_PAGE, bp, page_of, visible
from models import clock, import_rows
from models.base import db
from models.errors import NotFound
from models.firm import Firm
from models.importing import EFFECTS, ImportRow, ImportRun

#: What the lists are called beside those of one effect.
ALL, DECIDED = "all", "decided"
LISTS = {ALL: "全部", **EFFECTS, DECIDED: "有人认过"}


@bp.get("/<int:import_id>/rows/<effect>")
@needs("imports.run")
def rows(import_id: int, effect: str) -> str:
    """Rows of an import, a page at a time: those with one effect, all, or those a person decided."""
    run = ImportRun.get_for(g.user, import_id)
    if effect not in LISTS:
        raise NotFound
    asked = import_rows.Asked(
        effects=() if effect in (ALL, DECIDED) else ("unchanged", "skipped") if effect == "unchanged" else (effect,),
        text=request.args.get("q", "").strip()[:100],
        wrong=request.args.get("wrong", ""),
        decided=effect == DECIDED,
    )
    total = import_rows.count(run, asked)
    number, pages = page_of(total, PER_PAGE)
    found = import_rows.page(run, asked, (number - 1) * PER_PAGE, PER_PAGE)
    return render_template(
        "imports/rows.html",
        run=run,
        effect=effect,
        heading=f"{LISTS[effect]}的行",
        lists=_lists(run, effect),
        asked=asked,
        wrong=import_rows.kinds_of_problems(run),
        rows=preview.shown_rows(run, found, visible(found)),
        how_names=preview.HOW_NAMES,
        effect_names=EFFECTS,
        page_number=number,
        pages=pages,
        total=total,
    )


def _lists(run: ImportRun, effect: str) -> list[dict[str, object]]:
    """The lists as tabs with their counts."""
    shown = [key for key in LISTS if key != "skipped" and (key != DECIDED or "imports.decide" in g.user.permissions)]
    counts: dict[str, int | None] = {**{key: run.count(key) for key in EFFECTS}, ALL: run.total, DECIDED: None}
    return [
        {
            "label": LISTS[key],
            "count": counts[key],
            "url": url_for(".rows", import_id=run.id, effect=key),
            "current": key == effect,
        }
        for key in shown
    ]


@bp.get("/rows/<int:row_id>")
@needs("firms.view")
def row(row_id: int) -> str:
    """One row as it stood in its file, and what it did: where a value came from. For those who may see the import, or
    the firm it speaks of."""
    found = db.session.get(ImportRow, row_id)
    if found is None:
        raise NotFound
    run = db.session.get_one(ImportRun, found.import_id)
    own = "imports.run" in g.user.permissions and (
        db.session.scalar(ImportRun.visible_to(g.user).with_only_columns(ImportRun.id).where(ImportRun.id == run.id))
        is not None
    )
    if not own and (
        found.firm_id is None
        or db.session.scalar(Firm.visible_to(g.user).with_only_columns(Firm.id).where(Firm.id == found.firm_id)) is None
    ):
        raise NotFound
    return render_template(
        "imports/row.html",
        run=run,
        own=own,
        row=preview.shown_rows(run, [found], visible([found]))[0],
        how_names=preview.HOW_NAMES,
        effect_names=EFFECTS,
    )


@bp.get("/<int:import_id>/problems")
@needs("imports.run")
def problems(import_id: int) -> Response:
    """The rows that are held or have a problem, as a workbook with a sheet for each: to be put right and dropped in
    again. What is wrong stands in the last column, the cells at fault are marked."""
    run, now = ImportRun.get_for(g.user, import_id), clock.now()
    mark = excel.watermark(f"有问题和待认领的行：{run.file_name}", g.user.name, clock.local(now))
    sheets = [_problem_sheet(sheet) for sheet in preview.problem_sheets(run)]
    data, count = excel.book(mark, sheets or [excel.Sheet("有问题的行", [excel.Column("问题")], iter(()))])
    trail.note("export", subject="import_run", subject_id=run.id, detail={"rows": count})
    db.session.commit()
    return web.download(data, f"有问题的行_{run.id}.xlsx", excel.MEDIA_TYPE)


def _problem_sheet(sheet: preview.ProblemSheet) -> excel.Sheet:
    columns = [*(excel.Column(header, 20) for header in sheet.headers)]
    columns += [excel.Column("问题", 60), excel.Column("原文件行号", 10)]
    return excel.Sheet(sheet.name, columns, map(_problem_row, sheet.rows))


def _problem_row(row: preview.ProblemRow) -> list[object]:
    values = [excel.Marked(value) if place in row.wrong else value for place, value in enumerate(row.cells)]
    return [*values, row.said, row.row]
