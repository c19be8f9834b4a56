"""Areas proposed anew from addresses, when the tree or its aliases have changed (foundations 9)."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select

from crm.imports.places import Places
from models import clock
from models.base import db
from models.change_log import Actor, acting
from models.firm import Firm, writing
from models.task import Task, Work, enqueue, task_kind

#: Firms written in one transaction: other writers wait no longer than that takes.
CHUNK = 500


def order(person_id: int | None) -> Task:
    """The task that proposes the areas of all firms anew; the caller commits."""
    return enqueue("areas.propose", {}, person_id, clock.now())


def order_for_new_areas(person_id: int | None) -> Task | None:
    """The same after the tree has changed; None while no firm has an address. The caller commits."""
    addressed = select(Firm.id).where(Firm.merged_into_id.is_(None), Firm.address != "").limit(1)
    return order(person_id) if db.session.scalar(addressed) else None


@task_kind("areas.propose", "按地址推定镇街")
def propose(work: Work) -> dict[str, Any]:
    """Give each firm the area its address names; what a list or a person said stays. Safe to run again."""
    places, today = Places.load(), clock.today()
    wanted = select(Firm.id).where(Firm.merged_into_id.is_(None), Firm.address != "")
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    done, moved, last = 0, 0, 0
    while True:
        firms = list(
            db.session.scalars(
                select(Firm)
                .where(Firm.merged_into_id.is_(None), Firm.address != "", Firm.id > last)
                .order_by(Firm.id)
                .limit(CHUNK)
            )
        )
        if not firms:
            return {"firms": total, "moved": moved}
        last, done = firms[-1].id, done + len(firms)
        found: dict[int, list[Firm]] = defaultdict(list)
        for firm in firms:
            area_id = places.of_address(firm.address)
            if area_id is not None:
                found[area_id].append(firm)
        with acting(Actor("job", work.person_id)):
            for area_id, lying in sorted(found.items()):
                moved += writing.place(lying, "area", area_id, today, "address")
            db.session.commit()
        work.progress(done, total, "按地址推定镇街")
