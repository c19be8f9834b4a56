"""One ledger of invented firms in the layouts bureaus have: the same facts whatever the words, order and encoding."""

from typing import Any

from tests.support.sheets import code_of, csv_bytes, xlsx_bytes

FIRMS = {
    1: "云澜青禾信息技术有限公司",
    2: "云澜石桥铸造有限公司",
    3: "云澜渔湾食品股份有限公司",
    4: "云澜北渡物流有限公司",
}
#: Firm, street, contact, phone, revenue 2023, revenue 2024, research 2024, staff, inventions, number, ends, tech_sme,
#: level, target, year, officer, remark.
ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "石桥街道", "甘以宁", "154 0000 0001", "约3000", "1.20亿", 581.3, 120, 3, "GR202499000001", "2027年11月6日",
     "√", "Ａ类", "高企重新认定", 2027, "沈一帆", "待补辅助账"),
    (2, "石桥街道", "乐思远、费清", "15400000002", 1250.5, "15,000,000元", "/", "47人", "无", "", "", "否", "b类",
     "高企首次认定", "2026年", "沈一帆", ""),
    (3, "渔湾街道", "祝平", "15400000003/0000-88880003", 2255, 2300.5, 1_154_321.5, 63, 1, "GR202399000003", "20261208",
     "是", "储备", "专精特新", "", "陆未", "拟搬迁"),
)  # fmt: skip
TITLE = "青禾区科技企业培育库台账（2025年度）"


def two_row_header() -> bytes:
    """Title, groups over columns, streets merged downwards, a total and notes; a hidden sheet beside it."""
    groups = _cells("序号,基本情况,,,联系方式,,2023年度,2024年度,,,知识产权（件）,资质情况,,,培育工作,,,,")
    words = _cells(
        ",所属街道,企业名称,统一社会信用代码,联系人,联系电话,营业收入（万元）,营业收入（万元）,研发费用（万元）,职工总数,"
        "发明专利,高企证书编号,高企有效期至,科小入库,培育层级,拟申报类型,申报年度,责任人,备注"
    )
    rows = []
    for place, (number, street, name, phone, before, now, research, staff, patents, *rest) in enumerate(ROWS, start=1):
        street = street if place != 2 else None
        facts = [before, now, research, staff, patents, *rest]
        rows.append([place, street, FIRMS[number], code_of(number), name, phone, *facts])
    table = [[TITLE], groups, words, *rows, ["合计", "", "共3家"]]
    sheets = {"培育台账": table, "填表说明": [["1. 金额单位：万元"]], "字典": [["培育层级", "A类", "B类"]]}
    return xlsx_bytes(sheets, {"培育台账": ["A1:S1", "B4:B5"]})


def one_row_header() -> bytes:
    """Other words and another order; the year in each header, name and phone in one cell, money in 元."""
    header = _cells(
        "单位名称,信用代码,所在镇街,企业联系人及电话,2024年营业收入(元),2023年营业收入(元),2024年研发费用(元),2024年员工人数,"
        "发明专利数,高新技术企业证书号,高企到期时间,科技型中小企业,企业分类,拟申报资质,计划申报年度,包保干部,情况说明"
    )
    rows = []
    for number, street, name, phone, before, now, research, staff, patents, cert, ends, sme, *work in ROWS:
        people = f"{name} {phone}".replace("、费清 15400000002", " 15400000002、费清")
        yuan = [_in_yuan(value) for value in (now, before, research)]
        rows.append([FIRMS[number], code_of(number), street, people, *yuan, staff, patents, cert, ends, sme, *work])
    return xlsx_bytes({"Sheet1": [["2025年石桥片区重点企业摸底表"], header, *rows]})


def text_table() -> bytes:
    """A text table in GB18030 whose years stand in the lower of two header rows, in other units."""
    upper = _cells(
        "企业,社会信用代码,属地,联络人,手机,营收（亿元）,,研究开发费用（万元）,从业人数,专利,高企,,是否科小,"
        "培育分级,培育方向,目标年度,A角,备注"
    )
    lower = _cells(",,,,,2023,2024,2024,2024年末,发明,证书编号,有效期,,,,,,")
    rows = []
    for number, street, name, phone, before, now, research, staff, patents, *rest in ROWS:
        amounts = [_in_hundred_millions(before), _in_hundred_millions(now), research]
        rows.append([FIRMS[number], code_of(number), street, name, phone, *amounts, staff, patents, *rest])
    return csv_bytes([["青禾区高新技术企业培育台账（2025年）"], upper, lower, *rows], "gb18030")


def _cells(line: str) -> list[str]:
    return line.split(",")


def _in_yuan(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("约3000", "约3000万元")
    return value if value > 1_000_000 else round(value * 10_000, 2)


def _in_hundred_millions(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("约3000", "约0.3")
    return value / 10_000
