"""The curve of a counter as numbers for one inline SVG: a window of time, level lines, the newest dot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from common import figures
from common.curves import BOTTOM, TOP, WIDTH, Dot, Mark, Point
from common.language import say
from tickets.web.display import Pair, seen_at

_MOST_POINTS = 96
_LABEL_GAP = 15.0
_BESIDE = 0.03  # of the width: half of the dot


@dataclass(frozen=True)
class Count:
    """One reading: when, and how many units were there."""

    at: datetime
    present: int


@dataclass(frozen=True)
class Box:
    """What a label covers: shares of the width, heights from the top."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        beside = self.right < other.left or other.right < self.left
        return not (beside or self.bottom < other.top or other.bottom < self.top)


@dataclass(frozen=True)
class Rest:
    x: str
    width: str


@dataclass(frozen=True)
class Curve:
    summary: str
    line: str
    area: str
    marks: tuple[Mark, ...]
    dot: Dot
    left: str
    right: str
    rest: Rest | None = None
    border: str = ""
    floor: str = ""
    untold: tuple[str, ...] = ()  # limits that have no room for their words in the picture
    readings: tuple[Pair, ...] = ()


class Level(NamedTuple):
    """A number of units, what reaching it means, and the same in a sentence that needs no line to point at."""

    units: int
    label: str
    alone: str = ""


