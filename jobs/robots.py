"""Tells the robots of groups what waits for them: claim one post, commit, speak, write how it ended (foundations 3)."""

import threading
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from crm.mail import robots as wire
from models import clock, robot, setting, vault
from models.base import db

if TYPE_CHECKING:
    from flask import Flask

log = structlog.get_logger()

#: Seconds between two looks when nothing waits.
POLL = 2.0


class RobotPosts:
    """One worker's hold on the posts to robots, in a thread of its own: a robot that hangs keeps no mail waiting."""

    def __init__(self, app: "Flask", holder: str, stopping: threading.Event) -> None:
        self.app, self.holder, self.stopping = app, holder, stopping
        self.timeout = wire.TIMEOUT

    def run(self) -> None:
        """Post until told to stop."""
        while not self.stopping.is_set():
            try:
                worked = self.run_one(clock.now())
            except Exception:
                # The database may be away for a while; the posts wait for it.
                log.exception("robots")
                worked = False
            if not worked:
                self.stopping.wait(POLL)

    def run_one(self, now: datetime) -> bool:
        """Send the oldest post that is due; False when there is nothing to do, or nothing may leave the house."""
        with self.app.app_context():
            if not robot.any_due(now) or setting.get("sending") != "on":
                return False
            post = robot.take(self.holder, now)
            db.session.commit()
            if post is not None:
                self._send(post.id, now)
        return True

    def _send(self, post_id: int, now: datetime) -> None:
        post = db.session.get_one(robot.RobotPost, post_id)
        try:
            found = wire.wire(post.robot.kind, post.robot.open_address(), post.robot.open_secret(), post.words, now)
        except vault.CannotOpen:
            robot.not_sent(post_id, self.holder, now, "换过密钥，地址打不开，请重新填写地址", final=True)
            db.session.commit()
            return
        # No transaction stays open while a robot is spoken to.
        db.session.rollback()
        try:
            wire.send(found, self.timeout)
        except wire.NotSent as error:
            final, unsure = isinstance(error, wire.Refused), isinstance(error, wire.Unsure)
            state = robot.not_sent(post_id, self.holder, clock.now(), str(error), final=final, unsure=unsure)
            log.warning("robot not told", id=post_id, state=state, error=str(error))
        else:
            robot.sent(post_id, self.holder, clock.now())
            log.info("robot told", id=post_id)
        db.session.commit()
