"""`make run` ends everything it started, however it is ended itself."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 30

#: The supervisor with two harmless programs in the place of web server and worker. Both write a line and then wait.
#: They and the guard hold the same standard output, so it closes when the last of them is gone, and not before.
STARTER = """
import sys
from tools import serve

child = "import time; print('up', flush=True); time.sleep(600)"
stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + child
brief = "print('up', flush=True)"
kinds = {"child": child, "stubborn": stubborn, "brief": brief}
programs = {f"{kind} {number}": [sys.executable, "-c", kinds[kind]] for number, kind in enumerate(sys.argv[1:])}
serve.commands = lambda port: programs
serve.prepare = lambda: None
serve.PATIENCE = 1.0
sys.exit(serve.main())
"""


def start(*kinds: str, port: int) -> subprocess.Popen[str]:
    """Start the supervisor over these programs and return once all of them run."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER, *kinds],
        cwd=ROOT,
        env={"PATH": "", "PORT": str(port), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for _ in kinds:
        assert process.stdout.readline() == "up\n"
    return process


@pytest.fixture
def port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_web_server_and_worker(number, port):
    process = start("child", "child", port=port)
    process.send_signal(number)
    process.communicate(timeout=LIMIT)  # the pipe closes: nobody is left
    assert process.returncode == 0


def test_a_killed_supervisor_leaves_no_orphan(port):
    process = start("child", "child", port=port)
    process.kill()
    process.communicate(timeout=LIMIT)
    assert process.returncode == -signal.SIGKILL


def test_a_program_that_does_not_listen_is_killed(port):
    process = start("child", "stubborn", port=port)
    process.terminate()
    process.communicate(timeout=LIMIT)
    assert process.returncode == 0


def test_when_one_ends_by_itself_the_other_is_ended_and_the_failure_told(port):
    process = start("child", "brief", port=port)
    _, told = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    assert "brief 1 ended unexpectedly" in told


def test_a_taken_port_is_told_and_another_proposed():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", STARTER, "child"],
            cwd=ROOT,
            env={"PATH": "", "PORT": str(taken), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"端口 {taken} 已被占用" in done.stderr and f"PORT={taken + 1} make run" in done.stderr
