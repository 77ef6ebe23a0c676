"""The curve of a counter as numbers for one inline SVG: a window of time, level lines, the newest dot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common import figures

WIDTH, TOP, BOTTOM = 1440, 19.5, 124.0
_MOST_POINTS = 96
_LABEL_GAP = 15.0


@dataclass(frozen=True)
class Count:
    """One reading: when, and how many units were there."""

    at: datetime
    present: int


@dataclass(frozen=True)
class Mark:
    y: str
    text_y: str
    x: str
    anchor: str
    label: str
    dashed: bool


@dataclass(frozen=True)
class Rest:
    x: str
    width: str


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    dx: str
    text_y: str
    anchor: str
    label: str


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
    tiers: Sequence[int] = (),
    border: datetime | None = None,
) -> Curve | None:
    """The counts between begin and end; `full` is what is measured from, `tiers` are whole percents."""
    shown = [count for count in counts if begin <= count.at <= end]
    if not shown or full < 1 or end <= begin:
        return None
    scale = _Scale(
        begin=begin,
        end=end,
        high=max(full, *(each.present for each in shown)),
        low=_floor(shown, full, tiers),
    )
    points = [(scale.x(count.at), scale.y(count.present)) for count in _thinned(shown)]
    line = " ".join(f"{x:.0f},{y:.1f}" for x, y in points)
    last, share = shown[-1], points[-1][0] / WIDTH
    rising = last.present > shown[0].present
    return Curve(
        summary=_summary(shown, now=now),
        line=line,
        area=f"{points[0][0]:.0f},{BOTTOM:.0f} {line} {points[-1][0]:.0f},{BOTTOM:.0f}",
        marks=_marks(
            scale, full=full, full_label=full_label, tiers=tiers, at_left=share > 0.72 and not rising
        ),
        dot=_dot(scale, last, share=share, rising=rising, now=now),
        left=left,
        right=right,
        rest=Rest(x=_share(share), width=_share(1 - share)) if share < 0.99 else None,
        border=_share(scale.x(border) / WIDTH) if border and begin < border < end else "",
    )


@dataclass(frozen=True)
class _Scale:
    begin: datetime
    end: datetime
    high: int
    low: float

    def x(self, at: datetime) -> float:
        return WIDTH * ((at - self.begin) / (self.end - self.begin))

    def y(self, present: float) -> float:
        return TOP + (BOTTOM - TOP) * (self.high - present) / (self.high - self.low)


def _floor(shown: Sequence[Count], full: int, tiers: Sequence[int]) -> float:
    """The count at the bottom edge: a little below the lowest reading and below the last level line."""
    lowest = min(count.present for count in shown)
    high = max(full, *(count.present for count in shown))
    under_tiers = max([high - full * (100 - percent) / 100 for percent in tiers], default=0) * 1.07
    under_lowest = (high - lowest) * 1.3  # leaves a line of text below the lowest dot
    return high - max(under_tiers, under_lowest, 1.0)


def _thinned(shown: Sequence[Count]) -> list[Count]:
    """At most about a hundred points: the last reading of each equal slice, and both ends."""
    if len(shown) <= _MOST_POINTS:
        return list(shown)
    stride = len(shown) / _MOST_POINTS
    kept = [shown[int(index * stride)] for index in range(_MOST_POINTS)]
    return [*kept, shown[-1]]


def _marks(
    scale: _Scale, *, full: int, full_label: str, tiers: Sequence[int], at_left: bool
) -> tuple[Mark, ...]:
    x, anchor = ("0", "start") if at_left else ("100%", "end")
    levels = [(scale.y(full), full_label, False)]
    for percent in tiers:
        y = scale.y(full * (100 - percent) / 100)
        if y - levels[-1][0] >= _LABEL_GAP:
            levels.append((y, f"掉 {percent}%", True))
    return tuple(
        Mark(y=f"{y:.1f}", text_y=f"{y - 5:.1f}", x=x, anchor=anchor, label=label, dashed=dashed)
        for y, label, dashed in levels
    )


def _dot(scale: _Scale, last: Count, *, share: float, rising: bool, now: datetime) -> Dot:
    y = scale.y(last.present)
    leftwards = share > 0.4
    stamp = figures.moment(last.at, now=now).removeprefix("今天 ")
    return Dot(
        x=_share(share),
        y=f"{y:.1f}",
        dx="-9" if leftwards else "9",
        anchor="end" if leftwards else "start",
        text_y=f"{y - 11 if rising else y + 18:.1f}",
        label=f"{stamp} 有 {last.present}",
    )


def _share(share: float) -> str:
    return f"{share * 100:.2f}%"


def _summary(shown: Sequence[Count], *, now: datetime) -> str:
    first, last = shown[0], shown[-1]
    if first is last:
        return f"个数曲线：{figures.moment(first.at, now=now)} 数得 {first.present} 个"
    return (
        f"个数曲线：从 {figures.moment(first.at, now=now)} 的 {first.present} 个，"
        f"到 {figures.moment(last.at, now=now)} 的 {last.present} 个"
    )
