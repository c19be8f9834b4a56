"""What the cells of a ledger say: people and their phones, counts, shares, levels, marks, plans. What cannot be read
raises ValueError with the reason, in an officer's words; nothing is guessed."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.imports.kinds import text
from models.rules import amounts, dates

#: What people write when they have nothing to say, beyond the signs every list uses.
NOTHING = amounts.NOTHING | {
    "未提供", "未填", "未填报", "未报", "不详", "不清楚", "待补", "待定", "待补充", "待核", "待核实", "没有", "缺",
    "暂缺", "未统计", "无数据", "保密", "不适用", "\\", "、", "…", "...", "?", "？", "〇", "N", "X", "×",
}  # fmt: skip
YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "■", "●", "对", "Y", "YES", "V", "已", "已入库", "已认定", "在库"})
NO = frozenset({"否", "不是", "×", "✗", "✘", "X", "NO", "N", "未", "未入库", "未认定", "□", "☐"})


def plain(cell: Any) -> str:
    """The cell half-width, in capitals, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text(cell))).upper()


def says_nothing(cell: Any) -> bool:
    """Whether a cell is blank or holds a sign for nothing."""
    return plain(cell) in NOTHING


@dataclass(frozen=True, slots=True)
class Number:
    """A count or a share as written; approximate when it was written 约."""

    value: Decimal
    approximate: bool = False


_ABOUT = re.compile(r"^(?:约|大约|近|超|逾)|(?:左右|上下|余|多)(?=\D*$)")
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+(?:\.0+)?)(?:人|名|位|件|项|个|家|篇|户|种)?(?:左右|上下|余|多)?")


def count(cell: Any) -> Number | None:
    """How many: 47, 47人, 3项, 约50; None when the cell says nothing."""
    if says_nothing(cell):
        return None
    written = plain(cell)
    bare = re.sub(r"^(?:约|大约|近|超|逾)", "", written)
    found = _COUNT.fullmatch(bare)
    if not found:
        raise ValueError("应是一个整数")
    return Number(Decimal(found[1].replace(",", "")).to_integral_value(), _ABOUT.search(written) is not None)


def share(cell: Any, in_percent: bool) -> Number | None:
    """A share in percent. 5.2% is 5.2; a bare number is percent when the header says so (in_percent) or it is above
    one, else a fraction; below one under a header in percent it can be either, which is refused."""
    if says_nothing(cell):
        return None
    written = plain(cell)
    bare = re.sub(r"^(?:约|大约|近)|(?:左右|上下)$", "", written)
    if not re.fullmatch(r"\d+(?:\.\d+)?%?", bare):
        raise ValueError("应是百分比")
    value = Decimal(bare.rstrip("%"))
    if not bare.endswith("%"):
        if in_percent and 0 < value < 1:
            raise ValueError("分不清是百分数还是小数，请写上 %")
        if not in_percent and value <= 1:
            value *= 100
    if value > 100:
        raise ValueError("百分比超过 100")
    return Number(value.quantize(Decimal("0.000001")).normalize() + 0, bare != written)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in 万元 as the header counts; own_unit when the cell named its unit itself."""

    value: Decimal
    approximate: bool
    own_unit: bool


def money(cell: Any, unit: str) -> Money | None:
    """An amount of 人民币 in 万元. The unit in the cell outweighs the header's; None when the cell says nothing."""
    if says_nothing(cell):
        return None
    written = plain(cell)
    if re.search(r"\d[-~—至到]\d", written):
        raise ValueError("是一个范围，不是一个数")
    amount = amounts.parse(written, unit)
    if amount is None:
        return None
    if amount.currency != "CNY":
        raise ValueError("是外币，不能和人民币放在一起")
    own = re.search(r"[元亿万千]", written) is not None
    return Money(amount.value, amount.approximate, own)


def capital(cell: Any, unit: str = "万") -> amounts.Amount | None:
    """Registered capital with its currency; None when the cell says nothing."""
    return None if says_nothing(cell) else amounts.parse(plain(cell), unit)


