"""The colours keep their contrast in both themes, and nothing but the tokens names a colour (look.md)."""

import gzip
import json
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "crm/frontend/css"
TEXT, EDGE = 4.5, 3.0

#: (foreground, ground, least contrast)
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("surface", "page", "sunken", "hover", "rail")
    ],
    ("accent", "surface", TEXT),
    ("accent", "page", TEXT),
    ("accent", "accent-soft", TEXT),
    ("ink", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-pressed", TEXT),
    *[(f"{light}-text", f"{light}-ground", TEXT) for light in ("green", "yellow", "red", "dark-red")],
    ("red-text", "surface", TEXT),
    ("yellow-text", "surface", TEXT),
    ("ink", "mark", TEXT),
    ("on-bar", "bar", TEXT),
    ("control", "surface", EDGE),
    ("accent", "surface", EDGE),
    ("yellow-edge", "surface", EDGE),
    ("red", "surface", EDGE),
]


def themes() -> dict[str, dict[str, str]]:
    """Colours by name: light, dark, and dark as the device asks for it."""
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*)\}", text)
    named = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{6});", block)) for block in blocks]
    return dict(zip(("light", "dark", "follow"), named, strict=True))


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How well one colour stands out from another, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("front, ground, least", PAIRS)
def test_text_and_edges_stand_out(theme: str, front: str, ground: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[front], colours[ground]) >= least


def test_a_dark_device_gets_the_dark_theme() -> None:
    assert themes()["follow"] == themes()["dark"]


def test_both_themes_name_the_same_colours() -> None:
    assert set(themes()["light"]) == set(themes()["dark"])


def test_only_the_tokens_name_a_colour() -> None:
    wrong = [
        f"{path.name}: {found}"
        for path in sorted(CSS.glob("*.css"))
        if path.name not in {"tokens.css", "print.css"}
        for found in re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\([^)]*\)", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_two_weights_only() -> None:
    weights = {
        weight
        for path in CSS.glob("*.css")
        for weight in re.findall(r"font-weight: (\w+)", path.read_text(encoding="utf-8"))
    }
    assert weights <= {"400", "700"}


def test_the_first_load_stays_small() -> None:
    """Style, script and icons together, compressed: all that a page asks for (interface.md: 200 KB)."""
    built = CSS.parents[2] / "static/dist"
    if not (built / "manifest.json").exists():
        pytest.skip("the front end was not built (make assets)")
    names = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    files = [built / names["app.css"], built / names["app.js"], built / "icons.svg"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 200_000
