"""Amounts of money as lists and registers write them, read exactly into 万元."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: Words of a currency and its ISO 4217 code; longest first where one contains another.
CURRENCIES = {
    "人民币": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "¥": "CNY",
    "美元": "USD",
    "美金": "USD",
    "USD": "USD",
    "$": "USD",
    "香港元": "HKD",
    "港元": "HKD",
    "港币": "HKD",
    "HKD": "HKD",
    "欧元": "EUR",
    "EUR": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "新台币": "TWD",
    "台币": "TWD",
    "新加坡元": "SGD",
    "加拿大元": "CAD",
    "加元": "CAD",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "瑞士法郎": "CHF",
}
#: One of the unit in 万.
UNITS = {
    "亿": Decimal(10_000),
    "千万": Decimal(1_000),
    "百万": Decimal(100),
    "万": Decimal(1),
    "千": Decimal("0.1"),
    "元": Decimal("0.0001"),
}
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "N/A", "NA", "无", "暂无", "空", "NULL", "NONE", "NAN", "未知"})
_FEN = Decimal("0.000001")
_NUMBER = re.compile(r"([+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?|[+-]?\.\d+)(E[+-]?\d+)?")
_RANGE = re.compile(r"\d[万亿元]{0,2}(?:-|~|—|–|至|到)+[约\d.]")
_APPROXIMATE = re.compile(r"^(约|大约|近|左右)|(左右|上下)$")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum: value in 万 of the currency (ISO 4217), exact to one 分; approximate when it was written 约."""

    value: Decimal
    currency: str = "CNY"
    approximate: bool = False


def parse(written: object, unit: str = "万") -> Amount | None:
    """The amount, None when the cell says nothing; ValueError (Chinese) when it says something that is no amount.

    `unit` is what a bare number is counted in: 万 or 元, as the header says.
    """
    if written is None:
        return None
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(written))).upper()
    if text in NOTHING:
        return None
    plain = _APPROXIMATE.sub("", text)
    approximate = plain != text
    if _RANGE.search(plain):
        raise ValueError("写的是范围，取不出一个数")
    found = _NUMBER.search(plain)
    if not found:
        raise ValueError("看不懂这个金额")
    rest = (plain[: found.start()] + plain[found.end() :]).strip("()[]:")
    currency, rest = _currency(rest)
    factor = _unit(rest.replace("(", "").replace(")", ""), unit)
    number = Decimal(found.group(1).replace(",", "") + (found.group(2) or ""))
    value = (number * factor).quantize(_FEN, rounding=ROUND_HALF_UP)
    whole = value.to_integral_value()
    return Amount(whole if whole == value else value.normalize(), currency, approximate)


def _currency(rest: str) -> tuple[str, str]:
    for word in sorted(CURRENCIES, key=len, reverse=True):
        if word in rest:
            # 万元美元 and 万美元 are the same unit; the 元 of a foreign currency belongs to its name.
            return CURRENCIES[word], rest.replace(word, "", 1)
    return "CNY", rest


def _unit(rest: str, unit: str) -> Decimal:
    if rest == "":
        return UNITS[unit]
    for word, factor in UNITS.items():
        if rest in (word, f"{word}元", f"{word}圆"):
            return factor
    raise ValueError("看不懂这个金额的单位")
