"""A table of a backtest: its cells as people read them and as spreadsheets add them up, each with what it opens to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from common import figures
from common.tables import defused


@dataclass(frozen=True)
class Cell:
    """A figure as people read it, and as a spreadsheet adds it up; a difference carries its sign.

    `behind` has the decisions that it opens to, and `opens` their name in an address.
    """

    shown: str
    plain: str
    number: bool = True
    opens: str = ""
    behind: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    code: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def opening(opens: str, behind: Iterable[Any] | None, cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The row with all its figures opening to the same decisions; older reports kept them of some rows only."""
    refs = tuple(ref(one) for one in behind or ())
    if not refs:
        return tuple(cells)
    return tuple(
        replace(cell, opens=opens, behind=refs) if cell.number and not cell.opens else cell for cell in cells
    )


def ref(sample: Any) -> int:
    return int(sample["ref"] if isinstance(sample, dict) else sample)


def text(said: str) -> Cell:
    return Cell(said, said, number=False)


def count(n: int) -> Cell:
    return Cell(whole(n), str(n))


def units_more(n: int) -> Cell:
    return Cell(more(n), str(n))


def cash(fen: int) -> Cell:
    return Cell(figures.yuan(fen), plain(fen))


def cash_more(fen: int) -> Cell:
    return Cell(yuan_more(fen), plain(fen))


def plain(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def whole(n: int) -> str:
    return f"{n:,}"


def more(n: int) -> str:
    return f"+{n:,}" if n > 0 else f"−{-n:,}" if n < 0 else "0"


def yuan_more(fen: int) -> str:
    return f"+{figures.yuan(fen)}" if fen > 0 else figures.yuan(fen)


def as_rows(found: Iterable[Table]) -> Iterator[list[str]]:
    """For spreadsheet programs: each table under its title, figures as they add them up; nothing runs as a formula."""
    for number, table in enumerate(found):
        if number:
            yield []
        yield [table.title]
        yield list(table.heads)
        for row in table.rows:
            yield [cell.plain if cell.number else defused(cell.plain) for cell in row]
