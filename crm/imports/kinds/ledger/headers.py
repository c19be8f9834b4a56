"""What a header of a ledger names: a figure with its year and unit (2023年营业收入（万元）, or 营收 under 2023年度),
or a part of a title (高企证书编号)."""

import re
import unicodedata
from collections.abc import Mapping

from models.firm.yearly import YEARLY

#: Figure → words of its header, tried in this order: the narrower notion before the wider one.
FIGURES: tuple[tuple[str, str], ...] = (
    (
        "rd_ratio",
        r"研发.*(?:占比|比例|比重|强度)|研发.*占.*(?:收入|营收|销售额?)(?:总?额)?(?:的)?(?:比|比例|比重|%)?|研发费用率",
    ),
    ("hightech_income", r"高新(?:技术)?(?:产品|服务).*(?:收入|产值)|高品收入|高新(?:技术)?收入"),
    ("main_revenue", r"主营(?:业务)?收入|主营营收"),
    ("operating_revenue", r"营业(?:总)?收入|营收|经营(?:总)?收入"),
    ("sales_revenue", r"销售(?:收入|额|总额|总收入)"),
    ("total_income", r"总收入|收入总额|年收入"),
    ("rd_spend_statistical", r"研发投入|研发|R&?D(?:经费|投入|支出|内部|活动)+|研发经费(?:内部)?支出"),
    ("rd_expense", r"研发(?:总)?(?:费用?|经费|支出|费用化支出)|研究开发(?:费用?|经费)|技术开发费"),
    ("cost_and_expense", r"成本费用"),
    ("total_assets", r"资产总(?:额|计|值)|总资产"),
    ("total_liabilities", r"(?<!资产)负债(?:总额|总计|合计)?$|总负债"),
    ("net_assets", r"净资产|所有者权益"),
    ("tax_paid", r"(?:纳|缴|交)税(?:总)?额?|税收(?:总额|贡献|收入)?$|(?:实缴|上缴|入库|缴纳)税(?:收|金)|税金"),
    ("net_profit", r"净利润|净利"),
    ("profit_total", r"利润(?:总额)?"),
    ("output_value", r"(?:工业)?总?产值"),
    ("export_value", r"出口(?:额|总额|创汇|交货值)"),
    ("tech_staff", r"科技(?:活动)?人员|科技人数|科技人员数"),
    ("rd_staff", r"研发人(?:员|数)|研究开发人员|R&D人员|RD人员"),
    ("staff_total", r"(?:职工|员工|从业|在职|企业|人员|总)(?:人员)?(?:总)?(?:人)?数|人员总数|从业人员|职工$|人数"),
    ("ip_class_1", r"(?<!I)(?:I|一|1)类(?:知识产权|IP|专利|知产)?"),
    ("ip_class_2", r"(?:II|二|2)类(?:知识产权|IP|专利|知产)?"),
    ("invention_patents", r"发明(?:专利)?"),
    ("utility_models", r"实用新型"),
    ("design_patents", r"外观(?:设计)?"),
    ("software_copyrights", r"软件?著(?:作权)?|软著|计算机软件"),
    ("patents_total", r"专利(?:总)?(?:数|量|件数|拥有量)?$"),
    ("ip_total", r"知识产权(?:总)?(?:数|量|件数|拥有量)?$"),
)  # fmt: skip
#: A header with one of these speaks of something else than what the firm had.
_OTHER = re.compile(
    r"增速|增长|增幅|增量|同比|环比|预计|预期|预测|预估|目标|计划|拟|排名|排序|是否|人均|申请|新增|加计|补助|奖励|减免|来源|日期|时间"
    r"|名称|编号|证书|备注|说明|联系|核心|口径说明"
)
_UNITS = (
    ("百万", r"百万元?"), ("千万", r"千万元?"), ("亿", r"亿元?"), ("万", r"万元?"), ("千", r"千元"), ("元", r"元"),
)  # fmt: skip
_RELATIVE = (
    ("前年", -2),
    ("上年", -1),
    ("上一年", -1),
    ("去年", -1),
    ("上年度", -1),
    ("本年", 0),
    ("今年", 0),
    ("当年", 0),
)


def plain(header: str) -> str:
    """A header half-width, in capitals, without spaces, stars and colons."""
    return re.sub(r"[\s*:]+", "", unicodedata.normalize("NFKC", header)).upper()


