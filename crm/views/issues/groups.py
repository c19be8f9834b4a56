"""一类事: several firms, one cause, one answer, and every firm is told."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.acting import Answer, actor
from crm.views.issues.base import bp
from crm.views.issues.listing import WORDS
from crm.views.issues.many import many
from forms.issue_desk import ManyGroupForm, whole
from forms.issue_group import AnswerForm, GroupForm
from models import clock
from models.base import db
from models.errors import NotFound, Refused
from models.issue import Issue
from models.issue.acts import common
from models.issue.acts.bulk import BulkResult, each
from models.issue.filters import IssueFilter
from models.issue.group_list import SIZE, count_groups, group_for, list_groups
from models.issue.groups import IssueGroup
from models.issue.listing import PAGE_SIZE, IssueListing, chips_of
from models.issue.offers import IssueOffers
from models.rules.issue import ENDED


@bp.get("/groups")
@needs("issues.view")
def groups() -> str:
    """Common causes, the last first."""
    total = count_groups(g.user)
    pages = max(1, ceil(total / SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template("issues/groups.html", rows=list_groups(g.user, number), total=total, number=number,
                           pages=pages)  # fmt: skip


@bp.get("/groups/<int:group_id>")
@needs("issues.view")
def show_group(group_id: int) -> str:
    """One cause with its issues and the answer all firms got."""
    group, today = group_for(g.user, group_id), clock.today()
    listing = IssueListing(g.user, IssueFilter(group=group_id), today)
    rows, count = listing.look(max(request.args.get("page", 1, type=int), 1))
    pages = max(1, ceil(count / PAGE_SIZE))
    return render_template(
        "issues/group.html", group=group, rows=rows, count=count, chips=chips_of(rows, today), ended=ENDED,
        number=min(max(request.args.get("page", 1, type=int), 1), pages), pages=pages, **WORDS,
    )  # fmt: skip


@bp.route("/groups/new", methods=["GET", "POST"])
@needs("issues.dispatch")
def new_group() -> Answer:
    """A common cause; issues are put under it from any list."""
    return _form(None)


@bp.route("/groups/<int:group_id>/edit", methods=["GET", "POST"])
@needs("issues.dispatch")
def edit_group(group_id: int) -> Answer:
    """Its name, cause, unit and person."""
    return _form(group_for(g.user, group_id))


def _form(group: IssueGroup | None) -> Answer:
    form, offers = GroupForm(obj=group), IssueOffers.load()
    form.offer(offers.unit, offers.person)
    if request.method == "GET" and group is not None:
        form.unit_id.data, form.person_id.data = str(group.unit_id or ""), str(group.person_id or "")
    if form.validate_on_submit():
        group = group or common.make_group(actor(), clock.now(), form.name.data or "", form.cause.data or "")
        group.name, group.cause = form.name.data or "", form.cause.data or ""
        group.unit_id, group.person_id = whole(form.unit_id.data), whole(form.person_id.data)
        db.session.commit()
        flash(f"已存：{group.name}", "success")
        return redirect(url_for(".show_group", group_id=group.id))
    page = render_template("issues/group_form.html", form=form, group=group)
    return (page, 422) if form.errors else page


@bp.route("/groups/<int:group_id>/answer", methods=["GET", "POST"])
@needs("issues.handle")
def answer_group(group_id: int) -> Answer:
    """One answer for every firm: by the office, or by who answers for the cause."""
    group, form = group_for(g.user, group_id), AnswerForm()
    if group.person_id != g.user.id and "issues.dispatch" not in g.user.permissions:
        raise NotFound
    waiting = [issue for issue in common.members(group) if issue.state not in ENDED]
    if form.validate_on_submit():
        try:
            result = common.answer_group(group, actor(), clock.now(), form.answer.data or "")
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            form.form_errors.append(str(refused))
        else:
            back = url_for(".show_group", group_id=group_id)
            return render_template(
                "issues/outcome.html", heading="统一答复", result=result, back=back, place="这一类事"
            )
    if request.method == "GET":
        form.answer.data = group.answer
    page = render_template("issues/group_answer.html", form=form, group=group_for(g.user, group_id), waiting=waiting)
    return (page, 422) if form.errors else page


@bp.post("/groups/<int:group_id>/leave/<int:issue_id>")
@needs("issues.dispatch")
def leave_group(group_id: int, issue_id: int) -> Response:
    """An issue has another cause after all."""
    issue = Issue.get_for(g.user, issue_id)
    if issue.group_id == group_id:
        common.leave_group(issue, actor())
        db.session.commit()
        flash(f"{issue.number} 已移出", "success")
    return redirect(url_for(".show_group", group_id=group_id))


@bp.post("/bulk/group")
@needs("issues.dispatch")
def group_many() -> Answer:
    """The chosen issues have one cause, a known one or a new one."""
    form: Any = ManyGroupForm()
    form.offer(IssueOffers.load().group)

    def act(issues: Sequence[Issue]) -> BulkResult:
        group_id = whole(form.group_id.data)
        if group_id:
            group = group_for(g.user, group_id)
        else:
            group = common.make_group(actor(), clock.now(), form.name.data or "", form.cause.data or "")
        return each(issues, lambda issue: common.add_to_group(group, actor(), [issue]))

    return many(form, "group_id", "归为一类事", act)
