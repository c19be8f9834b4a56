"""Kept results of every firm: how long judging all of them anew takes, and the pages that read them beside the bare
statements of the same page."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import select, text

from crm.assessing import keep
from models import clock
from models.base import db
from models.rule_book import shelf
from models.user import User
from tests.benchmarks.districts import District, analyze
from tests.support.browser import Browser

ROUNDS = 15
#: Figures of every firm and year, as an expression over a number from 0 to 996 that differs by firm and year.
FIGURES = {
    "operating_revenue": "500 + n * 40", "main_revenue": "(500 + n * 40) * (60 + n % 40) / 100",
    "rd_expense": "(500 + n * 40) * (1 + n % 11) / 100", "staff_total": "10 + n / 4",
    "tech_staff": "(10 + n / 4) * (5 + n % 40) / 100", "total_assets": "600 + n * 45",
    "total_liabilities": "(600 + n * 45) * (20 + n % 70) / 100", "cost_and_expense": "450 + n * 38",
    "hightech_income": "(500 + n * 40) * (30 + n % 70) / 100", "total_income": "500 + n * 40",
}  # fmt: skip
PAGES = {"candidates": "/candidates/?regime=tech_sme&state=nearly", "radar": "/radar/"}
ROWS = """SELECT r.*, f.name, f.code, a.name AS area, u.name AS officer FROM assessment_result r
  JOIN firm f ON f.id = r.firm_id LEFT JOIN area a ON a.id = f.area_id LEFT JOIN "user" u ON u.id = f.officer_a_id
  WHERE r.regime = 'tech_sme' AND r.state = 'nearly' ORDER BY r.distance, r.firm_id LIMIT 50"""
BARE = {
    "candidates": (
        "SELECT state, shorts, count(*) FROM assessment_result WHERE regime = 'tech_sme' GROUP BY state, shorts",
        """SELECT held <> '', total, count(*) FROM assessment_result WHERE regime = 'tech_sme' AND total IS NOT NULL
        GROUP BY 1, 2""",
        """SELECT count(*) FROM firm f WHERE f.status = 'active' AND f.merged_into_id IS NULL AND NOT EXISTS
        (SELECT 1 FROM assessment_result r WHERE r.firm_id = f.id AND r.regime = 'tech_sme')""",
        ROWS,
    ),
    "radar": (
        """SELECT s.to_on, t.key, count(*) FROM standing_title s JOIN title_type t ON t.id = s.type_id
        WHERE s.state = 'in_force' AND s.from_on <= %(on)s AND s.to_on BETWEEN %(on)s AND %(on)s::date + 365
        GROUP BY 1, 2""",
        """SELECT s.to_on, t.key, f.name, r.as_new FROM standing_title s JOIN title_type t ON t.id = s.type_id
        JOIN firm f ON f.id = s.firm_id LEFT JOIN assessment_result r ON r.firm_id = s.firm_id AND r.regime = t.key
        WHERE s.state = 'in_force' AND s.from_on <= %(on)s AND s.to_on BETWEEN %(on)s AND %(on)s::date + 365
        ORDER BY s.to_on, f.sort_key, f.id LIMIT 50""",
    ),
}


@dataclass(frozen=True)
class Kept:
    """Firms judged, seconds and megabytes for all, seconds for one, and for each page of ours and of the bare one."""

    firms: int
    figures: int
    seconds: float
    memory: float
    one_seconds: float
    pages: dict[str, tuple[float, float]]


def measure(made: District) -> Kept:
    """Give every firm figures of three years, judge all of them, open the pages. In this process."""
    with made.app.app_context():
        figures = _figures(clock.today())
        analyze()
        begun = time.perf_counter()
        firms = keep.keep_all(clock.today(), clock.now(), shelf())
        seconds = time.perf_counter() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        analyze()
        first = db.session.scalar(text("SELECT min(firm_id) FROM assessment_result")) or 0
        begun = time.perf_counter()
        keep.keep([first], clock.today(), clock.now(), shelf())
        db.session.commit()
        one = time.perf_counter() - begun
        browser = Browser(made.app)
        browser.sign_in(db.session.scalars(select(User).where(User.email == made.officer[0])).one())
        db.session.commit()
        pages = {name: (_median(lambda path=path: browser.get(path)), 0.0) for name, path in PAGES.items()}  # type: ignore[misc]
    with psycopg.connect(made.url.replace("+psycopg", "")) as bare:
        for name, statements in BARE.items():
            pages[name] = (pages[name][0], _median(lambda all_of=statements: _ask(bare, all_of)))  # type: ignore[misc]
    return Kept(firms, figures, seconds, memory, one, pages)


def _figures(today: date) -> int:
    """Ten figures of three years for every firm that is there; how many rows."""
    db.session.execute(text("DELETE FROM firm_figure"))
    for key, value in FIGURES.items():
        db.session.execute(text(f"""
            INSERT INTO firm_figure (firm_id, year, key, value, approximate, source, source_on, entered_at)
            SELECT firm.id, y, '{key}', ({value}) * 1000000::bigint, false, '企业填报', CAST(:on AS date), :at
            FROM firm, generate_series(CAST(:last AS int) - 2, CAST(:last AS int)) y,
            LATERAL (SELECT (firm.id * 7919 + y * 31) % 997 AS n) made"""),
            {"last": today.year - 1, "on": today, "at": clock.now().replace(tzinfo=None)})  # fmt: skip
    db.session.commit()
    return db.session.scalar(text("SELECT count(*) FROM firm_figure")) or 0


def _median(act: Callable[[], Any]) -> float:
    act()
    found = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return median(found)


def _ask(connection: psycopg.Connection[Any], statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(statement, {"on": clock.today()}).fetchall()
