"""三张清单: 问题清单, 责任清单, 落实清单 of a day on a page, and on paper."""

from collections.abc import Sequence
from math import ceil

from flask import Response, abort, g, render_template, request

from crm import web
from crm.access import needs
from crm.documents import excel, list_excel, list_word
from crm.documents.printed import Printed
from crm.views.issues.base import bp
from crm.views.issues.question import Question
from models import audit_log, calendar, clock, setting
from models.base import db
from models.figures.base import chinese_day
from models.firm.choices import Choices
from models.issue import publishing
from models.issue.lights import LIGHTS
from models.issue.offers import IssueOffers
from models.issue.three_lists import PAGE_SIZE, SORTS, ThreeLists
from models.rules import three_lists
from models.rules.issue_kinds import KINDS, LISTS
from models.rules.three_lists import COLUMNS, WHICH, Cell
from models.rules.workday import Workdays

SORT_NAMES = dict(zip(SORTS, ("按企业", "按提出先后", "按现时限"), strict=True))
#: Ending of a file → what makes it and its media type.
MAKERS = {
    "xlsx": (list_excel.workbook, excel.MEDIA_TYPE),
    "docx": (list_word.document, list_word.MEDIA_TYPE),
}


@bp.get("/lists/", endpoint="three_lists")
@bp.get("/lists/<list_key>", endpoint="three_lists")
@needs("issues.view")
def three_lists_page(list_key: str = "problem") -> str:
    """One of the three lists: filters, a day, one page of rows."""
    question = _asked(list_key)
    asked = ThreeLists(question.listed(list_key), _workdays(question))
    counts = asked.counts()
    count = counts[list_key]
    pages = max(1, ceil(count / PAGE_SIZE))
    number = min(question.number, pages)
    return render_template(
        "issues/lists.html", question=question, scope=question.scope, list_key=list_key, lists=LISTS, counts=counts,
        count=count, pages=pages, number=number, first=(number - 1) * PAGE_SIZE, columns=COLUMNS[list_key],
        rows=asked.page(number, count), shown=asked.question.shown, which=WHICH, lights=LIGHTS,
        sorts=SORT_NAMES, kinds=KINDS, choices=Choices.load(), offers=IssueOffers.load(), words=three_lists,
        latest=publishing.latest(list_key, publishing.scope_key(question.scope)),
    )  # fmt: skip


@bp.get("/lists/<list_key>/export.<ending>")
@needs("issues.export")
def export_list(list_key: str, ending: str) -> Response:
    """Exactly the rows of the page, every page of them, as Excel or Word."""
    question, now = _asked(list_key), clock.now()
    asked = question.listed(list_key)
    lines = list(ThreeLists(asked, _workdays(question)).every())
    day = f"{chinese_day(question.on)}" + (f" {clock.local(now):%H:%M}" if question.on == question.today else "")
    said = [WHICH[asked.shown], question.scope.words(), LIGHTS.get(asked.light, ""), asked.q]
    notes = [f"时点：{day}　共 {len(lines):,} 件　范围：{'、'.join(filter(None, said))}"]
    rows = [list(three_lists.cells(list_key, line).values()) for line in lines]
    title = three_lists.title(list_key, setting.get("bureau_name"))
    data = on_paper(ending, title, notes, list_key, rows, [line.firm_id for line in lines])
    note_export(len(rows), question.address("issues.three_lists", {"list_key": list_key}))
    db.session.commit()
    return web.download(data, f"{LISTS[list_key]}_{question.on:%Y%m%d}.{ending}", MAKERS[ending][1])


def on_paper(
    ending: str, title: str, notes: Sequence[str], list_key: str, rows: Sequence[Sequence[Cell]],
    firms: Sequence[int], against: bool = False,
) -> bytes:  # fmt: skip
    """The bytes of a printed list; 404 for an ending that is none."""
    maker = MAKERS.get(ending)
    if maker is None:
        abort(404)
    mark = excel.watermark(title, g.user.name, clock.local(clock.now()), setting.get("bureau_name"))
    numbered = [[place, *row] for place, row in enumerate(rows, 1)]
    headings = three_lists.headings(list_key, against)
    return maker[0](Printed(title, notes, headings, numbered, three_lists.spans(firms), mark))


def note_export(rows: int, what: str) -> None:
    """Keep in the audit trail who took out what."""
    audit_log.note("export", g.user, at=clock.now(), address=request.remote_addr or "", subject="issue",
                   detail={"rows": rows, "filter": what})  # fmt: skip


def _workdays(question: Question) -> Workdays:
    """What decides the lights of a day in the past; those of today are kept with each issue."""
    return calendar.load() if question.on < question.today else Workdays({}, frozenset())


def _asked(list_key: str) -> Question:
    if list_key not in LISTS:
        abort(404)
    return Question.parse(request.args, g.user, clock.today())
