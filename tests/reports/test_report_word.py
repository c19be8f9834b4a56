"""The Word document of an edition: layout of official documents, numbers of the ledger, faces with fall-backs."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from flask import Flask

from crm.documents import report_chart, report_word
from models import clock
from models.report import opening
from models.report.content import Content, Line, Listing, Part, Piece, Table
from models.report.rows import Row
from tests.support import skips
from tests.support.factories import make_area, make_firm, make_title, make_user, make_visit
from tests.support.report_factories import make_issued

TABLE = Table(
    "各街镇情况", ("街镇", "占比", "有效高企"),
    (Line("青禾街道", (Piece("50.0%"), Piece("1,204", "a"))), Line("石桥镇", (Piece("—"), Piece("0", "b")))),
    "按现在所属街镇。",
)  # fmt: skip
CONTENT = Content(
    "关于 2026 年三季度企业梯度培育工作情况的通报", "云澜区科技局", "时点 2026 年 9 月 30 日",
    (
        Part("climb", "一、梯度培育", ((Piece("截至 9 月 30 日，有效高企 "), Piece("1,204", "a"), Piece(" 家。")),
                                   (Piece("（一）新增情况。A&B <公司> 入库。"),)), (TABLE,)),
        Part("annex", "附件", lists=(Listing("late", "逾期问题", "issue", ("编号", "企业"), 3),)),
    ),
)  # fmt: skip
ROWS = {"late": [Row(1, 1, ["2026-0001", "云澜&甲<乙>公司"]), Row(2, 2, ["2026-0002", "云澜丙公司"])]}


def made(**values: str) -> bytes:
    return report_word.document(CONTENT, ROWS, ["水印"], **values)


def part(data: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


def text(data: bytes) -> list[str]:
    """What stands in the document, paragraph by paragraph."""
    found = []
    for one in re.findall(r"<w:p[ >].*?</w:p>", part(data, "word/document.xml"), re.S):
        said = "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", one))
        found += [said] if said else []
    return found


def test_the_text_of_the_document() -> None:
    assert text(made(signer="方启明", dated="2026年10月9日")) == [
        "签发人：方启明",
        "关于 2026 年三季度企业梯度培育工作情况的通报",
        "（时点 2026 年 9 月 30 日）",
        "一、梯度培育",
        "截至 9 月 30 日，有效高企 1,204 家。",
        "（一）新增情况。A&amp;B &lt;公司&gt; 入库。",
        "各街镇情况",
        *("街镇", "占比", "有效高企", "青禾街道", "50.0%", "1,204", "石桥镇", "—", "0"),
        "按现在所属街镇。",
        "各街镇情况：有效高企",
        "附件：1. 逾期问题",
        "云澜区科技局",
        "2026年10月9日",
        "附件 1",
        "逾期问题",
        "共 3 行，这里列出您能看到的 2 行。",
        *("序号", "编号", "企业", "1", "2026-0001", "云澜&amp;甲&lt;乙&gt;公司", "2", "2026-0002", "云澜丙公司"),
        "水印",
    ]


def test_a_draft_says_so() -> None:
    said = text(made())
    assert "（草稿，还没有签发）" in said and not any(one.startswith("签发人") for one in said)


def test_the_paper_of_the_standard() -> None:
    written = Document(io.BytesIO(made()))
    section = written.sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.bottom_margin, section.left_margin,
             section.right_margin]  # fmt: skip
    assert [round(size.mm) for size in sizes if size is not None] == [210, 297, 37, 35, 28, 26]
    assert written.settings.odd_and_even_pages_header_footer
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        said = foot.paragraphs[0]._p.xml
        assert "— " in said and " PAGE " in said and f'w:jc w:val="{side}"' in said and 'w:sz w:val="28"' in said
    title, head, body = (
        next(one for one in written.paragraphs if one.text.startswith(start)) for start in ("关于", "一、", "截至")
    )
    for paragraph, font, size in ((title, "方正小标宋简体", 44), (head, "黑体", 32), (body, "仿宋_GB2312", 32)):
        assert f'w:eastAsia="{font}"' in paragraph._p.xml and f'w:sz w:val="{size}"' in paragraph._p.xml
    assert 'w:line="579" w:lineRule="exact"' in body._p.xml and 'w:firstLineChars="200"' in body._p.xml
    second = next(one for one in written.paragraphs if one.text.startswith("（一）"))
    assert [run.text for run in second.runs] == ["（一）新增情况。", "A&B <公司> 入库。"]
    assert 'w:eastAsia="楷体_GB2312"' in second.runs[0]._r.xml and 'w:eastAsia="仿宋_GB2312"' in second.runs[1]._r.xml


def test_every_face_names_what_stands_in_for_it() -> None:
    data = made()
    fonts = part(data, "word/fontTable.xml")
    used = set(re.findall(r'w:eastAsia="([^"a-z]+[^"]*)"', part(data, "word/document.xml"))) - {"zh-CN"}
    assert {"仿宋_GB2312", "黑体", "方正小标宋简体", "楷体_GB2312"} <= used
    for name in used:
        assert re.search(f'w:name="{name}"><w:altName w:val="[^"]+"', fonts), name


def test_the_chart_bears_the_numbers_of_the_table() -> None:
    bars = report_chart.bars_of(CONTENT)
    assert bars is not None and (bars.series, list(bars.numbers)) == ("有效高企", ["1204", "0"])
    drawn = part(made(), "word/charts/chart1.xml")
    assert re.findall(r"<c:v>([^<]*)</c:v>", drawn) == ["有效高企", "青禾街道", "石桥镇", "1204", "0"]
    assert report_chart.bars_of(Content("无表", "局", "时点", ())) is None


def test_numbers_of_the_document_are_those_of_the_ledger(app: Flask) -> None:
    firm = make_firm(area=make_area("青禾街道").name)
    for day in (clock.today().replace(day=1), clock.today()):
        make_visit(firm, visit_on=day)
    make_title(firm, "hnte", clock.today().replace(month=1, day=5))
    report = make_issued("quarter")
    found = opening.opened(report, clock.today())
    user = make_user(role="manager")
    said = "\n".join(text(report_word.document(found.content, opening.lists(found, user), [])))
    assert found.numbers
    for section in found.content.parts:
        for paragraph in section.paragraphs:
            for piece in paragraph:
                if piece.slot:
                    assert piece.text == found.numbers[piece.slot].words
            assert "".join(piece.text for piece in paragraph) in said
        for table in section.tables:
            for line in table.lines:
                assert "\n".join([line.name, *(cell.text for cell in line.cells)]) in said


@pytest.mark.proof
@pytest.mark.libreoffice
def test_libreoffice_prints_it_on_a4(tmp_path: Path) -> None:
    path = tmp_path / "edition.docx"
    path.write_bytes(made(signer="方启明", dated="2026年10月9日"))
    office = skips.office_path()
    assert office
    subprocess.run(
        [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(path)], check=True, timeout=180, capture_output=True,
    )  # fmt: skip
    data = path.with_suffix(".pdf").read_bytes()
    boxes = [tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", data)]
    assert boxes and all((round(wide), round(tall)) == (595, 842) for _, _, wide, tall in boxes)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 3
