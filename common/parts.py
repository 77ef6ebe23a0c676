"""The XML parts of a workbook, looked through before anything is built of them: a small file can unpack to much."""

import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from common.phrases import mark, phrase
from common.unreadable import UnreadableFile

# Of the parts that are read as a whole: the styles of ten years' editing take less.
MOST_WHOLE = 4 << 20
MOST_WHOLE_TAGS = 60_000
MOST_COLUMNS = 16384  # the format's own
MOST_UNITS = 1 << 20  # the same, of rows
MOST_IN_UNIT = 4 * MOST_COLUMNS  # tags of one row, or of one shared text
MOST_TAGS = 6_000_000  # of one part: more than 64 MiB of honest cells have
MOST_DEPTH = 50
MOST_BETWEEN = 256 << 10  # bytes from one tag to the next: a cell holds 32 767 characters
CHUNK = 64 << 10
UNITS = {"row": mark("超过 {n} 行"), "si": mark("超过 {n} 种文字")}


class Damaged(Exception):
    """No XML, or XML that spreadsheet programs don't write."""


class Archive(zipfile.ZipFile):
    """Gives out nothing that it has not looked through; `step` is told how much of a part has been read, 0 to 1."""

    def __init__(self, file: Any, *, name: str, step: Callable[[float], None]) -> None:
        super().__init__(file)
        self._told, self._step = name, step

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name).file_size > MOST_WHOLE:
            raise too_much(
                self._told, phrase("里有一个部件（{part}）超过 {n} MiB", part=name, n=MOST_WHOLE >> 20)
            )
        content = super().read(name, pwd)
        _Look(self._told, most=MOST_WHOLE_TAGS, most_in_unit=MOST_WHOLE_TAGS).over(content)
        return content

    def pieces(self, name: str) -> "Watched":
        """A part of any length, for who reads it piece by piece and keeps little."""
        look = _Look(self._told, most=MOST_TAGS, most_in_unit=MOST_IN_UNIT)
        return Watched(self.open(name), look, self.getinfo(name).file_size, self._step)


class Watched:
    """A stream whose bytes have been looked through before they are handed on."""

    def __init__(self, source: Any, look: "_Look", size: int, step: Callable[[float], None]) -> None:
        self._source, self._look, self._size, self._step = source, look, max(size, 1), step
        self._given = 0

    def read(self, size: int = CHUNK) -> bytes:
        piece: bytes = self._source.read(min(size, CHUNK) if size > 0 else CHUNK)
        self._look.over(piece)
        self._given += len(piece)
        self._step(min(self._given / self._size, 1.0))
        return piece

    def __enter__(self) -> "Watched":
        return self

    def __exit__(self, *error: object) -> None:
        self._source.close()


class _Look:
    """Counts tags and the bytes between them, and keeps nothing."""

    def __init__(self, told: str, *, most: int, most_in_unit: int) -> None:
        self._told, self._most, self._most_in_unit = told, most, most_in_unit
        self._depth = self._tags = self._in_unit = self._units = self._cells = self._last = self._fed = 0
        parser = self._parser = expat.ParserCreate()
        parser.StartElementHandler = self._began
        parser.EndElementHandler = self._ended
        parser.StartDoctypeDeclHandler = self._refused

    def over(self, piece: bytes) -> None:
        self._fed += len(piece)
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise Damaged(str(error)) from None
        if self._fed - self._last > MOST_BETWEEN + CHUNK:
            raise too_much(self._told, phrase("里有一格太长"))

    def _began(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._tags += 1
        self._in_unit += 1
        self._passed()
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._cells += 1
        elif tag in UNITS:
            self._in_unit = self._cells = 0
            self._units += 1
        if self._units > MOST_UNITS:
            raise too_much(self._told, phrase(UNITS[tag], n=MOST_UNITS))
        if self._cells > MOST_COLUMNS:
            raise too_much(self._told, phrase("里有一行超过 {n} 列", n=MOST_COLUMNS))
        if self._depth > MOST_DEPTH or self._tags > self._most or self._in_unit > self._most_in_unit:
            raise too_much(self._told, phrase("里有一部分大得不像表格"))

    def _ended(self, tag: str) -> None:
        self._depth -= 1
        self._passed()

    def _passed(self) -> None:
        at = self._parser.CurrentByteIndex
        if at - self._last > MOST_BETWEEN:
            raise too_much(self._told, phrase("里有一格太长"))
        self._last = at

    def _refused(self, *declared: object) -> None:
        raise Damaged("a document type")


def too_much(name: str, what: str) -> UnreadableFile:
    return UnreadableFile(
        phrase("文件 {name} {what}，请只留要导入的列，另存为 CSV 再试。", name=name, what=what)
    )
