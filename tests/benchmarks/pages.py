"""Measures the pages of issue 2 beside the bare routes, beside a tenth of the firms, and on SQLite."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import quote

from sqlalchemy import select

from models import clock
from models.base import db
from models.firm import Firm
from models.title import Title
from tests.benchmarks import issues, visits
from tests.benchmarks.clients import Act, Client, Times, measure
from tests.benchmarks.districts import BARE, SERVED, District, Server, running

#: name: (most times the bare route may be surpassed, most growth from a tenth of the firms); None: not asked.
AIMS: dict[str, tuple[float | None, float | None]] = {
    "list, first page": (1.5, 2.0),
    "search, common": (1.0, 2.0),
    "search, rare": (1.0, 2.0),
    "record": (6.0, 2.0),
    "board": (1.0, 2.0),
    "add a visit": (5.0, 2.0),
    **visits.AIMS,
    **dict.fromkeys(visits.SHOWN, (None, None)),
    **issues.AIMS,
}
#: The pages asked for, each by a part of its name; all without one.
ONLY = os.environ.get("BENCH_ONLY", "").split(",")
CLIENTS = (1, 8)
Results = dict[tuple[str, int], Times]


@dataclass
class Questions:
    """What people look for and open in one district."""

    common: list[str] = field(default_factory=list)
    rare: list[str] = field(default_factory=list)
    firms: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, made: District) -> "Questions":
        """Pairs of characters from the middle of names, common and rare, and firms with titles."""
        with made.app.app_context():
            names = db.session.scalars(select(Firm.name).order_by(Firm.id)).all()
            firms = db.session.scalars(select(Title.firm_id).distinct().order_by(Title.firm_id).limit(2000)).all()
            db.session.remove()
        pairs = Counter(pair for name in names for pair in middle_pairs(name))
        ordered = [pair for pair, _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))]
        return cls(ordered[5:25], ordered[-20:], list(firms[:: max(1, len(firms) // 50)]))


def middle_pairs(name: str) -> Iterator[str]:
    """Neighbouring characters that neither begin nor end the name."""
    return (name[place : place + 2] for place in range(1, len(name) - 2))


def acts(questions: Questions) -> dict[str, Act]:
    """What a client does for each line of the table; the same for both servers."""

    def search(words: list[str]) -> Act:
        return lambda client, number: client.get(f"/firms/?q={quote(words[number % len(words)])}")

    def add(client: Client, number: int) -> str:
        firm_id = questions.firms[number % len(questions.firms)]
        day = clock.today().isoformat()
        return client.send(f"/bench/firms/{firm_id}/visits", {"visit_on": day, "text": f"走访记录 {number}"})

    return {
        "list, first page": lambda client, number: client.get("/firms/"),
        "search, common": search(questions.common),
        "search, rare": search(questions.rare),
        "record": lambda client, number: client.get(f"/firms/{questions.firms[number % len(questions.firms)]}"),
        "board": lambda client, number: client.get("/funnel/"),
        "add a visit": add,
    }


def every_act(made: District) -> dict[str, Act]:
    """What a client does for each line of the table of pages."""
    return acts(Questions.of(made)) | visits.acts(visits.Asked.of(made))


def run(made: District, rounds: int, bare: bool, todo: dict[str, Act] | None = None) -> tuple[Results, Results]:
    """Times of our pages and, when asked, of the bare routes, taken in turn: what slows the machine slows both."""
    todo = every_act(made) if todo is None else todo
    ours: Results = {}
    theirs: Results = {}
    with ExitStack() as stack:
        server = stack.enter_context(running(SERVED, made))
        people = [Client(server.port).sign_in(*made.officer) for _ in range(max(CLIENTS))]
        other: Server | None = None
        strangers: list[Client] = []
        if bare:
            other = stack.enter_context(running(BARE, made))
            strangers = [Client(other.port) for _ in range(max(CLIENTS))]
        for name, act in todo.items():
            for count in CLIENTS if any(part in name for part in ONLY) else ():
                asked = rounds * (2 if count > 1 else 1)
                ours[name, count] = measure(people[:count], act, asked, server.cpu)
                if other is not None:
                    theirs[name, count] = measure(strangers[:count], act, asked, other.cpu)
    return ours, theirs
