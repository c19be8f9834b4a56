"""Applications in a digest: how each running batch moved since the last one, and which of one's own must go on soon."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from models.application.batch import ApplicationBatch
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import db
from models.digest.firms import FirmAt, firm_of, with_firm
from models.firm.record import Firm
from models.rules.application import ENDED, STAGES, Deadline, next_deadline

#: A date of a batch is named so long before; days.
AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Coached:
    """An application whose coach has to bring it further by a day that is near or gone."""

    id: int
    coach_id: int
    batch: str
    stage: str
    deadline: Deadline
    firm: FirmAt


@dataclass
class BatchWeek:
    """A running batch: firms in each stage, how many moves there were since the last digest, its next date."""

    id: int
    name: str
    stages: Counter[str] = field(default_factory=Counter)
    moved: int = 0
    next_on: date | None = None
    next_name: str = ""

    @property
    def news(self) -> bool:
        """Whether anything changed or is near."""
        return bool(self.moved or self.next_on)

    @property
    def words(self) -> str:
        """意向 3、辅导 8、已提交 5."""
        return "、".join(f"{STAGES[stage]} {self.stages[stage]}" for stage in STAGES if self.stages[stage])


def weeks(since: date, on: date) -> list[BatchWeek]:
    """The running batches in which something moved after ``since`` or a date is near. Four statements."""
    found = {}
    for batch in ApplicationBatch.list_running():
        week = found[batch.id] = BatchWeek(batch.id, batch.name)
        near = [row for row in batch.dates if on <= row.falls_on <= on + AHEAD]
        if near:
            week.next_on, week.next_name = near[0].falls_on, near[0].name
    counts = select(Application.batch_id, Application.stage, func.count()).group_by(
        Application.batch_id, Application.stage
    )
    for batch_id, stage, number in db.session.execute(counts.order_by(Application.batch_id, Application.stage)):
        if batch_id in found:
            found[batch_id].stages[stage] = number
    moves = select(Application.batch_id, func.count()).select_from(ApplicationMove)
    moves = moves.join(Application, Application.id == ApplicationMove.application_id).where(
        ApplicationMove.moved_on > since, ApplicationMove.moved_on <= on,
        ApplicationMove.from_stage.is_distinct_from(ApplicationMove.to_stage),
    )  # fmt: skip
    for batch_id, number in db.session.execute(moves.group_by(Application.batch_id).order_by(Application.batch_id)):
        if batch_id in found:
            found[batch_id].moved = number
    return [week for week in found.values() if week.news]


def coached(on: date, people: Sequence[int] | None = None) -> Iterable[Coached]:
    """The applications that have a coach (one of these people) and a date within two weeks, or one that went by. Three
    statements."""
    running = {batch.id: batch for batch in ApplicationBatch.list_running()}
    query = with_firm(Application.id, Application.coach_id, Application.batch_id, Application.stage)
    query = query.join(Firm, Firm.id == Application.firm_id)
    query = query.where(Application.coach_id.is_not(None), Application.stage.not_in(ENDED))
    if people is not None:
        query = query.where(Application.coach_id.in_(people))
    for row in db.session.execute(query.order_by(Application.id)):
        batch = running.get(row.batch_id)
        deadline = next_deadline(row.stage, batch.days.items(), on) if batch else None
        if batch and deadline and deadline.on <= on + AHEAD:
            yield Coached(row.id, row.coach_id, batch.name, row.stage, deadline, firm_of(row))
