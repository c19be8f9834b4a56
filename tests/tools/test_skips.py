"""The account at the end of a test run, and what TIDU_REQUIRE refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SAMPLE = """
import pytest

def test_plain(): pass

@pytest.mark.postgres
def test_on_postgres(): pass

@pytest.mark.browser
def test_in_a_browser(): pass

@pytest.mark.shared
def test_on_shared_data(): pass

def test_that_skips_itself(): pytest.skip("no reason at all")
"""


@pytest.fixture
def run(tmp_path):
    """Run the sample in a pytest of its own, on a machine that has none of the three things unless told otherwise."""
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    lacking = {"PATH": "", "CHROMIUM": "", "TEST_DATABASE_URL": "sqlite://", "TIDU_SHARED": str(tmp_path)}

    def run(**environment: str) -> tuple[int, list[str]]:
        command = [sys.executable, "-m", "pytest", "-p", "tests.support.skips", "-c", str(ROOT / "pyproject.toml")]
        done = subprocess.run(
            [*command, "-q", "--rootdir", str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)],
            cwd=ROOT,
            env={**{key: os.environ[key] for key in ("HOME", "LANG") if key in os.environ}, **lacking, **environment},
            capture_output=True,
            text=True,
        )
        return done.returncode, (done.stdout + done.stderr).splitlines()

    return run


def test_the_last_lines_say_what_was_skipped_and_why_and_then_the_count(run):
    status, lines = run()
    assert status == 0
    assert lines[-1].startswith("1 passed, 4 skipped")
    account = "\n".join(lines[-6:])
    for thing in ("no PostgreSQL", "no browser", "no shared data", "no reason at all"):
        assert f"skipped 1: {thing}" in account


def test_what_is_there_is_not_skipped(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/README.md").touch()
    _, lines = run(CHROMIUM=sys.executable)
    assert lines[-1].startswith("3 passed, 2 skipped")


@pytest.mark.parametrize(
    "thing, said", [("postgresql", "no PostgreSQL"), ("browser", "no browser"), ("shared", "no shared")]
)
def test_what_is_required_and_missing_ends_the_run(thing, said, run):
    status, lines = run(TIDU_REQUIRE=thing)
    assert status != 0
    assert any("required by TIDU_REQUIRE" in line and said in line for line in lines)


def test_a_requirement_nobody_knows_is_refused(run):
    status, lines = run(TIDU_REQUIRE="postgress")
    assert status != 0
    assert any("postgress" in line for line in lines)
