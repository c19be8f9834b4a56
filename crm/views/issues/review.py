"""销号审核 by somebody who did not handle the issue, and the monthly 抽查."""

import re
from datetime import date, timedelta
from random import SystemRandom

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from crm.access import needs
from crm.views.issues.acting import Answer, act_page, actor
from crm.views.issues.base import bp
from crm.views.issues.desk import queue_page
from forms.issue_desk import ReasonForm
from forms.issue_review import ReviewForm, SpotForm
from models import clock
from models.base import db
from models.issue import Issue, queues, slips
from models.issue.acts import closing
from models.issue.acts.closing import CloseInput
from models.issue.acts.firm_word import attempts, last_answer
from models.rules.issue_kinds import SOLVED, SPOT_RESULTS

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@bp.get("/review")
@needs("issues.close")
def review() -> str:
    """What waits for the review, and what is on its way there."""
    return queue_page("issues/review.html", queues.REVIEW, queues.review())


@bp.route("/<int:issue_id>/review", methods=["GET", "POST"])
@needs("issues.close")
def review_one(issue_id: int) -> Answer:
    """The four questions: struck off, done again, or sent back."""
    issue, form = Issue.get_for(g.user, issue_id), ReviewForm()

    def act() -> None:
        words = form.words.data or ""
        if form.verdict.data == "close":
            closing.close(issue, actor(), clock.now(), CloseInput(**form.answers(), words=words))
        elif form.verdict.data == "redo":
            closing.redo(issue, actor(), clock.now(), words)
        else:
            closing.review_return(issue, actor(), clock.now(), words)

    said = {"close": "已销号", "redo": "已开新一轮", "return": "已退回补充"}.get(form.verdict.data or "", "")
    return act_page(issue, form, "销号审核", act, said, label="提交审核结论", lines=firm_said(issue))


@bp.route("/<int:issue_id>/reopen", methods=["GET", "POST"])
@needs("issues.supervise")
def reopen(issue_id: int) -> Answer:
    """重新打开 what was struck off: a new round."""
    issue, form = (
        Issue.get_for(g.user, issue_id),
        ReasonForm("重新打开的理由", "开新一轮，期限从今天重新算，首次时限不变。"),
    )
    return act_page(issue, form, "重新打开", lambda: closing.reopen(issue, actor(), clock.now(), form.words.data or ""),
                    "已重新打开")  # fmt: skip


def firm_said(issue: Issue) -> list[str]:
    """The firm's answer of this round, or the attempts to phone it."""
    answer, calls = last_answer(issue), attempts(issue)
    if answer is not None:
        how = "链接" if answer.how == "link" else "电话"
        rated = f"，态度 {answer.attitude} 分" if answer.attitude else ""
        words = f"：“{answer.words}”" if answer.words else ""
        return [f"企业 {answer.answered_on} 通过{how}答：{SOLVED[answer.solved]}{rated}{words}"]
    if calls:
        return [f"企业没有答复。电话 {len(calls)} 次：" + "、".join(str(call.called_on) for call in calls)]
    return ["企业还没有答复。"]


@bp.get("/spot")
@needs("issues.call")
def spot() -> str:
    """The spot checks of a month: those drawn, and what the firms said."""
    month = month_asked()
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return render_template(
        "issues/spot.html", month=month, rows=slips.list_spot_checks(g.user, month), results=SPOT_RESULTS,
        closed=slips.closed_in(g.user, first, after), over=after <= clock.today(), first=first,
        last=after - timedelta(1),
    )  # fmt: skip


@bp.post("/spot/draw")
@needs("issues.supervise")
def draw_spot_checks() -> Response:
    """抽查 of the month: every 未答复销号 and a random share of the others; again it adds only new 未答复销号."""
    month = month_asked()
    drawn = closing.spot_draw(actor(), clock.now(), month, SystemRandom())
    db.session.commit()
    flash(f"{month} 抽中 {len(drawn)} 件" if drawn else f"{month} 没有新抽中的", "success")
    return redirect(url_for(".spot", month=month))


@bp.route("/spot/<int:spot_check_id>", methods=["GET", "POST"])
@needs("issues.call")
def spot_result(spot_check_id: int) -> Answer:
    """What the firm said on the telephone; what is not solved is opened again."""
    check, form = slips.spot_check_for(g.user, spot_check_id), SpotForm()
    issue = Issue.get_for(g.user, check.issue_id)
    return act_page(
        issue, form, "抽查结果",
        lambda: closing.spot_result(spot_check_id, actor(), clock.now(), form.result.data, form.words.data or ""),
        "抽查结果已记下", lines=["由承办单位以外的人打电话。" + ("未答复销号的必查。" if check.always else "")],
    )  # fmt: skip


def month_asked() -> str:
    """The month of the address or of the form; else the one before this."""
    asked = request.values.get("month", "")
    return asked if MONTH.fullmatch(asked) else closing.month_before(clock.now())
