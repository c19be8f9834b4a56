"""One application at a meeting: marks, verdict, what is to be corrected; and the meeting's papers."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm import web
from crm.access import needs
from crm.documents import excel
from crm.views.applications.base import bp
from forms.base import ConfirmForm
from forms.prereview import ReviewForm
from models import audit_log, clock, setting
from models.application import Application, ReviewFinding, ReviewItem, ReviewMeeting, prereview
from models.application.meeting_list import gaps_of
from models.base import db
from models.errors import Refused
from models.rules.prereview import PARTS, VERDICTS

Answer = str | Response | tuple[str, int]


@bp.route("/meetings/<int:meeting_id>/items/<int:item_id>", methods=["GET", "POST"])
@needs("applications.decide")
def review(meeting_id: int, item_id: int) -> Answer:
    """Marks of every expert, the verdict, and what is to be corrected."""
    item = ReviewItem.get_for(g.user, meeting_id, item_id)
    form = ReviewForm.for_experts(item, prereview.marks_of([item.id]))
    if form.validate_on_submit():
        try:
            prereview.write_marks(item, form.marks(item.meeting.experts, item.meeting.in_parts))
            decision = form.verdict.data or "", form.advice.data or "", form.found.data or ""
            prereview.decide(item, g.user, clock.now(), *decision)
            db.session.commit()
            flash("已存。", "success")
            return redirect(url_for(".show_meeting", meeting_id=meeting_id))
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(str(error))
    item = ReviewItem.get_for(g.user, meeting_id, item_id)
    firm_id = item.application.firm_id
    page = render_template(
        "applications/review.html", item=item, meeting=item.meeting, form=form, parts=PARTS, verdicts=VERDICTS,
        findings=prereview.findings_of([item.id]).get(item.id, []), gaps=gaps_of(item.meeting, [firm_id]).get(firm_id),
        rounds=[row for row in ReviewItem.list_of(item.application_id) if row.id != item.id],
    )  # fmt: skip
    return (page, 422) if form.errors else page


@bp.post("/meetings/<int:meeting_id>/items/<int:item_id>/keep")
@needs("applications.decide")
def keep_points(meeting_id: int, item_id: int) -> Response:
    """Keep the experts' mean points as the firm's judgement."""
    item = ReviewItem.get_for(g.user, meeting_id, item_id)
    if ConfirmForm().validate_on_submit():
        try:
            new = prereview.keep_points(item, g.user, clock.now())
            db.session.commit()
            flash("四项平均分已记到企业的评定判断。" if new else "这几项平均分已经记过，没有重复记。", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    return redirect(url_for(".review", meeting_id=meeting_id, item_id=item_id))


@bp.post("/<int:application_id>/findings/<int:finding_id>")
@needs("applications.edit")
def correct(application_id: int, finding_id: int) -> Response:
    """A finding is corrected, or is not after all."""
    found = Application.get_for(g.user, application_id)
    row = ReviewFinding.get_of(application_id, finding_id)
    if ConfirmForm().validate_on_submit():
        try:
            prereview.correct(row, found, g.user, clock.now(), request.form.get("words", ""))
            db.session.commit()
            flash("已记下。", "success")
        except Refused as error:
            db.session.rollback()
            flash(str(error), "error")
    return redirect(url_for(".show", application_id=application_id, _anchor="review"))


@bp.get("/meetings/<int:meeting_id>/sheet")
@needs("applications.view")
def meeting_sheet(meeting_id: int) -> str:
    """The agenda with the firms' gaps and room for marks, for printing."""
    meeting = ReviewMeeting.get(meeting_id)
    items = meeting.items_for(g.user)
    gaps = gaps_of(meeting, [item.application.firm_id for item in items])
    return render_template("applications/meeting_sheet.html", meeting=meeting, items=items, gaps=gaps, parts=PARTS)


@bp.get("/meetings/<int:meeting_id>/minutes")
@needs("applications.view")
def minutes(meeting_id: int) -> str:
    """What the meeting came to, for printing and signing."""
    meeting = ReviewMeeting.get(meeting_id)
    items = meeting.items_for(g.user)
    marks = prereview.marks_of([item.id for item in items])
    return render_template(
        "applications/minutes.html", meeting=meeting, items=items, means=prereview.means_of(marks), parts=PARTS,
        marks=prereview.by_item(marks), findings=prereview.findings_of([item.id for item in items]), verdicts=VERDICTS,
    )  # fmt: skip


RESULTS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "信用代码": 22, "街镇": 14, "辅导干部": 10, "第几轮": 8, "专家平均分": 12, "结论": 14,
        "结论日期": 12, "评审意见": 40, "要改的": 48, "没改完": 8,
    }.items()
)  # fmt: skip
MARKS = tuple(
    excel.Column(heading, width)
    for heading, width in {
        "企业": 36, "专家": 12, "单位": 28, **dict.fromkeys((name for name, _, _ in PARTS.values()), 12), "合计": 8,
        "意见": 40,
    }.items()
)  # fmt: skip


@bp.get("/meetings/<int:meeting_id>/export")
@needs("firms.export")
def export_meeting(meeting_id: int) -> Response:
    """The meeting as a workbook: results, and the marks of every expert."""
    meeting, now = ReviewMeeting.get(meeting_id), clock.now()
    items = meeting.items_for(g.user)
    marks = prereview.marks_of([item.id for item in items])
    mark = excel.watermark(meeting.name, g.user.name, clock.local(now), setting.get("bureau_name"))
    sheets = [
        excel.Sheet("结果", RESULTS, _results(items, marks)),
        excel.Sheet("打分", MARKS, _marks(meeting, items, marks)),
    ]
    data, count = excel.book(mark, sheets)
    audit_log.note("export", g.user, at=now, address=request.remote_addr or "", subject="review_meeting",
                   detail={"rows": count, "filter": {"meeting": meeting.id}})  # fmt: skip
    db.session.commit()
    return web.download(data, f"预评审会_{meeting.held_on}.xlsx", excel.MEDIA_TYPE)


def _results(items: list[ReviewItem], marks: list[Any]) -> list[list[Any]]:
    means, findings = prereview.means_of(marks), prereview.findings_of([item.id for item in items])
    return [
        [
            item.application.firm.name, item.application.firm.code,
            item.application.firm.area.name if item.application.firm.area else "未定区",
            item.application.coach.name if item.application.coach else "", item.round, means.get(item.id),
            VERDICTS.get(item.verdict or "", ""), item.decided_on, item.advice,
            "；".join(row.words for row in findings.get(item.id, [])),
            sum(row.done_on is None for row in findings.get(item.id, [])),
        ]
        for item in items
    ]  # fmt: skip


def _marks(meeting: ReviewMeeting, items: list[ReviewItem], marks: list[Any]) -> list[list[Any]]:
    given = prereview.by_item(marks)
    return [
        [item.application.firm.name, expert.name, expert.unit, *(getattr(mark, key) for key in PARTS), mark.total,
         mark.advice]
        for item in items
        for expert in meeting.experts
        if (mark := given.get(item.id, {}).get(expert.id)) is not None
    ]  # fmt: skip
