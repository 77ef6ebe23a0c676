"""Tables in files, CSV or XLSX by their content: rows by column name, with the line each stands on."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from common import delimited
from common.phrases import joined, listed, phrase
from common.unreadable import Spoilt, UnreadableFile

__all__ = ["Row", "UnreadableFile", "defused", "fingerprint", "read_rows", "refuse_other_kinds"]
# A zip, or what old and encrypted workbooks are kept in.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_BLANK = 1 << 20  # rows in a row
CLOSED = {
    FileNotFoundError: phrase("没有这个文件"),
    IsADirectoryError: phrase("这是一个文件夹"),
    PermissionError: phrase("没有读它的权限"),
}


class Row(NamedTuple):
    """One row as the person sees it: its line in the file, its cells, and why it can't be taken, if so."""

    line: int
    cells: dict[str, str]
    trouble: str = ""


def read_rows(
    path: Path, *, columns: Sequence[str], optional: Collection[str] = (), name: str = "",
    step: Callable[[float], None] = lambda part: None,
) -> Iterator[Row]:  # fmt: skip
    """The rows that aren't empty, with the named columns only; `columns` must all be there.

    `step` is called with how much has been read, 0 to 1, also where no row ends; what it raises ends the reading.
    """
    name = name or path.name
    try:
        lines = _filled(_lines(path, name, {*columns, *optional}, step), name)
        first = next(lines, None)
        if first is None:
            raise UnreadableFile(phrase("文件 {name} 是空的。", name=name))
        places = _places([cell.strip() for cell in first[1]], columns, optional, name)
        for line, cells in lines:
            row = {column: cells[at] if at < len(cells) else "" for column, at in places.items()}
            yield Row(line, {column: cell.strip() for column, cell in row.items()}, _trouble(row))
    except OSError as error:
        raise _closed(path, error) from None


def fingerprint(path: Path) -> tuple[str, int]:
    """(SHA-256, size) of the bytes: the same file again is known by them, whatever it is called."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
    except OSError as error:
        raise _closed(path, error) from None


def refuse_other_kinds(file: BinaryIO, *, name: str) -> None:
    """A first look at what somebody hands in, before it is kept: a workbook or text, nothing else."""
    start = file.read(8)
    file.seek(0)
    if not start:
        raise UnreadableFile(phrase("文件 {name} 是空的。", name=name))
    if start.startswith(WORKBOOKS):
        _workbooks().check(file, name=name)
    else:
        delimited.encoding_of(file, name=name)
    file.seek(0)


def defused(text: str) -> str:
    """Text for a CSV that spreadsheet programs open: what they would run as a formula stays text."""
    return "'" + text if text.startswith(FORMULA) else text


def _lines(
    path: Path, name: str, wanted: Collection[str], step: Callable[[float], None]
) -> Iterator[tuple[int, list[str]]]:
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(WORKBOOKS):
        return _workbooks().rows(path, name=name, step=step)
    return delimited.rows(path, name=name, wanted=wanted, step=step)


def _workbooks() -> Any:
    """Loaded at the first workbook: it costs every start a sixth of a second."""
    return import_module("common.workbooks")


def _filled(lines: Iterator[tuple[int, list[str]]], name: str) -> Iterator[tuple[int, list[str]]]:
    blank = 0
    for line, cells in lines:
        blank += 1
        if any(cell.strip() for cell in cells):
            blank = 0
            yield line, cells
        elif blank > MOST_BLANK:
            raise UnreadableFile(phrase("文件 {name} 有一百多万个连着的空行，请删掉它们再试。", name=name))


def _places(
    header: list[str], columns: Sequence[str], optional: Collection[str], name: str
) -> dict[str, int]:
    header[0] = header[0].lstrip("\ufeff").strip()
    missing = [column for column in columns if column not in header]
    if missing:
        raise UnreadableFile(
            phrase("文件 {name} 缺少这些列：{columns}。", name=name, columns=listed(missing))
        )
    known = [column for column in [*columns, *optional] if column in header]
    twice = [column for column, times in Counter(header).items() if times > 1 and column in known]
    if twice:
        raise UnreadableFile(
            phrase("文件 {name} 里这些列不止一次：{columns}。", name=name, columns=listed(twice))
        )
    return {column: header.index(column) for column in known}


def _trouble(row: dict[str, str]) -> str:
    """Of all cells at once, so that one look at the file mends the row."""
    return joined(
        phrase("{column} {trouble}。", column=column, trouble=cell)
        for column, cell in row.items()
        if isinstance(cell, Spoilt)
    )


def _closed(path: Path, error: OSError) -> UnreadableFile:
    why = CLOSED.get(type(error), error.strerror)
    return UnreadableFile(phrase("文件 {name} 打不开：{why}。", name=path, why=why))
