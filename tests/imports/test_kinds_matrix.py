"""Every kind of list in several wordings, with and without a title, in other encodings and years: taken for what it is,
or refused; never for another."""

from typing import Any

import pytest

from crm.imports import read, recognise
from crm.imports.read import ImportRefused
from crm.imports.recognise import Table
from tests.support.sheets import code_of, csv_bytes, xlsx_bytes

WORDS = ("机械", "电子", "软件", "检测", "环保", "照明", "包装", "食品", "模具", "光电", "化工", "纺织")
pytestmark = pytest.mark.usefixtures("lite_app")


def name(number: int) -> str:
    return f"云澜青禾{chr(0x6C5F + number)}{WORDS[number % 12]}有限公司"


VALUES: dict[str, Any] = {
    "n": lambda k, year: k,
    "name": lambda k, year: name(k),
    "new": lambda k, year: f"云澜新{name(k)[4:]}",
    "code": lambda k, year: code_of(k),
    "gr": lambda k, year: f"GR{year}99{k:06d}",
    "lib": lambda k, year: f"{year}9902030C{k:06d}",
    "day": lambda k, year: f"{year}-1{k % 3}-0{k % 8 + 1}",
    "end": lambda k, year: f"{year + 3}年1{k % 3}月0{k % 8 + 1}日",
    "span": lambda k, year: f"{year}年5月至{year + 3}年5月",
    "year": lambda k, year: str(year),
    "capital": lambda k, year: f"{100 + k}万元人民币",
    "address": lambda k, year: f"云澜市青禾区石桥街道云溪路{k}号",
    "scope": lambda k, year: "机械设备研发、制造、销售；技术服务、技术咨询",
    "type": lambda k, year: "有限责任公司(自然人投资或控股)",
    "street": lambda k, year: ("石桥街道", "溪口镇")[k % 2],
    "patent": lambda k, year: f"ZL{2015 + k % 9}1{k:07d}.{k % 10}",
    "title": lambda k, year: f"一种{WORDS[k % 12]}装置及其控制方法",
    "sort": lambda k, year: ("发明", "实用新型", "外观设计")[k % 3],
    "state": lambda k, year: ("授权", "实质审查", "终止")[k % 3],
    "done": lambda k, year: ("撤销", "自愿注销资格", "整体迁出")[k % 3],
    "money": lambda k, year: f"{1000 + 37 * k}.50",
    "staff": lambda k, year: 20 + k,
    "person": lambda k, year: f"联系人{k:03d}",
    "phone": lambda k, year: f"154{k:08d}",
    "level": lambda k, year: "ABC"[k % 3],
    "aim": lambda k, year: ("高企首次认定", "专精特新")[k % 2],
    "officer": lambda k, year: f"科室人员{k % 9:02d}",
    "need": lambda k, year: (
        "希望对接高校院所，开展产学研合作",
        "反映厂房紧张，需要扩大场地",
        "咨询申报条件和奖励政策",
    )[k % 3],
    "way": lambda k, year: ("上门走访", "电话", "企业来访")[k % 3],
    "handled": lambda k, year: ("已办结", "办理中")[k % 2],
    "city": lambda k, year: "云澜市",
    "new?": lambda k, year: ("新认定", "复核通过")[k % 2],
}
#: Kind → (title, header → what stands below); an empty title: told by header words and cells alone.
SHEETS: list[tuple[str, str, str]] = [
    ("register", "", "企业名称:name 统一社会信用代码:code 成立日期:day 企业类型:type "
     "注册资本:capital 住所:address 经营范围:scope"),
    ("register", "", "单位名称:name 注册号:code 设立时间:day 认缴出资额:capital 经营场所:address 主营业务:scope"),
    ("register", "市场主体名录", "名称:name 代码:code 注册地址:address 注册日期:day"),
    ("register", "法人单位清单（工商导出）", "公司名称:name 统一代码:code 类型:type 地址:address 注册资金:capital"),
    ("hnte", "", "企业名称:name 证书编号:gr 发证日期:day"),
    ("hnte", "", "单位:name 代码:code 号码:gr 日期:day 到期:end"),
    ("hnte", "2022年高企名单", "序号:n 企业:name"),
    ("hnte", "关于公布云澜省第二批高新技术企业的公告", "序号:n 企业名称:name 信用代码:code"),
    ("tech_sme", "", "企业名称:name 统一社会信用代码:code 入库登记编号:lib"),
    ("tech_sme", "", "名称:name 编号:lib"),
    ("tech_sme", "2023年第五批拟入库科技型中小企业公示", "序号:n 企业:name 代码:code"),
    ("tech_sme", "科小入库名单", "单位名称:name 信用代码:code 所属区:street"),
    ("srdi_sme", "2023年度省专精特新中小企业名单", "序号:n 企业名称:name 备注:new?"),
    ("srdi_sme", "关于拟认定第三批专精特新中小企业的公示", "地市:city 单位:name"),
    ("srdi_sme", "云澜市专精特新企业汇总", "序号:n 设区市:city 企业名称:name 有效期:span"),
    ("little_giant", "第五批专精特新“小巨人”企业名单", "序号:n 企业名称:name 省份:city"),
    ("little_giant", "国家级专精特新小巨人（复核通过）", "企业:name 批次:year"),
    ("little_giant", "建议支持的国家级小巨人企业公示", "序号:n 单位名称:name"),
    ("innovative_sme", "2024年创新型中小企业公告", "序号:n 企业名称:name 信用代码:code 有效期:span"),
    ("innovative_sme", "云澜市拟公告创新型中小企业名单", "企业:name 区县:street"),
    ("rename", "", "更名前名称:name 更名后名称:new 更名日期:day"),
    ("rename", "高新技术企业更名公告", "序号:n 原企业名称:name 现企业名称:new 证书编号:gr 发证日期:day"),
    ("rename", "企业名称变更情况", "变更前:name 变更后:new"),
    ("rename", "", "原名称:name 新名称:new 统一社会信用代码:code"),
    ("revocation", "取消高新技术企业资格名单", "序号:n 企业名称:name 证书编号:gr 处理情况:done"),
    ("revocation", "关于撤销部分企业高新技术企业称号的公告", "企业:name 原因:need"),
    ("revocation", "2023年注销科技型中小企业入库编号企业名单", "企业名称:name 登记编号:lib"),
    ("patents", "", "专利号:patent 专利名称:title 专利权人:name 申请日:day 授权公告日:end 法律状态:state"),
    ("patents", "", "申请号:patent 发明名称:title 权利人:name 专利类型:sort"),
    ("patents", "云澜区专利明细（截至2023年）", "公告号:patent 名称:title 申请人:name 类型:sort 状态:state"),
    ("ledger", "", "企业名称:name 统一社会信用代码:code 联系人:person 联系电话:phone "
     "2022年营业收入（万元）:money 2022年研发费用（万元）:money 职工总数:staff 培育层级:level"),
    ("ledger", "科技企业培育台账", "街道:street 单位:name 联系人:person 手机:phone 营业收入（万元）:money "
     "研发投入（万元）:money 高企证书编号:gr 责任人:officer"),
    ("ledger", "重点培育企业摸底表", "企业名称:name 信用代码:code 所属镇街:street "
     "2023年销售收入:money 2023年研发费用:money 拟申报类型:aim 申报年度:year 责任人:officer"),
    ("visits", "", "走访日期:day 企业名称:name 走访人:officer 走访方式:way 走访内容:need 办理状态:handled"),
    ("visits", "企业走访服务记录", "日期:day 单位:name 人员:officer 诉求:need"),
    ("visits", "", "时间:day 企业:name 服务人员:officer 服务方式:way 问题和诉求:need 办结情况:handled"),
]  # fmt: skip
YEARS = (2019, 2023, 2026)


