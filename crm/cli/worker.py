"""`flask --app crm worker`: timetable and queue in one process."""

import click
from flask import current_app


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what waits in the queue, then end; no timetable.")
def command(once: bool) -> None:
    """Run the scheduler and the work queue until SIGTERM; safe to start twice."""
    from jobs.worker import Worker, log_to_stderr, main

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        log_to_stderr()
        click.echo(f"{Worker(app).run_waiting()} 个任务已处理", err=True)
    else:
        main(app)
