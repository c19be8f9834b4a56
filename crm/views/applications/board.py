"""看板: the applications of a batch by stage, moved by button, by key and by drag."""

from flask import g, render_template, request, url_for

from crm.access import needs
from crm.views.applications.base import bp
from crm.views.applications.state import WORDS, State
from models import clock
from models.application import board as boards
from models.application.batch import ApplicationBatch
from models.firm.choices import Choices

#: The most cards of a column on one page; what is beyond is in the list.
MOST = 300


@bp.get("/batches/<int:application_batch_id>/board")
@needs("applications.view")
def board(application_batch_id: int) -> str:
    """Columns with true counts and the first cards of each."""
    batch = ApplicationBatch.get(application_batch_id)
    narrowed = State.of_request(batch=batch.id).filter
    sizes = {column.key: _size(f"n_{column.key}") for column in boards.COLUMNS}
    return render_template(
        "applications/board.html", batch=batch, board=boards.load(g.user, narrowed, clock.today(), sizes), f=narrowed,
        columns=boards.COLUMNS, query=narrowed.without("batch").query(), choices=Choices.load(), step=boards.CARDS,
        column_of=boards.COLUMN_OF, base=url_for(".board", application_batch_id=batch.id), today=clock.today(),
        list_at=url_for(".show_batch", application_batch_id=batch.id), **WORDS,
    )  # fmt: skip


def _size(name: str) -> int:
    asked = request.args.get(name, boards.CARDS, type=int)
    return min(max(asked, boards.CARDS), MOST)
