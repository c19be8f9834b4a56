"""The trace of an application keeps the move of a list as long as the application stands where the list brought it."""

from collections.abc import Iterator

from sqlalchemy import select

from crm.imports import state
from crm.imports.undo import words
from crm.imports.undo.trace import Place
from crm.imports.undo.verdict import Verdict
from models.application.trace import ApplicationMove
from models.base import db


def moves_in_the_way(verdict: Verdict) -> Iterator[tuple[Place, str]]:
    """Moves by the import that would go while their application stays where it is."""
    going = sorted(verdict.remove.get("application_move", ()))
    query = select(ApplicationMove.id, ApplicationMove.application_id).order_by(ApplicationMove.id)
    for chunk in state.chunks(going):
        for move_id, application_id in db.session.execute(query.where(ApplicationMove.id.in_(chunk))):
            backs = verdict.restore.get(("application", application_id), ())
            if not any(back.field == "stage" for back in backs):
                yield ("application_move", move_id), words.STAYS_THERE
