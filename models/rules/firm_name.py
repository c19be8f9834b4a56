"""Names of firms as a matcher reads them: one way of writing, and the parts a name is made of.

A registered name is 行政区划 + 字号 + 行业或者经营特点 + 组织形式 (企业名称登记管理规定 第六条); the place may
also stand in brackets in the middle or before the legal form."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

#: Longest first, so that the whole form is cut off.
LEGAL_FORMS = (
    "有限责任公司分公司",
    "股份有限公司分公司",
    "有限公司分公司",
    "股份有限责任公司",
    "股份有限公司",
    "集团有限责任公司",
    "有限责任公司",
    "集团有限公司",
    "有限合伙企业",
    "普通合伙企业",
    "特殊普通合伙",
    "农民专业合作社",
    "专业合作社",
    "合伙企业",
    "有限公司",
    "有限合伙",
    "普通合伙",
    "分公司",
    "集团",
    "股份",
    "公司",
    "研究院",
    "研究所",
    "事务所",
    "合作社",
    "中心",
    "厂",
    "店",
    "部",
    "社",
)
#: Words of trade that many names share; what remains beside them tells names apart.
TRADES = (
    "科技发展 科技实业 科技 技术开发 技术服务 技术 信息技术 信息科技 信息 网络科技 "
    "网络 软件 电子商务 电子 电气 电力 机电 机械 设备 自动化 智能 新材料 材料 "
    "新能源 能源 环保 环境 生物 医药 医疗器械 医疗 化工 建设 建筑 工程 装饰 装备 "
    "制造 工业 实业 贸易 商贸 投资 管理 咨询 服务 文化 传媒 教育 物流 食品 农业 "
    "汽车 精密 仪器 仪表 通信 通讯 光电 半导体 控股 发展 产业 系统 数据 工贸 "
    "国际 开发"
)
_BRACKETS = str.maketrans("[]{}【】〔〕［］｛｝〈〉《》「」『』", "()()()()()()()()()()")
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_NOISE = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff·•・.。,，、\x27\x22“”‘’*_–—-]+")
#: What needs no more than one kind of brackets, as nearly all names do.
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Z()（）]*")
_FORMER = re.compile(
    r"\((?:原名称?|原企业名称|原单位名称|原|曾用名称?|更名前名?称?|前身)[:：为是]?(.{2,}?)\)$"
    r"|\(由?(.{2,}?)\(?已?更名(?:而来)?\)?\)$"
    r"|[,，;；、/](?:原名称?|原|曾用名)[:：为]?(.{4,}(?:公司|厂|合伙\)|中心))$"
)
#: Marks of footnotes behind a name; before NFKC, which makes digits of some.
_MARKS = re.compile(
    r"[\s*＊※#＃△▲☆★○●◎◆◇■□†‡^①-⑳⑴-⒇⒈-⒛❶-❿²³¹⁰-⁹]+$|[(（\[［【〔](?:注\s*\d*|备注\d*|\d{1,2}|[①-⑳*※])[)）\]］】〕]$|(?<=公司)\d{1,2}$"
)
#: What a branch is called by; it is never the firm it belongs to.
_BRANCHES = (
    *("分公司", "分店", "分厂", "分部", "分行", "分院", "分所", "分中心"),
    *("营业部", "办事处", "门市部", "经营部", "项目部"),
)
NUMERALS = frozenset("0123456789IVX一二三四五六七八九十零〇甲乙丙丁壹贰叁肆伍陆柒捌玖拾东南西北")
_NUMBERED = re.compile(r"^(?:\d{1,4}[.、．)）]\s*)")
#: Not every 市 or 区 ends a place: 市政 and 超市, 社区 and 园区 do not.
_PLACE = re.compile(
    r"^[\u4e00-\u9fff]{2,7}?(?:自治区|自治州|特别行政区|自治县|开发区|高新区)"
    r"|^[\u4e00-\u9fff]{2,3}?(?:省|县|(?<![超城都门夜早集菜股楼闹花])市(?![政场容民井值价])"
    r"|(?<![小社园景片街校厂灌林牧库禁地商])区)"
)
#: The last characters of what _PLACE finds, which ends within the first twelve.
_PLACE_ENDS = frozenset("区州县省市")
_BRACKETED = re.compile(r"\([^()]*\)")


class Parts(NamedTuple):
    """A name taken apart, each part normalised; core is what is left of it when place, trade and form are gone."""

    place: str
    core: str
    trade: str
    form: str

    @property
    def heart(self) -> str:
        """Core and trade together: the name without place and legal form."""
        return self.core + self.trade


@dataclass(frozen=True, slots=True)
class Written:
    """A name as it stood in a list: the name itself and the former names that were written behind it."""

    name: str
    former: tuple[str, ...] = ()
    #: Where a cell names several: each of them, in its order.
    together: tuple["Written", ...] = ()


def clean(text: object) -> str:
    """The name as it is kept and shown: NFKC, no line breaks, spaces or invisible characters, Chinese brackets
    where there is Chinese. Empty for nothing."""
    if text is None:
        return ""
    name = unicodedata.normalize("NFKC", str(text)).translate(_BRACKETS)
    name = _INVISIBLE.sub("", name).strip()
    name = re.sub(r"\s+", " " if name.isascii() else "", name)
    return name if name.isascii() else name.replace("(", "（").replace(")", "）")


def match_key(name: object) -> str:
    """The name as matching compares it: one width and case, no spaces, dots or brackets' kinds. Empty for nothing."""
    if name is None:
        return ""
    text = str(name)
    if _PLAIN.fullmatch(text):
        return text.replace("（", "(").replace("）", ")")
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).translate(_BRACKETS)).upper()


