"""What every drawn curve has: the size of its picture, its level lines and the dot of its newest count."""

from dataclasses import dataclass

WIDTH, TOP, BOTTOM = 1440, 19.5, 124.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A level line with its label."""

    y: str
    text_y: str
    x: str
    anchor: str
    label: str
    dashed: bool


@dataclass(frozen=True)
class Dot:
    """The end of the curve, and what is said beside it."""

    x: str
    y: str
    dx: str
    text_y: str
    anchor: str
    label: str
