"""Databases and servers of the bench: made for the run, ended and dropped afterwards."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from config import ROOT, Config
from crm import create_app
from crm.demo.generate import Size
from crm.demo.load import load
from models import clock
from models.base import db
from tests.benchmarks.plans import fill_plan
from tests.support.skips import postgres_url

WORKERS = 4
THREADS = 4
SECRET = "bench " * 8
#: What gunicorn serves: the application, and the yardstick.
SERVED = "tests.benchmarks.served:make()"
BARE = "tests.benchmarks.bare:app"


@dataclass
class District:
    """A filled database and how to come in."""

    url: str
    instance: Path
    app: Flask
    size: Size
    passwords: dict[str, str] = field(default_factory=dict)
    load_seconds: float = 0.0

    @property
    def environment(self) -> dict[str, str]:
        """What a server on this database needs."""
        named = {"DATABASE_URL": self.url, "TIDU_INSTANCE": str(self.instance), "SECRET_KEY": SECRET}
        return {**os.environ, **named}

    @property
    def officer(self) -> tuple[str, str]:
        """Address and password of an officer who sees the whole district."""
        email = "lu@yunlan.example"
        return email, self.passwords[email]


@contextmanager
def district(kind: str, name: str, size: Size, folder: Path) -> Iterator[District]:
    """A database of this kind with a district of this size; dropped at the end."""
    instance = folder / name
    instance.mkdir()
    if kind == "sqlite":
        yield fill(f"sqlite:///{instance}/bench.sqlite3", instance, size)
        return
    server = postgres_url()
    if server is None:
        raise SystemExit("The bench needs a PostgreSQL server: set TEST_DATABASE_URL.")
    database = f"tidu_bench_{name}_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {database}"))
    try:
        yield fill(make_url(server).set(database=database).render_as_string(hide_password=False), instance, size)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        admin.dispose()


def fill(url: str, instance: Path, size: Size) -> District:
    """Migrate the database and load the district."""
    from flask_migrate import upgrade
    from flask_security.utils import hash_password

    app = create_app(Config(secret_key=SECRET, database_url=url, instance=instance, contact_key=SECRET))
    made = District(url, instance, app, size)
    begun = time.perf_counter()
    with app.app_context():
        upgrade()
        if size.firms:
            loaded = load(size, 1, clock.now(), clock.today(), hash_password)
            made.passwords = loaded.passwords
            fill_plan(size.visits // 3, clock.now(), clock.today())
        db.session.commit()
        analyze()
        db.session.remove()
        db.engine.dispose()
    made.load_seconds = time.perf_counter() - begun
    return made


def analyze() -> None:
    """What autovacuum does within minutes; the bench does not wait for it."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE")


@dataclass
class Server:
    """A running gunicorn on a database."""

    port: int
    pid: int
    made: District

    def cpu(self) -> float:
        """Seconds of processor that its workers and, on this machine, the backends of its database have used."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(map(cpu_of, [*map(int, children), *backends(self.made.url)]))


def cpu_of(pid: int) -> float:
    """Seconds of processor a process has used; 0 for one that is gone or runs elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def backends(url: str) -> list[int]:
    """The processes of PostgreSQL that serve this database."""
    if not url.startswith("postgresql"):
        return []
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in found]


@contextmanager
def served(target: str, made: District) -> Iterator[int]:
    """gunicorn with this application on this database; yields its port and ends it afterwards."""
    with running(target, made) as server:
        yield server.port


@contextmanager
def running(target: str, made: District) -> Iterator[Server]:
    """The same with more to ask of it."""
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "gunicorn"), "-w", str(WORKERS), "-k", "gthread", "--threads", str(THREADS),
        "--keep-alive", "60", "--no-control-socket", "--log-level", "error", "-b", f"127.0.0.1:{port}", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=made.environment)
    try:
        wait_for(port)
        yield Server(port, process.pid, made)
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Return as soon as the server answers anything."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")
