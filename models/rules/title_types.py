"""The title types and pool types a new database begins with; office changes them under 设置 → 资质类型.

Validity and window rules are read by ``models/rules/ladder.py``. Sources: hnte 国科发火〔2016〕32号 第九条 and
公告2017年第24号; tech_sme 国科火字〔2022〕67号; the others 工信部企业〔2022〕63号 and 〔2026〕2号. A window is given
only where a document gives one. Badges of the region have the validity their own notices usually name: an
administrator checks them.
"""

from dataclasses import dataclass

from models.rules.ladder import Rung


@dataclass(frozen=True, slots=True)
class DefaultTitleType:
    """One row of the table of title types."""

    key: str
    name: str
    short: str
    rung: Rung | None
    level: str
    validity: str
    window: str
    owner: str
    basis: str


@dataclass(frozen=True, slots=True)
class DefaultPoolType:
    """One row of the table of pool types; ``cultivation`` pools make their members 潜力企业."""

    key: str
    name: str
    target: str | None
    cultivation: bool = True


YEAR_END = "year_end_of_ends_on"

TITLE_TYPES: tuple[DefaultTitleType, ...] = (
    DefaultTitleType(
        "tech_sme", "科技型中小企业", "科技型", Rung.TECH_SME, "national", "year_end", "10-31+1y",
        "工业和信息化部门", "国科发政〔2017〕115号；国科火字〔2022〕67号",
    ),
    DefaultTitleType(
        "srdi_sme", "专精特新中小企业", "专精特新", Rung.SRDI, "provincial", "+3y-1d", "none",
        "工业和信息化部门", "工信部企业〔2026〕2号 附件1",
    ),
    DefaultTitleType(
        "little_giant", "专精特新“小巨人”企业", "小巨人", Rung.SRDI, "national", "+3y-1d", "none",
        "工业和信息化部门", "工信部企业〔2026〕2号 附件2",
    ),
    DefaultTitleType(
        "hnte", "高新技术企业", "高企", Rung.HNTE, "national", "+3y", YEAR_END,
        "科技部门", "国科发火〔2016〕32号",
    ),
    DefaultTitleType(
        "innovative_sme", "创新型中小企业", "创新型", Rung.POTENTIAL, "provincial", "+3y-1d", "none",
        "工业和信息化部门", "工信部企业〔2022〕63号 附件1",
    ),
    # Badges of the province or the city.
    DefaultTitleType(
        "gazelle", "瞪羚企业", "瞪羚", Rung.POTENTIAL, "provincial", "+3y", "none", "科技部门", "省市通知",
    ),
    DefaultTitleType(
        "unicorn", "独角兽企业", "独角兽", Rung.POTENTIAL, "provincial", "+3y", "none", "科技部门", "省市通知",
    ),
    DefaultTitleType(
        "fledgling", "雏鹰企业", "雏鹰", Rung.POTENTIAL, "city", "+3y", "none", "科技部门", "省市通知",
    ),
)  # fmt: skip

POOL_TYPES: tuple[DefaultPoolType, ...] = (
    DefaultPoolType("cultivation_pool", "培育后备库", None),
    DefaultPoolType("sme_to_hnte", "小升高", "hnte"),
    DefaultPoolType("srdi_pool", "专精特新培育库", "srdi_sme"),
    DefaultPoolType("listing_pool", "上市培育", None, cultivation=False),
)
