"""Bring the front-end packages and bundle them into static/dist/; does nothing when nothing they depend on changed.

With `--optional` a failure is told and forgiven: pages work without the bundle, only plainer.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "crm/frontend"
DIST = ROOT / "static/dist"
BUILT = DIST / "built"
PACKAGES = ROOT / "node_modules"
INSTALLED = PACKAGES / "installed"
OLDEST_NODE = 18


class AssetsMissing(Exception):
    """Something needed for the bundle cannot be had; the text says what and what to do."""


def digest(paths: list[Path]) -> str:
    """Return one hash over the names and contents of the files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    """Return whether the stamp says that this very input was worked off."""
    return stamp.exists() and stamp.read_text() == wanted


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run a command in the project folder; raise AssetsMissing with its last words when it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise AssetsMissing(f"{' '.join(command)} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")


def node_version(environment: dict[str, str]) -> int:
    """Return the major version of the node on the PATH, 0 when there is none that runs beside an npm."""
    path = environment["PATH"]
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.lstrip("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def with_node() -> dict[str, str]:
    """Return an environment whose PATH has node and npm, installing them into .venv when the machine has none."""
    environment = dict(os.environ)
    if node_version(environment) >= OLDEST_NODE:
        return environment
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    if node_version(environment) < OLDEST_NODE:
        print("No Node here: installing one into .venv ...", file=sys.stderr)
        uv = shutil.which("uv")
        with_uv = [str(uv), "pip", "install", "--no-config", "--python", sys.executable]
        with_pip = [sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        run([*(with_uv if uv else with_pip), "--require-hashes", "-r", "requirements-node.txt"], environment)
    return environment


def install(environment: dict[str, str], locked: str) -> None:
    """Put the locked packages into node_modules, unless they are there."""
    # A node_modules that is a link was made by somebody else for several checkouts: use it, do not change it.
    if PACKAGES.is_symlink() or is_stamped(INSTALLED, locked):
        return
    print("Bringing the front-end packages ...", file=sys.stderr)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
    INSTALLED.write_text(locked)


def make(packages_too: bool) -> None:
    """Bundle if anything changed; with packages_too the tests' own package (axe-core) is brought in any case."""
    locked = digest([ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"])
    wanted = f"{locked} {digest([path for path in FRONTEND.rglob('*') if path.is_file()])}"
    bundled = is_stamped(BUILT, wanted)
    if bundled and (not packages_too or PACKAGES.is_symlink() or is_stamped(INSTALLED, locked)):
        return
    environment = with_node()
    install(environment, locked)
    if not bundled:
        print("Bundling the front end into static/dist/ ...", file=sys.stderr)
        BUILT.unlink(missing_ok=True)
        run(["node", "crm/frontend/build.mjs"], environment)
        BUILT.write_text(wanted)


def main() -> int:
    """Return the exit status: 0 done or forgiven, 1 failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--optional", action="store_true", help="tell a failure, but do not fail")
    optional = parser.parse_args().optional
    try:
        make(packages_too=not optional)
    except AssetsMissing as problem:
        print(problem, file=sys.stderr)
        if not optional:
            return 1
        print("没有取到前端文件，页面照样能用，只是朴素一些。联网后再运行一次即可。", file=sys.stderr)
        print("Going on without the front-end bundle: pages work, only plainer.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
