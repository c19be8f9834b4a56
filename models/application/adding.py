"""Firms enter a batch: from lists of candidates, from pools, from a firm's page. One way in for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models import clock
from models.application import papers
from models.application.batch import ApplicationBatch
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import among, db
from models.errors import Refused
from models.firm.record import Firm
from models.rules.application import kind_of, relations
from models.title import Title
from models.unit import acted_for
from models.user import User


@dataclass(frozen=True, slots=True)
class Added:
    """What came of it, in firms."""

    new: int
    #: Were in the batch before.
    there: int
    #: Somebody else looks after them, so they were left alone.
    others: int = 0


def add_firms(user: User, batch: ApplicationBatch, firm_ids: Sequence[int], at: datetime) -> Added:
    """Enter firms in a batch as 意向, each once; the caller commits. Coach is the firm's A 角, else this person.

    Firms this person does not see count for nothing. Raises Refused without the right, or when the batch is closed.
    A fixed number of statements.
    """
    check_may_add(user, batch)
    today = clock.local(at).date()
    firms = _seen(user, firm_ids)
    there = _inside(batch, firms)
    stands_for = acted_for(user.id, today)
    mine = [firm for firm in firms if firm.id not in there and _may_add(user, firm, stands_for)]
    ids = [firm.id for firm in mine]
    held, earlier = _last_days(batch, ids), _earlier(batch, ids)
    rows = [
        Application(
            batch_id=batch.id, firm_id=firm.id, stage_on=today, entered_on=today, before_id=earlier.get(firm.id),
            kind=kind_of(held.get(firm.id, ()), batch.year, yearly=batch.type.rule.yearly),
            coach_id=firm.officer_a_id or user.id, created_by_id=user.id, created_at=at,
        )
        for firm in mine
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        ApplicationMove(
            application_id=row.id, event="enter", to_stage="intention", moved_on=today, at=at, by_id=user.id
        )
        for row in rows
    )
    db.session.flush()
    papers.carry_over([(row.before_id, row.id) for row in rows if row.before_id is not None], at)
    return Added(len(rows), len(there), len(firms) - len(rows) - len(there))


def check_may_add(user: User, batch: ApplicationBatch) -> None:
    """Raise Refused without the right, or when the batch is closed."""
    if not {"applications.edit", "applications.decide"} & user.permissions:
        raise Refused("您的账号不能把企业列入申报批次，请告诉综合科")
    if batch.closed_on is not None:
        raise Refused(f"{batch.name}已于 {batch.closed_on} 结束，不再列入企业，请选别的批次")


def _seen(user: User, firm_ids: Iterable[int]) -> list[Firm]:
    wanted = sorted(set(firm_ids))
    return list(db.session.scalars(Firm.visible_to(user).where(among(Firm.id, wanted or [0])).order_by(Firm.id)))


def _may_add(user: User, firm: Firm, stands_for: frozenset[int]) -> bool:
    if "applications.decide" in user.permissions:
        return True
    return "coach" in relations(user.id, None, (firm.officer_a_id, firm.officer_b_id), stands_for)


def _inside(batch: ApplicationBatch, firms: Sequence[Firm]) -> set[int]:
    ids = [firm.id for firm in firms]
    query = select(Application.firm_id).where(Application.batch_id == batch.id, among(Application.firm_id, ids or [0]))
    return set(db.session.scalars(query.order_by(Application.id)))


def _last_days(batch: ApplicationBatch, firm_ids: Sequence[int]) -> dict[int, list[date | None]]:
    """The last days of the titles of the batch's type that these firms hold or held before the batch's year."""
    query = select(Title.firm_id, Title.ends_on).where(
        Title.type_id == batch.type_id, Title.provisional.is_(False), Title.revoked_on.is_(None),
        Title.issued_on < date(batch.year, 1, 1), among(Title.firm_id, firm_ids or [0]),
    )  # fmt: skip
    found: dict[int, list[date | None]] = {}
    for firm_id, on in db.session.execute(query.order_by(Title.id)):
        found.setdefault(firm_id, []).append(on)
    return found


def _earlier(batch: ApplicationBatch, firm_ids: Sequence[int]) -> dict[int, int]:
    """The latest application of each firm for the same title that came to nothing."""
    query = select(Application.firm_id, Application.id).join(Application.batch).where(
        ApplicationBatch.type_id == batch.type_id, Application.stage.in_(("refused", "abandoned")),
        among(Application.firm_id, firm_ids or [0]),
    )  # fmt: skip
    rows = db.session.execute(query.order_by(ApplicationBatch.year, ApplicationBatch.round, Application.id))
    return {firm_id: application_id for firm_id, application_id in rows}  # noqa: C416  rows are no pairs
