"""The rules of duty a bureau begins with (rules.md 1.4, 1.5, 2.6, 3.5, 6 and 11); the office edits the rows."""

from models.rules.duty import DutyRule

TITLES = frozenset({"tech_sme", "innovative_sme", "srdi_sme", "little_giant", "hnte"})
_LADDER = frozenset({"innovative_sme", "srdi_sme", "little_giant"})
BY_NOTICE = "以当年通知为准"

#: What a bureau begins with; the office edits the rows.
RULES: tuple[DutyRule, ...] = (
    DutyRule(
        "tech_sme_update",
        "科技型中小企业信息更新",
        "yearly",
        "国科发政〔2017〕115号 第十一条",
        frozenset({"tech_sme"}),
        closes=(3, 31),
        with_pending=True,
        advisory=True,
        note="实际随当年评价一并办理",
    ),
    DutyRule(
        "ladder_update",
        "优质中小企业年度数据更新",
        "yearly",
        "工信部企业〔2022〕63号 第十三条",
        _LADDER,
        opens=(1, 1),
        closes=(4, 30),
        note=BY_NOTICE,
    ),
    DutyRule(
        "little_giant_filing",
        "“小巨人”申报",
        "yearly",
        "工信厅企业函〔2026〕117号",
        frozenset({"srdi_sme"}),
        opens=(4, 25),
        closes=(5, 25),
        advisory=True,
        unless="little_giant",
        note=BY_NOTICE,
    ),
    DutyRule(
        "hnte_report",
        "高新技术企业年报",
        "yearly",
        "国科发火〔2016〕32号 第十三条",
        frozenset({"hnte"}),
        closes=(5, 31),
        confidence="V",
        note="有效期内累计两年不报，取消资格（第十九条）",
    ),
    DutyRule(
        "tax_settlement",
        "企业所得税汇算清缴（含研发费用加计扣除）",
        "yearly",
        "企业所得税法；国家税务总局 财政部公告2023年第11号",
        opens=(1, 1),
        closes=(5, 31),
        shift="after",
        confidence="V",
    ),
    DutyRule(
        "company_report",
        "企业年报公示",
        "yearly",
        "企业信息公示暂行条例",
        opens=(1, 1),
        closes=(6, 30),
        note="逾期列入经营异常名录，影响各项申报",
    ),
    DutyRule(
        "deduction_july",
        "7 月预缴可提前享受研发费用加计扣除",
        "yearly",
        "国家税务总局 财政部公告2023年第11号",
        opens=(7, 1),
        closes=(7, 15),
        shift="after",
        advisory=True,
        confidence="V",
        note="以税务机关当年征期为准",
    ),
    DutyRule(
        "tech_sme_filing",
        "科技型中小企业评价",
        "yearly",
        "工企业函〔2026〕160号",
        frozenset({"tech_sme"}),
        opens=(6, 1),
        closes=(8, 31),
        with_pending=True,
        note=BY_NOTICE,
    ),
    DutyRule(
        "deduction_october",
        "10 月预缴可提前享受研发费用加计扣除",
        "yearly",
        "国家税务总局 财政部公告2023年第11号",
        opens=(10, 1),
        closes=(10, 15),
        shift="after",
        advisory=True,
        confidence="V",
        note="以税务机关当年征期为准",
    ),
    DutyRule(
        "tech_sme_end", "科技型中小企业入库编号到期", "title_end", "国科火字〔2022〕67号", frozenset({"tech_sme"})
    ),
    DutyRule(
        "ladder_end", "优质中小企业称号到期", "title_end", "工信部企业〔2022〕63号；工信部企业〔2026〕2号", _LADDER
    ),
    DutyRule(
        "hnte_end",
        "高新技术企业证书到期",
        "title_end",
        "国科发火〔2016〕32号 第九条",
        frozenset({"hnte"}),
        confidence="V",
    ),
    DutyRule(
        "hnte_filing",
        "高新技术企业重新认定申报",
        "end_year",
        "国科发火〔2016〕195号",
        frozenset({"hnte"}),
        opens=(5, 1),
        closes=(9, 30),
        note="各批次以省级通知为准",
    ),
    DutyRule(
        "hnte_year_end",
        "高新技术企业年底前须重新认定（15% 税率）",
        "end_year",
        "国家税务总局公告2017年第24号",
        frozenset({"hnte"}),
        closes=(12, 31),
        confidence="V",
        note="未重新认定的，补缴预缴期间税款差额",
    ),
    DutyRule(
        "change_report",
        "变更三个月内报告",
        "change",
        "国科发火〔2016〕32号 第十七条；115号；63号",
        TITLES,
        months=3,
        confidence="V",
    ),
)

#: Lines that say when something is expected and are no duty: the office may give the dates of a year's notice, or make
#: one a duty. Nobody knows when a province opens 专精特新; the spring is our assumption (rules.md 12).
EXPECTED: tuple[DutyRule, ...] = (
    DutyRule(
        "srdi_filing",
        "专精特新中小企业申报",
        "yearly",
        "工信部企业〔2026〕2号 附件1",
        frozenset({"tech_sme", "innovative_sme"}),
        opens=(4, 1),
        closes=(6, 30),
        advisory=True,
        unless="srdi_sme",
        confidence="M",
        note="预计窗口，以省级通知为准；到期预警按它推算",
    ),
)
