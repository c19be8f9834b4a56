"""Senders are killed while a server has their mail in its hands: nothing is lost, and what came twice is recognised."""

import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import select

from config import ROOT
from crm.demo.generate import Size
from crm.mail.message import Words, letter
from models import clock, outbox, setting
from models.base import db
from models.outbox import Mail
from tests.proof.conftest import MakeDistrict
from tests.support.mail_server import serving

MAILS, KILLS = 40, 6

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_senders_lose_no_mail(make_district: MakeDistrict, kind: str) -> None:
    made = make_district(kind, Size(0, 0, 0))
    with made.app.app_context():
        setting.change("mail_per_minute", "600")
        for number in range(MAILS):
            said = letter(f"r{number}@firm.example", "企业", f"第 {number} 封", Words("请确认"))
            outbox.put(f"proof-{number}", said, "bureau.example", clock.now())
        db.session.commit()
    with serving() as (taken, port):
        environment = {**made.environment, "MAIL_URL": f"smtp://127.0.0.1:{port}/?from=tidu@bureau.example"}
        for number in range(KILLS + 1):
            sender = subprocess.Popen([sys.executable, "-m", "tests.proof.worker", "2"], cwd=ROOT, env=environment,
                                      stderr=subprocess.DEVNULL)  # fmt: skip
            # The server has the whole mail and has not said so yet: the worst moment.
            taken.on_mail = None if number == KILLS else sender.kill
            code = sender.wait(120)
        assert code == 0
    times = Counter(mail["Message-ID"] for mail in taken.mails)
    with made.app.app_context():
        rows = db.session.scalars(select(Mail).order_by(Mail.id)).all()
        doubtful = {row.message_id for row in rows if row.doubtful}
        states = Counter(row.state for row in rows)
        db.session.remove()
    assert states == {"sent": MAILS} and len(times) == MAILS
    assert {key for key, number in times.items() if number > 1} == doubtful and len(doubtful) <= KILLS
    assert sum(times.values()) == MAILS + KILLS
    print(f"{kind}: {MAILS} mails, {KILLS} kills after DATA, {len(doubtful)} came again under the same Message-ID")
