"""What the bench does with visits, the plan and the phone; the same for ours and for the bare routes."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import func, select

from models import clock
from models.base import db
from models.user import User
from models.visit import Visit
from tests.benchmarks.clients import Act, Client
from tests.benchmarks.districts import District

#: name: (most times the bare route may be surpassed, most growth from a tenth of the firms); None: not asked.
AIMS: dict[str, tuple[float, float | None]] = {
    "visits, first page": (1.5, 2.0),
    "visits of officer": (1.5, 2.0),
    "timeline": (6.0, 2.0),
    "week, own": (1.5, None),
    "week, all": (1.5, None),
    "coverage": (1.5, None),
    "coverage, firms": (1.5, None),
    "send a visit": (5.0, 2.0),
}
#: Not asked for by anybody, and worth knowing.
SHOWN = ("phone's copy",)
#: How far back the officer's visits are asked for.
PERIOD = timedelta(days=90)


@dataclass
class Asked:
    """Whom and which firms the acts ask for."""

    officer: int
    firms: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, made: District) -> "Asked":
        """The officer who signs in, and the firms with most visits."""
        with made.app.app_context():
            officer = db.session.scalars(select(User.id).where(User.email == made.officer[0])).one()
            busiest = select(Visit.firm_id).group_by(Visit.firm_id).order_by(func.count().desc(), Visit.firm_id)
            firms = db.session.scalars(busiest.limit(50)).all()
            db.session.remove()
        return cls(officer, list(firms))


def acts(asked: Asked) -> dict[str, Act]:
    """What a client does for each line of the table."""
    today = clock.today()
    period = urlencode({"officer": asked.officer, "since": today - PERIOD, "until": today})

    def send(client: Client, number: int) -> str:
        firm_id = asked.firms[number % len(asked.firms)]
        body = {"firm_id": firm_id, "visit_on": today.isoformat(), "text": f"走访记录 {number}"}
        return client.put(f"/m/api/visits/{uuid4()}", body)

    return {
        "visits, first page": lambda client, number: client.get("/visits/"),
        "visits of officer": lambda client, number: client.get(f"/visits/?{period}"),
        "timeline": lambda client, number: client.get(f"/firms/{asked.firms[number % len(asked.firms)]}?kinds=visit"),
        "week, own": lambda client, number: client.get("/plan/"),
        "week, all": lambda client, number: client.get("/plan/?who=all"),
        "coverage": lambda client, number: client.get("/visits/coverage"),
        "coverage, firms": lambda client, number: client.get("/visits/coverage/firms?part=beyond"),
        "send a visit": send,
        "phone's copy": lambda client, number: client.get("/m/bundle.json"),
    }
