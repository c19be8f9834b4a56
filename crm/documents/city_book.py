"""Writes values into single cells of a workbook somebody else made. Only those cells change: the sheets are edited as
the XML they are, so that formats, formulas, pictures and charts stay, which no writer of workbooks keeps in full."""

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.documents.excel import safe
from models.errors import Refused
from models.rules.city_book import cell_name, place_of

#: What a workbook of this kind may become: it is a form, not a data base.
MOST_BYTES, MOST_PARTS = 40_000_000, 2_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
BOOK, LINKS, TYPES, CHAIN = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/calcChain.xml"
#: Characters that XML does not have at all.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
UNREADABLE = "这份文件打不开：请用 Excel 或 WPS 另存为 .xlsx 再上传"


@dataclass(frozen=True, slots=True)
class Found:
    """One cell as it stands: its text, whether a formula makes it, why nothing can be written there."""

    text: str
    formula: bool = False
    wrong: str = ""


class Book:
    """A workbook, read."""

    def __init__(self, data: bytes) -> None:
        """Raises Refused for what is no .xlsx, is locked, or is far too large."""
        from lxml import etree  # slow to start, and only workbooks need it

        self._etree = etree
        self._parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        self.parts = _unpacked(data)
        try:
            self._book = self._read(BOOK)
            links = {one.get("Id"): one.get("Target") for one in self._read(LINKS)}
            self.sheets = {
                one.get("name"): posixpath.normpath(posixpath.join("/xl", links[one.get(f"{{{LINK}}}id")])).lstrip("/")
                for one in self._book.iter(f"{{{MAIN}}}sheet")
            }
            self._strings = self._shared()
        except (KeyError, TypeError, etree.XMLSyntaxError) as error:
            raise Refused(UNREADABLE) from error
        self._trees: dict[str, Any] = {}

    @property
    def names(self) -> list[str]:
        """The sheets in their order."""
        return list(self.sheets)

    def look(self, sheet: str, cell: str, *, beyond: bool = False) -> Found:
        """What stands in a cell, and why nothing can be written there; `beyond`: also past what the sheet holds."""
        place = place_of(cell)
        if sheet not in self.sheets:
            return Found("", wrong=f"表里没有“{sheet}”这一页")
        if place is None:
            return Found("", wrong="单元格写成列字母加行号，如 B5")
        tree = self._tree(sheet)
        for first, last in _merged(tree):
            if first != place and first[0] <= place[0] <= last[0] and first[1] <= place[1] <= last[1]:
                whole = f"{cell_name(*first)}:{cell_name(*last)}"
                return Found("", wrong=f"{cell} 在合并单元格 {whole} 里，请写左上角的 {cell_name(*first)}")
        reach = self._reach(tree)
        if not beyond and (place[0] > reach[0] or place[1] > reach[1]):
            return Found("", wrong=f"“{sheet}”里没有 {cell}，有内容的只到 {cell_name(*reach)}")
        found = _cell(tree, place)
        formula = None if found is None else found.find(f"{{{MAIN}}}f")
        if formula is not None and formula.get("t") in ("shared", "array"):
            return Found("", True, f"{cell} 的公式和别的单元格连在一起，不能填数")
        return Found(self._text(found), formula is not None)

    def fill(self, values: Mapping[str, Mapping[str, int | float | str]]) -> bytes:
        """The workbook with these values, sheet → cell → value. Raises Refused for a cell that cannot be written.

        Everything a formula makes is reckoned anew by whoever opens it.
        """
        for sheet, cells in values.items():
            for cell, value in cells.items():
                wrong = self.look(sheet, cell).wrong if sheet not in self.sheets or place_of(cell) is None else ""
                if wrong:
                    raise Refused(f"{sheet}!{cell}：{wrong}")
                self._put(self._tree(sheet), cell, value)
        for sheet in self.sheets:
            for formula in self._tree(sheet).iter(f"{{{MAIN}}}f"):
                for old in formula.getparent().findall(f"{{{MAIN}}}v"):
                    formula.getparent().remove(old)
            self.parts[self.sheets[sheet]] = self._bytes(self._tree(sheet))
        self._reckon_anew()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
            for name, data in self.parts.items():
                written.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        return stream.getvalue()

    def _reckon_anew(self) -> None:
        """Excel is asked to reckon when it opens the book; the order of reckoning, which may name cells that are no
        formula any more, is left to it."""
        setting = self._book.find(f"{{{MAIN}}}calcPr")
        if setting is None:
            setting = self._etree.Element(f"{{{MAIN}}}calcPr")
            after = [self._book.find(f"{{{MAIN}}}{name}") for name in ("definedNames", "externalReferences", "sheets")]
            next(one for one in after if one is not None).addnext(setting)
        setting.set("fullCalcOnLoad", "1")
        self.parts[BOOK] = self._bytes(self._book)
        if self.parts.pop(CHAIN, None) is not None:
            for name, about in ((LINKS, "calcChain.xml"), (TYPES, f"/{CHAIN}")):
                tree = self._read(name)
                for one in list(tree):
                    if about in (one.get("Target"), one.get("PartName")) or one.get("Target") == f"/{CHAIN}":
                        tree.remove(one)
                self.parts[name] = self._bytes(tree)

    def _put(self, tree: Any, cell: str, value: int | float | str) -> None:
        column, row = place_of(cell) or (0, 0)
        found = _made(self._etree, tree, column, row)
        for child in list(found):
            found.remove(child)
        found.attrib.pop("t", None)
        if value == "":
            return
        if isinstance(value, str):
            found.set("t", "inlineStr")
            text = self._etree.SubElement(self._etree.SubElement(found, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
            text.text = _CONTROL.sub("", safe(value))
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        else:
            self._etree.SubElement(found, f"{{{MAIN}}}v").text = repr(value)

    def _text(self, found: Any) -> str:
        if found is None:
            return ""
        if found.get("t") == "inlineStr":
            return "".join(one.text or "" for one in found.iter(f"{{{MAIN}}}t"))
        value = found.findtext(f"{{{MAIN}}}v") or ""
        if found.get("t") == "s" and value.isdigit() and int(value) < len(self._strings):
            return self._strings[int(value)]
        return value

    def _shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.parts:
            return []
        return [
            "".join(one.text or "" for one in item.iter(f"{{{MAIN}}}t"))
            for item in self._read("xl/sharedStrings.xml").iter(f"{{{MAIN}}}si")
        ]

    def _reach(self, tree: Any) -> tuple[int, int]:
        """The last column and row anything stands in, formats too."""
        places = [place_of(one.get("r", "")) for one in tree.iter(f"{{{MAIN}}}c")]
        known = [place for place in places if place is not None] + [last for _, last in _merged(tree)]
        return max((one[0] for one in known), default=1), max((one[1] for one in known), default=1)

    def _tree(self, sheet: str) -> Any:
        name = self.sheets[sheet]
        if name not in self._trees:
            try:
                self._trees[name] = self._read(name)
            except (KeyError, self._etree.XMLSyntaxError) as error:
                raise Refused(UNREADABLE) from error
        return self._trees[name]

    def _read(self, name: str) -> Any:
        return self._etree.fromstring(self.parts[name], self._parser)

    def _bytes(self, tree: Any) -> bytes:
        found: bytes = self._etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
        return found


def why_not(book: Book, sheet: str, cells: list[str], *, over_formula: bool) -> str:
    """Why these cells cannot be tied, in an officer's words; empty when they can. The first must be there; a list may
    go on below what the sheet holds."""
    for place, cell in enumerate(cells):
        found = book.look(sheet, cell, beyond=place > 0)
        if found.wrong:
            return found.wrong
        if found.formula and not (over_formula and len(cells) == 1):
            return f"{cell} 里是公式，填了数公式就没有了" + ("" if len(cells) > 1 else "；确实要填，请勾选“替换公式”")
    return ""


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            items = archive.infolist()
            fits = len(items) <= MOST_PARTS and sum(item.file_size for item in items) <= MOST_BYTES
            found = {item.filename: archive.read(item) for item in items} if fits else {}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refused(UNREADABLE) from error
    if not fits:
        raise Refused("这份表太大：调度表请只留要填的几页")
    if BOOK not in found or LINKS not in found:
        raise Refused(UNREADABLE)
    return found


def _merged(tree: Any) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    found = []
    for one in tree.iter(f"{{{MAIN}}}mergeCell"):
        first, _, last = (one.get("ref") or "").partition(":")
        places = place_of(first), place_of(last or first)
        if places[0] is not None and places[1] is not None:
            found.append((places[0], places[1]))
    return found


def _cell(tree: Any, place: tuple[int, int]) -> Any:
    name = cell_name(*place)
    for row in tree.iter(f"{{{MAIN}}}row"):
        if row.get("r") == str(place[1]):
            return next((one for one in row if one.get("r") == name), None)
    return None


def _made(etree: Any, tree: Any, column: int, row: int) -> Any:
    """The cell at a place; made, in its order, where there is none."""
    data = tree.find(f"{{{MAIN}}}sheetData")
    rows = [one for one in data if one.tag == f"{{{MAIN}}}row"]
    line = next((one for one in rows if one.get("r") == str(row)), None)
    if line is None:
        line = etree.Element(f"{{{MAIN}}}row", r=str(row))
        data.insert(sum(int(one.get("r", "0")) < row for one in rows), line)
    name = cell_name(column, row)
    found = next((one for one in line if one.get("r") == name), None)
    if found is None:
        found = etree.Element(f"{{{MAIN}}}c", r=name)
        line.insert(sum((place_of(one.get("r", "")) or (0, 0))[0] < column for one in line), found)
    return found
