"""The house itself: what may lie in the repository, and what every file keeps to."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
#: Whoever installs says where from. Written in pieces, so that this file does not name them itself.
FORBIDDEN = re.compile(
    r"(?:registry\.(?:npmjs|yarnpkg|npmmirror)|npmmirror|pypi(?:\.python)?|pythonhosted|files\.pythonhosted"
    r"|deb\.debian|security\.debian|jsdelivr|unpkg|cdnjs|googleapis|gstatic)\.(?:org|com|net)"
    r"|/wor"
    r"k/[a-z]"
)
BUNDLED = re.compile(
    r"(?:^|/)(?:node_modules|dist|vendor|wheelhouse)/|\.min\.(?:js|css)$|\.(?:whl|map|woff2?|ttf|otf)$"
)
#: How a law says on how many cases it is tried: at once, or by a name that stands for that.
LAW = r"^@(?:law\(.*|[A-Z]+)$"
LOCK_FILES = {"requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"}
#: Distribution: the name it is imported by, where they differ.
IMPORTED_AS = {
    "chinesecalendar": "chinese_calendar",
    "argon2-cffi": "argon2",
    "python-calamine": "python_calamine",
    "pillow": "PIL",
    "pyyaml": "yaml",
    "python-docx": "docx",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that git keeps, as paths below the root."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(
        sorted(
            Path(name)
            for name in listed.split("\0")
            if name and ((ROOT / name).is_file() or (ROOT / name).is_symlink())
        )
    )


def sources() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_no_file_is_somebody_elses_bundle():
    assert [str(path) for path in tracked() if BUNDLED.search(path.as_posix())] == []


def test_no_file_is_a_link_to_somewhere_else():
    assert [str(path) for path in tracked() if (ROOT / path).is_symlink()] == []


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine():
    found = []
    for path in filter(lambda path: (ROOT / path).is_file(), tracked()):
        text = (ROOT / path).read_bytes().decode("utf-8", "replace")
        found += [f"{path}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_the_search_for_registries_would_find_one():
    host = "registry." + "npmjs.org"
    assert FORBIDDEN.search(f"https://{host}/htmx") and FORBIDDEN.search("cd /wor" + "k/main")


@pytest.mark.parametrize("name", sorted(LOCK_FILES))
def test_a_lock_names_no_host(name):
    assert re.findall(r"https?://\S+", (ROOT / name).read_text()) == []


def test_every_locked_package_has_a_hash():
    for name in LOCK_FILES - {"package-lock.json"}:
        pinned = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", (ROOT / name).read_text(), re.M | re.S)
        assert pinned and all("==" in block and "--hash=sha256:" in block for block in pinned), name


def test_no_file_is_longer_than_it_can_be_read():
    # A schema step is as long as its tables.
    lengths = {
        str(path): len((ROOT / path).read_text().splitlines())
        for path in sources()
        if not str(path).startswith("migrations/versions/")
    }
    assert {path: lines for path, lines in lengths.items() if lines >= LONGEST_FILE} == {}


def test_random_cases_are_the_same_every_time_but_for_explore():
    """tests/support/laws.py alone says how many cases a law is tried on and where they come from."""
    own = Path("tests/support/laws.py")
    named = re.compile(r"hypothesis\.settings|from hypothesis import [^\n]*\bsettings\b|\bderandomize\b")
    tests = [path for path in sources() if path.parts[0] == "tests" and path not in (own, Path("tests/test_house.py"))]
    assert [str(path) for path in tests if named.search((ROOT / path).read_text(encoding="utf-8"))] == []
    lawless = [
        str(path)
        for path in tests
        if (text := (ROOT / path).read_text(encoding="utf-8")).count("@given(") > len(re.findall(LAW, text, re.M))
    ]
    assert lawless == []


def test_only_config_reads_the_environment():
    wrong = []
    for path in sources():
        if path.parts[0] in {"tests", "tools", "migrations"} or path == Path("config.py"):
            continue
        if re.search(r"\bos\.(?:environ|getenv)\b|from os import .*\b(?:environ|getenv)\b", (ROOT / path).read_text()):
            wrong.append(str(path))
    assert wrong == []


@cache
def declared() -> dict[str, str]:
    """Return what the application depends on: distribution name and the name it is imported by."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [found.group().lower() for line in project["dependencies"] if (found := re.match(r"[A-Za-z0-9_-]+", line))]
    return {name: IMPORTED_AS.get(name, name.replace("-", "_")).lower() for name in names}


@cache
def imported() -> set[str]:
    """Return the top-level names that the application imports, ours and the standard library's left out."""
    found = set()
    for path in sources():
        if path.parts[0] in {"tests", "tools"}:
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    ours = {"config", "crm", "forms", "jobs", "models", "migrations"}
    return {name.lower() for name in found - set(sys.stdlib_module_names) - ours}


#: Imported here, but brought by a declared package that is nothing without it.
BROUGHT_ALONG = {"click", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "numpy", "flask_login", "flask_principal"}


#: Declared for a command, a driver, or a package that asks for it by name; imported by nobody here.
NOT_IMPORTED = {"argon2-cffi", "gunicorn", "psycopg", "tzdata"}


def test_what_is_imported_is_declared():
    assert imported() - set(declared().values()) - BROUGHT_ALONG == set()


def test_what_is_declared_is_used():
    unused = {name for name, module in declared().items() if module not in imported()}
    assert unused - NOT_IMPORTED == set()
