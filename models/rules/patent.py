"""Patents and the rights like them: numbers and their check digits, kinds and classes, states, terms (rules.md 4)."""

import re
import unicodedata
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

CLASS_1, CLASS_2 = 1, 2


@dataclass(frozen=True, slots=True)
class IpKind:
    """A kind of intellectual property: its name, its class (rules.md 4, columns 115号 and 195号) and the words lists
    write for it; term is how many years it lasts from filing, 0 where the filing day does not say."""

    name: str
    ip_class: int
    words: str
    term: int = 0


#: The order decides which words are tried first.
IP_KINDS: dict[str, IpKind] = {
    "defence_invention": IpKind("国防专利", CLASS_1, r"国防", 20),
    "design": IpKind("外观设计", CLASS_2, r"外观", 15),
    "utility_model": IpKind("实用新型", CLASS_2, r"实用新型|新型专利|^新型$", 10),
    "software_copyright": IpKind("软件著作权", CLASS_2, r"软件|软著|著作权"),
    "ic_layout": IpKind("集成电路布图设计", CLASS_1, r"集成电路|布图", 10),
    "plant_variety": IpKind("植物新品种", CLASS_1, r"植物新品种|植物品种"),
    "crop_variety": IpKind("国家级农作物品种", CLASS_1, r"农作物"),
    "national_drug": IpKind("国家新药", CLASS_1, r"新药"),
    "protected_tcm": IpKind("国家一级中药保护品种", CLASS_1, r"中药保护"),
    "invention": IpKind("发明专利", CLASS_1, r"发明", 20),
}

#: Digit of an application number that says what was applied for; 8 and 9 came in by the international way.
_KIND_DIGITS = {"1": "invention", "8": "invention", "2": "utility_model", "9": "utility_model", "3": "design"}

#: What a right is in law, as the pages say it; only `granted` counts.
STATUSES = {
    "granted": "授权",
    "examination": "审查中",
    "lapsed": "终止",
    "abandoned": "放弃",
    "rejected": "驳回",
    "withdrawn": "撤回",
    "invalidated": "无效",
    "unknown": "不明",
}
#: What lists write, the first that fits: 失效 and 无效 are looked for before 有效, 视为放弃 before 授权.
_STATUS_WORDS = (
    ("granted", r"部分无效"),
    ("invalidated", r"宣告.*无效|全部无效|专利权?无效|^无效$"),
    ("lapsed", r"终止|失效|届满|期满|未缴|欠费|过期|注销|灭失|^无权$"),
    ("abandoned", r"放弃"),
    ("withdrawn", r"撤回"),
    ("rejected", r"驳回"),
    ("examination", r"实质?审|审查|在审|审中|受理|申请中|公开|公布|初审|待审|复审"),
    ("granted", r"授权|有效|维持|登记|下证|转让|转移|质押|许可|保全|存续|^有权$"),
)

#: How a firm came to a right.
OBTAINED = {"self": "自主", "transferred": "受让"}
_TRANSFERRED = re.compile(r"受让|转让|购买|购入|外购|转移|继受|赠与|收购|作价入股")
_SELF = re.compile(r"自主|自研|自行|自有|原始|独立研发|自创|合作研发")

