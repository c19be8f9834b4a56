"""Start Tidu on this machine: migrate the database, run web server and worker, print the address, end both together.

Settings from the environment: PORT (8000), DEMO=1 (fill an empty database with the demo district), WEB_THREADS (8).
However this program ends, killed outright included, a guard process sees it and ends what it had started.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sys.executable).parent
HOST = "127.0.0.1"
FLASK = [sys.executable, "-m", "flask", "--app", "crm"]
#: Seconds that web server and worker have to finish what they are doing before they are killed.
PATIENCE = 10.0
#: Seconds the web server has to answer for the first time.
START_LIMIT = 60.0


def tell(chinese: str, english: str) -> None:
    """Print one message in both languages."""
    print(f"{chinese}\n{english}", file=sys.stderr, flush=True)


def port_is_taken(port: int) -> bool:
    """Return whether something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a port only waiting out its last connection is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def commands(port: int) -> dict[str, list[str]]:
    """Return what is to run, by name."""
    threads = os.environ.get("WEB_THREADS", "8")
    gunicorn = [str(SCRIPTS / "gunicorn"), "-k", "gthread", "--threads", threads, "--no-control-socket"]
    return {
        "web": [*gunicorn, "--bind", f"{HOST}:{port}", "--log-level", "warning", "crm:create_app()"],
        "worker": [*FLASK, "worker"],
    }


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a command as the leader of its own process group: Ctrl-C reaches this program alone, which passes it on."""
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)


def end_groups(groups: list[int], patience: float) -> None:
    """Ask every process of the groups to end and kill what has not after `patience` seconds."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + patience
        alive = [group for group in groups if signal_group(group, sent)]
        while alive and time.monotonic() < deadline:
            time.sleep(0.05)
            alive = [group for group in alive if signal_group(group, 0)]


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group and return whether anybody was there to get it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def guard(patience: float) -> None:
    """Read process groups, one a line, until standard input closes: the starter is gone, so end them all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_groups([int(line) for line in sys.stdin], patience)


def start_guard() -> subprocess.Popen[str]:
    """Start the guard; it ends every group written to it as soon as our end of its pipe closes, however that comes."""
    command = [sys.executable, __file__, "--guard", str(PATIENCE)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, text=True)


def answers(url: str) -> bool:
    """Return whether the web server answers, whatever it says."""
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def announce(url: str, stopped: threading.Event) -> None:
    """Print the address as soon as the web server answers."""
    deadline = time.monotonic() + START_LIMIT
    while not stopped.wait(0.1) and time.monotonic() < deadline:
        if answers(f"{url}healthz"):
            tell(f"\n梯度已启动：{url}    按 Ctrl-C 结束", f"Tidu is running: {url}    Ctrl-C ends it\n")
            return


def watch(processes: dict[str, subprocess.Popen[bytes]], stopped: threading.Event) -> int:
    """Wait until told to stop, until our starter is gone, or until a process ends; return the exit status."""
    parent = os.getppid()
    while not stopped.wait(0.3):
        if parent != 1 and os.getppid() != parent:
            return 0
        for name, process in processes.items():
            if process.poll() is not None:
                tell(f"{name} 意外结束，一并停止。", f"{name} ended unexpectedly ({process.returncode}); stopping.")
                return 1
    return 0


def prepare() -> None:
    """Bring the database to the newest schema and, when DEMO=1, fill it; exit with a message when that fails."""
    if subprocess.run([*FLASK, "db", "upgrade"], cwd=ROOT, check=False).returncode:
        tell("数据库没有升级成功，原因见上。", "The database could not be migrated; see above.")
        sys.exit(1)
    if os.environ.get("DEMO") == "1" and subprocess.run([*FLASK, "demo", "load"], cwd=ROOT, check=False).returncode:
        tell("没有装入演示数据（原因见上），照常启动。", "The demo was not loaded (see above); starting all the same.")


def main() -> int:
    """Run until told to stop and return the exit status."""
    port = int(os.environ.get("PORT", "8000"))
    if port_is_taken(port):
        tell(
            f"端口 {port} 已被占用：也许已经启动过了。换一个端口：PORT={port + 1} make run",
            f"Port {port} is taken: perhaps it runs already. Use another: PORT={port + 1} make run",
        )
        return 1
    prepare()
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    guarding = start_guard()
    assert guarding.stdin is not None
    processes = {}
    for name, command in commands(port).items():
        processes[name] = start(command)
        guarding.stdin.write(f"{processes[name].pid}\n")
        guarding.stdin.flush()
    threading.Thread(target=announce, args=(f"http://{HOST}:{port}/", stopped), daemon=True).start()
    status = watch(processes, stopped)
    stopped.set()
    tell("正在结束 ...", "Stopping ...")
    guarding.stdin.close()
    for process in processes.values():
        process.wait()
    guarding.wait()
    return status


if __name__ == "__main__":
    if sys.argv[1:2] == ["--guard"]:
        guard(float(sys.argv[2]))
        sys.exit(0)
    sys.exit(main())
