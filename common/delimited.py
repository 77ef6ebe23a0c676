"""Text tables: which encoding and separator a file has is read from its bytes, never from its name."""

import codecs
import csv
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from common.phrases import phrase
from common.unreadable import UnreadableFile

SEPARATORS = ",;\t"
CHUNK = 1 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
MOST_IN_RECORD = 256 << 10  # characters; more than one cell may have
MOST_SEARCHED = 1 << 20  # lines, for the header
BREATH = 200  # lines
TOO_LONG = "a record without end"
# The csv module speaks English; these two are what people meet.
REASONS = {
    "unexpected end of data": phrase("有一处引号没有配对"),
    "field larger than field limit (131072)": phrase("有一格太长，多半是引号没有配对"),
    TOO_LONG: phrase("有一行太长，不像表格"),
}


def rows(
    path: Path, *, name: str, wanted: Collection[str], step: Callable[[float], None]
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every record; the separator is the one that shows most of the wanted columns."""
    size = max(path.stat().st_size, 1)

    def told(at: int) -> None:
        step(min(at / size, 1.0))

    with path.open("rb") as raw:
        encoding = encoding_of(raw, name=name, told=told)
    with path.open(encoding=encoding, newline="") as file:
        lines = _Lines(file, told)
        try:
            header = next((line for line in islice(lines.alone(), MOST_SEARCHED) if line.strip()), "")
            separator = _separator(header, wanted)
            file.seek(0)
            lines = _Lines(file, told)
            table = csv.reader(lines, delimiter=separator, strict=True)
            for cells in table:
                lines.in_record = 0
                yield table.line_num, cells
        except csv.Error as error:
            why = REASONS.get(str(error)) or phrase("引号或换行不对")
            raise UnreadableFile(
                phrase("文件 {name} 不是完整的 CSV：第 {n} 行附近{why}。", name=name, n=lines.number, why=why)
            ) from None


class _Lines:
    """The lines of a file, none of them and no record of them too long to be held in memory."""

    def __init__(self, file: TextIO, told: Callable[[int], None]) -> None:
        self.number = self.in_record = 0
        self._file, self._told = file, told

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(MOST_IN_RECORD):
            self.number += 1
            self.in_record += len(line)
            if self.in_record > MOST_IN_RECORD - 1:
                raise csv.Error(TOO_LONG)
            if self.number % BREATH == 0:
                self._told(self._file.buffer.tell())
            yield line

    def alone(self) -> Iterator[str]:
        """Each as a record of its own."""
        for line in self:
            self.in_record = 0
            yield line


def encoding_of(file: BinaryIO, *, name: str, told: Callable[[int], None] = lambda at: None) -> str:
    """What the mark at the start says, else strict UTF-8, else GB18030; all bytes are looked at."""
    start = file.read(4)
    marked = next((encoding for mark, encoding in MARKS if start.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        if _fits(file, encoding, name, told):
            return encoding
    raise UnreadableFile(
        phrase("文件 {name} 不是 UTF-8、UTF-16 或 GB18030 文字，请另存为 UTF-8 的 CSV。", name=name)
    )


def _fits(file: BinaryIO, encoding: str, name: str, told: Callable[[int], None]) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            told(file.tell())
            if "\0" in decoder.decode(chunk):
                raise UnreadableFile(
                    phrase("文件 {name} 里有空字节，不是文字表格，请另存为 UTF-8 的 CSV。", name=name)
                )
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(header: str, wanted: Collection[str]) -> str:
    def shown(separator: str) -> int:
        cells = next(csv.reader([header.lstrip("\ufeff")], delimiter=separator), [])
        return len({cell.strip() for cell in cells}.intersection(wanted))

    return max(SEPARATORS, key=shown)  # the comma where none is better
