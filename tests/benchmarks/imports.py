"""Measures imports beside the raw limit, and how long somebody else's visits and pages take meanwhile."""

import csv
import json
import os
import subprocess
import sys
import tempfile
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
    #: Seconds that the list of firms took.
    pages: list[float] = field(default_factory=list)


@dataclass
class Imported:
    """One import beside its raw limit."""

    rows: int
    seconds: float
    #: Of the process that imports: processor time, and the most memory it had in MB.
    cpu_seconds: float
    memory: float
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
    with path.open(encoding="utf-8-sig", newline="") as lines:
        width = len(next(csv.reader(lines)))
    columns = ", ".join(f"c{place} TEXT" for place in range(width))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE bench_raw ({columns})"))
    begun = time.perf_counter()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    raw = engine.raw_connection()
    mark = "%s" if engine.dialect.name == "postgresql" else "?"
    statement = f"INSERT INTO bench_raw VALUES ({', '.join([mark] * width)})"
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
            asked = time.perf_counter()
            client.get("/firms/")
            waits.pages.append(time.perf_counter() - asked)
            ended.wait(max(0.0, 1.0 - (time.perf_counter() - begun)))

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


def run_import(made: District, path: Path, kind: str) -> tuple[dict[str, Any], float, float]:
    """The import by command line; returns its report, its processor time in seconds and its most memory in MB."""
    command = [
        sys.executable, "-m", "flask", "--app", "crm", "imports", "run", str(path), "--kind", kind, "--json",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong:
        process = subprocess.Popen(command, cwd=ROOT, env=made.environment, stdout=said, stderr=wrong)
        memory, ended = 0.0, 0
        while not ended:
            time.sleep(0.1)
            # What the kernel says of an ended child counts the memory of this process, which it began as.
            memory = max(memory, _peak(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        wrong.seek(0)
        if process.returncode:
            raise RuntimeError(f"the import failed: {said.read()[-500:]!r} {wrong.read()[-2000:].decode()}")
        report: dict[str, Any] = json.load(said)
    return report, used.ru_utime + used.ru_stime, memory


def _peak(pid: int) -> float:
    """The most memory a process has had so far, in MB; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def measure_import(made: District, port: int, path: Path, rows: int, kind: str) -> Imported:
    """Import a file of so many rows while an officer goes on working."""
    raw = raw_limit(made, path)
    with visiting(made, port) as waits:
        begun = time.perf_counter()
        report, cpu, memory = run_import(made, path, kind)
        seconds = time.perf_counter() - begun
    return Imported(rows, seconds, cpu, memory, raw, report, waits)
