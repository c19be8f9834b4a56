"""Cases that broke a law once, found at random; they are tried first ever since."""

from typing import Any

from tests.support.files_of_lists import LEDGERS, NAMES, File
from tests.support.sheets import code_of, csv_bytes, register_rows, xlsx_bytes

STONE, CREEK = "云澜市青禾区石桥街道云溪路1号", "云澜市青禾区溪口街道2号"
SCOPE = "机械设备，制造、销售；技术服务"


def _file(name: str, rows: list[list[Any]]) -> File:
    data = xlsx_bytes({"名单": rows}) if name.endswith("xlsx") else csv_bytes(rows)
    return File(name, data, rows)


def _register(*rows: tuple[int, int, str, str], serial: int = 1) -> File:
    """A register: firm, which of its names, capital, address."""
    made = [
        [NAMES[firm][which], code_of(firm), "2015-03-01", "有限责任公司", capital, SCOPE, address]
        for firm, which, capital, address in rows
    ]
    return _file(f"企业登记{serial}.csv", [*register_rows([]), *made])


def _renamed(*rows: tuple[int, bool, str]) -> File:
    """Changes of name: firm, whether its code stands there, the day."""
    header = ["原企业名称", "现企业名称", "统一社会信用代码", "更名日期"]
    made = [[*NAMES[firm], code_of(firm) if coded else "", day] for firm, coded, day in rows]
    return _file("更名公告.csv", [header, *made])


def _notice(year: int, *rows: tuple[int, int, bool, str, str, str]) -> File:
    """A list of titles 公示中: firm, which of its names, whether its code stands there, number, day, street."""
    head = f"关于{year}年高新技术企业进行备案的公示名单"
    header = ["序号", "企业名称", "统一社会信用代码", "证书编号", "发证日期", "所属街道"]
    made = [
        [place, NAMES[firm][which], code_of(firm) if coded else "", number, day, street]
        for place, (firm, which, coded, number, day, street) in enumerate(rows, 1)
    ]
    return _file(f"{head}.xlsx", [[head], header, *made])


#: A register renames a firm, its undoing is undone with the change of name beneath it, and the name came back.
FLIPPED = [
    _notice(
        2023,
        (2, 0, False, "", "2023年10月", ""),
        (3, 0, True, "", "2023-10-12", "溪口街道"),
        (5, 0, True, "GR202399000005", "2023年10月", "溪口街道"),
        (1, 1, True, "", "", ""),
    ),
    _register((4, 1, "581.35万元", STONE), serial=97),
    _renamed((4, True, ""), (1, False, "2024-06-01")),
    _register((5, 0, "581.35万元", CREEK), (4, 0, "100(万元人民币)", CREEK), (2, 0, "", ""), serial=35),
    _register(
        (5, 0, "1.2亿元", CREEK), (4, 0, "581.35万元", STONE), (1, 0, "", ""), (3, 0, "581.35万元", STONE), serial=31
    ),
]
FLIPPED_ORDER = [3, 2, 1, 0, 4]

#: The rows of two announcements wait for the register, which calls the firms what they were called before.
WAITED = [
    _renamed((1, True, ""), (4, False, "")),
    _renamed((1, False, ""), (4, False, "")),
    _file(
        "企业走访服务记录.csv",
        [
            ["日期", "企业名称", "走访人", "方式", "诉求类别", "内容", "办理状态", "办结日期"],
            ["2025-03-01", NAMES[1][0], "林远", "现场走访", "", "看了车间，没有诉求", "", ""],
            ["2025-03-01", NAMES[2][0], "林远", "现场走访", "", "看了车间，没有诉求", "", ""],
        ],
    ),
    _register((1, 0, "", STONE), (3, 0, "100(万元人民币)", ""), (4, 0, "", ""), (2, 0, "581.35万元", "")),
]

#: A title that waited for the ledger, which meant its firm to apply for the first time.
ENTERED = [_notice(2024, (2, 0, False, "GR202499000002", "2024-10-12", "")), LEDGERS[2]]

#: Two announcements of one change of name, and lists between them, taken back in no order at all.
TWICE_RENAMED = [
    _renamed((4, False, "")),
    _renamed((4, True, ""), (1, False, "2024-06-01")),
    _notice(2023, (4, 0, True, "", "2023年10月", "")),
    _register((4, 0, "100(万元人民币)", CREEK), (1, 0, "", STONE)),
    _notice(2022, (4, 0, False, "", "2022年10月", ""), (1, 1, True, "", "2022年10月", "")),
    _file(
        "取消高新技术企业资格名单.csv",
        [
            ["企业名称", "统一社会信用代码", "认定年度", "处理情况", "处理日期"],
            [NAMES[1][0], code_of(1), "2022", "企业自愿申请注销高企资格", "2025-06-01"],
        ],
    ),
]
TWICE_RENAMED_ORDER = [4, 3, 2, 0, 1, 5]
