"""What headers of ledgers name: figure, year and unit, part of a title."""

import pytest

from crm.imports.kinds.ledger import columns, headers
from crm.imports.recognise import Facts


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("2023年度/营业收入（万元）", "operating_revenue@2023@万"),
        ("2023年营业收入(元)", "operating_revenue@2023@元"),
        ("营业收入（万元）/2022", "operating_revenue@2022@万"),
        ("营业收入（亿元）/2022年", "operating_revenue@2022@亿"),
        ("23年营收", "operating_revenue@2023@万"),
        ("2024营业收入/万元", "operating_revenue@2024@万"),
        ("上年度销售收入", "sales_revenue@2024@万"),
        ("主营业务收入（万元）2023年", "main_revenue@2023@万"),
        ("2024年研发费用（万元）", "rd_expense@2024@万"),
        ("2024年研发投入（万元）", "rd_spend_statistical@2024@万"),
        ("2022年/研发", "rd_spend_statistical@2022@万"),
        ("2024年研发费用占比（%）", "rd_ratio@2024@%"),
        ("研发费用占营业收入比例", "rd_ratio@2025@"),
        ("员工人数", "staff_total@2025@人"),
        ("职工总数（人）", "staff_total@2025@人"),
        ("科技人员数", "tech_staff@2025@人"),
        ("研发人员", "rd_staff@2025@人"),
        ("Ⅰ类知识产权", "ip_class_1@2025@件"),
        ("II类知识产权数", "ip_class_2@2025@件"),
        ("发明专利数", "invention_patents@2025@件"),
        ("有效发明专利（件）", "invention_patents@2025@件"),
        ("软著", "software_copyrights@2025@件"),
        ("知识产权（件）/实用新型", "utility_models@2025@件"),
        ("2023年末资产总额（万元）", "total_assets@2023@万"),
        ("2024年研发费用占销售收入比（%）", "rd_ratio@2024@%"),
        ("2024年R&D经费支出（千元）", "rd_spend_statistical@2024@千"),
        ("2025年1-9月营业收入（万元）", None),
        ("2025年上半年营收", None),
        ("资产负债率", None),
        ("营业收入增速", None),
        ("2026年预计营业收入", None),
        ("专利申请数", None),
        ("人均营业收入", None),
        ("研发费用加计扣除", None),
        ("企业名称", None),
    ],
)
def test_a_header_names_a_figure(header: str, key: str | None) -> None:
    found = columns.named({"name": 9}, [header], Facts(year=2025), [], {})
    assert [one for one in found if one != "name"] == ([key] if key else [])


def test_a_park_gives_way_to_a_street() -> None:
    words = ["企业名称", "所在园区", "镇街"]
    assert columns.named({"name": 0, "street": 1}, words, Facts(), [], {}) == {"name": 0, "street": 2, "park": 1}
    assert columns.named({"name": 0, "street": 1}, words[:2], Facts(), [], {}) == {"name": 0, "street": 1}


def test_without_any_year_a_figure_is_not_taken() -> None:
    assert columns.named({}, ["营业收入（万元）"], Facts(), [], {}) == {}


def test_a_figure_a_person_chose_gets_its_year_from_the_header() -> None:
    found = columns.named({"rd_expense": 0}, ["研究开发（2023，元）"], Facts(year=2025), [], {})
    assert found == {"rd_expense@2023@元": 0}


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("资质情况/高企证书编号", ("hnte", "number")),
        ("高企有效期至", ("hnte", "ends_on")),
        ("高新技术企业认定时间", ("hnte", "issued_on")),
        ("高企/发证日期", ("hnte", "issued_on")),
        ("科小入库", ("tech_sme", "mark")),
        ("科技型中小企业入库登记编号", ("tech_sme", "number")),
        ("是否高企", ("hnte", "mark")),
        ("专精特新", ("srdi_sme", "mark")),
        ("小巨人", ("little_giant", "mark")),
        ("省民营科技企业", ("pste", "mark")),
        ("资质情况", ("", "mark")),
        ("拟申报高企", None),
        ("高企培育库", None),
        ("企业名称", None),
    ],
)
def test_a_header_names_part_of_a_title(header: str, named: tuple[str, str] | None) -> None:
    assert headers.title_of(header, {"省民营科技企业": "pste"}) == named
