"""What sessions brought: firms and people that came, firms that applied afterwards, who was never there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from models.application import Application, ApplicationBatch, ApplicationMove
from models.base import among, db
from models.figures.base import Share
from models.rules.application import FILED
from models.rules.training import effect_ends, trained_since
from models.title import Title
from models.training.record import Training, TrainingFirm
from models.user import User


@dataclass(slots=True)
class Result:
    """One session: firms invited, firms that came (家次), people (人次), of the firms that came how many applied."""

    invited: int = 0
    firms: int = 0
    people: int = 0
    applied: int = 0

    @property
    def share(self) -> Share:
        """The part of the firms that came which applied."""
        return Share(self.applied, self.firms)


def results(user: User, sessions: Sequence[Training], today: date) -> dict[int, Result]:
    """What each session brought, of the firms this person sees; people from elsewhere count for who sees all firms.
    A fixed number of statements."""
    ids = [one.id for one in sessions] or [0]
    found = {one.id: Result(people=one.others) for one in sessions}
    came = TrainingFirm.people > 0
    query = select(
        TrainingFirm.training_id, func.count(TrainingFirm.invited_on).label("invited"),
        func.coalesce(func.sum(TrainingFirm.people), 0).label("people"),
    ).where(among(TrainingFirm.training_id, ids), TrainingFirm.is_visible(user))  # fmt: skip
    for row in db.session.execute(query.group_by(TrainingFirm.training_id)):
        found[row.training_id].invited = row.invited
        found[row.training_id].people += int(row.people)
    firms = select(TrainingFirm.training_id, TrainingFirm.firm_id).where(
        among(TrainingFirm.training_id, ids), TrainingFirm.is_visible(user), came
    )
    after = went_on(sessions, today)
    for training_id, firm_id in db.session.execute(firms.order_by(TrainingFirm.id)):
        found[training_id].firms += 1
        found[training_id].applied += firm_id in after.get(training_id, {})
    return found


def went_on(sessions: Sequence[Training], today: date) -> dict[int, dict[int, date]]:
    """For each session, which firms that came applied for its title within twelve months after, and when first: their
    application was filed, or (where nobody kept the application) the title was granted. Two statements."""
    about = [one.id for one in sessions if one.target_type_id is not None]
    if not about:
        return {}
    came = select(TrainingFirm.training_id, TrainingFirm.firm_id, Training.held_on)
    came = came.join(Training, Training.id == TrainingFirm.training_id)
    came = came.where(among(TrainingFirm.training_id, about), TrainingFirm.people > 0)
    granted = came.add_columns(Title.issued_on.label("on")).join(
        Title, (Title.firm_id == TrainingFirm.firm_id) & (Title.type_id == Training.target_type_id)
    )
    granted = granted.where(Title.provisional.is_(False), Title.issued_on > Training.held_on, Title.issued_on <= today)
    filed = came.add_columns(ApplicationMove.moved_on.label("on"))
    filed = filed.join(Application, Application.firm_id == TrainingFirm.firm_id)
    filed = filed.join(
        ApplicationBatch,
        (ApplicationBatch.id == Application.batch_id) & (ApplicationBatch.type_id == Training.target_type_id),
    ).join(ApplicationMove, ApplicationMove.application_id == Application.id)
    filed = filed.where(ApplicationMove.to_stage.in_(FILED), ApplicationMove.moved_on > Training.held_on,
                        ApplicationMove.moved_on <= today)  # fmt: skip
    found: dict[int, dict[int, date]] = {}
    for row in (*db.session.execute(granted), *db.session.execute(filed)):
        if row.on <= effect_ends(row.held_on):
            firms = found.setdefault(row.training_id, {})
            firms[row.firm_id] = min(row.on, firms.get(row.firm_id, row.on))
    return found


def trained(target_type_id: int | None, on: date) -> set[int]:
    """The firms that came to a session for this title (none: to any) in the twelve months up to a day. One
    statement."""
    query = select(TrainingFirm.firm_id).distinct().join(Training, Training.id == TrainingFirm.training_id)
    query = query.where(TrainingFirm.people > 0, Training.held_on >= trained_since(on), Training.held_on <= on)
    if target_type_id is not None:
        query = query.where(Training.target_type_id == target_type_id)
    return set(db.session.scalars(query))
