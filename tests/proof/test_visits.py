"""Visits sent while the server is killed and the network lies: every visit with a receipt is there exactly once."""

import hashlib
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from itertools import cycle

import pytest
from PIL import Image
from sqlalchemy import func, select

from crm.demo.generate import Size
from models import clock, file, integrity
from models.base import db
from models.change import Change
from models.firm import Firm
from models.promise import Promise
from models.visit import Visit, VisitDemand, VisitOfficer, VisitPhoto, VisitReceipt
from tests.benchmarks.districts import District, free_port
from tests.proof.conftest import MakeDistrict
from tests.proof.test_saves import kill_group, serve
from tests.support.visit_queue import BadNetwork, Queue, cookie_of

#: Longer than any run should take, in seconds.
PATIENCE = 1200


class Killed:
    """A server that is killed at random moments of the sending and started again on the same port, until `stop`."""

    def __init__(self, made: District, seed: int, kills: int, visits: int) -> None:
        self.made, self.chance = made, random.Random(seed)
        #: After how many receipts each kill comes.
        self.moments = sorted(self.chance.sample(range(1, visits), kills))
        self.queues: Sequence[Queue] = ()
        self.port, self.kills = free_port(), 0
        self.process: subprocess.Popen[bytes] = serve(made, self.port)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._kill_and_start)

    def _kill_and_start(self) -> None:
        for moment in self.moments:
            while sum(len(queue.receipts) for queue in self.queues) < moment:
                if self.over.wait(0.01):
                    return
            time.sleep(0.1 * self.chance.random())
            kill_group(self.process)
            self.kills += 1
            self.process = serve(self.made, self.port)

    def stop(self) -> None:
        self.over.set()
        self.thread.join()
        kill_group(self.process)


def send_all(queues: Sequence[Queue], number: int) -> None:
    """Type the visits and send them, all queues at once. Raises what went wrong in one of them."""
    until, wrong = time.monotonic() + PATIENCE, list[BaseException]()
    for place, queue in zip(range(number), cycle(queues), strict=False):
        queue.type(place)

    def run(queue: Queue) -> None:
        try:
            for uuid in queue.bodies:
                queue.send(uuid, until)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def check(made: District, queues: Sequence[Queue], before: int) -> None:
    """Everything with a receipt is there once and whole, and nothing else is."""
    with made.app.app_context():
        receipts = {uuid: receipt for queue in queues for uuid, receipt in queue.receipts.items()}
        bodies = {uuid: body for queue in queues for uuid, body in queue.bodies.items()}
        assert set(receipts) == set(bodies)
        assert len({receipt["number"] for receipt in receipts.values()}) == len(receipts)
        rows = db.session.scalars(select(Visit).where(Visit.source == "phone").order_by(Visit.id)).all()
        assert Counter(row.uuid for row in rows) == Counter(list(bodies))
        assert {row.uuid: (row.text, row.firm_id) for row in rows} == {
            uuid: (body["text"], body["firm_id"]) for uuid, body in bodies.items()
        }
        assert {row.uuid: row.id for row in rows} == {uuid: one["visit_id"] for uuid, one in receipts.items()}
        ids = [row.id for row in rows]
        for model in (VisitOfficer, VisitDemand, Promise, VisitReceipt):
            held = select(func.count(), func.count(model.visit_id.distinct())).where(model.visit_id.in_(ids))
            assert tuple(db.session.execute(held).one()) == (len(ids), len(ids)), model.__tablename__
        traces = select(func.count()).where(
            Change.table_name == "visit", Change.act == "created", Change.row_id.in_(ids)
        )
        assert db.session.scalar(traces) == len(ids)
        assert db.session.scalar(select(func.count(Visit.id))) == before + len(ids)
        photos = {uuid: photo for queue in queues for uuid, photo in queue.photos.items()}
        found = db.session.scalars(select(VisitPhoto).order_by(VisitPhoto.id)).all()
        assert Counter(row.sha256 for row in found) == Counter(
            hashlib.sha256(photo).hexdigest() for photo in photos.values()
        )
        for row in found:
            assert row.file is not None and Image.open(BytesIO(file.read(row.file))).size == (64, 48)
        assert list(integrity.problems(full=True)) == []
        db.session.remove()


def begin(made: District) -> tuple[list[int], int]:
    """The firms there are, and how many visits."""
    with made.app.app_context():
        firm_ids = list(db.session.scalars(select(Firm.id).order_by(Firm.id)))
        before = db.session.scalar(select(func.count(Visit.id))) or 0
        db.session.remove()
    return firm_ids, before


def tell(kind: str, queues: Sequence[Queue], more: str) -> None:
    """What happened on the way."""
    happened = sum((queue.happened for queue in queues), Counter[str]())
    print(f"{kind}: {len(queues)} clients, {sum(len(queue.receipts) for queue in queues)} receipts, {more}")
    print("  " + ", ".join(f"{word} × {count}" for word, count in sorted(happened.items())))


SIZES = [
    pytest.param("sqlite", 3, 24, 2, id="small", marks=pytest.mark.slow),
    pytest.param("sqlite", 8, 500, 40, id="sqlite", marks=pytest.mark.proof),
    pytest.param("postgresql", 8, 500, 40, id="postgresql", marks=pytest.mark.proof),
]


@pytest.mark.parametrize(("kind", "people", "visits", "kills"), SIZES)
def test_a_killed_server_keeps_every_visit_with_a_receipt_once(
    make_district: MakeDistrict, kind: str, people: int, visits: int, kills: int
) -> None:
    made = make_district(kind, Size.of(30))
    firm_ids, before = begin(made)
    server = Killed(made, 20261122, kills, visits)
    queues = [
        Queue(server.port, cookie_of(server.port, made.officer), firm_ids, clock.today().isoformat(), seed)
        for seed in range(people)
    ]
    server.queues = queues
    server.thread.start()
    try:
        send_all(queues, visits)
    finally:
        server.stop()
    tell(kind, queues, f"{server.kills} kills")
    assert server.kills == kills
    check(made, queues, before)


@pytest.mark.parametrize(("kind", "people", "visits", "kills"), SIZES)
def test_a_network_that_lies_loses_and_doubles_nothing(
    make_district: MakeDistrict, kind: str, people: int, visits: int, kills: int
) -> None:
    made = make_district(kind, Size.of(30))
    firm_ids, before = begin(made)
    port = free_port()
    process = serve(made, port)
    network = BadNetwork(port, seed=7)
    try:
        queues = [
            Queue(network.port, cookie_of(port, made.officer), firm_ids, clock.today().isoformat(), seed)
            for seed in range(people)
        ]
        send_all(queues, visits)
    finally:
        network.close()
        kill_group(process)
    tell(kind, queues, ", ".join(f"{word} × {count}" for word, count in sorted(network.happened.items())))
    assert set(network.happened) >= {"log-in page", "answer cut", "repeated"}
    check(made, queues, before)
