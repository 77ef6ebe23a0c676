"""Text tables: which encoding and separator a file has is read from its bytes, never from its name."""

import codecs
import csv
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from common.unreadable import UnreadableFile

SEPARATORS = ",;\t"
CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The csv module speaks English; these two are what people meet.
REASONS = {
    "unexpected end of data": "有一处引号没有配对",
    "field larger than field limit (131072)": "有一格太长，多半是引号没有配对",
}


def rows(path: Path, *, name: str, wanted: Collection[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every record; the separator is the one that shows most of the wanted columns."""
    with path.open("rb") as raw:
        encoding = encoding_of(raw, name=name)
    with path.open(encoding=encoding, newline="") as file:
        header = next((line for line in file if line.strip()), "")
        file.seek(0)
        table = csv.reader(file, delimiter=_separator(header, wanted), strict=True)
        try:
            for cells in table:
                yield table.line_num, cells
        except csv.Error as error:
            why = REASONS.get(str(error), "引号或换行不对")
            raise UnreadableFile(f"文件 {name} 不是完整的 CSV：第 {table.line_num} 行附近{why}。") from None


def encoding_of(file: BinaryIO, *, name: str) -> str:
    """What the mark at the start says, else strict UTF-8, else GB18030; all bytes are looked at."""
    start = file.read(4)
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        if _fits(file, encoding, name):
            return encoding
    raise UnreadableFile(f"文件 {name} 不是 UTF-8、UTF-16 或 GB18030 文字，请另存为 UTF-8 的 CSV。")


def _fits(file: BinaryIO, encoding: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if "\0" in decoder.decode(chunk):
                raise UnreadableFile(f"文件 {name} 里有空字节，不是文字表格，请另存为 UTF-8 的 CSV。")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(header: str, wanted: Collection[str]) -> str:
    def shown(separator: str) -> int:
        cells = next(csv.reader([header.lstrip("\ufeff")], delimiter=separator), [])
        return len({cell.strip() for cell in cells}.intersection(wanted))

    return max(SEPARATORS, key=shown)  # the comma where none is better
