"""`make run` in a fresh clone, on machines with and without Node: it starts, keeps its data, leaves nobody behind."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST_START = 600
SECOND_START = 30
ENDS_IN = 30


@pytest.fixture(params=["with what the machine has", "without node"])
def clone(request, tmp_path) -> tuple[Path, dict[str, str]]:
    """A clone of what is committed, and the environment of somebody who has just come to the machine."""
    folder = tmp_path / "tidu"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIDU_", "VIRTUAL_ENV", "MAKE"))}
    environment = {**kept, "PORT": port, "DATABASE_URL": "", "DEMO": ""}
    if request.param == "without node":
        # Named, so that the Python found is the same although the PATH is another one.
        found = subprocess.run(["sh", "tools/find-python.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
        environment["TIDU_PYTHON"] = found.stdout.strip()
        environment["PATH"] = str(path_without_node(tmp_path))
    return folder, environment


def path_without_node(folder: Path) -> Path:
    """Return a folder of links to every program on the PATH but Node's."""
    links = folder / "programs"
    links.mkdir()
    seen = {"node", "nodejs", "npm", "npx"}
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            if program.name not in seen:
                seen.add(program.name)
                (links / program.name).symlink_to(program)
    return links


def make_run(folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["make", "run"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def address_from(process: subprocess.Popen[str], limit: float) -> str:
    """Return the address it prints; fail when it ends first or takes longer than the limit."""
    assert process.stdout is not None
    said, begun = [], time.monotonic()
    for line in process.stdout:
        said.append(line)
        if match := re.search(r"Tidu is running: (\S+)", line):
            assert time.monotonic() - begun < limit
            return match.group(1)
    pytest.fail("it ended by itself:\n" + "".join(said[-40:]))


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """What is still running at the end is ended."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.mark.proof
def test_a_fresh_clone_runs_and_runs_again_and_leaves_nobody_behind(clone, started):
    folder, environment = clone
    started.append(make_run(folder, environment))
    url = address_from(started[-1], FIRST_START)
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert "Content-Security-Policy" in answer.headers
        assert re.search(r"/static/dist/app-\w+\.css", answer.read().decode()), "the bundle is not used"
    kept = {name: (folder / "instance" / name).stat().st_ino for name in ("secret_key", "tidu.sqlite3")}

    # Ctrl-C reaches make and what it runs. The pipe closes when the last process is gone.
    os.killpg(started[-1].pid, signal.SIGINT)
    started[-1].communicate(timeout=ENDS_IN)

    started.append(make_run(folder, environment))
    assert address_from(started[-1], SECOND_START) == url
    assert {name: (folder / "instance" / name).stat().st_ino for name in kept} == kept

    # Even make itself may be killed outright.
    started[-1].kill()
    started[-1].communicate(timeout=ENDS_IN)

    changed = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True)
    assert changed.stdout == ""
