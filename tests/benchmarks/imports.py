"""Measures the import of registers beside the raw limit, and how long somebody else's visit waits meanwhile."""

import csv
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select, text

from config import ROOT
from crm.demo.generate import Ids, Size, code_for, generate
from models import clock
from models.base import db
from models.visit import Visit
from tests.benchmarks.clients import Client
from tests.benchmarks.districts import District

HEADERS = (
    "企业名称",
    "统一社会信用代码",
    "注册日期",
    "企业类型",
    "注册资金",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
)
MARK = "导入期间的走访"


@dataclass
class Waits:
    """Visits posted every second beside an import: how long each took, and whether all are there."""

    seconds: list[float] = field(default_factory=list)
    #: Answered and not there, or not taken at all.
    lost: int = 0
    refused: int = 0


@dataclass
class Imported:
    """One import beside its raw limit."""

    rows: int
    seconds: float
    raw_seconds: float
    report: dict[str, Any]
    waits: Waits


def register(path: Path, rows: int, first: int) -> Path:
    """A register file of so many invented firms, written as registrars export it; codes count from `first`."""
    ids = Ids(areas={}, parks={}, officers=[1, 2], title_types={}, pool_types={})
    firms = generate(Size(rows, 0, 0), first, clock.today(), ids).rows["firm"]
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS)
        for number, firm in enumerate(firms):
            capital = f"{firm['capital']}万人民币"
            where = ("云澜省", "云澜", firm["address"])
            founded = firm["founded_on"].isoformat()
            code = code_for(first + number)
            writer.writerow([firm["name"], code, founded, firm["kind"], capital, firm["scope"], *where])
    return path


def raw_limit(made: District, path: Path) -> float:
    """Seconds to read the same file with pandas and to write the same rows with one executemany, nothing else."""
    import pandas as pd

    engine = create_engine(made.url)
    columns = ", ".join(f"c{place} TEXT" for place in range(len(HEADERS)))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE bench_raw ({columns})"))
    begun = time.perf_counter()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    raw = engine.raw_connection()
    mark = "%s" if engine.dialect.name == "postgresql" else "?"
    statement = f"INSERT INTO bench_raw VALUES ({', '.join([mark] * len(HEADERS))})"
    raw.cursor().executemany(statement, list(frame.itertuples(index=False, name=None)))
    raw.commit()
    seconds = time.perf_counter() - begun
    raw.close()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE bench_raw"))
    engine.dispose()
    return seconds


@contextmanager
def visiting(made: District, port: int) -> Iterator[Waits]:
    """An officer who records a visit every second while the block runs."""
    client = Client(port).sign_in(*made.officer)
    waits = Waits()
    ended = threading.Event()
    before = count_visits(made)

    def go_on() -> None:
        while not ended.is_set():
            begun = time.perf_counter()
            day = clock.today().isoformat()
            try:
                client.send("/bench/firms/1/visits", {"visit_on": day, "text": MARK}, expect=302)
            except RuntimeError:
                waits.refused += 1
            waits.seconds.append(time.perf_counter() - begun)
            ended.wait(max(0.0, 1.0 - waits.seconds[-1]))

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield waits
    finally:
        ended.set()
        thread.join()
        waits.lost = len(waits.seconds) - waits.refused - (count_visits(made) - before)


def count_visits(made: District) -> int:
    """How many of the visits recorded beside imports are in the database."""
    with made.app.app_context():
        found = db.session.scalar(select(func.count(Visit.id)).where(Visit.text == MARK))
        db.session.remove()
        return found or 0


def run_import(made: District, path: Path) -> dict[str, Any]:
    """The import by command line; returns its report."""
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "crm",
        "imports",
        "run",
        str(path),
        "--kind",
        "register",
        "--json",
    ]
    ended = subprocess.run(command, cwd=ROOT, env=made.environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"the import failed: {ended.stdout[-500:]} {ended.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def measure_import(made: District, port: int, folder: Path, rows: int, first: int) -> Imported:
    """Import a register of so many rows while an officer goes on working."""
    path = register(folder / f"register-{rows}.csv", rows, first)
    raw = raw_limit(made, path)
    with visiting(made, port) as waits:
        begun = time.perf_counter()
        report = run_import(made, path)
        seconds = time.perf_counter() - begun
    return Imported(rows, seconds, raw, report, waits)
