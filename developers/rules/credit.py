"""What a developer's credit comes to, from what was counted of them: whole numbers, each step shown.

Each part is judged by the lower end of Wilson's interval: what is certain counts, doubt never does. So a thing that
went wrong never raises the credit, one that went well never lowers it, and little that is known costs little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from common.intervals import interval
from common.money import half_up
from common.phrases import Phrase, mark, phrase
from compensation.rules.steps import Step

DEFECTS, ANSWERS, REFUSALS = "defects", "answers", "refusals"
NAMES = {DEFECTS: mark("货的毛病"), ANSWERS: mark("按时答复"), REFUSALS: mark("对责任的异议")}
GOOD, FAIR, LOW, NONE = "good", "fair", "low", "none"
GRADES = {GOOD: mark("好"), FAIR: mark("中"), LOW: mark("低"), NONE: mark("还没有")}


@dataclass(frozen=True, slots=True)
class Weight:
    """So many points where nothing went wrong, none where `zero_at` (of PARTS) did for certain.

    Fewer than `few` that went wrong are not held against anybody.
    """

    points: int
    zero_at: int
    few: int = 1


@dataclass(frozen=True, slots=True)
class Scale:
    """How credit is reckoned; a row keeps the number of the scale that it was reckoned by."""

    months: int
    least_sales: int
    weights: Mapping[str, Weight]
    grades: tuple[tuple[str, int], ...]  # (grade, from so many points on), the best first


SCALES = {
    1: Scale(
        months=6, least_sales=50,
        weights={DEFECTS: Weight(600, 500), ANSWERS: Weight(250, 5000, few=3), REFUSALS: Weight(150, 5000, few=3)},
        grades=((GOOD, 800), (FAIR, 600), (LOW, 0)),
    )
}  # fmt: skip
NEWEST = max(SCALES)
TOTAL = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """What is on record of a developer's months; of each pair the first is what went wrong."""

    sales: int = 0
    defects: int = 0  # orders, each once
    missed: int = 0
    asked: int = 0
    overturned: int = 0
    refusals: int = 0

    def of(self, name: str) -> tuple[int, int]:
        return {
            DEFECTS: (self.defects, self.sales), ANSWERS: (self.missed, self.asked),
            REFUSALS: (self.overturned, self.refusals),
        }[name]  # fmt: skip

    def as_data(self) -> dict[str, int]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many went wrong; the interval in hundredths of a per cent."""

    name: str
    bad: int
    whole: int
    lower: int
    upper: int
    held: int  # what of it is held against the developer: the lower end, or nothing where it is few
    points: int
    weight: Weight


@dataclass(frozen=True, slots=True)
class Credit:
    """`total` None: too few sales, which is no credit and never a bad one."""

    parts: tuple[Part, ...]
    total: int | None
    grade: str


def credit(counts: Counts, scale: Scale = SCALES[NEWEST]) -> Credit:
    parts = tuple(_part(name, *counts.of(name), weight) for name, weight in scale.weights.items())
    if counts.sales < scale.least_sales:
        return Credit(parts, None, NONE)
    total = sum(part.points for part in parts)
    return Credit(parts, total, next(grade for grade, least in scale.grades if total >= least))


def _part(name: str, bad: int, whole: int, weight: Weight) -> Part:
    bad = min(bad, whole)
    lower, upper = interval(part=bad, whole=whole)
    held = min(lower, weight.zero_at) if bad >= weight.few else 0
    points = half_up(weight.points * (weight.zero_at - held), weight.zero_at)
    return Part(name, bad, whole, lower, upper, held, points, weight)


def steps(counts: Counts, scale: Scale = SCALES[NEWEST]) -> tuple[Step, ...]:
    """How it is reckoned, in order, so that the developer can follow it."""
    found = credit(counts, scale)
    first = _enough(counts, scale, known=found.total is not None)
    if found.total is None:
        return (first,)
    points = tuple(part.points for part in found.parts)
    last = Step(
        mark("信用"), " + ".join(map(str, points)), {part.name: part.points for part in found.parts},
        phrase("{total}，{grade}", total=found.total, grade=phrase(GRADES[found.grade])),
    )  # fmt: skip
    return (first, *(_step(part) for part in found.parts), last)


def _enough(counts: Counts, scale: Scale, *, known: bool) -> Step:
    return Step(
        phrase("近 {months} 个月卖了 {n} 单", months=scale.months, n=counts.sales),
        f"{counts.sales} {'≥' if known else '<'} {scale.least_sales}",
        {"sales": counts.sales, "least_sales": scale.least_sales},
        mark("够算信用") if known else mark("还没有信用"),
    )  # fmt: skip


def _step(part: Part) -> Step:
    inputs = {
        "bad": part.bad, "whole": part.whole, "lower": part.lower, "upper": part.upper, "held": part.held,
        "zero_at": part.weight.zero_at, "points": part.weight.points,
    }  # fmt: skip
    zero, held = hundredths(part.weight.zero_at), hundredths(part.held)
    return Step(
        phrase("{what}。{why}", what=_WHAT[part.name](part), why=_why(part)),
        f"{part.weight.points} × ({zero} − {held}) ÷ {zero}", inputs, str(part.points),
    )  # fmt: skip


_WHAT = {
    DEFECTS: lambda part: phrase("{whole} 单里 {bad} 单货有毛病、属实", whole=part.whole, bad=part.bad),
    ANSWERS: lambda part: phrase("请您答复 {whole} 次，{bad} 次没有按时", whole=part.whole, bad=part.bad),
    REFUSALS: lambda part: phrase(
        "您说不该承担的有 {whole} 件有了答复，{bad} 件没有站住", whole=part.whole, bad=part.bad
    ),
}  # fmt: skip


def _why(part: Part) -> Phrase:
    if part.bad == 0:
        return phrase("没有要扣的")
    if part.bad < part.weight.few:
        return phrase("不满 {n} 次的不扣", n=part.weight.few)
    lower, zero = hundredths(part.lower), hundredths(part.weight.zero_at)
    if part.lower >= part.weight.zero_at:
        return phrase("有 95% 的把握至少是 {lower}，到了 {zero} 就没有分", lower=lower, zero=zero)
    return phrase("有 95% 的把握至少是 {lower}，只照这个扣，到 {zero} 扣完", lower=lower, zero=zero)


def hundredths(parts: int) -> str:
    """123 → 1.23%"""
    return f"{parts // 100}.{parts % 100:02d}%"


def at_most(counts: Counts, grade: str, scale: Scale = SCALES[NEWEST]) -> int | None:
    """How many of the same sales may have a defect for this grade, all else as it is; None where none may."""
    least = dict(scale.grades)[grade]

    def enough(bad: int) -> bool:
        given = Counts(**(counts.as_data() | {"defects": bad}))
        return (credit(given, scale).total or 0) >= least

    if not enough(0):
        return None
    low, high = 0, counts.sales + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if enough(middle) else (low, middle)
    return low


def counts_of(data: Mapping[str, Any]) -> Counts:
    """As a row keeps them."""
    return Counts(**{field.name: int(data[field.name]) for field in fields(Counts)})
