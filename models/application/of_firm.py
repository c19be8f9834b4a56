"""The applications of one firm, and what they add to its timeline."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import db
from models.firm.timeline import Event
from models.rules.application import STAGES


def events(rows: Iterable[Application]) -> Iterator[Event]:
    """When each was entered, moved, ended: the reason and words with it. One statement; none without rows."""
    batches = {row.id: row.batch.name for row in rows}
    if not batches:
        return
    query = select(ApplicationMove).where(ApplicationMove.application_id.in_(list(batches)))
    query = query.where(ApplicationMove.from_stage.is_distinct_from(ApplicationMove.to_stage))
    for move in db.session.scalars(query.options(joinedload(ApplicationMove.reason)).order_by(ApplicationMove.id)):
        detail = "；".join(filter(None, (move.reason.name if move.reason else "", move.words)))
        what = "列入" if move.from_stage is None else f"申报{STAGES[move.to_stage]}："
        source = "名单导入" if move.via == "import" else ""
        yield Event(move.moved_on, f"{what}{batches[move.application_id]}", detail, source=source, at=move.at)
