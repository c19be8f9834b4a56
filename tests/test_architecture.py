"""The house has floors: who may import whom, and what only one file may do."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"config", "crm", "forms", "jobs", "models", "tests"}

#: What each floor may import of ours. The most exact folder that holds a file decides.
ALLOWED: dict[str, set[str]] = {
    "models/rules": {"models.rules"},
    "models": {"models"},
    "forms": {"forms", "models"},
    "crm/imports": {"crm.imports", "models"},
    "crm/documents": {"crm.documents", "models"},
    "crm/mail": {"crm.mail", "models"},
    "crm/demo": {"crm.demo", "models"},
    "crm/backup": {"crm.backup", "models"},
    "crm/assessing": {"crm.assessing", "models"},
    "crm/cli": {"crm", "forms", "models", "jobs", "config"},
    "crm": {"crm", "forms", "models", "config"},
    "jobs": {"jobs", "models", "crm.imports", "crm.documents", "crm.mail", "crm.demo", "crm.backup", "crm.assessing"},
}


def files(folder: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        relative = path.relative_to(ROOT).as_posix()
        if max((other for other in ALLOWED if relative.startswith(f"{other}/")), key=len) == folder:
            yield path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", ALLOWED)
def test_layers_import_only_downwards(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files(folder)
        for name in imports(path)
        if name.split(".")[0] in OURS
        and not any(f"{name}.".startswith(f"{ok}.") for ok in ALLOWED[folder])
        and not (path.name == "worker.py" and name == "crm.create_app")
    ]
    assert wrong == []


def test_rules_need_nothing_but_the_standard_library() -> None:
    import sys

    wrong = [
        f"{path.name} imports {name}"
        for path in files("models/rules")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("models.rules")
    ]
    assert wrong == []


def test_models_and_workshops_know_no_request() -> None:
    forbidden = {"flask.request", "flask.session", "flask.g", "flask.current_app", "flask"}
    folders = (
        "models",
        "models/rules",
        "crm/imports",
        "crm/documents",
        "crm/mail",
        "crm/demo",
        "crm/backup",
        "crm/assessing",
    )
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in folders
        for path in files(folder)
        for name in imports(path)
        if name in forbidden
    ]
    assert wrong == []


def test_only_the_clock_reads_the_clock_and_only_config_the_environment() -> None:
    wrong = []
    for folder in (
        "models",
        "models/rules",
        "forms",
        "crm",
        "crm/imports",
        "crm/demo",
        "crm/backup",
        "crm/assessing",
        "crm/cli",
        "jobs",
    ):
        for path in files(folder):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and path.name != "clock.py":
                    called = f"{ast.unparse(node.func.value)}.{node.func.attr}"
                    if called in {
                        "datetime.now",
                        "datetime.utcnow",
                        "date.today",
                        "time.time",
                        "datetime.datetime.now",
                    }:
                        wrong.append(f"{path.relative_to(ROOT)} calls {called}")
                if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
                    wrong.append(f"{path.relative_to(ROOT)} reads {ast.unparse(node)}")
    assert wrong == []
