"""Where in its text a refused rule book is wrong, and what the reader of TOML says of it, in an officer's words."""

import re
from typing import Protocol

#: What the reader of the standard library says → what an officer can do about it.
_SAID = {
    "Invalid statement": "这一行不是“名称 = 值”，也不是 [[小节]]",
    "Expected '=' after a key": "名称后面要写等号",
    "Invalid value": "等号后面的值写得不对：文字要加英文引号，日期和数字不加",
    "Unclosed array": "方括号没有合上",
    "Unclosed inline table": "花括号没有合上",
    "Unterminated string": "引号没有合上",
    "Illegal character": "有不能用的字符，引号、括号、逗号要用英文的",
    "Cannot overwrite a value": "同一个名称写了两次",
    "Duplicate inline table key": "同一个名称写了两次",
    "Cannot declare": "同一小节写了两次",
    "Cannot mutate immutable namespace": "同一个名称写了两次",
    "Expected newline or end of document": "这一行后面多写了东西",
    "Invalid date or datetime": "日期不对",
    "Invalid initial character for a key": "名称要用英文字母，引号、括号、逗号要用英文的",
    "Invalid initial character": "名称要用英文字母，引号、括号、逗号要用英文的",
    "Expected ']": "方括号没有合上",
    "Unescaped '\\'": "引号里的反斜杠要写两个",
    "is not a valid Unicode": "有不能用的字符",
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Refusal(Protocol):
    """What a refused book says of itself."""

    line: int
    section: str
    number: int
    step: int
    where: str
    reason: str


def said(error: str) -> str:
    """A message of the reader of TOML in Chinese, with the line."""
    words = next((chinese for english, chinese in _SAID.items() if english in error), "写法不对")
    place = re.search(r"at line (\d+), column (\d+)", error)
    return f"第 {place[1]} 行第 {place[2]} 个字：{words}" if place else f"写到末尾还没有完：{words}"


def line_of(text: str, error: Refusal) -> int:
    """The line, from 1, that a refusal speaks of; 0 when it speaks of the whole text.

    Within the entry it is the line that names what the reason names; else where the entry begins.
    """
    lines = text.splitlines()
    if error.line:
        return min(error.line, max(1, len(lines)))
    start, end = _entry(lines, error.section, error.number)
    if error.step:
        start, end = _step(lines, start, end, error.step)
    for word in _NAME.findall(error.reason):
        for place in range(start, end):
            named = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", _code(lines[place]))
            if named and (word == "key" or not re.match(r"\s*key\s*=", lines[place])):
                return place + 1
    return start + 1 if error.section else 0


def _code(line: str) -> str:
    return "" if line.lstrip().startswith("#") else line


def _entry(lines: list[str], section: str, number: int) -> tuple[int, int]:
    """The lines of an entry: from and up to. Without a section those before the first one."""
    heads = [place for place, line in enumerate(lines) if line.lstrip().startswith("[[")]
    first = heads[0] if heads else len(lines)
    if not section:
        return 0, first
    if not number:
        found = next((place for place, line in enumerate(lines) if re.match(rf"\s*\[?{section}\b", line)), 0)
        return found, found + 1
    mine = [place for place in heads if re.match(rf"\s*\[\[\s*{section}\s*\]\]", lines[place])]
    if number > len(mine):
        return 0, first
    start = mine[number - 1]
    return start, next((place for place in heads if place > start), len(lines))


def _step(lines: list[str], start: int, end: int, number: int) -> tuple[int, int]:
    """The line of the number-th { … } in an entry."""
    seen = 0
    for place in range(start, end):
        seen += _code(lines[place]).count("{")
        if seen >= number:
            return place, place + 1
    return start, end