# People

_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}|1\d{2}[- ]\d{3}[- ]\d{5}"
    r"|\(?0\d{2,3}\)?[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4}|\d{7,8})"
    r"(?:(?:-|转|分机)\d{1,6})?(?!\d)"
)
_POSTS = (
    "董事长兼总经理|执行董事|副董事长|董事长|常务副总经理|副总经理|总经理助理|总经理|副总|总经办|行政总监|财务总监|技术总监|"
    "研发总监|人事总监|总监|总工程师|总工|副总工|厂长|副厂长|行政主管|财务主管|主管|项目经理|财务经理|行政经理|人事经理|经理|"
    "办公室主任|副主任|主任|部长|科长|所长|院长|会计|出纳|财务|行政|人事|法人代表|法定代表人|法人|负责人|助理|秘书|专员|工程师|"
    "老板|董秘|项目专员|知识产权专员|内勤|文员"
)
_POST = re.compile(rf"[(（]?({_POSTS})[)）]?")
_TITLES = re.compile(r"(?:先生|女士|小姐|同志)$")
_BETWEEN = re.compile(r"[、,，;；/／\n\r|]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as written; phone and post may be empty."""

    name: str
    phone: str = ""
    post: str = ""


def phone_number(written: str) -> str:
    """Digits, with one hyphen after the area code and before the extension; without +86."""
    number = re.sub(r"(?:转|分机)", "-", unicodedata.normalize("NFKC", written))
    digits = re.sub(r"[^\d-]", "", number.replace("(", "").replace(")", "-"))
    joined = re.sub(r"^(?:86)(?=1\d{10}$)", "", digits.replace("-", ""))
    if re.fullmatch(r"1\d{10}", joined):
        return joined
    return re.sub(r"-+", "-", digits).strip("-")


def phones(cell: Any) -> list[str]:
    """The numbers of a cell, in its order; ValueError when it says something that is no number."""
    if says_nothing(cell):
        return []
    line = unicodedata.normalize("NFKC", text(cell))
    if re.search(r"\dE\+?\d+$", line.upper().replace(" ", "")):
        raise ValueError("号码被表格改成了科学计数，看不出原来的数字")
    found = [phone_number(piece) for piece in _PHONE.findall(line)]
    if not found:
        raise ValueError("不像电话号码")
    left = re.sub(r"[\d\s\-()+、,;/|]+", "", _PHONE.sub("", line))
    if re.search(r"\d", _PHONE.sub("", line)) and not left:
        raise ValueError("有一个号码位数不对")
    return list(dict.fromkeys(found))


def people(cell: Any) -> list[Person]:
    """The people of a cell, each with the phone and post that stand beside the name: 张三（经理）138…、李四."""
    if says_nothing(cell):
        return []
    line = unicodedata.normalize("NFKC", text(cell))
    found: list[Person] = []
    for piece in _pieces(line):
        numbers = _PHONE.findall(piece)
        words = _PHONE.sub(" ", piece)
        post = _POST.search(words)
        name = _name(_POST.sub(" ", words, count=1) if post else words)
        if not name and numbers and found and not found[-1].phone:
            found[-1] = Person(found[-1].name, phone_number(numbers[0]), found[-1].post)
            numbers = numbers[1:]
        elif not name and numbers and found:
            found += [Person(found[-1].name, phone_number(number), found[-1].post) for number in numbers]
            numbers = []
        elif name or numbers:
            first = phone_number(numbers[0]) if numbers else ""
            found.append(Person(name, first, post[1] if post else ""))
            numbers = numbers[1:]
        elif post and found and not found[-1].post:
            found[-1] = Person(found[-1].name, found[-1].phone, post[1])
        found += [Person(found[-1].name, phone_number(number), found[-1].post) for number in numbers]
    if not found:
        raise ValueError("不像姓名或电话")
    return found


def _pieces(line: str) -> list[str]:
    """One piece per person: split at signs, and where a name follows a phone; or before each phone when phones come
    first."""
    pieces: list[str] = []
    for part in _BETWEEN.split(line):
        if _PHONE.match(part.strip()):
            starts = [found.start() for found in _PHONE.finditer(part)]
            pieces += [part[start:end] for start, end in zip(starts, [*starts[1:], len(part)], strict=True)]
            continue
        ends = [found.end() for found in _PHONE.finditer(part)]
        start = 0
        for end in ends:
            if re.match(r"\s*[一-鿿]", part[end:]) and not _POST.match(part[end:].strip()):
                pieces.append(part[start:end])
                start = end
        pieces.append(part[start:])
    return [piece for piece in pieces if piece.strip()]


def _name(words: str) -> str:
    name = re.sub(r"(?:联系人|姓名|电话|手机|座机|办公|职务|TEL|Tel|tel)[::]|[(（][)）]|[::]", " ", words)
    name = _TITLES.sub("", re.sub(r"\s+", " ", name).strip(" -—·.()"))
    if re.fullmatch(r"[一-鿿](?: [一-鿿])+", name):
        name = name.replace(" ", "")
    return name[:40]


# Work of the bureau

_LEVELS = {
    "A": "A", "B": "B", "C": "C", "重点": "A", "一": "A", "二": "B", "三": "C", "1": "A", "2": "B", "3": "C",
    "I": "A", "II": "B", "III": "C", "甲": "A", "乙": "B", "丙": "C",
}  # fmt: skip


def care_level(cell: Any) -> str | None:
    """A, B, C or reserve of 培育层级, however written: Ａ类, b级, 储备库, 一类; None when the cell says nothing."""
    if says_nothing(cell):
        return None
    written = plain(cell)
    if re.fullmatch(r"(?:储备|后备|预备|D)(?:类|级|库|层|企业|库企业)?", written):
        return "reserve"
    word = re.sub(r"^(?:第)|(?:类|级|层|档|企业|类企业|级企业)+$", "", written)
    if word not in _LEVELS:
        raise ValueError("不认得这个层级，应是 A、B、C 或储备")
    return _LEVELS[word]


def plan_year(cell: Any) -> int | None:
    """The year of an application: 2026, 2026年, 26年, 2026年度, 2026年6月."""
    if says_nothing(cell):
        return None
    written = plain(cell)
    if found := re.fullmatch(r"(\d{4}|\d{2})年?度?", written):
        year = int(found[1]) if len(found[1]) == 4 else 2000 + int(found[1])
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        raise ValueError("不像年度")
    else:
        day = dates.parse(cell)
        assert day is not None
        year = day.first.year
    if not 2000 <= year <= 2099:
        raise ValueError("不像年度")
    return year


def names(cell: Any) -> list[str]:
    """People of the bureau named in a cell, the first the one responsible: 张三、李四."""
    if says_nothing(cell):
        return []
    line = unicodedata.normalize("NFKC", text(cell))
    found = [re.sub(r"\s+", "", part) for part in re.split(r"[、,;/\n\r|]+|\s{1,}(?=[一-鿿]{2,4}$)", line)]
    return [re.sub(r"[(（].*[)）]$", "", name) for name in found if name]


def industry(cell: Any) -> str | None:
    """The code of an industry, two to four digits, from `35 专用设备制造业`, `C26化学…`, `3985` or a division's name;
    ValueError when there is neither."""
    from models.rules.industry import DIVISIONS, section_of

    if says_nothing(cell):
        return None
    written = plain(cell)
    if found := re.match(r"([A-T]?)(\d{2,4})(?!\d)", written):
        if section_of(found[2]) is None or (found[1] and section_of(found[2]) != found[1]):
            raise ValueError("没有这个行业代码")
        return found[2]
    bare = re.sub(r"^[A-T]", "", written)
    named = [code for code, name in DIVISIONS.items() if plain(name) == bare]
    if len(named) != 1:
        raise ValueError("看不出是国民经济行业的哪一类")
    return named[0]
