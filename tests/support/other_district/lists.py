"""Each kind of list of the other district."""

from collections.abc import Callable
from typing import Any

from tests.support.other_district.files import File, Paper, Writer, as_csv, as_xlsx
from tests.support.other_district.firms import CITY
from tests.support.other_district.mess import Written, short

SCOPES = (
    "电子产品研发、生产、销售；技术服务",
    "软件开发，信息系统集成服务",
    "机械设备制造、加工、销售",
    "生物技术研发，检测服务",
)


def register(writer: Writer) -> File:
    """The register, every firm as it is registered."""
    paper = Paper("")
    paper.line("云澜市青禾区市场主体名录（导出）")
    paper.line("序号", "登记机关", "统一代码", "单位名称", "单位性质", "设立日期", "认缴出资额", "经营场所", "业务范围")
    for number, firm in enumerate(writer.firms, 1):
        cells = [number, f"{firm.district}行政审批局", firm.code, firm.name, "有限责任公司(自然人投资或控股)",
                 writer.written_day(firm.founded_on), f"{firm.capital}万元", firm.address,
                 writer.rng.choice(SCOPES)]  # fmt: skip
        paper.data(cells, firm, Written(firm.name, firm.code))
    return as_csv("市场主体导出20240105.csv", "register", paper, "gb18030")


def hnte(writer: Writer) -> File:
    """Four years on four sheets, each laid out otherwise."""
    return as_xlsx("青禾高企历年汇总.xlsx", "hnte", [_batches(writer, 2020), _two_rows(writer, 2021),
                                                 _turned(writer, 2023), _no_codes(writer, 2024)])  # fmt: skip


def _batches(writer: Writer, year: int) -> Paper:
    paper = Paper(f"{year}")
    paper.line(f"{CITY}市青禾区{year}年度国家高新技术企业一览表")
    paper.line("（排名不分先后，共60家）")
    paper.line("编号", "申报单位", "社会统一信用代码", "高企证书号", "获证日期", "失效日期", "领域")
    paper.merged += ["A1:G1", "A2:G2"]
    for batch, month in (("一", 10), ("二", 12)):
        paper.line(f"第{batch}批（{year}年{month}月12日）")
        paper.merged.append(f"A{len(paper.rows)}:G{len(paper.rows)}")
        for number, firm in enumerate(writer.some(60), 1):
            written, day = writer.spoil(firm), writer.day(year, month)
            cells = [number, written.name, written.code, writer.number(year), writer.written_day(day),
                     writer.written_day(day.replace(year=year + 3)), "电子信息"]  # fmt: skip
            paper.data(cells, firm, written)
    paper.line("合  计：120家")
    return paper


def _two_rows(writer: Writer, year: int) -> Paper:
    paper = Paper(f"{year}年认定 ")
    paper.line(f"青禾区{year}年高企认定情况统计")
    paper.line("基本信息", "", "", "", "高企证书", "", "备注")
    paper.line("NO.", "企业全称", "USCC", "所属板块", "编号", "发证时间", "")
    paper.merged += ["A2:D2", "E2:F2", "G2:G3"]
    for number, firm in enumerate(writer.some(80), 1):
        written = writer.spoil(firm)
        cells = [number, written.name, written.code, firm.street, writer.number(year), writer.day(year),
                 writer.rng.choice(("", "重新认定"))]  # fmt: skip
        paper.data(cells, firm, written)
    paper.line("制表：综合科", "", "", "", "审核：")
    return paper


def _turned(writer: Writer, year: int) -> Paper:
    """The second batch has a header of its own, with the columns in another order."""
    paper = Paper(f"{year}")
    paper.line(f"{year}年青禾区高新技术企业名单")
    paper.line("第一批")
    paper.line("序号", "单位名称", "信用代码", "证书编号", "认定日期")
    for number, firm in enumerate(writer.some(40), 1):
        written = writer.spoil(firm)
        paper.data([number, written.name, written.code, writer.number(year), f"{year}年11月6日"], firm, written)
    paper.line("")
    paper.line("第二批")
    paper.line("序号", "证书编号", "认定日期", "企业名称", "统一社会信用代码")
    for number, firm in enumerate(writer.some(40), 1):
        written = writer.spoil(firm)
        paper.data([number, writer.number(year), f"{year}.12.13", written.name, written.code], firm, written)
    return paper


