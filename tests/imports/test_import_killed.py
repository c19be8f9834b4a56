"""An import whose process is killed leaves the database whole, and can be run again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.support.sheets import csv_bytes, register_rows

ROWS = 4_000
ROOT = Path(__file__).parents[2]
WHOLE = (
    "SELECT (SELECT count(*) FROM firm), (SELECT count(*) FROM firm_name), (SELECT count(*) FROM firm_search),"
    " (SELECT count(*) FROM standing)"
)


def flask(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'tidu.sqlite3'}", "TIDU_INSTANCE": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "crm", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err


@pytest.mark.slow
@pytest.mark.parametrize("said", ["比对", "存下原始行", "写入"])
def test_a_killed_import_is_run_again(tmp_path: Path, said: str) -> None:
    finish(flask(tmp_path, "db", "upgrade"))
    register = tmp_path / "企业登记.csv"
    register.write_bytes(csv_bytes(register_rows(range(1, ROWS + 1))))
    process = flask(tmp_path, "imports", "run", str(register))
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(said):
            break
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    engine = create_engine(f"sqlite:///{tmp_path / 'tidu.sqlite3'}")
    with engine.connect() as connection:
        counts = tuple(connection.execute(text(WHOLE)).one())
    assert counts in {(0,) * 4, (ROWS,) * 4}, f"half written: {counts}"
    finish(flask(tmp_path, "imports", "run", str(register)))
    with engine.connect() as connection:
        assert tuple(connection.execute(text(WHOLE)).one()) == (ROWS,) * 4
    engine.dispose()
