"""What a published list said of a batch: who went on by it, who was filed and is not on it, who is on it and in no
batch. Nobody is ever refused by a list alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Index, Integer, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import clock
from models.application import acts
from models.application.acts import Going
from models.application.batch import ApplicationBatch
from models.application.reasons import RefusalReason
from models.application.record import Application
from models.application.trace import ApplicationMove
from models.base import Key, Model, Moment, db, one_of
from models.errors import Refused
from models.firm.record import Firm
from models.importing import ImportRow, ImportRun
from models.rules.application import RESULTS, UNLISTED, unlisted_stages
from models.title import Title
from models.title_source import TitleSource
from models.user import User

#: No more firms that nobody follows are shown at once.
SHOWN = 200


class ApplicationResult(Model):
    """One published list spoke of a batch. It goes when the import that brought it is undone."""

    __tablename__ = "application_result"
    __table_args__ = (
        CheckConstraint(one_of("kind", RESULTS), name="kind"),
        Index("ix_application_result_batch_id", "batch_id", "said_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("application_batch.id"))
    #: notice (公示) or announcement (公告).
    kind: Mapped[str] = mapped_column(Key)
    #: The day of the list.
    said_on: Mapped[date] = mapped_column(Date)
    #: A row of the list, which names the import.
    import_row_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def name(self) -> str:
        """2026-10-12 公示名单."""
        return f"{self.said_on} {RESULTS[self.kind]}名单"

    @classmethod
    def latest_of(cls, batch: ApplicationBatch) -> "ApplicationResult | None":
        """The last list that spoke of a batch."""
        query = select(cls).where(cls.batch_id == batch.id)
        return db.session.scalar(query.order_by(cls.said_on.desc(), cls.id.desc()).limit(1))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the last list did to a batch, as far as a person sees its firms."""

    result: ApplicationResult
    file_name: str
    import_id: int | None
    #: Went on by this list.
    moved: int
    #: Filed, and not on it.
    unlisted: Sequence[Any]
    #: On it, and in no batch of that year: firm id, name.
    untracked: Sequence[Any]
    #: Rows of the list that nobody took up yet: a firm may be among them.
    held: int


def unlisted(batch_id: int, result: ApplicationResult) -> ColumnElement[bool]:
    """The condition that an application was filed, is not on the list, and nobody said that it still waits."""
    return (
        (Application.batch_id == batch_id)
        & Application.stage.in_(unlisted_stages(result.kind))
        & or_(Application.waits_result_id.is_(None), Application.waits_result_id != result.id)
    )


def outcome_of(user: User, batch: ApplicationBatch) -> Outcome | None:
    """What the last list did to a batch; None when none spoke of it. A fixed number of statements."""
    result = ApplicationResult.latest_of(batch)
    if result is None:
        return None
    run = db.session.execute(
        select(ImportRun.id, ImportRun.file_name)
        .join(ImportRow, ImportRow.import_id == ImportRun.id)
        .where(ImportRow.id == result.import_row_id)
    ).first()
    run_id = run.id if run else 0
    mine = Firm.visible_to(user).with_only_columns(Firm.id)
    waiting = select(Application.id, Firm.name.label("firm"), Application.stage, Application.stage_on).join(
        Firm, Firm.id == Application.firm_id
    )
    waiting = waiting.where(unlisted(batch.id, result), Firm.id.in_(mine)).order_by(Firm.sort_key, Application.id)
    rows = select(ImportRow.id).where(ImportRow.import_id == run_id)
    moved = (
        select(func.count(Application.id.distinct()))
        .join(ApplicationMove, ApplicationMove.application_id == Application.id)
        .where(Application.batch_id == batch.id, Application.firm_id.in_(mine), ApplicationMove.import_row_id.in_(rows))
    )
    held = select(func.count()).select_from(ImportRow).where(ImportRow.import_id == run_id, ImportRow.effect == "held")
    found: Sequence[Any] = db.session.execute(waiting).all()
    others: Sequence[Any] = db.session.execute(_untracked(batch, run_id, user)).all()
    return Outcome(
        result, run.file_name if run else "", run.id if run else None, db.session.scalar(moved) or 0, found, others,
        db.session.scalar(held) or 0,
    )  # fmt: skip


def _untracked(batch: ApplicationBatch, run_id: int, user: User) -> Any:
    """Firms of the list that are in no batch of the title and year."""
    other = aliased(ApplicationBatch)
    followed = (
        select(Application.firm_id)
        .join(other, other.id == Application.batch_id)
        .where(other.type_id == batch.type_id, other.year == batch.year)
    )
    listed = (
        select(Title.firm_id)
        .join(TitleSource, TitleSource.title_id == Title.id)
        .join(ImportRow, ImportRow.id == TitleSource.import_row_id)
        .where(ImportRow.import_id == run_id, Title.type_id == batch.type_id)
    )
    query = Firm.visible_to(user).with_only_columns(Firm.id, Firm.name)
    query = query.where(Firm.id.in_(listed), Firm.id.not_in(followed))
    return query.order_by(Firm.sort_key, Firm.id).limit(SHOWN)


def confirm_unlisted(batch: ApplicationBatch, user: User, at: datetime, ids: Sequence[int]) -> int:
    """Refuse the proposed ones among these, each with the reason that it is not on the list; how many. The caller
    commits. Raises Refused without the right or without a list."""
    result, rows = _proposed(batch, user, ids)
    reason = RefusalReason.by_key(UNLISTED)
    if reason is None:
        raise Refused("“不在公布的名单上”这条原因没有了，请逐家登记未通过")
    today = clock.local(at).date()
    for row in rows:
        on = min(today, max(result.said_on, row.stage_on))
        acts.move(row, user, at, "refused", Going(on, f"不在 {result.name}上", reason))
    return len(rows)


def keep_waiting(batch: ApplicationBatch, user: User, at: datetime, ids: Sequence[int]) -> int:
    """Say of the proposed ones among these that they still wait; how many. Raises Refused as above."""
    result, rows = _proposed(batch, user, ids)
    for row in rows:
        row.waits_result_id = result.id
        acts.note(row, user, at, f"不在 {result.name}上，还在等结果")
    return len(rows)


def _proposed(
    batch: ApplicationBatch, user: User, ids: Sequence[int]
) -> tuple[ApplicationResult, Sequence[Application]]:
    if "applications.decide" not in user.permissions:
        raise Refused("未通过由登记结果的人确认")
    result = ApplicationResult.latest_of(batch)
    if result is None:
        raise Refused("还没有导入这一批的名单，名单可能刚被撤回")
    query = Application.visible_to(user).where(unlisted(batch.id, result), Application.id.in_(list(ids) or [0]))
    return result, list(db.session.scalars(query.order_by(Application.id)))
