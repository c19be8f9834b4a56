"""What `make setup` and `make assets` do before they have done anything: find a Python, say what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import assets

ROOT = Path(__file__).resolve().parents[2]
FAKE = """#!/bin/sh
# A Python of which only the version is known.
[ "$1" = -c ] || exit 1
echo "{kind} /where/{name}"
"""


@pytest.fixture
def find(tmp_path):
    """Ask for a Python on a PATH that has only what is named, each with what it answers."""

    def find(**pythons: str) -> str:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "sh").symlink_to(shutil.which("sh"))
        for name, kind in pythons.items():
            program = folder / name.replace("_", ".")
            program.write_text(FAKE.format(kind=kind, name=program.name) if kind else "#!/bin/sh\nexit 127\n")
            program.chmod(0o755)
        command = ["sh", str(ROOT / "tools/find-python.sh")]
        return subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True).stdout.strip()

    return find


def test_the_newest_python_that_suits_is_taken(find):
    assert find(python3_11="complete", python3_13="complete", python3="complete") == "/where/python3.13"


def test_a_python_that_does_not_run_is_passed_over(find):
    assert find(python3_13="", python3_12="complete") == "/where/python3.12"


def test_a_complete_python_goes_before_one_without_venv(find):
    assert find(python3_13="lacking", python3_11="complete") == "/where/python3.11"


def test_a_python_without_venv_is_better_than_none(find):
    assert find(python3="lacking") == "/where/python3"


def test_none_is_found_where_there_is_none(find):
    assert find() == ""


def test_setup_says_in_both_languages_that_there_is_no_python(tmp_path):
    for name in ("setup.sh", "find-python.sh"):
        (tmp_path / "tools").mkdir(exist_ok=True)
        shutil.copy(ROOT / "tools" / name, tmp_path / "tools" / name)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "bin").mkdir()
    for name in ("sh", "cat", "cksum", "dirname"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    done = subprocess.run(
        ["sh", "tools/setup.sh", "runtime"],
        cwd=tmp_path,
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "没有找到 Python" in done.stderr and "No Python 3.11, 3.12 or 3.13 found" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own for tools/assets.py, whose commands are counted and not run."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_text(name)
    for folder in ("crm/frontend", "static/dist", "node_modules"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "crm/frontend/app.js").write_text("1")
    done: list[str] = []
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "FRONTEND", tmp_path / "crm/frontend")
    monkeypatch.setattr(assets, "BUILT", tmp_path / "static/dist/built")
    monkeypatch.setattr(assets, "PACKAGES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "INSTALLED", tmp_path / "node_modules/installed")
    monkeypatch.setattr(assets, "with_node", lambda: dict(os.environ))
    monkeypatch.setattr(assets, "run", lambda command, environment: done.append(command[0]))
    return tmp_path, done


def test_the_front_end_is_brought_and_bundled_once(project):
    _, done = project
    assets.make(packages_too=True)
    assets.make(packages_too=True)
    assert done == ["npm", "node"]


def test_a_changed_source_is_bundled_again_without_bringing_packages(project):
    root, done = project
    assets.make(packages_too=True)
    (root / "crm/frontend/app.js").write_text("2")
    assets.make(packages_too=True)
    assert done == ["npm", "node", "node"]


def test_a_bundle_that_came_along_needs_no_packages_to_run_but_to_test(project):
    root, done = project
    assets.make(packages_too=True)
    (root / "node_modules/installed").unlink()
    assets.make(packages_too=False)
    assert done == ["npm", "node"]
    assets.make(packages_too=True)
    assert done == ["npm", "node", "npm"]
