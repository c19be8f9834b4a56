"""Recognising: headers, kinds, columns by word and by content, batches, titles."""

from datetime import date
from typing import Any

import pytest

from crm.imports import clean, read, recognise
from crm.imports.kinds import Row
from crm.imports.read import ImportRefused, Sheet
from models.rules.dates import Day
from tests.support.sheets import code_of, name_of, register_rows


def number_of(serial: int, year: int = 2024) -> str:
    return f"GR{year}99{serial:06d}"


def hnte_sheet(
    *above: list[Any], header: list[Any], rows: list[list[Any]], below: list[list[Any]] | None = None
) -> Sheet:
    return Sheet("2024年 ", [*above, header, *rows, *(below or [])])


def read_rows(sheet: Sheet, file_name: str = "名单.xlsx") -> tuple[recognise.Table, list[Row]]:
    table = recognise.recognise(sheet, file_name)
    assert table is not None
    return table, list(clean.clean(table))


def test_titles_batches_totals_and_footers_are_no_data() -> None:
    table, rows = read_rows(
        hnte_sheet(
            ["附件1：青禾区2024年度高新技术企业认定名单", "", ""],
            ["（共4家，排名不分先后）", "", ""],
            header=["序号", "企业名称", "证书编号"],
            rows=[
                ["第一批（2024年10月12日）", "", ""],
                [1.0, name_of(1), number_of(1)],
                [2.0, name_of(2), number_of(2)],
                ["", "", ""],
                ["序号", "企业名称", "证书编号"],
                ["第二批（2024年12月6日）", "", ""],
                [3.0, name_of(3), number_of(3)],
                [4.0, "云澜石桥铸造厂", ""],
            ],
            below=[["合计：4家", "", ""], ["注：以认定机构公告为准。", "", ""]],
        )
    )
    assert (table.kind.key, table.header_rows, table.facts.year, table.facts.notice) == ("hnte", [3], 2024, False)
    assert [(row.row, row.batch, row.batch_on) for row in rows] == [
        (5, "第一批", Day(date(2024, 10, 12))),
        (6, "第一批", Day(date(2024, 10, 12))),
        (10, "第二批", Day(date(2024, 12, 6))),
        (11, "第二批", Day(date(2024, 12, 6))),
    ]


def test_a_header_of_two_rows_is_joined() -> None:
    table, rows = read_rows(
        hnte_sheet(
            ["青禾区高新技术企业汇总表", "", "", "", ""],
            ["单位：家 总数：1", "", "", "", ""],
            ["企业信息", "", "证书信息", "", ""],
            header=["企业名称", "社会信用代码", "高企证书编号", "发证日期", "到期日期"],
            rows=[[name_of(1), code_of(1), number_of(1), "2024.10.12", "2027年10月"]],
        )
    )
    assert table.header_rows == [3, 4]
    assert table.headers[2] == "证书信息/高企证书编号"
    assert table.columns == {"name": 0, "code": 1, "number": 2, "issued_on": 3, "ends_on": 4}
    assert rows[0].values["issued_on"] == Day(date(2024, 10, 12))
    assert rows[0].values["ends_on"].end.last == date(2027, 10, 31)


@pytest.mark.parametrize("header", [["甲栏", "乙栏", "丙栏"], ["单位", "代码", "号"], ["", "", ""]])
def test_columns_are_found_by_what_they_hold(header: list[str]) -> None:
    rows = [[name_of(n), code_of(n), number_of(n)] for n in range(1, 8)]
    table, _ = read_rows(hnte_sheet(["青禾区高企名单"], header=header, rows=rows))
    assert table.columns == {"name": 0, "code": 1, "number": 2}


def test_a_header_that_lies_yields_to_what_the_column_holds() -> None:
    rows = [[number_of(n), name_of(n)] for n in range(1, 8)]
    table, _ = read_rows(hnte_sheet(["青禾区高企名单"], header=["企业名称", "证书编号"], rows=rows))
    assert table.columns == {"number": 0, "name": 1}


@pytest.mark.parametrize(
    ("title", "notice"),
    [
        ("对云澜省认定机构2025年认定报备的高新技术企业进行备案的公示名单", True),
        ("2025年第一批拟认定高新技术企业名单", True),
        ("关于公布2025年高新技术企业名单的公告", False),
        ("2025年高新技术企业认定名单", False),
    ],
)
def test_a_notice_is_told_from_an_announcement(title: str, notice: bool) -> None:
    table, _ = read_rows(hnte_sheet([title], header=["企业名称", "备注"], rows=[[name_of(1), ""], [name_of(2), ""]]))
    assert (table.facts.notice, table.facts.year) == (notice, 2025)


def test_the_register_is_recognised_and_cleaned() -> None:
    table, rows = read_rows(Sheet("", register_rows([1, 2])))
    assert table.kind.key == "register"
    assert rows[0].code.code == code_of(1)
    assert rows[0].values["capital"].value == 101
    assert rows[0].values["founded_on"] == Day(date(2015, 3, 1))
    assert rows[0].row == 2