#: Characters of the longest number that is kept.
LONGEST_NUMBER = 80
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_APPLICATION = re.compile(r"(\d{12}|\d{8})\.?([0-9X])")
_PUBLICATION = re.compile(r"CN\d{7,9}[ABCSUY]\d?")
_SOFTWARE = re.compile(r"\d{4}SRB?J?\d{4,8}|软著登字第?[0-9A-Z-]+号?")
_OTHER = re.compile(
    r"BS\.?\d{8,9}(?:\.?\d)?|CNA[0-9A-Z.]{5,15}|国药准字[A-Z]\d{8}|[国省]审[\u4e00-\u9fff]{1,2}\d{6,12}"
)
_RUINED = re.compile(r"\d(?:\.\d+)?E\+?\d+")


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a right: as it is kept and shown, and what is wrong with it (empty for nothing)."""

    number: str
    reason: str = ""
    #: What kind of right the number itself says it is; empty when it does not.
    kind: str = ""

    @property
    def broken(self) -> bool:
        """Whether the number cannot be right as it stands."""
        return bool(self.reason)


def check_digit(digits: str) -> str:
    """The check digit of an application number of 8 or 12 digits: the weighted sum modulo 11, X for 10 (ZC 0006)."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def read_number(cell: Any) -> Number | None:
    """The number in a cell in its one way of writing: 202221497952.5 for ZL 2022 2 1497952.5 and CN202221497952.5.

    None for an empty cell. A number with a wrong or missing check digit is kept as written, with the reason; one that
    a spreadsheet has rounded raises ValueError: it names nothing any more.
    """
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, float) and cell.is_integer():
        whole = str(int(cell))
        # A cell of numbers drops the point and a check digit of 0 behind it.
        cell = f"{whole}.0" if len(whole) in (8, 12) and check_digit(whole) == "0" else whole
    text = re.sub(r"[\s\-_:：，。·*()（）]+", "", unicodedata.normalize("NFKC", str(cell))).upper()
    if not text or text in ("/", "无", "暂无"):
        return None
    if _RUINED.fullmatch(text):
        raise ValueError("专利号被表格软件写成了科学计数，请补上原号")
    if len(text) > LONGEST_NUMBER:
        raise ValueError("太长，不是专利号")
    bare = re.sub(r"^(?:(?:中国)?专利(?:申请)?号|申请号|登记号|授权号)", "", text)
    if _PUBLICATION.fullmatch(bare):
        return Number(
            bare,
            "",
            {"U": "utility_model", "Y": "utility_model", "S": "design"}.get(bare.strip("0123456789")[-1], "invention"),
        )
    if _SOFTWARE.fullmatch(bare):
        return Number(bare, "", "software_copyright")
    if _OTHER.fullmatch(bare):
        return Number(bare, "", _other_kind(bare))
    return _application(bare)


def _application(text: str) -> Number:
    bare = re.sub(r"^(?:ZL|CN|ＺＬ)+", "", text)
    found = _APPLICATION.fullmatch(bare)
    if found is None:
        short = bare.isdigit() and len(bare) in (8, 12)
        return Number(bare, "专利号缺校验位，按原样保留" if short else "不像专利号，按原样保留")
    digits, last = found.groups()
    kind = _KIND_DIGITS.get(digits[4 if len(digits) == 12 else 2], "")
    if check_digit(digits) != last:
        return Number(f"{digits}.{last}", "专利号校验位不对，按原样保留，请核对", kind)
    return Number(f"{digits}.{last}", "", kind)


def _other_kind(text: str) -> str:
    for opening, kind in (("BS", "ic_layout"), ("CNA", "plant_variety"), ("国药", "national_drug")):
        if text.startswith(opening):
            return kind
    return "crop_variety"


def read_kind(text: str) -> str:
    """The kind a list writes; empty for words that name none."""
    return next((key for key, kind in IP_KINDS.items() if re.search(kind.words, text)), "")


def read_status(text: str) -> str:
    """The state a list writes: 未缴年费专利权终止 is lapsed; unknown for words that say nothing."""
    plain = re.sub(r"\s+", "", text)
    return next((key for key, words in _STATUS_WORDS if re.search(words, plain)), "unknown")


def read_obtained(*texts: str) -> str:
    """How a row says the right was obtained; empty when it does not say. A transfer that is named anywhere wins."""
    if any(_TRANSFERRED.search(text) for text in texts):
        return "transferred"
    return "self" if any(_SELF.search(text) for text in texts) else ""


def ip_class(kind: str) -> int:
    """Ⅰ (1) or Ⅱ (2); 0 for a kind nobody knows."""
    return IP_KINDS[kind].ip_class if kind in IP_KINDS else 0


def expires_on(kind: str, filed_on: date | None) -> date | None:
    """The last day a right can be in force: 20 years from filing for an invention, 10 for a utility model, 15 for a
    design filed since 2021-06-01 and 10 for an older one (专利法 第四十二条), 10 for a layout; None when unknown."""
    years = IP_KINDS[kind].term if kind in IP_KINDS else 0
    if not years or filed_on is None:
        return None
    if kind == "design" and filed_on < date(2021, 6, 1):
        years = 10
    return years_later(filed_on, years) - timedelta(days=1)


def years_later(day: date, years: int) -> date:
    """The same day so many years later (before, when negative); 1 March for 29 February of a common year."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def in_force(status: str, granted_on: date | None, expires: date | None, ended_on: date | None, day: date) -> bool:
    """Whether a right counts on a day: granted by then, not expired, not ended (or ended later). A right that is no
    longer granted, and nobody knows since when, never counts."""
    if granted_on is None or granted_on > day or (expires is not None and expires < day):
        return False
    return status == "granted" if ended_on is None else ended_on > day