def _no_codes(writer: Writer, year: int) -> Paper:
    paper = Paper("最新")
    paper.line(f"关于{CITY}省认定机构{year}年认定报备的高新技术企业进行备案的公告")
    paper.line("企业", "号码")
    for firm in writer.some(100, namesakes=False):
        written = writer.spoil(firm, with_code=False)
        paper.data([written.name, writer.number(year)], firm, written)
    paper.line("注：排名不分先后")
    return paper


def tech_sme(writer: Writer) -> list[File]:
    """Two batches, one of them without a title of its own."""
    first, second = Paper(""), Paper("Sheet2")
    first.line("澜江省2023年第四批入库科技型中小企业名单")
    first.line("")
    first.line("序号", "登记编号", "企业", "统一社会信用代码（组织机构代码）", "县（市、区）")
    for number, firm in enumerate(writer.some(240), 1):
        written = writer.spoil(firm)
        first.data([number, writer.entry(2023), written.name, written.code, firm.district], firm, written)
    first.line("合计", 240)
    second.line("名称", "入库登记号", "代码")
    for firm in writer.some(200):
        written = writer.spoil(firm)
        second.data([written.name, writer.entry(2024), written.code], firm, written)
    return [
        as_csv("附件：2023年第四批.csv", "tech_sme", first, "utf-16"),
        as_xlsx("科小2024-2.xlsx", "tech_sme", [second]),
    ]


def ladder(writer: Writer) -> list[File]:
    """创新型, 专精特新 and 小巨人: names, hardly ever codes."""
    innovative, srdi, giant = Paper(""), Paper("公示名单"), Paper("附件")
    innovative.line("2024年度云澜市创新型中小企业公告名单")
    innovative.line("序号", "地区", "企业名称", "信用代码", "有效期")
    for number, firm in enumerate(writer.some(150), 1):
        written = writer.spoil(firm)
        innovative.data([number, "青禾区" if number == 1 else "", written.name, written.code, "2024年5月至2027年5月"],
                        firm, written)  # fmt: skip
    srdi.line("2023年澜江省专精特新中小企业拟认定公示名单")
    srdi.line("序号", "市", "县区", "单位", "类别")
    for number, firm in enumerate(writer.some(120, namesakes=False), 1):
        written = writer.spoil(firm, with_code=False)
        srdi.data([number, CITY, "青禾区", written.name, writer.rng.choice(("新认定", "复核"))], firm, written)
    srdi.merged.append("B3:B60")
    giant.line("第五批专精特新“小巨人”企业公告名单")
    giant.line("序号", "省份", "企业名称")
    for number, firm in enumerate(writer.some(40, foreign=0.4, namesakes=False), 1):
        written = writer.spoil(firm, with_code=False)
        giant.data([number, "澜江省", written.name], firm, written)
    return [
        as_csv("创新型中小企业.csv", "innovative_sme", innovative, "utf-8"),
        as_xlsx("专精特新公示.xlsx", "srdi_sme", [srdi]),
        as_xlsx("小巨人.xlsx", "little_giant", [giant]),
    ]


def changes(writer: Writer) -> list[File]:
    """Changes of name, and titles taken back."""
    renamed, revoked = Paper(""), Paper("")
    renamed.line("关于公布2023年高新技术企业更名名单的公告")
    renamed.line("序号", "变更前名称", "变更后名称", "高企证书编号", "变更日期")
    for number, firm in enumerate(writer.some(20, foreign=0, namesakes=False), 1):
        new = f"{CITY}新{firm.plain}有限公司"
        cells = [number, firm.name, new, writer.number(2022), f"2023年{number % 12 + 1}月8日"]
        renamed.data(cells, firm, Written(firm.name, ""))
    revoked.line("序号", "企业", "证书编号", "年度", "处理结果", "原因")
    for number, firm in enumerate(writer.some(15, foreign=0, namesakes=False), 1):
        result = writer.rng.choice(("取消资格", "撤销", "自愿注销", "整体迁出"))
        revoked.data([number, firm.name, writer.number(2021), "2021", result, ""], firm, Written(firm.name, ""))
    return [
        as_csv("更名.csv", "rename", renamed, "gb18030"),
        as_csv("2023年取消高新技术企业资格名单.csv", "revocation", revoked, "utf-8-sig"),
    ]


