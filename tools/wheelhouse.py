"""Gather in wheelhouse/ what a like machine without internet needs: every package as a wheel, and a lock of just these.

`make setup` over there finds wheelhouse/requirements.txt and asks no index. The front end travels as static/dist/.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHEELHOUSE = ROOT / "wheelhouse"


def lock_line(wheel: Path) -> str:
    """Return the line of a requirements file that accepts this wheel and no other."""
    name, version = wheel.name.split("-")[:2]
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def main() -> int:
    """Fill wheelhouse/ anew and return the exit status of pip."""
    shutil.rmtree(WHEELHOUSE, ignore_errors=True)
    # A build of uv has no pip; the one that comes with Python can be brought in.
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], capture_output=True, check=False)
    command = [sys.executable, "-m", "pip", "wheel", "-qq", "--require-hashes", "-r", "requirements.txt"]
    status = subprocess.run([*command, "--wheel-dir", str(WHEELHOUSE)], cwd=ROOT, check=False).returncode
    if status == 0:
        wheels = sorted(WHEELHOUSE.glob("*.whl"))
        (WHEELHOUSE / "requirements.txt").write_text("".join(map(lock_line, wheels)))
        print(f"{len(wheels)} wheels in wheelhouse/. Copy this folder with static/dist/ to the other machine.")
    return status


if __name__ == "__main__":
    sys.exit(main())
