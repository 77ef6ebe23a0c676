"""环比 worked out: this month's cost of one sort, that of as far into the month before, and each opened to its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common import figures
from common.language import say, spoken
from developers.queries import Cost
from developers.rules.groups import CASH, COSTS, GIFTS
from developers.web import words


@dataclass(frozen=True)
class Side:
    name: str
    value: str
    query: str  # which rows it is made of


@dataclass(frozen=True)
class Compared:
    heading: str
    sides: tuple[Side, ...]
    formula: str
    result: str


def part(cost: Cost, sort: str) -> int:
    """The cash, the units owed, or those given on top."""
    if sort == CASH:
        return cost.fen
    return cost.gifts if sort == GIFTS else cost.units - cost.gifts


def written(sort: str) -> Callable[[int], str]:
    return figures.yuan if sort == CASH else lambda n: say("{n} 个", n=n)


def present(*, month: Cost, alike: Cost, sort: str) -> Compared:
    now, before, write = part(month, sort), part(alike, sort), written(sort)
    formula = say("（{now} − {before}）÷ {before}", now=write(now), before=write(before)) if before else ""
    return Compared(
        heading=say("{what}：环比", what=spoken(COSTS[sort])),
        sides=(
            Side(say("本月至今"), write(now), f"period=month&what=cost&cost={sort}"),
            Side(say("上月同期"), write(before), f"period=month&before=1&what=cost&cost={sort}"),
        ),
        formula=formula,
        result=words.change(now, before) or "—",
    )
