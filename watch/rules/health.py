"""What is counted of goods and their suppliers, how far each rate may go, and what lies beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from common.intervals import lies_above
from common.phrases import Phrase, mark, phrase

DROP, FAKE, DELAY, DEFECT = "drop", "fake", "delay", "defect"  # of a product, by lines
SHORT, SLOW = "short", "slow"  # of a supplier of top-ups, by what was ordered from it
UNITS = "fake_units"  # by units, to be shown: the promise is made in them
NAMES = {
    DROP: mark("掉得超过提醒线"), FAKE: mark("假号超过 3%"), DELAY: mark("到时没有送齐"), DEFECT: mark("属实的问题"),
    SHORT: mark("没有补齐"), SLOW: mark("超过 24 小时才补完"),
}  # fmt: skip
FAKES_PROMISED = Fraction(3, 100)
AT_LEAST = 30  # lines: fewer say nothing of a product
SLOW_AFTER = timedelta(hours=24)
DAYS = 30  # that are judged together
PRODUCT, SUPPLIER = "product", "supplier"
OF_SUPPLIERS = (DROP, FAKE, DELAY)  # of the lines that it delivered
SHOP = "shop"  # the subject of what is counted of all together: cases by their number, money in fen
OPENED, ENDED, PAID = "opened", "ended", "paid_fen"
# Parts of all lines, in per cent: of which even the lower end of the interval must not be more.
LIMITS = {DROP: 20, FAKE: 5, DELAY: 10, DEFECT: 5, SHORT: 10, SLOW: 10}

Figure = Sequence[int]  # part, whole


@dataclass(frozen=True, slots=True)
class Beyond:
    """A rate whose lower end is beyond what it may be."""

    figure: str
    part: int
    whole: int
    limit: Fraction


def subject(kind: str, name: str) -> str:
    """product:likes, supplier:supplier: whose figures these are."""
    return f"{kind}:{name}"


NOBODYS = subject(SUPPLIER, "")  # lines of which no supplier is known; shown, and never judged


def called(subject: str) -> Phrase:
    """商品 likes; 供货方 supplier."""
    kind, _, name = subject.partition(":")
    if subject == NOBODYS:
        return phrase("没写明供货商的")
    return phrase("供货方 {name}", name=name) if kind == SUPPLIER else phrase("商品 {name}", name=name)


def fakes_beyond(*, fakes: int, delivered: int) -> bool:
    """Whether more of a line is fake than is promised; exactly 3 % is not."""
    return fakes * FAKES_PROMISED.denominator > delivered * FAKES_PROMISED.numerator


def beyond(
    figures: Mapping[str, tuple[int, int]], *, limits: Mapping[str, int], at_least: int = AT_LEAST
) -> list[Beyond]:
    """The rates that are beyond their limits, the furthest first. `figures`: {name: (part, whole)}."""
    found = [
        Beyond(name, part, whole, Fraction(limits[name], 100))
        for name, (part, whole) in figures.items()
        if name in limits and whole >= at_least
    ]
    out = [one for one in found if lies_above(part=one.part, whole=one.whole, limit=one.limit)]
    return sorted(out, key=lambda one: (-Fraction(one.part, one.whole) / one.limit, one.figure))


def against(figure: str, *, asked: int, came: int, took: timedelta) -> bool:
    """Whether what was ordered from a supplier counts against it: not all came, or not within a day."""
    return came < asked if figure == SHORT else took > SLOW_AFTER


def hour_name(hour: int) -> str:
    """The figure that says how many units fell in that hour of Shanghai's day."""
    return f"fell_{hour:02d}"


HOURS = tuple(hour_name(hour) for hour in range(24))
_OF_LINES = frozenset((*OF_SUPPLIERS, *HOURS))


def shares(
    added: Mapping[str, Figure], *, sku: str, supplier: str | None
) -> Iterator[tuple[str, str, Figure]]:
    """(whose, figure, what a line adds to it): its product's, and of drops and delays its supplier's.

    `supplier` "": nobody knows whose it is; None: it was never counted by supplier.
    """
    for figure, sums in added.items():
        yield subject(PRODUCT, sku), figure, sums
        if supplier is not None and figure in _OF_LINES:
            yield subject(SUPPLIER, supplier), figure, sums


def falls(counts: Iterable[tuple[int, int]]) -> dict[str, int]:
    """{hour's name: units that fell in it}, from (hour, present) in the order of time; what rose again is no fall."""
    found: dict[str, int] = {}
    before: int | None = None
    for hour, present in counts:
        if before is not None and present < before:
            name = hour_name(hour)
            found[name] = found.get(name, 0) + before - present
        before = present
    return found