def at_percents(full: int, *percents: int) -> tuple[Level, ...]:
    """The counts at which so much per cent are gone."""
    return tuple(Level(full - full * each // 100, say("掉 {percent}%", percent=each)) for each in percents)


def draw(
    counts: Sequence[Count],
    *,
    full: int,
    full_label: str,
    begin: datetime,
    end: datetime,
    now: datetime,
    left: str,
    right: str,
    levels: Sequence[Level] = (),
    border: datetime | None = None,
) -> Curve | None:
    """The counts between begin and end; `full` is what is measured from, `levels` are limits below it."""
    shown = [count for count in counts if begin <= count.at <= end]
    if not shown or full < 1 or end <= begin:
        return None
    scale = _Scale(
        begin=begin,
        end=end,
        high=max(full, *(each.present for each in shown)),
        low=_floor(shown, full, levels),
    )
    points = [(scale.x(count.at), scale.y(count.present)) for count in _thinned(shown)]
    line = " ".join(f"{x:.0f},{y:.1f}" for x, y in points)
    lines = [Level(full, full_label), *levels, *scale.ground()]
    last, share = shown[-1], points[-1][0] / WIDTH
    dot = _dot(scale, last, share=share, rising=last.present > shown[0].present, now=now)
    marks = _marks(scale, lines, points=points, dot=dot)
    return Curve(
        summary=_summary(shown, now=now),
        line=line,
        area=f"{points[0][0]:.0f},{BOTTOM:.0f} {line} {points[-1][0]:.0f},{BOTTOM:.0f}",
        marks=marks,
        dot=dot,
        left=left,
        right=right,
        rest=Rest(x=_share(share), width=_share(1 - share)) if share < 0.99 else None,
        border=_share(scale.x(border) / WIDTH) if border and begin < border < end else "",
        floor=say("图从 {n} 个画起，不是从 0", n=scale.low) if scale.low > 0 else "",
        untold=_untold(levels, marks, full=full),
        readings=_readings(shown, now=now),
    )


@dataclass(frozen=True)
class _Scale:
    begin: datetime
    end: datetime
    high: int
    low: int

    def x(self, at: datetime) -> float:
        return WIDTH * ((at - self.begin) / (self.end - self.begin))

    def y(self, present: float) -> float:
        return TOP + (BOTTOM - TOP) * (self.high - present) / (self.high - self.low)

    def ground(self) -> tuple[Level, ...]:
        """None left, where the curve is drawn with room below that."""
        return (Level(0, "0"),) if self.low < 0 else ()


def _floor(shown: Sequence[Count], full: int, levels: Sequence[Level]) -> int:
    """The count at the bottom edge: a little below the lowest reading and below the last level line."""
    lowest = min(count.present for count in shown)
    high = max(full, *(count.present for count in shown))
    under_levels = max([high - count for count, *_ in levels], default=0) * 1.07
    under_lowest = (high - lowest) * 1.3  # leaves a line of text below the lowest dot
    return math.floor(high - max(under_levels, under_lowest, 1.0))


def _thinned(shown: Sequence[Count]) -> list[Count]:
    """At most about a hundred points: the last reading of each equal slice, and both ends."""
    if len(shown) <= _MOST_POINTS:
        return list(shown)
    stride = len(shown) / _MOST_POINTS
    kept = [shown[int(index * stride)] for index in range(_MOST_POINTS)]
    return [*kept, shown[-1]]


def _marks(scale: _Scale, levels: Sequence[Level], *, points: Sequence[Point], dot: Dot) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for place, (count, label, _) in enumerate(levels):
        y = scale.y(count)
        if marks and (y - float(marks[-1].y) < _LABEL_GAP or _under_dot_label(y, dot)):
            continue
        marks.append(_mark(y, label, points=points, dot=dot, dashed=place > 0))
    return tuple(marks)


def _untold(levels: Sequence[Level], marks: Sequence[Mark], *, full: int) -> tuple[str, ...]:
    """Said below the picture: where the line is, and what it means."""
    told = {mark.label for mark in marks}
    return tuple(
        alone or say("{label}（这里是 {n} 个）", label=label, n=count)
        for count, label, alone in levels
        if count < full and label not in told
    )


def _under_dot_label(y: float, dot: Dot) -> bool:
    """A level line that would run through what the newest dot says is left out."""
    return float(dot.text_y) - 13 <= y <= float(dot.text_y) + 4


def _mark(y: float, label: str, *, points: Sequence[Point], dot: Dot, dashed: bool) -> Mark:
    """Its label to the right, unless the curve or the dot's label stands there; where they stand left too, none."""
    wide = _wide(label)
    right, left = Box(1 - wide, 1.0, y - 17, y - 3), Box(0.0, wide, y - 17, y - 3)
    free = not _taken(right, points, dot)
    x, anchor = ("100%", "end") if free else ("0", "start")
    said = label if free or not _taken(left, points, dot) or not dashed else ""
    return Mark(y=f"{y:.1f}", text_y=f"{y - 5:.1f}", x=x, anchor=anchor, label=said, dashed=dashed)


def _taken(box: Box, points: Sequence[Point], dot: Dot) -> bool:
    crossed = any(
        box.left <= x <= box.right and box.top <= y <= box.bottom
        for (x0, y0), (x1, y1) in pairwise(points)
        for x, y in [((x0 + (x1 - x0) * n / 8) / WIDTH, y0 + (y1 - y0) * n / 8) for n in range(9)]
    )
    at, y, wide = float(dot.x.removesuffix("%")) / 100, float(dot.y), _wide(dot.label)
    circle = Box(at - _BESIDE, at + _BESIDE, y - 8, y + 8)
    left = at - _BESIDE - wide if dot.anchor == "end" else at + _BESIDE
    said = Box(left, left + wide, float(dot.text_y) - 12, float(dot.text_y) + 3)
    return crossed or box.meets(circle) or box.meets(said)


def _wide(label: str) -> float:
    """Its share of the curve's width on the narrowest phone, 272 px; Chinese is twice as wide as the rest."""
    return min(1.0, sum(12 if ord(letter) > 0x2E80 else 7 for letter in label) / 272)


def _dot(scale: _Scale, last: Count, *, share: float, rising: bool, now: datetime) -> Dot:
    y = scale.y(last.present)
    leftwards = share > 0.4
    return Dot(
        x=_share(share),
        y=f"{y:.1f}",
        dx="-9" if leftwards else "9",
        anchor="end" if leftwards else "start",
        text_y=f"{y - 11 if rising else y + 18:.1f}",
        label=say("{time} 有 {n}", time=seen_at(last.at, now=now), n=last.present),
    )


def _share(share: float) -> str:
    return f"{share * 100:.2f}%"


_MOST_READINGS = 12


def _readings(shown: Sequence[Count], *, now: datetime) -> tuple[Pair, ...]:
    """The curve in figures, newest first: every reading, or a dozen of many with both ends."""
    last = len(shown) - 1
    places = sorted({round(last * n / (_MOST_READINGS - 1)) for n in range(_MOST_READINGS)}, reverse=True)
    return tuple(
        Pair(figures.moment(shown[n].at, now=now), say("{n} 个", n=shown[n].present)) for n in places
    )


def _summary(shown: Sequence[Count], *, now: datetime) -> str:
    first, last = shown[0], shown[-1]
    if first is last:
        return say("个数曲线：{time} 数得 {n} 个", time=figures.moment(first.at, now=now), n=first.present)
    return say(
        "个数曲线：从 {start} 的 {n} 个，到 {end} 的 {m} 个",
        start=figures.moment(first.at, now=now), n=first.present,
        end=figures.moment(last.at, now=now), m=last.present,
    )  # fmt: skip
