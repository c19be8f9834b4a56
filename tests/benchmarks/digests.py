"""The digests of 200 people over the whole district, from the first statement to the last row of the outbox."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from crm.demo.generate import Size
from jobs.digests import weekly_digest
from models import clock
from models.base import db
from models.firm import Firm
from models.outbox import Mail
from models.promise import Promise
from tests.benchmarks.districts import District, district
from tests.support.factories import make_user
from tests.support.statements import statements

PEOPLE, FEW = 200, 20
#: What it may take, in seconds.
MOST_SECONDS = 10.0


@dataclass(frozen=True)
class Digested:
    """One run: how many people and mails, the seconds of the wall and of the processor, the statements."""

    people: int
    mails: int
    seconds: float
    cpu: float
    statements: int


def measure(kind: str, size: Size, folder: Path) -> tuple[District, Digested, Digested]:
    """The run for a few people and for all, on one database of this kind."""
    with district(kind, f"digest_{kind}", size, folder) as made, made.app.app_context():
        config: Any = made.app.config["TIDU"]
        config.mail_url = "smtp://127.0.0.1:1/?from=tidu@bench.example"
        config.bureau_address = "https://bench.example"
        return made, _run(FEW), _run(PEOPLE)


def _run(people: int) -> Digested:
    """The digests of so many officers, each with an equal share of the firms, on an empty ledger."""
    for table in ("reminder_delivery", "reminder", "outbox"):
        db.session.execute(db.metadata.tables[table].delete())
    officers = [make_user("officer") for _ in range(people)]
    db.session.flush()
    first = db.session.scalar(select(Firm.id).order_by(Firm.id).limit(1)) or 0
    ids = [one.id for one in officers]
    quiet = {"synchronize_session": False, "logged": True}
    db.session.execute(update(Firm).values(officer_a_id=ids[0] + (Firm.id - first) % people), execution_options=quiet)
    db.session.execute(update(Promise).values(person_id=ids[0] + Promise.id % people), execution_options=quiet)
    db.session.commit()
    db.session.remove()
    with statements() as sent:
        begun, cpu = time.perf_counter(), time.process_time()
        result = weekly_digest(clock.now())
        seconds, used = time.perf_counter() - begun, time.process_time() - cpu
    mails = len(db.session.scalars(select(Mail.id)).all())
    assert mails == result["sent"]
    return Digested(result["raised"], mails, seconds, used, len(sent))
