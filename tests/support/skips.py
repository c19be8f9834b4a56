"""What this machine offers to the tests, and a plain account at the end of what was left out and why.

Four things may be missing: a PostgreSQL server, a browser, LibreOffice, the shared data. Tests that need one carry its
mark (`postgres`, `browser`, `libreoffice`, `shared`) and are skipped without it. Where TIDU_REQUIRE names a thing
(`postgresql,browser`), its absence ends the run instead. Tests over five seconds that are not marked `slow` are listed.
"""

import functools
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/test"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFICES = ("soffice", "libreoffice")
SLOW_SECONDS = 5.0


@functools.cache
def postgres_url() -> str | None:
    """Return the address of the PostgreSQL database to test on: TEST_DATABASE_URL, or the local server's `test`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given if given.startswith("postgresql") else None
    import psycopg

    try:
        psycopg.connect(LOCAL_POSTGRES.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        return None
    return LOCAL_POSTGRES


@functools.cache
def browser_path() -> str | None:
    """Return the path of Chromium: CHROMIUM from the environment, or the first of the usual names found."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, (named, *BROWSERS) if named else BROWSERS)), None)


@functools.cache
def office_path() -> str | None:
    """Return the path of LibreOffice: SOFFICE from the environment, or the first of the usual names found."""
    named = os.environ.get("SOFFICE")
    return next(filter(None, map(shutil.which, (named, *OFFICES) if named else OFFICES)), None)


@functools.cache
def shared_folder() -> Path | None:
    """Return the folder of the shared material (TIDU_SHARED, default ../shared) when its data lies there."""
    folder = ROOT / os.environ.get("TIDU_SHARED", "../shared")
    return folder.resolve() if (folder / "data/README.md").is_file() else None


#: mark: (name in TIDU_REQUIRE, what to say when it is missing, how to find it)
NEEDS = {
    "postgres": (
        "postgresql",
        "no PostgreSQL: neither TEST_DATABASE_URL nor a server on 127.0.0.1:5432",
        postgres_url,
    ),
    "browser": ("browser", "no browser: neither CHROMIUM nor chromium or google-chrome on the PATH", browser_path),
    "libreoffice": (
        "libreoffice",
        "no LibreOffice: neither SOFFICE nor soffice or libreoffice on the PATH",
        office_path,
    ),
    "shared": ("shared", "no shared data: nothing in TIDU_SHARED (default ../shared)", shared_folder),
}


def missing() -> dict[str, str]:
    """Return the marks whose need is not met, each with the reason."""
    return {mark: reason for mark, (_, reason, find) in NEEDS.items() if find() is None}


def required() -> set[str]:
    """Return the marks that TIDU_REQUIRE says must not be skipped."""
    named = {name.strip() for name in os.environ.get("TIDU_REQUIRE", "").split(",") if name.strip()}
    unknown = named - {name for name, _, _ in NEEDS.values()}
    if unknown:
        raise pytest.UsageError(f"TIDU_REQUIRE names what nobody knows: {', '.join(sorted(unknown))}")
    return {mark for mark, (name, _, _) in NEEDS.items() if name in named}


def pytest_configure(config: pytest.Config) -> None:
    """End the run when something required is missing."""
    refused = [reason for mark, reason in missing().items() if mark in required()]
    if refused:
        raise pytest.UsageError("required by TIDU_REQUIRE, but " + "; ".join(refused))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests whose need is not met; files named test_*_shared.py and test_*_browser.py are marked."""
    lacking = missing()
    for item in items:
        if item.path.stem.endswith("_shared"):
            item.add_marker(pytest.mark.shared)
        if item.path.stem.endswith("_browser"):
            item.add_marker(pytest.mark.browser)
        for mark, reason in lacking.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def reason_of(report: pytest.TestReport) -> str:
    """Return why a test was skipped, without the place."""
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return said.removeprefix("Skipped: ")


def account_of(skipped: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each reason, the commonest first, and one for each thing missing that no test asked for."""
    reasons = Counter(map(reason_of, skipped))
    for reason, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"skipped {count}: {reason}"
    for reason in missing().values():
        if reason not in reasons:
            yield f"nothing needed it, but: {reason}"
    if not reasons:
        yield "nothing was skipped"


def slow_ones(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each test that took long and is not marked as slow or as a proof, the longest first."""
    seconds: dict[str, float] = {}
    for report in reports:
        if "slow" not in report.keywords and "proof" not in report.keywords:
            seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration
    for nodeid, taken in sorted(seconds.items(), key=lambda pair: -pair[1]):
        if taken > SLOW_SECONDS:
            yield f"{taken:.1f} s, not marked slow: {nodeid}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print both accounts just before pytest's closing line."""
    stats = terminalreporter.stats
    reports = [each for kind in stats.values() for each in kind if isinstance(each, pytest.TestReport)]
    terminalreporter.section("left out, and slow")
    for line in (*slow_ones(reports), *account_of(stats.get("skipped", []))):
        terminalreporter.write_line(line)
