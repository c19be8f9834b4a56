"""The blueprint of the imports and what its files share."""

from collections.abc import Iterable

from flask import Blueprint, g, request
from sqlalchemy import select

from crm.imports.kinds import Kind, title_list
from crm.imports.kinds.all import KINDS
from models.base import db
from models.firm import Firm
from models.importing import ImportRow, ImportRun
from models.task import Task

bp = Blueprint("imports", __name__, url_prefix="/imports")

PER_PAGE = 50


def kind_names() -> dict[str, str]:
    """What each kind of list is called, those of types of title that the office made too."""
    return {kind.key: kind.name for kind in title_list.all_kinds()}


def labels_of(kinds: Iterable[str]) -> dict[str, dict[str, str]]:
    """What the fields of these kinds are called, by kind."""
    return {key: Labels(KINDS[key]) for key in set(kinds) if key in KINDS}


class Labels(dict[str, str]):
    """What the fields of a kind are called, those that it names by keys of its own too."""

    def __init__(self, kind: Kind) -> None:
        super().__init__({field.key: field.label for field in kind.fields})
        self.kind = kind

    def __missing__(self, key: str) -> str:
        return self.kind.field(key).label


def tasks_of(runs: Iterable[ImportRun]) -> dict[int, Task]:
    """The task that works, or worked last, on each of these imports, by import. One statement."""
    wanted = {run.task_id: run.id for run in runs if run.task_id is not None}
    by_id = {task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_(wanted)).order_by(Task.id))}
    return {run.id: by_id[run.task_id] for run in runs if run.task_id in by_id}


def is_busy(task: Task | None) -> bool:
    """Whether something is still being done to an import."""
    return task is not None and not task.ended


def visible(rows: Iterable[ImportRow]) -> set[int] | None:
    """Of the firms these rows mean, those this person may see; None when they see all.

    What stands in a person's own file they know; what Tidu knows of the firm is shown only where they may see it.
    """
    if Firm.all_visible_to(g.user):
        return None
    ids = {row.firm_id for row in rows if row.firm_id}
    return set(db.session.scalars(Firm.visible_to(g.user).with_only_columns(Firm.id).where(Firm.id.in_(ids))))


def page_of(total: int, size: int) -> tuple[int, int]:
    """The page that this request's address asks for, as far as there is one, and how many there are."""
    pages = max(1, -(-total // size))
    return min(max(1, request.args.get("page", 1, int)), pages), pages
