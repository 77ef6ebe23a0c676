"""How much of what was delivered is still there, day by day after completion: numbers for one inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from common.curves import BOTTOM, TOP, WIDTH, Dot, Mark, Point
from common.language import say
from watch.rules.report_figures import Day, tenths

STEPS = (1, 2, 5, 10, 20, 50, 100)  # per cent below a hundred at which the picture may end
_WIDE, _NEAR = 0.16, 20  # what a label takes of a phone's width; pixels that keep two texts apart
_SAID = 0.28  # what the words at the dot take of that width
_TALLEST = 1.25  # of what was lost: room below the lowest point for what its dot says


@dataclass(frozen=True)
class KeptCurve:
    """As the component of curves has it."""

    summary: str
    line: str
    area: str
    marks: tuple[Mark, ...]
    dot: Dot
    left: str
    right: str
    floor: str


def draw(days: Sequence[Day]) -> KeptCurve | None:
    """None where nothing was followed for a day."""
    if len(days) < 2:
        return None
    lowest = min(_share(day) for day in days)
    depth = next(step for step in STEPS if step >= min(100.0, (100 - lowest) * _TALLEST))
    points = [(WIDTH * day.day / days[-1].day, _y(_share(day), depth)) for day in days]
    line = " ".join(f"{x:.0f},{y:.1f}" for x, y in points)
    last = days[-1]
    dot = _dot(last, points)
    return KeptCurve(
        summary=say(
            "留住多少的曲线：从送完时的 100%，到第 {n} 天的 {percent}%",
            n=last.day, percent=tenths(last.present, last.delivered),
        ),
        line=line, area=f"0,{BOTTOM:.0f} {line} {WIDTH},{BOTTOM:.0f}", marks=_marks(depth, points, dot),
        dot=dot, left=say("送完"), right=say("第 {n} 天", n=last.day),
        floor=say("图从 {n}% 画起，不是从 0", n=100 - depth) if depth < 100 else "",
    )  # fmt: skip


def _share(day: Day) -> float:
    return 100 * day.present / day.delivered


def _y(share: float, depth: int) -> float:
    return TOP + (BOTTOM - TOP) * (100 - share) / depth


def _marks(depth: int, points: Sequence[Point], dot: Dot) -> tuple[Mark, ...]:
    """The whole, and half-way down with its label left or right: without room for that there is no line either."""
    whole = Mark(f"{TOP:.1f}", f"{TOP - 5:.1f}", "0", "start", "100%", False)
    half = 100 - depth / 2
    y, said = _y(half, depth), float(dot.text_y)
    if said - 14 < y < said + 4:  # it would run through what the dot says
        return (whole,)
    beside = Mark(f"{y:.1f}", f"{y - 5:.1f}", "0", "start", f"{half:g}%", True)
    if _crossed(points, 0, _WIDE, y):
        taken = _crossed(points, 1 - _WIDE, 1, y) or abs(said - y) < _NEAR or abs(float(dot.y) - y) < _NEAR
        if taken:
            return (whole,)
        beside = replace(beside, x="100%", anchor="end")
    return whole, beside


def _crossed(points: Sequence[Point], left: float, right: float, y: float) -> bool:
    """Whether the curve runs where a label over that level would stand."""
    steps = [
        ((x0 + (x1 - x0) * n / 8) / WIDTH, y0 + (y1 - y0) * n / 8)
        for (x0, y0), (x1, y1) in pairwise(points)
        for n in range(9)
    ]
    return any(left <= at <= right and y - _NEAR <= high <= y + 4 for at, high in steps)


def _dot(day: Day, points: Sequence[Point]) -> Dot:
    """What it says stands above the line, but where that would leave the picture, or where the line comes down."""
    y = points[-1][1]
    above, below = y - 11, y + 20
    crowded = y <= TOP + 18 or _crossed(points, 1 - _SAID, 1, above - 2)
    text_y = below if crowded and below <= BOTTOM else above
    label = say("还在 {percent}%", percent=tenths(day.present, day.delivered))
    return Dot("100%", f"{y:.1f}", "-9", f"{text_y:.1f}", "end", label)