def table_of(title: str, said: str, year: int, make: str, turn: int) -> Table | None:
    columns = [column.rpartition(":")[::2] for column in said.split()]
    columns = columns[turn:] + columns[:turn]
    rows: list[list[Any]] = [[header for header, _ in columns]]
    rows += [[VALUES[what](k, year) for _, what in columns] for k in range(1, 16)]
    if title:
        rows.insert(0, [title.replace("2023", str(year)), *[""] * (len(columns) - 1)])
    data = xlsx_bytes({"Sheet1": rows}) if make == "xlsx" else csv_bytes(rows, make)
    (sheet,) = read.read(data, "1.xlsx")
    return recognise.recognise(sheet, "1.xlsx")


@pytest.mark.parametrize(("kind", "title", "said"), SHEETS)
def test_each_kind_is_taken_for_what_it_is(kind: str, title: str, said: str) -> None:
    for year, make, turn in zip(YEARS, ("xlsx", "gb18030", "utf-16"), (0, 1, 2), strict=True):
        table = table_of(title, said, year, make, turn)
        assert table is not None
        assert table.kind.key == kind, f"{title} {said}: {table.kind.key}"
        wanted = {"name": "name", "code": "code", "gr": "number", "lib": "number", "new": "new_name"}
        for column in said.split():
            header, _, what = column.rpartition(":")
            key = wanted.get(what, "")
            if key in {known.key for known in table.kind.fields} and kind != "ledger":
                assert table.headers[table.columns[key]] == header, (header, table.columns)


@pytest.mark.parametrize(
    "said",
    [
        "序号:n 企业名称:name",
        "企业名称:name 统一社会信用代码:code",
        "序号:n 企业名称:name 编号:n 备注:new?",
        "企业名称:name 省份:city 批次:year",
        "企业名称:name 有效期:span",
        "单位:name 日期:day",
    ],
)
def test_what_nothing_tells_is_refused_not_guessed(said: str) -> None:
    with pytest.raises(ImportRefused, match="认不出"):
        table_of("", said, 2023, "xlsx", 0)


def test_every_kind_is_tried() -> None:
    from crm.imports.kinds.all import KINDS

    assert {kind for kind, _, _ in SHEETS} == set(KINDS)
