"""XLSX tables: the first sheet's stored values as text, refused where reading them would cost too much."""

import warnings
import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import iterparse

from openpyxl import load_workbook
from openpyxl.worksheet import _reader as reader

from common.clock import SHANGHAI
from common.unreadable import Spoilt, UnreadableFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what old and encrypted workbooks are kept in
# Unpacked, all parts together. An order's row takes about half a thousand bytes of XML.
MOST_BYTES = 64 << 20
MOST_PARTS = 2000
SPOILT_FROM = 10**15  # spreadsheet programs keep 15 digits of a number
NOT_STORED = "的公式没有存下结果，请用表格软件打开，重新保存"
TOO_LONG = "是超过 15 位的数字，末几位已被表格软件改掉，请把这一列设成“文本”重填"

# What a workbook holds besides its cells is no matter here.
warnings.filterwarnings("ignore", module=r"openpyxl\.")


def rows(path: Path, *, name: str) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells as text) of the first sheet; rows that the file leaves out are left out."""
    try:
        with path.open("rb") as file:
            check(file, name=name)
            yield from _rows(file)
    except (UnreadableFile, GeneratorExit):
        raise
    except Exception as error:  # bytes of strangers: the library fails in any way it likes
        raise UnreadableFile(f"文件 {name} 是损坏的表格，请用表格软件打开，另存一份再试。") from error


def check(file: BinaryIO, *, name: str) -> None:
    """Refuse what isn't an XLSX workbook, or would grow too large."""
    if file.read(len(OLE)) == OLE:
        hidden = "EncryptedPackage".encode("utf-16-le") in file.read()
        how = "有密码，请去掉密码再存" if hidden else "是旧的 Excel 格式（.xls），请另存为 .xlsx 或 CSV"
        raise UnreadableFile(f"文件 {name} {how}。")
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableFile(f"文件 {name} 是损坏的表格，请用表格软件打开，另存一份再试。") from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise UnreadableFile(f"文件 {name} 不是 XLSX 表格，请另存为 .xlsx 或 CSV。")
    # zipfile hands out no more bytes of a part than are declared here.
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise UnreadableFile(f"文件 {name} 展开后超过 {MOST_BYTES >> 20} MiB，请分成几份，或另存为 CSV。")


class _Cells(reader.WorkSheetParser):
    """Rows only, with a mark where a formula has no stored value, which the library shows as an empty cell."""

    def parse(self) -> Generator[tuple[int, list[dict[str, Any]]], None, None]:
        element: Any
        for _, element in iterparse(self.source):
            if element.tag == reader.ROW_TAG:
                yield self.parse_row(element)
                element.clear()
            elif element.tag == reader.DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(reader.FORMULA_TAG) is not None:
            cell["value"] = Spoilt(NOT_STORED)
        elif cell["data_type"] == "e":
            cell["value"] = Spoilt(f"是错误值 {cell['value']}，请改好这一格")
        return cell


def _rows(file: Any) -> Iterator[tuple[int, list[str]]]:
    book: Any = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet: Any = book.worksheets[0]
    with sheet._get_source() as source:
        parser = _Cells(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, cells in parser.parse():
            filled = {cell["column"]: cell["value"] for cell in cells if cell["value"] is not None}
            yield (
                number,
                [as_text(filled.get(column)) for column in range(1, min(max(filled, default=0), 500) + 1)],
            )


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
            return Spoilt(TOO_LONG)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