def patents(writer: Writer) -> File:
    """Patents, some of several owners."""
    paper = Paper("专利明细")
    paper.line("专利号", "发明名称", "专利权人", "类型", "申请日期", "授权日期", "状态", "缴费截止")
    firms = writer.some(150, foreign=0, namesakes=False)
    for _ in range(500):
        firm = writer.rng.choice(firms)
        written = writer.spoil(firm, with_code=False)
        name = f"{firm.name}；云澜大学（联合申请）" if writer.rng.random() < 0.08 else written.name
        applied = writer.day(writer.rng.randrange(2015, 2024))
        cells = [writer.patent(), f"一种{writer.rng.choice(('传感', '过滤', '定位'))}装置", name,
                 writer.rng.choice(("发明", "实用新型", "外观设计")), writer.written_day(applied),
                 writer.written_day(applied.replace(year=applied.year + 1)),
                 writer.rng.choice(("有权", "授权", "失效", "实质审查")), ""]  # fmt: skip
        paper.data(cells, firm, written)
    return as_xlsx("专利导出.xlsx", "patents", [paper])


LEDGER_HEADER = (
    "序号|企业信息||||联络信息||2022年度||2023年度|||资质|||培育|||",
    "|镇街|单位名称|社会信用代码|注册资本（万元）|联络人|手机|营收（万元）|研发投入（万元）|营收（万元）|研发投入（万元）|人数"
    "|高企证书编号|高企到期日|科小|层级|拟报类型|计划年度|责任人",
)


def ledger(writer: Writer) -> File:
    """The old workbook: two header rows, streets merged downwards, a sheet of notes and a hidden one."""
    paper, notes = Paper("2024台账"), Paper("说明")
    paper.line("青禾区科技企业培育库管理台账（2024年）")
    for words in LEDGER_HEADER:
        paper.line(*words.split("|"))
    firms = sorted(writer.some(300, foreign=0.03), key=lambda firm: firm.street)
    street, begun = "", 0
    for number, firm in enumerate(firms, 1):
        written = writer.spoil(firm)
        money = writer.rng.randrange(100, 20_000)
        amount: list[Any] = [
            f"约{money}",
            f"{money / 10_000:.2f}亿",
            f"{money}.30万元",
            money,
            "/",
            "—",
            f"{money:,}.00",
        ]
        cells = [number, firm.street if firm.street != street else "", written.name, written.code, firm.capital,
                 f"联络人{number:03d}", f"154{number:08d}", *(writer.rng.choice(amount) for _ in range(4)),
                 writer.rng.randrange(5, 400), writer.number(2022), "20251212", writer.rng.choice(("是", "否", "√")),
                 writer.rng.choice("ABC"), "高企", "2025年", "干部01"]  # fmt: skip
        paper.data(cells, firm, written)
        if firm.street != street:
            _merge(paper, begun, len(paper.rows) - 1)
            street, begun = firm.street, len(paper.rows)
    _merge(paper, begun, len(paper.rows))
    paper.line("合计", "", f"共{len(firms)}家")
    notes.line("1. 金额单位：万元。")
    return as_xlsx("培育台账.xlsx", "ledger", [paper, notes])


def _merge(paper: Paper, first: int, last: int) -> None:
    if first and last > first:
        paper.merged.append(f"B{first}:B{last}")


def visits(writer: Writer) -> File:
    """Visits, with short names and dates in every style."""
    paper = Paper("")
    paper.line("走访日期", "走访企业", "走访人员", "走访方式", "走访内容及企业诉求", "办理情况")
    firms = writer.some(150, foreign=0, namesakes=False)
    for _ in range(500):
        firm = writer.rng.choice(firms)
        written = short(firm, writer.firms) if writer.rng.random() < 0.08 else writer.spoil(firm, with_code=False)
        need = writer.rng.choice(
            ("希望对接高校院所开展产学研合作", "反映厂房紧张，需要扩大场地", "咨询高企申报条件和奖励政策")
        )
        paper.data([writer.written_day(writer.day(2023, 5)), written.name, "干部01、干部02", "实地", need, "已办结"],
                   firm, written)  # fmt: skip
    return as_csv("走访台账2023.csv", "visits", paper, "utf-8-sig")


def all_of(writer: Writer) -> list[File]:
    """Every file of the district, the register first."""
    made: list[Callable[[Writer], Any]] = [register, hnte, tech_sme, ladder, changes, patents, ledger, visits]
    files: list[File] = []
    for make in made:
        found = make(writer)
        files += found if isinstance(found, list) else [found]
    return files
