"""Codes of firms: 统一社会信用代码 (GB 32100-2015), old registration numbers, and what a spreadsheet made of them.

A written code is sorted into a kind and never repaired: a code whose check character is wrong, or that a
spreadsheet turned into 9.13E+17, says nothing about which firm is meant (rules.md section 7)."""

import re
import unicodedata
from dataclasses import dataclass, field, replace

#: 31 characters, the index is the value; I, O, S, V and Z are left out by the standard.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
#: 3^(i−1) mod 31.
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
#: GB 11714, for the eight characters of the organisation code.
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18

#: Openings of old registration numbers that begin with words, such as 企合苏宁总字第000001号.
_OLD_WORDS = re.compile(r"[企合独外个][\u4e00-\u9fff]*[\d-]{3,}号?")
#: 13 or 15 digits; co-operatives had 320115NA000123X.
_REGISTRATION = re.compile(r"\d{13}|\d{15}|\d{6}NA\d{6}[0-9X]")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}-[0-9X]")
_RUINED = re.compile(r"[+-]?\d+(?:\.\d*)?E\+?\d+|\d{16,}\.\d*")
#: A number cell holds up to 15 digits exactly: an old registration number survives it.
_WHOLE = re.compile(r"(\d{10,15})\.0*")
_PLACEHOLDERS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "N/A", "NA", "无", "暂无", "空", "NULL", "NONE", "NAN", "待查", "未知", "*"}
)
_INVISIBLE = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")


@dataclass(frozen=True, slots=True)
class Code:
    """What a written code is.

    kind: uscc (valid 18 characters), regno (old registration number of 13 or 15 digits), other (another old
    number), ruined (turned into a number by a spreadsheet), broken (meant as a code, not valid), blank.
    code: as it is kept; empty unless uscc, regno or other. reason: Chinese, empty when there is nothing to say.
    warning: Chinese, a doubt that does not make the code invalid. written: what stood there, in one width; fragment:
    the leading characters that a ruined code kept. They may contradict or confirm a name, never make a code.
    """

    kind: str
    code: str
    reason: str = ""
    warning: str = ""
    written: str = field(default="", compare=False)
    fragment: str = field(default="", compare=False)

    @property
    def usable(self) -> bool:
        """Whether a firm can be kept under this code."""
        return self.kind in ("uscc", "regno", "other")


def normalise(text: object) -> str:
    """The text in one width, upper-case, without spaces, invisible characters or the apostrophe of a text cell."""
    if text is None:
        return ""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", str(text))).lstrip("'‘’`").upper()


def check_character(first17: str) -> str:
    """The eighteenth character for seventeen; raises ValueError when one of them is not in the alphabet."""
    if len(first17) != LENGTH - 1:
        raise ValueError(f"{len(first17)} characters, 17 wanted")
    try:
        total = sum(VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    except KeyError as missing:
        raise ValueError(f"{missing} is not in the alphabet") from None
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first8: str) -> str:
    """The ninth character of an organisation code (GB 11714): 10 is written X, 11 is written 0."""
    if len(first8) != len(ORGANISATION_WEIGHTS):
        raise ValueError(f"{len(first8)} characters, 8 wanted")
    total = sum(int(character, 36) * weight for character, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def classify(text: object) -> Code:
    """Say what a written code is; never raises, never changes a character for another."""
    found = _sorted(text)
    written = normalise(text)
    return replace(found, written=written, fragment=_kept(text, written) if found.kind == "ruined" else "")


def kind_of(text: object) -> str:
    """The kind of a written code alone."""
    return _sorted(text).kind


def may_become(code: str, fragment: str) -> bool:
    """Whether a spreadsheet that took this code for a number would have left these leading digits, the last rounded.
    A code with a letter in it is never taken for a number."""
    if not code.isdigit() or len(code) != LENGTH:
        return False
    rounding = int("1" + "0" * (LENGTH - len(fragment)))
    return abs(int(code) - int(fragment.ljust(LENGTH, "0"))) <= rounding


def _kept(text: object, written: str) -> str:
    """The digits a number still has: 15 of a number cell, as many as are written of a text such as 9.13201E+17."""
    if isinstance(text, int | float):
        written = f"{text:.14E}"
    mantissa, _, exponent = written.partition("E")
    digits = mantissa.replace(".", "").lstrip("+-")
    if not exponent:
        digits, exponent = mantissa.partition(".")[0][:15], str(len(mantissa.partition(".")[0]) - 1)
    if int(exponent) + 1 != LENGTH:
        return ""
    # A number cell says 15 digits and leaves out zeros at the end; two or three of them, hardly ever more.
    return digits[:15].ljust(15, "0") if len(digits) >= 13 else digits


def _sorted(text: object) -> Code:
    code = normalise(text)
    if code in _PLACEHOLDERS:
        return Code("blank", "", "没有信用代码")
    if whole := _WHOLE.fullmatch(code):
        code = whole.group(1)
    if _RUINED.fullmatch(code) or (isinstance(text, int | float) and len(code) > 15):
        return Code("ruined", "", "信用代码被表格软件改成了数字，后几位没了")
    if len(code) == LENGTH and code.isascii():
        return _eighteen(code)
    if _REGISTRATION.fullmatch(code):
        return _old(code)
    if _is_old_other(code):
        return Code("other", code)
    return Code("broken", "", _why_not(code))


def _eighteen(code: str) -> Code:
    strange = sorted({character for character in code if character not in VALUES})
    if strange:
        return Code("broken", "", f"信用代码里不会有 {'、'.join(strange)}")
    if not code[2:8].isdigit():
        return Code("broken", "", "信用代码第 3 至 8 位应是数字")
    if set(code) == {"0"}:
        return Code("broken", "", "信用代码全是 0")
    if check_character(code[:17]) != code[17]:
        return Code("broken", "", f"信用代码校验不对，末位 {code[17]} 对不上")
    warning = "" if organisation_check_character(code[8:16]) == code[16] else "主体标识码的校验位对不上"
    return Code("uscc", code, warning=warning)


def _old(code: str) -> Code:
    if set(code) == {"0"}:
        return Code("broken", "", "注册号全是 0")
    return Code("regno", code)


def _is_old_other(code: str) -> bool:
    """Numbers of earlier decades: 10 to 14 digits, an organisation code alone, or words as in 企合苏宁总字第…号."""
    if code.isdigit():
        return 10 <= len(code) <= 14 and set(code) != {"0"}
    if _ORGANISATION.fullmatch(code):
        return True
    return 6 <= len(code) <= 24 and _OLD_WORDS.fullmatch(code) is not None


def _why_not(code: str) -> str:
    if code.isascii() and code.isalnum():
        return f"信用代码应是 18 位，这里有 {len(code)} 位"
    return "不是信用代码，也不是注册号"
