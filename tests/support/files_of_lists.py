"""Small files of every kind about a handful of invented firms, for the laws that hold of all imports."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import strategies as st

from models.rules.patent import check_digit
from tests.imports.ledger import sheets
from tests.support.sheets import code_of, csv_bytes, register_rows, xlsx_bytes

FIRMS = (1, 2, 3, 4, 5)
#: Names that no other of these resembles, and how the register may write them later.
NAMES = {
    1: ("云澜青禾信息技术有限公司", "云澜青禾信息技术股份有限公司"),
    2: ("云澜石桥铸造有限公司", "云澜石桥铸造有限公司"),
    3: ("云澜渔湾食品股份有限公司", "云澜渔湾食品股份有限公司"),
    4: ("云澜北渡物流有限公司", "云澜北渡物流集团有限公司"),
    5: ("云澜长亭纺织有限公司", "云澜长亭纺织有限公司"),
}


#: What a register says has become of a firm, and when.
STATUSES = [["存续", ""], ["注销", "2025-05-01"], ["吊销", ""], ["迁出", "2025-07-01"]]
#: Those of the firms whose name changes.
RENAMED = tuple(number for number, (old, new) in NAMES.items() if old != new)


@dataclass(frozen=True)
class File:
    """A file to import."""

    name: str
    data: bytes = field(repr=False)
    #: What it says, for whoever reads of a failure.
    rows: object = None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


firms = st.lists(st.sampled_from(FIRMS), min_size=1, max_size=4, unique=True)
flags = st.booleans


@st.composite
def registers(draw: st.DrawFn, renamed: bool = True, statuses: bool = False) -> File:
    """A register of some of the firms with values of its own, under either name or only the first, some of them with
    what has become of the firms."""
    rows: list[list[Any]] = register_rows([])
    told = statuses and draw(flags())
    rows[0] += ["登记状态", "状态日期"] if told else []
    for number in draw(firms):
        (row,) = register_rows([number])[1:]
        row[0] = NAMES[number][renamed and draw(flags())]
        row[4] = draw(st.sampled_from(["", "100(万元人民币)", "581.35万元", "1.2亿元"]))
        row[6] = draw(st.sampled_from(["", "云澜市青禾区石桥街道云溪路1号", "云澜市青禾区溪口街道2号"]))
        row += draw(st.sampled_from(STATUSES)) if told else []
        rows.append(row)
    return File(f"企业登记{draw(st.integers(1, 99))}.csv", csv_bytes(rows), rows)


@st.composite
def title_lists(draw: st.DrawFn, renamed: bool = True) -> File:
    """A list of one type of title, in three strengths, some rows by name alone."""
    year = draw(st.sampled_from([2022, 2023, 2024]))
    head = draw(
        st.sampled_from(
            [
                f"关于{year}年高新技术企业进行备案的公示名单",
                f"关于公布{year}年高新技术企业名单的公告",
                f"{year}年高新技术企业名单",
            ]
        )
    )
    rows: list[list[Any]] = [[head], ["序号", "企业名称", "统一社会信用代码", "证书编号", "发证日期", "所属街道"]]
    for place, number in enumerate(draw(firms), 1):
        name = draw(st.sampled_from([*NAMES[number][: 1 + renamed], "云澜没人知道的制造有限公司"]))
        # A code beside a name that contradicts it waits for a person, whichever list came first.
        code = code_of(number) if name in NAMES[number] and draw(flags()) else ""
        certificate = f"GR{year}99{number:06d}" if draw(flags()) else ""
        issued = draw(st.sampled_from([f"{year}-10-12", f"{year}年10月", date(year, 11, 20), ""]))
        rows.append([place, name, code, certificate, issued, draw(st.sampled_from(["", "溪口街道"]))])
    return File(f"{head}.xlsx", xlsx_bytes({"名单": rows}), rows)


@st.composite
def patent_lists(draw: st.DrawFn) -> File:
    """Rights of one or two owners each, granted, pending or ended."""
    rows = [["专利号/申请号", "专利名称", "专利类型", "申请日", "授权公告日", "专利权人", "法律状态", "年费应缴日"]]
    for serial in draw(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)):
        digits = f"20201{serial:07d}"
        owners = "；".join(NAMES[number][0] for number in draw(firms)[:2])
        status = draw(st.sampled_from(["授权", "实质审查", "未缴年费专利权终止"]))
        granted = "" if status == "实质审查" else "2022-06-01"
        written = f"ZL{digits}.{check_digit(digits)}"
        rows.append([written, f"一种装置{serial}", "发明", "2020-05-01", granted, owners, status, ""])
    return File("专利清单.csv", csv_bytes(rows), rows)


@st.composite
def visit_logs(draw: st.DrawFn) -> File:
    """Visits to some of the firms."""
    rows = [["日期", "企业名称", "走访人", "方式", "诉求类别", "内容", "办理状态", "办结日期"]]
    for number in draw(firms):
        day = draw(st.sampled_from(["2025-03-01", "2025年4月2日"]))
        said = draw(st.sampled_from(["看了车间，没有诉求", "希望帮忙招人"]))
        rows.append([day, NAMES[number][0], "林远", "现场走访", draw(st.sampled_from(["", "用工"])), said, "", ""])
    return File("企业走访服务记录.csv", csv_bytes(rows), rows)


LEDGERS = tuple(
    File(name, made())
    for name, made in (
        ("台账一.xlsx", sheets.two_row_header),
        ("台账二.xlsx", sheets.one_row_header),
        ("台账三.csv", sheets.text_table),
    )
)


@st.composite
def renamings(draw: st.DrawFn) -> File:
    """Announced changes of the names that change, with and without a code and a day."""
    rows = [["原企业名称", "现企业名称", "统一社会信用代码", "更名日期"]]
    numbers = draw(st.lists(st.sampled_from(RENAMED), min_size=1, max_size=2, unique=True))
    rows += [
        [*NAMES[n], draw(st.sampled_from(["", code_of(n)])), draw(st.sampled_from(["", "2024-06-01"]))] for n in numbers
    ]
    return File("更名公告.csv", csv_bytes(rows), rows)


@st.composite
def lost_titles(draw: st.DrawFn) -> File:
    """Titles of a year that firms lost; what became of each, and when, is the same on every list."""
    year = draw(st.sampled_from([2022, 2023, 2024]))
    rows = [["企业名称", "统一社会信用代码", "认定年度", "处理情况", "处理日期"]]
    for number in draw(firms):
        act = ("撤销高新技术企业资格", "企业自愿申请注销高企资格")[number % 2]
        name = draw(st.sampled_from(NAMES[number]))
        rows.append([name, draw(st.sampled_from(["", code_of(number)])), str(year), act, "2025-06-01"])
    return File("取消高新技术企业资格名单.csv", csv_bytes(rows), rows)


def any_file() -> st.SearchStrategy[File]:
    """A file of any kind."""
    return st.one_of(
        registers(statuses=True),
        title_lists(),
        patent_lists(),
        visit_logs(),
        renamings(),
        lost_titles(),
        st.sampled_from(LEDGERS),
    )
