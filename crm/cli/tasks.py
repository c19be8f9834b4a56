"""`flask --app crm tasks list|retry`: what waits, runs, failed."""

from typing import Any

import click

from crm.cli.output import answer, json_option, refuse
from models.base import db
from models.errors import Refused
from models.task import TASK_STATES, Task

group = click.Group("tasks", help="The work queue: what waits, runs, failed.")


def described(task: Task) -> dict[str, Any]:
    """A task as contracts.md prints it."""
    return {
        "id": task.id,
        "kind": task.kind,
        "state": task.state,
        "done": task.done,
        "total": task.total,
        "error": task.error,
    }


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are done, too.")
@json_option
def list_tasks(everything: bool, as_json: bool) -> None:
    """List what waits, runs and failed, newest first."""
    tasks = Task.list_all(open_only=not everything)
    lines = [f"{t.id}\t{t.name}\t{TASK_STATES[t.state]}\t{t.done}/{t.total}\t{t.error}" for t in tasks]
    answer([described(task) for task in tasks], as_json, "\n".join(lines) or "没有待办的任务")


@group.command("retry")
@click.argument("task_id", type=int, metavar="ID")
@json_option
def retry(task_id: int, as_json: bool) -> None:
    """Put a failed task back into the queue."""
    task = db.session.get(Task, task_id)
    if task is None:
        refuse(f"没有编号为 {task_id} 的任务", as_json)
    try:
        task.retry()
    except Refused as error:
        refuse(str(error), as_json, described(task))
    db.session.commit()
    answer(described(task), as_json, f"任务 {task.id} 已重新排队")
