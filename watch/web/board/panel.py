"""What every panel of the board is made of: its figures by the day, and what its chart is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from common.language import say, spoken
from watch.rules import health
from watch.web.board.read import Board


@dataclass(frozen=True)
class Panel:
    """A chart, its table and its sentence. No rows: `empty` is said, and nothing is drawn."""

    id: str
    title: str
    lead: str
    heads: list[str]
    rows: list[list[str]]
    chart: dict[str, Any] = field(default_factory=dict)
    empty: str = ""
    must: bool = False  # the lead is something to act on


def chart(
    kind: str, x: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], **more: Any
) -> dict[str, Any]:
    """As static/js/charts.js reads it: line | bars | stack | groups | heat."""
    return {"kind": kind, "x": list(x), "series": [{"name": n, "data": list(d)} for n, d in series], **more}


def by_day(board: Board, *columns: Sequence[int]) -> list[list[str]]:
    """The newest first; days on which nothing happened are left out."""
    rows = reversed(list(zip(board.days, *columns, strict=True)))
    return [[day_of(day), *(str(one) for one in numbers)] for day, *numbers in rows if any(numbers)]


def days(board: Board) -> list[str]:
    return [day_of(day) for day in board.days]


def day_of(day: date) -> str:
    return f"{day.month}-{day.day:02d}"


def name(board: Board, subject: str) -> str:
    return board.names.get(subject) or spoken(health.called(subject))


def others(whole: Sequence[int], shown: Sequence[Sequence[int]]) -> list[tuple[str, list[int]]]:
    """What is left of the whole beside those shown, under one name, so that the columns add up to it; [] if nothing."""
    left = [max(0, all_ - sum(some)) for all_, *some in zip(whole, *shown, strict=True)]
    return [(say("其余的"), left)] if any(left) else []
