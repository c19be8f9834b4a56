"""What a figure is to reach, for reports and digests."""

from datetime import date

from sqlalchemy import select

from models.base import db
from models.rules.target import Goal
from models.target.record import Target, TargetRevision, Whose


def find(figure_key: str, year: int, whose: Whose | None = None, on: date | None = None) -> Goal | None:
    """The target of a figure for a year: the whole bureau's, or that of an area or an officer; as it stood on a day, or
    as it stands. None when nobody set one or it was taken back. One statement."""
    part = whose or Whose()
    if on is None:
        row = Target.find(year, figure_key, part)
        return None if row is None else row.goal
    query = select(TargetRevision).join(Target, Target.id == TargetRevision.target_id).where(
        Target.year == year, Target.figure_key == figure_key, Target.whose == part.key, TargetRevision.revised_on <= on
    )  # fmt: skip
    newest = (TargetRevision.revised_on.desc(), TargetRevision.id.desc())
    then = db.session.scalar(query.order_by(*newest).limit(1))
    return None if then is None else then.goal