def year_of(header: str, ledger_year: int | None) -> int | None:
    """The year a header names, in four digits, two with 年, or against the year of the ledger; else that year."""
    word = plain(header)
    years = {int(found) for found in re.findall(r"(?<!\d)(20\d{2})(?!\d)", word)}
    years |= {2000 + int(found) for found in re.findall(r"(?<!\d)(\d{2})年", word)}
    if years:
        return years.pop() if len(years) == 1 else None
    if ledger_year is None:
        return None
    return next((ledger_year + step for said, step in _RELATIVE if said in word), ledger_year)


def unit_of(header: str, key: str) -> str:
    """The unit bare numbers of a column are counted in: 万 unless the header names another; % and counts their own."""
    if YEARLY[key][1] != "万元":
        return "" if YEARLY[key][1] == "%" and "%" not in plain(header) else YEARLY[key][1]
    return money_unit(header)


def money_unit(header: str) -> str:
    """The unit of money a header names: 元, 千, 万, 百万, 千万 or 亿; 万 when it names none."""
    word = plain(header)
    for pattern in (r"[(\[](?:[^()]*[,、;])?(?:单位|人民币)*{0}(?:人民币)?[)\]]", r"[-/,]?{0}$"):
        for unit, written in _UNITS:
            if re.search(pattern.replace("{0}", f"(?:{written})"), word):
                return unit
    return "万"


def figure_of(header: str) -> str | None:
    """The figure a header names; None when it names none, or something about one (its growth, its plan)."""
    word = plain(header)
    bare = re.sub(r"[(\[][^)\]]*[)\]]", "", word)
    bare = re.sub(
        r"(?<!\d)(?:20)?\d{2}(?:年末|年底|年度?)?|上一?年度?|去年|前年|本年度?|今年|当年|截至|年度|末$", "", bare
    )
    parts = [part for part in bare.split("/") if part] or [bare]
    if _OTHER.search(bare):
        return None
    for part in reversed(parts):
        for key, words in FIGURES:
            if re.fullmatch(
                rf"(?:企业|单位|公司|其中|有效|授权|拥有|已授权|全年|年|累计|现有|截止)*(?:{words})(?:数量?|件数|情况|总数|数|\(.*\))?",
                part,
            ):
                return key
    return None


#: Title types by words of a header or a cell, the narrower before the wider; the office's own types are found by name.
TITLES: tuple[tuple[str, str], ...] = (
    ("little_giant", r"小巨人"),
    ("srdi_sme", r"专精特新"),
    ("hnte", r"高新技术企业|高企"),
    ("tech_sme", r"科技型中小企业|科技型中小|科技中小|科小|国科小"),
    ("innovative_sme", r"创新型中小(?:企业)?"),
    ("gazelle", r"瞪羚"),
    ("unicorn", r"独角兽"),
    ("fledgling", r"雏鹰"),
)
_PARTS = (
    ("number", r"编号|证书号|登记号|证号|文号"),
    ("ends_on", r"有效期|到期|截止|失效"),
    ("issued_on", r"(?:认定|发证|颁证|获批|获证|批准|公告|通过|入库|备案)(?:日期|时间|年月)|时间$|日期$"),
    ("mark", r""),
)
#: Of a title in such a header nothing is held yet.
_NOT_HELD = re.compile(r"拟|申报|计划|培育|后备|目标|意向|补助|奖励|奖补|领域|年报|差距|条件|备注|说明")
_MANY = re.compile(
    r"(?:企业|现有|已有|已获|获得|荣誉|主要|科技)*(?:资质|荣誉|称号|认定)(?:情况|荣誉|类型|名称)?(?:及荣誉)?"
)


def title_of(header: str, own: Mapping[str, str]) -> tuple[str, str] | None:
    """The title type and part (number, issued_on, ends_on, mark) a header names; an empty type: of several. `own`:
    name → key of the types the office made. None when it names none, or one that is only planned."""
    word = plain(header)
    parts = [part for part in word.split("/") if part] or [word]
    last = parts[-1]
    if _NOT_HELD.search(last):
        return None
    for said in (last, word):
        kind = next((key for key, words in TITLES if re.search(words, said)), None)
        kind = kind or next((key for name, key in own.items() if name in said), None)
        if kind is not None:
            return kind, next(part for part, words in _PARTS if re.search(words, last))
    return ("", "mark") if re.fullmatch(_MANY, last) else None
