"""Invented firms of an invented city: hard to tell apart on purpose, with codes that belong to nobody."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.rules import uscc

PROVINCE, CITY = "澜江", "云澜"
DISTRICTS = {"青禾区": "990203", "北渡区": "990204"}
STREETS = {"青禾区": ("石桥街道", "溪口街道", "双塔镇", "渔湾镇"), "北渡区": ("山前街道", "南浦街道", "东坝镇")}
_CORE = (
    "瑞恒启明诚博远睿鼎盛联创达通信安德宇辰凯丰源泰正兴合众优佳智云海川岳林峰卓锐骏腾飞扬康宁祥和美奥特维思迪科艾尔欧"
)
_TRADE = (
    "科技 信息技术 新材料 机电设备 自动化设备 生物科技 医疗器械 智能装备 环保科技 新能源科技 精密机械 电子科技 软件 "
    "网络科技 光电 半导体 通信技术 检测技术 仪器仪表 化工 建筑工程 市政工程 汽车零部件 模具 包装材料 食品 农业科技"
)
_FORMS = ("有限公司",) * 16 + ("有限责任公司",) * 2 + ("股份有限公司",) * 2
_LATIN = ("ABB", "Easy Way", "DK", "Hi-Tech", "3D")
_LIKE = {"恒": "桓", "明": "铭", "诚": "城", "源": "沅", "华": "桦", "达": "大", "科": "枓", "凯": "恺", "丰": "沣"}
_ORGANISATION = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(slots=True)
class Firm:
    """A firm; `plain` is its name without place and legal form, `certain` whether its name alone tells it apart."""

    name: str
    code: str
    plain: str
    district: str
    street: str
    founded_on: date
    capital: int
    certain: bool = True
    former: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it is registered."""
        return f"{CITY}市{self.district}{self.street}云溪路{self.capital % 300 + 1}号"


class Maker:
    """Makes firms that all differ, from one seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names: set[str] = set()
        self.plain: set[str] = set()
        self.codes: set[str] = set()

    def code(self, district: str) -> str:
        """A valid code nobody has; two in five hold letters, as codes of later years do."""
        while True:
            digits = "".join(self.rng.choice("0123456789") for _ in range(8))
            tail = "".join(self.rng.choice(_ORGANISATION) for _ in range(6))
            eight = digits if self.rng.random() < 0.6 else f"MA{tail}"
            first17 = f"91{DISTRICTS[district]}{eight}{uscc.organisation_check_character(eight)}"
            if len(first17) == 17 and all(sign in uscc.VALUES for sign in first17) and first17 not in self.codes:
                self.codes.add(first17)
                return first17 + uscc.check_character(first17)

    def plain_name(self) -> str:
        """字号 and trade of a name, another each time."""
        while True:
            core = "".join(self.rng.sample(_CORE, self.rng.choice((2, 2, 2, 3))))
            if self.rng.random() < 0.03:
                core = self.rng.choice(_LATIN) + core
            plain = core + self.rng.choice(_TRADE.split())
            if plain not in self.plain:
                self.plain.add(plain)
                return plain

    def firm(self, plain: str | None = None, name: str | None = None, district: str = "青禾区") -> Firm:
        """One firm, of this name when one is given."""
        plain = plain or self.plain_name()
        name = name or self._name(plain)
        self.names.add(name)
        return Firm(
            name,
            self.code(district) if self.rng.random() > 0.04 else self._old_number(),
            plain,
            district,
            self.rng.choice(STREETS[district]),
            date(1998, 1, 1) + timedelta(days=self.rng.randrange(9_000)),
            self.rng.choice((50, 100, 200, 300, 500, 1000, 1180, 2000, 5000)) + self.rng.randrange(40),
        )

    def _old_number(self) -> str:
        return "990203" + "".join(self.rng.choice("0123456789") for _ in range(9))

    def _name(self, plain: str) -> str:
        form = self.rng.choice(_FORMS)
        place = self.rng.random()
        if place < 0.08:
            return f"{plain[:2]}（{CITY}）{plain[2:]}{form}"
        if place < 0.12:
            return f"{PROVINCE}省{plain}{form}"
        if place < 0.2:
            return f"{CITY}市{plain}{form}"
        return f"{CITY}{plain}{form}"


def make(rng: random.Random, number: int) -> tuple[list[Firm], list[Firm]]:
    """Firms of the register, and firms outside it that the lists name too. Among the former: pairs that differ in one
    character, in a numeral, in their legal form, in nothing but the district; and branches of others."""
    maker = Maker(rng)
    firms = [maker.firm() for _ in range(number)]
    mothers = firms[: number // 50]
    firms += [maker.firm(one.plain, f"{one.name}{rng.choice(STREETS['青禾区'])[:2]}分公司") for one in mothers]
    for one in firms[number // 50 : number // 20]:
        like = next((sign for sign in one.plain if sign in _LIKE), None)
        if like and (other := one.name.replace(like, _LIKE[like], 1)) not in maker.names:
            firms.append(maker.firm(one.plain.replace(like, _LIKE[like], 1), other))
    for _ in range(number // 100):
        plain = maker.plain_name()
        firms += [maker.firm(f"{plain[:2]}{numeral}{plain[2:]}", f"{CITY}{plain[:2]}{numeral}{plain[2:]}有限公司")
                  for numeral in rng.sample(("一", "二", "三", "1", "2", "Ⅱ", "Ⅲ"), 2)]  # fmt: skip
        plain = maker.plain_name()
        firms += [maker.firm(plain, f"{CITY}{plain}{form}") for form in ("有限公司", "股份有限公司")]
    for _ in range(number // 300):
        plain = maker.plain_name()
        for district in DISTRICTS:
            namesake = maker.firm(plain, f"{CITY}{plain}有限公司", district)
            namesake.certain = False
            firms.append(namesake)
    outside = [maker.firm(district=rng.choice(list(DISTRICTS))) for _ in range(number // 12)]
    rng.shuffle(firms)
    return firms, outside
