"""A worker whose lease is short: `python -m tests.proof.worker SECONDS` works until queue and outbox are empty
for good."""

import sys
import threading
from datetime import timedelta

from sqlalchemy import func, select

from jobs.worker import Worker, log_to_stderr
from models.base import db
from models.outbox import Mail
from models.task import Task
from tests.proof.kinds import make


def main(seconds: float) -> None:
    """Work with a lease of so many seconds until no task and no mail waits or runs."""
    log_to_stderr()
    worker = Worker(make(), lease=timedelta(seconds=seconds))
    worker.post.lease = timedelta(seconds=seconds)

    def stop_when_done() -> None:
        while not worker.stopping.wait(0.2):
            with worker.app.app_context():
                left = [
                    db.session.scalar(select(func.count(model.id)).where(model.state.in_(("waiting", "running"))))
                    for model in (Task, Mail)
                ]
                if not any(left):
                    worker.stop()

    threading.Thread(target=stop_when_done, daemon=True).start()
    worker.run()


if __name__ == "__main__":
    main(float(sys.argv[1]))
