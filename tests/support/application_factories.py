"""Rows about applications with full defaults: a test names only what matters to it."""

import itertools
from datetime import date
from typing import Any

from sqlalchemy import select

from models import clock
from models.application import (
    Agency,
    Application,
    ApplicationBatch,
    PaperRule,
    RefusalReason,
    ReviewExpert,
    ReviewFinding,
    ReviewItem,
    ReviewMeeting,
)
from models.base import db
from models.firm import Firm
from models.rules.application import ENDED, REASONS, UNLISTED
from models.title import TitleType
from tests.support.factories import make_firm

_round = itertools.count(1)


def make_application_batch(key: str = "srdi_sme", **values: Any) -> ApplicationBatch:
    """A running batch of this year, of a title that asks for no papers; `days` are its dates by key."""
    days = values.pop("days", {})
    defaults = {"year": 2026, "round": next(_round), "created_at": clock.now()}
    kind = db.session.scalars(select(TitleType).where(TitleType.key == key)).one()
    batch = ApplicationBatch(type=kind, **{**defaults, **values})
    batch.date_them(days)
    db.session.add(batch)
    db.session.flush()
    return batch


def make_application(firm: Firm | None = None, batch: ApplicationBatch | None = None, **values: Any) -> Application:
    """An application at 意向, or at the stage asked for; one that is over has the day and the reason it needs."""
    stage = values.get("stage", "intention")
    defaults: dict[str, Any] = {
        "stage_on": date(2026, 3, 2), "entered_on": date(2026, 3, 2), "created_at": clock.now(),
        "ended_on": date(2026, 3, 2) if stage in ENDED else None,
        "reason_id": make_reason().id if stage == "refused" else None,
    }  # fmt: skip
    row = Application(firm=firm or make_firm(), batch=batch or make_application_batch(), **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_meeting(batch: ApplicationBatch | None = None, *experts: str, **values: Any) -> ReviewMeeting:
    """A pre-review meeting of a batch of 高新技术企业, with experts by name."""
    batch = batch or make_application_batch("hnte")
    row = ReviewMeeting(batch=batch, **{"held_on": date(2026, 6, 3), "created_at": clock.now(), **values})
    row.experts = [ReviewExpert(name=name, position=place) for place, name in enumerate(experts)]
    db.session.add(row)
    db.session.flush()
    return row


def make_review_item(
    meeting: ReviewMeeting | None = None, application: Application | None = None, **values: Any
) -> ReviewItem:
    """An application in pre-review on an agenda; a verdict has its day."""
    meeting = meeting or make_meeting()
    defaults = {
        "created_at": clock.now(), "round": 1, "decided_on": meeting.held_on if values.get("verdict") else None,
    }  # fmt: skip
    application = application or make_application(batch=meeting.batch, stage="pre_review")
    row = ReviewItem(meeting=meeting, application=application, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def the_review_item() -> ReviewItem:
    """One item with its meeting, the same one while it is there: routes name both."""
    return db.session.scalar(select(ReviewItem).order_by(ReviewItem.id)) or make_review_item()


def make_finding(item: ReviewItem | None = None, words: str = "补专项审计报告", **values: Any) -> ReviewFinding:
    """Something to correct."""
    item = item or make_review_item()
    row = ReviewFinding(application_id=item.application_id, item_id=item.id, words=words,
                        **{"created_at": clock.now(), **values})  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def make_reason(key: str = UNLISTED) -> RefusalReason:
    """A reason of the default list."""
    row = db.session.scalar(select(RefusalReason).where(RefusalReason.key == key))
    if row is None:
        row = RefusalReason(key=key, name=dict(REASONS)[key])
        db.session.add(row)
        db.session.flush()
    return row


def make_paper_rule(batch: ApplicationBatch | None = None, **values: Any) -> PaperRule:
    """A paper that the title of a batch asks for."""
    number = next(_round)
    defaults = {"stage": "coaching", "name": f"材料{number}", "need": "warn", "position": number}
    kind = (batch or make_application_batch()).type
    row = PaperRule(type=kind, **{**defaults, **values})
    db.session.add(row)
    db.session.flush()
    return row


def make_agency(name: str = "", **values: Any) -> Agency:
    """An agency in use."""
    name = name or f"云澜第{next(_round)}科技服务有限公司"
    row = Agency(name=name, sort_key=name, **{"created_at": clock.now(), **values})
    db.session.add(row)
    db.session.flush()
    return row
