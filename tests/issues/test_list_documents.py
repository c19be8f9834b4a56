"""A printed list as Excel and Word: merged cells, numbered rows, A4 in landscape, a head on every page, named fonts."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from crm.documents import list_excel, list_word
from crm.documents.printed import Printed, lines_of, width
from models.rules import three_lists
from tests.support import skips

FIRMS = ("云澜精密传动有限公司", "澜川精密传动", "=cmd|' /C calc'!A0", "A&B <电子>\x07")


def printed(key: str = "responsibility", rows: int = 60) -> Printed:
    """Rows of four firms, three neighbouring ones each; text that wants to be a formula or markup."""
    texts = {
        "firm": "", "words": "厂区西边红线没调，二期动不了，设备已经到港口等着安装", "progress":
        "2026-03-05 签收\n2026-03-12 阶段答复：已与自然资源局对接\n2026-03-20 延期：延到 2026-04-02", "due_on":
        "原 2026-03-30\n现 2026-04-02", "evidence": "+1+1\n意见书.pdf",
    }  # fmt: skip
    found: list[list[str | int]] = []
    for number in range(rows):
        firm = f"{FIRMS[number // 3 % 4]}{number // 12 or ''}"
        cells: list[str | int] = [texts.get(column.key, "区金融服务中心") for column in three_lists.COLUMNS[key]]
        if key == "responsibility":
            cells[-1] = 2
        found.append([number + 1, firm, *cells[1:], "新增、逾期"])
    firms = [str(row[1]) for row in found]
    return Printed(
        three_lists.title(key, "云澜区科技局", 47), ["时点 2026-11-20 17:00，共 60 件", "对第 46 期：新增 6，销号 4"],
        three_lists.headings(key, True), found, three_lists.spans(firms), "=内部资料 方启明 2026-11-20 17:00 导出",
    )  # fmt: skip


def test_the_workbook_prints_on_a4_in_landscape_with_its_head_on_every_page() -> None:
    page = openpyxl.load_workbook(io.BytesIO(list_excel.workbook(printed())))["清单"]
    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")
    assert page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0
    assert page.print_title_rows == "$5:$5"
    assert "&P" in page.oddFooter.center.text and "&N" in page.oddFooter.center.text
    assert page["A1"].value == "云澜区科技局企业责任清单（第 47 期）" and page["A1"].font.name == "方正小标宋简体"
    assert [cell.value for cell in page[5]] == [heading for heading, _ in three_lists.headings("responsibility", True)]
    assert page["A6"].font.name == "仿宋_GB2312" and page["A6"].alignment.wrap_text
    assert page.row_dimensions[6].height > 30


def test_a_firm_with_several_rows_has_one_merged_cell_and_numbers_run_on() -> None:
    page = openpyxl.load_workbook(io.BytesIO(list_excel.workbook(printed(rows=7))))["清单"]
    merged = {str(span) for span in page.merged_cells.ranges}
    assert merged == {"A1:L1", "A2:L2", "A3:L3", "A4:L4", "B6:B8", "B9:B11"}
    assert [page.cell(row, 1).value for row in range(6, 13)] == [1, 2, 3, 4, 5, 6, 7]
    assert page["B12"].value == "'=cmd|' /C calc'!A0"


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    data = list_excel.workbook(printed("follow_through"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    page = openpyxl.load_workbook(io.BytesIO(data))["清单"]
    assert str(page["A4"].value).startswith("'=")


def test_the_document_prints_on_a4_in_landscape_with_its_head_on_every_page() -> None:
    written = Document(io.BytesIO(list_word.document(printed())))
    section = written.sections[0]
    assert section.page_width and section.page_height
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    table = written.tables[0]
    assert len(table._tbl.tr_lst) == 61
    head = table._tbl.tr_lst[0].xml
    assert "w:tblHeader" in head
    assert all("w:cantSplit" in row.xml for row in table._tbl.tr_lst)
    foot = section.footer._element.xml
    assert " PAGE " in foot and " NUMPAGES " in foot
    whole = written.element.body.xml
    for face in ("仿宋_GB2312", "黑体", "方正小标宋简体"):
        assert f'w:eastAsia="{face}"' in whole
    assert whole.count('w:vMerge w:val="restart"') == 20
    assert written.paragraphs[0].text == "云澜区科技局企业责任清单（第 47 期）"


def test_what_is_no_markup_stays_text_in_the_document() -> None:
    table = Document(io.BytesIO(list_word.document(printed(rows=12)))).tables[0]
    firms = [table._tbl.tr_lst[row].tc_lst[1] for row in (7, 10)]
    said = ["".join(re.findall(r"<w:t [^>]*>([^<]*)</w:t>", cell.xml)) for cell in firms]
    assert said == ["=cmd|' /C calc'!A0", "A&amp;B &lt;电子&gt;"]


def test_the_height_of_a_row_follows_its_longest_cell() -> None:
    assert (width("A1中文"), width("■ 逾期")) == (6, 7)
    assert [lines_of(text, 10) for text in ("", "中文中文中", "中文中文中文", "一\n二")] == [1, 1, 2, 2]
    assert lines_of("中", 0) == 2


def test_an_empty_list_still_has_its_head() -> None:
    empty = printed(rows=0)
    page = openpyxl.load_workbook(io.BytesIO(list_excel.workbook(empty)))["清单"]
    assert page["A5"].value == "序号"
    assert len(Document(io.BytesIO(list_word.document(empty))).tables[0].rows) == 1


@pytest.mark.proof
@pytest.mark.libreoffice
@pytest.mark.parametrize("ending", ["xlsx", "docx"])
@pytest.mark.parametrize("key", list(three_lists.COLUMNS))
def test_libreoffice_prints_landscape_pages_and_every_row(tmp_path: Path, key: str, ending: str) -> None:
    made = printed(key)
    path = tmp_path / f"{key}.{ending}"
    path.write_bytes(list_excel.workbook(made) if ending == "xlsx" else list_word.document(made))
    office = skips.office_path()
    assert office
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(path)], check=True, timeout=180, capture_output=True,
    )  # fmt: skip
    data = path.with_suffix(".pdf").read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", data))
    boxes = [tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", data)]
    assert boxes and all(wide > tall for _, _, wide, tall in boxes)
    assert 3 <= pages <= 9