def without_marks(text: object) -> str:
    """The text without marks of footnotes behind it: `甲公司*`, `甲公司①`, `甲公司（注1）`. Empty for nothing."""
    written = "" if text is None else str(text).strip()
    while found := _MARKS.search(written):
        written = written[: found.start()]
    return written


def is_branch(name: object) -> bool:
    """Whether this names a branch: `甲公司青禾分公司`, `甲公司（青禾分公司）`."""
    return is_branch_key(match_key(name))


def is_branch_key(key: str) -> bool:
    """The same of a name that is a key already."""
    return key.removesuffix(")").endswith(_BRANCHES)


def split_former(text: object) -> Written:
    """The name and its former names: `甲公司（原乙公司）` → 甲公司 and 乙公司. Names without the word 原 stay whole."""
    name = clean(without_marks(text))
    plain = name.replace("（", "(").replace("）", ")")
    found = _FORMER.search(plain)
    if not found:
        return Written(_NUMBERED.sub("", name))
    said = next(filter(None, found.groups()))
    former = [part for part in re.split(r"[、,;；/]", said) if len(part) > 1]
    return Written(_NUMBERED.sub("", name[: found.start()]), tuple(clean(part) for part in former))


def split(name: object, places: Collection[str] = ()) -> Parts:
    """Take a name apart. `places` are further names of places (without 省, 市, 区) that may open it or stand in
    brackets."""
    return split_key(match_key(name), places)


def split_key(key: str, places: Collection[str] = ()) -> Parts:
    """The same of a name that is a key already."""
    found: list[str] = []
    for bracketed in _BRACKETED.findall(key) if "(" in key else ():
        inner = bracketed[1:-1]
        if inner == "集团":
            continue
        if not inner.endswith("合伙"):
            found.append(inner)
        key = key.replace(bracketed, "", 1)
    key = key.replace("(", "").replace(")", "")
    key, opening = _take_places(key, places)
    key, form = _take_form(key)
    core, trade = _take_trade(key)
    return Parts("".join(opening + found), core, trade, form)


def full(name: object) -> bool:
    """Whether this reads as a full registered name (four characters before the legal form), not a short form."""
    key = match_key(name)
    rest, form = _take_form(key.replace("(", "").replace(")", ""))
    return bool(form) and len(rest) >= 4 and len(key) <= 100


def _take_places(key: str, places: Collection[str]) -> tuple[str, list[str]]:
    taken: list[str] = []
    places = places if isinstance(places, frozenset) else frozenset(places)
    lengths = _lengths(places)
    while True:
        opening = ""
        for length in lengths:
            if key[:length] in places:
                opening = key[:length]
                break
        found = None if _PLACE_ENDS.isdisjoint(key[:12]) else _PLACE.match(key)
        if found and len(found.group()) > len(opening):
            opening = found.group()
        elif opening:
            opening += key[len(opening)] if key[len(opening) : len(opening) + 1] in ("省", "市", "区", "县") else ""
        rest = key[len(opening) :]
        # A place is followed by a name of its own, not by the legal form alone.
        if not opening or len(rest) < 4 or len(_take_form(rest)[0]) < 2:
            return key, taken
        taken.append(opening)
        key = rest


@lru_cache(maxsize=16)
def _lengths(words: frozenset[str]) -> tuple[int, ...]:
    """How long these words are, the longest first."""
    return tuple(sorted(set(map(len, words)), reverse=True))


def _take_form(key: str) -> tuple[str, str]:
    for form in _FORMS.get(key[-1:], ()):
        if key.endswith(form) and len(key) > len(form):
            return key[: -len(form)], form
    return key, ""


def _take_trade(key: str) -> tuple[str, str]:
    """Words of trade taken off the end, as long as two characters remain."""
    end = len(key)
    while True:
        for length in _TRADE_LENGTHS:
            if length <= end - 2 and key[end - length : end] in _TRADES:
                end -= length
                break
        else:
            return key[:end], key[end:]


_TRADES = frozenset(TRADES.split())
_TRADE_LENGTHS = _lengths(_TRADES)
#: Legal forms by their last character, the longest first.
_FORMS = {end: tuple(form for form in LEGAL_FORMS if form[-1] == end) for end in {form[-1] for form in LEGAL_FORMS}}