def test_what_cannot_be_read_is_a_problem_and_nothing_else_is_lost() -> None:
    lines = register_rows([1, 2, 3, 4, 5, 6])
    lines[2][2], lines[2][4], lines[3][1] = "2015-02-30", "很多", "9.19901E+17"
    _, rows = read_rows(Sheet("", lines))
    assert [(p.column, p.value, p.message) for p in rows[1].problems] == [
        ("注册日期", "2015-02-30", "没有这一天"),
        ("注册资金", "很多", "看不懂这个金额"),
    ]
    assert rows[1].values["address"]
    assert rows[2].problems[0].column == "统一社会信用代码"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("科技型中小企业入库名单", "tech_sme"),
        ("高新技术企业更名名单", "rename"),
        ("取消高新技术企业资格名单", "revocation"),
        ("科技企业培育后备名单", "ledger"),
        ("企业花名", None),
    ],
)
def test_another_kind_of_list_is_not_mistaken(title: str, kind: str | None) -> None:
    rows = [["企业名称", "编号"], [name_of(1), "1"], [name_of(2), "2"]]
    try:
        table = recognise.recognise(Sheet("Sheet1", [[title], *rows]), "")
    except ImportRefused:
        table = None
    assert table is None or table.kind.key == kind


def test_notes_and_empty_sheets_are_passed_over() -> None:
    assert recognise.recognise(Sheet("说明", [["1. 金额单位：万元。"], ["2. 请勿改动表头。"]]), "") is None
    assert recognise.recognise(Sheet("空表", []), "") is None


def test_a_list_without_any_column_of_firms_is_refused() -> None:
    with pytest.raises(ImportRefused, match="企业名称或统一社会信用代码"):
        recognise.recognise(Sheet("表", [["发证日期", "有效期至"], ["2024-10-12", "2027-10-12"]]), "", "hnte")


def test_both_file_and_sheet_keep_the_numbers_a_person_sees() -> None:
    from tests.support.sheets import xlsx_bytes

    (sheet,) = read.read(xlsx_bytes({"表": [[None], ["名录"], *register_rows([1])]}), "名录.xlsx")
    _, rows = read_rows(sheet)
    assert [row.row for row in rows] == [4]


def test_a_branch_with_its_number_alone_is_a_row() -> None:
    branch = "云澜农商银行股份有限公司石桥支行"
    header: list[Any] = ["企业", "信用代码", "证书编号"]
    rows = [[name_of(1), code_of(1), number_of(1)], [branch, "", number_of(2)], ["第二批", "", "2024年12月6日"]]
    _, read = read_rows(hnte_sheet(["2024年高新技术企业名单"], header=header, rows=rows))
    assert [(row.row, row.name) for row in read] == [(3, name_of(1)), (4, branch)]


def test_who_filled_a_sheet_in_is_no_header() -> None:
    said = ["填报单位：青禾局", "", "", "填报时间：2022年6月"]
    header: list[Any] = ["企业全称", "统一代码", "成立年月", "住所地"]
    rows = [[name_of(n), code_of(n), "2015.03", f"云澜市青禾区云溪路{n}号"] for n in (1, 2)]
    table, _ = read_rows(hnte_sheet(["企业登记名册"], said, header=header, rows=rows))
    assert (table.kind.key, table.header_rows, table.headers) == ("register", [3], header)


def test_a_kind_for_which_too_little_speaks_gives_way() -> None:
    header: list[Any] = ["企业全称", "统一代码", "成立年月", "注册资金(万元)", "住所地"]
    rows = [[name_of(n), code_of(n), "2015年03月", "50", f"云澜市青禾区云溪路{n}号"] for n in (1, 2)]
    table, _ = read_rows(hnte_sheet(["企业底册"], header=header, rows=rows), "底册.xlsx")
    assert (table.kind.key, set(table.columns)) == ("register", {"name", "code", "founded_on", "capital", "address"})


def test_a_list_that_goes_on_at_its_right_is_not_read_by_half() -> None:
    header: list[Any] = ["序号", "企业名称", "证书编号", "序号", "企业名称", "证书编号"]
    rows: list[list[Any]] = [[n, name_of(n), number_of(n), n + 4, name_of(n + 4), number_of(n + 4)] for n in (1, 2, 3)]
    sheet = hnte_sheet(
        ["2024年高新技术企业名单"], header=header, rows=[*rows, [4, name_of(4), number_of(4), "", "", ""]]
    )
    with pytest.raises(ImportRefused, match="并排"):
        recognise.recognise(sheet, "名单.xlsx")
    for row in sheet.rows:
        # The same name twice, or none at the right: one list.
        row[4:5] = [row[1]] if len(row) > 4 and row[4] and row[4] != "企业名称" else row[4:5]
    assert len(read_rows(sheet)[1]) == 4
