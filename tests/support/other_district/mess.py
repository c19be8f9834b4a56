"""How lists spoil names and codes: each way an office really does it, with whether the row is certain all the same."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.other_district.firms import CITY, Firm

_TYPO = {
    "恒": "桓",
    "明": "名",
    "诚": "成",
    "源": "原",
    "达": "大",
    "信": "讯",
    "宇": "羽",
    "辰": "晨",
    "峰": "锋",
    "瑞": "锐",
}


@dataclass(slots=True)
class Written:
    """A firm as a list writes it; certain: name and code tell without doubt which firm is meant; held: it must be left
    to a person."""

    name: str
    code: Any
    problem: str = ""
    certain: bool = True
    held: bool = False


def _typo(name: str, rng: random.Random) -> str | None:
    places = [place for place, sign in enumerate(name) if sign in _TYPO]
    if not places:
        return None
    place = rng.choice(places)
    return name[:place] + _TYPO[name[place]] + name[place + 1 :]


NAMES: dict[str, Callable[[Firm, random.Random], str | None]] = {
    "spaces": lambda firm, rng: f"  {firm.name}　",
    "inner_space": lambda firm, rng: f"{firm.name[:4]} {firm.name[4:]}",
    "newline": lambda firm, rng: f"{firm.name[:6]}\n{firm.name[6:]}",
    "invisible": lambda firm, rng: f"{firm.name[:3]}\u200b{firm.name[3:]}\xa0",
    "brackets": lambda firm, rng: firm.name.replace("（", "(").replace("）", ")") if "（" in firm.name else None,
    "wide": lambda firm, rng: _wide(firm.name) if not firm.name.isascii() else None,
    "city": lambda firm, rng: _city(firm.name),
    "form": lambda firm, rng: _form(firm.name),
    "mark": lambda firm, rng: firm.name + rng.choice(("*", "①", "（注1）", "※", "#", "²")),
    "former": lambda firm, rng: f"{firm.name}{rng.choice(('（原{}）', '(原名：{})', '（曾用名：{}）'))}".format(
        f"{CITY}旧{firm.plain}有限公司"
    ),
    "case": lambda firm, rng: firm.name.lower() if firm.name != firm.name.lower() else None,
}

CODES: dict[str, Callable[[str, random.Random], Any]] = {
    "blank": lambda code, rng: rng.choice(("", "/", "—", "无", "N/A", "-")),
    "lower": lambda code, rng: code.lower() if not code.isdigit() else None,
    "spaced": lambda code, rng: f"{code[:8]} {code[8:]} ",
    "wide": lambda code, rng: _wide(code),
    "apostrophe": lambda code, rng: f"'{code}",
    "truncated": lambda code, rng: code[:-1],
    "check": lambda code, rng: code[:-1] + ("A" if code[-1] != "A" else "B") if len(code) == 18 else None,
    "letter_for_digit": lambda code, rng: _letters(code) if len(code) == 18 else None,
    "ruined": lambda code, rng: (
        _scientific(code, rng.choice((2, 4, 5, 6, 10, 14))) if code.isdigit() and len(code) == 18 else None
    ),
    "number": lambda code, rng: float(code) if code.isdigit() and len(code) == 18 else None,
    "tab": lambda code, rng: f"\t{code}",
}
#: Ways after which the code still is the code.
WHOLE = {"lower", "spaced", "wide", "apostrophe", "tab", ""}


def write(firm: Firm, firms: list[Firm], rng: random.Random, *, with_code: bool = True) -> Written:
    """A firm as a careless list writes it."""
    name, said, code, spoilt = firm.name, "", firm.code, ""
    if rng.random() < 0.4:
        said = rng.choice(list(NAMES))
        name = NAMES[said](firm, rng) or firm.name
    if with_code and rng.random() < 0.3:
        spoilt = rng.choice(list(CODES))
        written = CODES[spoilt](firm.code, rng)
        code, spoilt = (written, spoilt) if written is not None else (firm.code, "")
    known = with_code and spoilt in WHOLE and len(firm.code) >= 15
    if rng.random() < 0.006 and (typo := _typo(firm.name, rng)) and typo not in {other.name for other in firms}:
        return Written(typo, code if with_code else "", "typo", certain=known)
    if with_code and known and rng.random() < 0.002:
        other = rng.choice(firms)
        if other.plain[:2] != firm.plain[:2]:
            return Written(name, other.code, "code_of_other", certain=False, held=True)
    return Written(name, code if with_code else "", f"{said}|{spoilt}", certain=known or firm.certain)


def short(firm: Firm, firms: list[Firm]) -> Written:
    """The firm as people call it: without place and legal form; certain when it is the only one."""
    same = [other for other in firms if other.plain == firm.plain]
    return Written(firm.plain, "", "short", certain=len(same) == 1 and len(firm.plain) >= 4)


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _city(name: str) -> str | None:
    if name.startswith(f"{CITY}市"):
        return CITY + name[len(CITY) + 1 :]
    return f"{CITY}市{name[len(CITY) :]}" if name.startswith(CITY) else None


def _form(name: str) -> str | None:
    if name.endswith("有限责任公司"):
        return name.replace("有限责任公司", "有限公司")
    return (
        name[:-4] + "有限责任公司"
        if name.endswith("有限公司") and "股份" not in name and "分公司" not in name
        else None
    )


def _letters(code: str) -> str | None:
    written = code[:8] + code[8:].replace("0", "O").replace("1", "I")
    return written if written != code else None


def _scientific(code: str, digits: int) -> str:
    mantissa = f"{int(code):.{digits}E}"
    return mantissa.replace("E+", "E+")
