"""XLSX tables: the first sheet's stored values as text, refused where reading them would cost too much."""

import warnings
import zipfile
from array import array
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet import _reader as reader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from common.clock import SHANGHAI
from common.parts import Archive
from common.phrases import mark, phrase
from common.unreadable import Spoilt, UnreadableFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what old and encrypted workbooks are kept in
# Unpacked, all parts together. An order's row takes about half a thousand bytes of XML.
MOST_BYTES = 64 << 20
MOST_PARTS = 2000
MOST_READ = 500  # columns
TEXT, PLAIN, RICH = (f"{{{SHEET_MAIN_NS}}}{path}" for path in ("si", "t", f"r/{{{SHEET_MAIN_NS}}}t"))
SPOILT_FROM = 10**15  # spreadsheet programs keep 15 digits of a number
NOT_STORED = mark("的公式没有存下结果，请用表格软件打开，重新保存")
TOO_LONG = mark("是超过 15 位的数字，末几位已被表格软件改掉，请把这一列设成“文本”重填")
BROKEN = mark("文件 {name} 是损坏的表格，请用表格软件打开，另存一份再试。")

# What a workbook holds besides its cells is no matter here.
warnings.filterwarnings("ignore", module=r"openpyxl\.")


def rows(path: Path, *, name: str, step: Callable[[float], None]) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells as text) of the first sheet; rows that the file leaves out are left out.

    `step` is called now and then with how much of a part has been read; what it raises ends the reading.
    """
    stopped: list[BaseException] = []

    def stepped(part: float) -> None:
        try:
            step(part)
        except Exception as error:
            stopped.append(error)
            raise

    try:
        with path.open("rb") as file:
            check(file, name=name)
            with Archive(file, name=name, step=stepped) as archive:
                yield from _rows(archive)
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:  # bytes of strangers: the library fails in any way it likes
        if error in stopped:
            raise
        raise UnreadableFile(phrase(BROKEN, name=name)) from error


def check(file: BinaryIO, *, name: str) -> None:
    """Refuse what isn't an XLSX workbook, or would grow too large."""
    if file.read(len(OLE)) == OLE:
        hidden = "EncryptedPackage".encode("utf-16-le") in file.read(MOST_BYTES)
        if hidden:
            raise UnreadableFile(phrase("文件 {name} 有密码，请去掉密码再存。", name=name))
        raise UnreadableFile(
            phrase("文件 {name} 是旧的 Excel 格式（.xls），请另存为 .xlsx 或 CSV。", name=name)
        )
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableFile(phrase(BROKEN, name=name)) from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFile(phrase("文件 {name} 不是 XLSX 表格，请另存为 .xlsx 或 CSV。", name=name))
    # zipfile hands out no more bytes of a part than are declared here.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnreadableFile(
            phrase(
                "文件 {name} 展开后超过 {n} MiB，请分成几份，或另存为 CSV。", name=name, n=MOST_BYTES >> 20
            )
        )


class _Texts:
    """The shared texts as the library looks them up, at their own length: as objects they'd take ten times that."""

    def __init__(self, source: Any) -> None:
        self._bytes, self._ends = bytearray(), array("q", [0])
        opened: list[Any] = []
        for event, node in iterparse(source, ("start", "end")):
            if event == "start":
                opened.append(node)
                continue
            opened.pop()
            if node.tag == TEXT:
                self._keep(node)
                opened[-1].clear()

    def _keep(self, node: Any) -> None:
        pieces = [*node.iterfind(PLAIN), *node.iterfind(RICH)]  # without what is read aloud
        text = "".join(piece.text or "" for piece in pieces).replace("x005F_", "")
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, at: int) -> str:
        if not 0 <= at < len(self._ends) - 1:
            raise IndexError(at)
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode()


class _Book(ExcelReader):  # type: ignore[misc]
    """The library's reader as far as cells need it: the rest of a workbook is left unread."""

    def __init__(self, archive: Any) -> None:
        super().__init__(archive.fp, read_only=True, data_only=True, keep_links=False)
        self.archive = archive

    def rows(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        self.read_manifest()
        self.read_workbook()
        archive: Any = self.archive
        book: Any = self.wb
        apply_stylesheet(archive, book)
        kept = self.package.find(SHARED_STRINGS)
        texts: Any = []
        if kept:
            with archive.pieces(kept.PartName[1:]) as source:
                texts = _Texts(source)
        with archive.pieces(self._first_sheet()) as source:
            yield from _Cells(
                source, texts, data_only=True, epoch=book.epoch,
                date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
            ).parse()  # fmt: skip

    def _first_sheet(self) -> str:
        sheets = (rel for _, rel in self.parser.find_sheets() if "chartsheet" not in rel.Type)
        return next(str(rel.target) for rel in sheets if rel.target in self.valid_files)


class _Cells(reader.WorkSheetParser):
    """Rows only, with a mark where a formula has no stored value, which the library shows as an empty cell."""

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        opened: list[Any] = []
        for event, element in iterparse(self.source, ("start", "end")):
            if event == "start":
                opened.append(element)
                continue
            opened.pop()
            if element.tag == reader.ROW_TAG:
                while len(element) and not len(element[-1]):  # cells that only have a colour
                    del element[-1]
                yield self.parse_row(element)
                opened[-1].clear()  # the row too: a million empty ones take a tenth of a gigabyte
            elif element.tag == reader.DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(reader.FORMULA_TAG) is not None:
            cell["value"] = Spoilt.of(NOT_STORED)
        elif cell["data_type"] == "e":
            cell["value"] = Spoilt.of(mark("是错误值 {value}，请改好这一格"), value=cell["value"])
        return cell


def _rows(archive: Archive) -> Iterator[tuple[int, list[str]]]:
    for number, cells in _Book(archive).rows():
        filled = {cell["column"]: cell["value"] for cell in cells if cell["value"] is not None}
        last = min(max(filled, default=0), MOST_READ)
        yield number, [as_text(filled.get(column)) for column in range(1, last + 1)]


def as_text(value: Any) -> str:
    """A cell as a CSV would hold it; a moment without zone is Shanghai's."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(int(value))
        case datetime():
            return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).isoformat()
        case date():
            return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI).isoformat()
        case int() | float() if abs(value) >= SPOILT_FROM:
            return Spoilt.of(TOO_LONG)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
