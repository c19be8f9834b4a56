"""Files of firms for `assess`: YAML or JSON, every number exactly as it is written, never through a binary float."""

import json
import re
from collections.abc import Hashable
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import yaml

_NUMBER = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]{1,3})?")
#: More text than any list of firms of a province has.
MOST_BYTES = 200_000_000


class FileRefused(ValueError):
    """The file cannot be read; the message says why in an officer's words."""


class Written(Decimal):
    """A number that still knows how it was written: an id 007 stays 007."""

    text: str


class _Loader(yaml.SafeLoader):
    """YAML whose numbers are decimals: no binary floats, no octal 0100, no 12:30 as 750; a key stands once."""

    def construct_number(self, node: yaml.Node) -> Written:
        number = Written(str(node.value).replace("_", ""))
        number.text = str(node.value)
        return number

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise FileRefused(f"第 {line} 行：“{key.value}”写了两次")
            if key.tag != "tag:yaml.org,2002:merge":
                seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("!number", re.compile(f"^{_NUMBER.pattern}$"), list("-+0123456789."))
_Loader.add_constructor("!number", _Loader.construct_number)


def read(path: Path) -> list[Any]:
    """What stands in the file, as a list: one mapping is a list of one. Raises FileRefused."""
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused("文件太大，请分成几个")
    text = _text(path.read_bytes())
    if path.suffix.lower() == ".json" or (path.suffix.lower() not in (".yaml", ".yml") and text.lstrip()[:1] in "[{"):
        found = _json(text)
    else:
        found = _yaml(text)
    if found is None:
        raise FileRefused("文件是空的")
    return found if isinstance(found, list) else [found]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("文字编码看不懂，请存成 UTF-8")


def _json(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise FileRefused(f"“{key}”写了两次")
            found[key] = value
        return found

    def no_number(word: str) -> NoReturn:
        raise FileRefused(f"{word} 不是数")

    try:
        return json.loads(text, parse_float=Decimal, parse_constant=no_number, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise FileRefused(f"不是正确的 JSON：第 {error.lineno} 行第 {error.colno} 个字符") from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise FileRefused(str(error) if isinstance(error, FileRefused) else "不是正确的 JSON") from error


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader with fewer types)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FileRefused("不是正确的 YAML" + (f"：第 {mark.line + 1} 行" if mark else "")) from error
    except (yaml.YAMLError, RecursionError, ValueError, ArithmeticError) as error:
        raise FileRefused(str(error) if isinstance(error, FileRefused) else "不是正确的 YAML") from error
