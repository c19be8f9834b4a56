"""菜单式服务 on an issue: what of the menu fits its topic and the firm's rung, what was offered, what came of it."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.base import db
from models.errors import NotFound, Refused
from models.issue.menu import IssueOffer, MenuItem
from models.issue.record import Issue
from models.rules.issue_kinds import OFFER_STATES
from models.standing import Standing
from models.user import User

LONGEST = 2_000


def fitting(issue: Issue, on: date) -> list[MenuItem]:
    """Services of the issue's topic for the firm's rung on a day that were not offered yet, in the menu's order. Two
    statements."""
    standing = select(Standing.rung).where(
        Standing.firm_id == issue.firm_id, Standing.from_on <= on, Standing.to_on >= on
    )
    rung = db.session.scalar(standing.limit(1)) or "registered"
    held = select(IssueOffer.item_id).where(IssueOffer.issue_id == issue.id)
    query = select(MenuItem).where(MenuItem.active.is_(True), MenuItem.topic_id == issue.topic_id)
    query = query.where(MenuItem.id.not_in(held)).options(joinedload(MenuItem.unit))
    rows = db.session.scalars(query.order_by(MenuItem.position, MenuItem.id))
    return [row for row in rows if not row.rungs or rung in row.rungs]


def offer(issue: Issue, item_id: int, by: User, at: datetime) -> IssueOffer:
    """Offer a service of the menu for an issue; the caller commits. The same again changes nothing.

    Raises Refused for an issue that has ended or a service out of use, NotFound for no such service.
    """
    item = MenuItem.get(item_id)
    if not issue.is_open:
        raise Refused("这一件已经了结，不能再推荐服务")
    if not item.active:
        raise Refused("这项服务已停用，请选别的")
    held = db.session.scalar(select(IssueOffer).where(IssueOffer.issue_id == issue.id, IssueOffer.item_id == item.id))
    if held is not None:
        return held
    row = IssueOffer(issue_id=issue.id, item_id=item.id, state="proposed", proposed_by_id=by.id, proposed_at=at)
    db.session.add(row)
    db.session.flush()
    return row


def get_offer(issue: Issue, offer_id: int) -> IssueOffer:
    """An offer of this issue with its service, or NotFound."""
    query = select(IssueOffer).where(IssueOffer.issue_id == issue.id, IssueOffer.id == offer_id)
    found = db.session.scalar(query.options(joinedload(IssueOffer.item)))
    if found is None:
        raise NotFound
    return found


def settle(row: IssueOffer, state: str, outcome: str, rating: int | None, on: date) -> None:
    """What came of it; the firm's rating (1–5) once it was served. The caller commits.

    Raises Refused without an outcome, or with a rating of what was not served.
    """
    if state not in OFFER_STATES or state == "proposed":
        raise Refused("请选企业接受、未接受，还是已服务")
    if not outcome.strip():
        raise Refused("请写结果，如：已对接，谈成两百万")
    if len(outcome) > LONGEST:
        raise Refused(f"结果最多 {LONGEST} 个字")
    if rating is not None and (state != "delivered" or not 1 <= rating <= 5):
        raise Refused("服务过的才评分，1 到 5 分")
    row.state, row.outcome, row.rating, row.settled_on = state, outcome.strip(), rating, on
