"""The charts of a developer's page: what each is drawn from, and the same figures as rows of the table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.language import say
from developers.queries import Board
from developers.rules.groups import DEFECT, group_of
from developers.rules.periods import Point
from tickets.queries import reason_names


@dataclass(frozen=True)
class Chart:
    """`rows`: (name, the rest of an address that opens it, figures). None: there is nothing to draw."""

    id: str
    title: str
    lead: str
    heads: list[str]
    rows: list[tuple[str, str, list[str]]]
    drawn: dict[str, Any]


def by_day(board: Board) -> Chart | None:
    """Trouble with the goods, what of it was real, and questions apart: by the day, or by the week where it is long."""
    if not board.total.claims:
        return None
    weeks = any(point.first != point.last for point, _ in board.trend)
    names = [_name(point) for point, _ in board.trend]
    numbers = [(tally.reported, tally.real, tally.questions) for _, tally in board.trend]
    rows = [
        (_name(point, whole=True), f"&first={point.first}&last={point.last}", [str(n) for n in three])
        for (point, _), three in zip(board.trend, numbers, strict=True)
    ]
    heads = [say("货的问题"), say("其中属实"), say("咨询与建议")]
    return Chart(
        "trend", say("每周的走势") if weeks else say("每天的走势"),
        say("货的问题报来 {n} 件，属实 {m} 件；咨询与建议另算。", n=board.total.reported, m=board.total.real),
        [say("哪几天") if weeks else say("日期"), *heads], rows,
        _drawn("line", names, [(head, [three[at] for three in numbers]) for at, head in enumerate(heads)]),
    )  # fmt: skip


def by_reason(board: Board) -> Chart | None:
    """What is wrong with the goods; its table is that of all reasons."""
    found = [
        (reason, tally)
        for reason, tally in board.reasons.items()
        if group_of(reason) == DEFECT and tally.claims
    ]
    if not found:
        return None
    names = [str(reason_names()[reason]) for reason, _ in found]
    series = [
        (say("报来"), [tally.claims for _, tally in found]),
        (say("属实"), [tally.real for _, tally in found]),
    ]  # fmt: skip
    return Chart("symptoms", say("为什么来找"), "", [], [], _drawn("groups", names, series))


def _name(point: Point, *, whole: bool = False) -> str:
    """11-22; of a week 11-22 至 11-28 where there is room."""
    if point.first == point.last or not whole:
        return f"{point.first:%m-%d}"
    return say("{start} 至 {end}", start=f"{point.first:%m-%d}", end=f"{point.last:%m-%d}")


def _drawn(kind: str, names: list[str], series: list[tuple[str, list[int]]]) -> dict[str, Any]:
    return {"kind": kind, "x": names, "series": [{"name": name, "data": data} for name, data in series]}
