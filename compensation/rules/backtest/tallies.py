"""Running sums of a backtest, one object for each line of its report."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from heapq import heappush, heapreplace, nsmallest

from compensation.rules.backtest.report import BEHIND, MOST, Amounts, Hit, Sample, Side

BETTER, WORSE, BOTH, SAME = "better", "worse", "both", "same"


class Sum:
    """Decisions with what they give, before and after."""

    __slots__ = ("cash_after", "cash_before", "decisions", "units_after", "units_before")

    def __init__(self) -> None:
        self.decisions = self.cash_before = self.cash_after = self.units_before = self.units_after = 0

    def add(self, cash_before: int, cash_after: int, units_before: int, units_after: int) -> None:
        self.decisions += 1
        self.cash_before += cash_before
        self.cash_after += cash_after
        self.units_before += units_before
        self.units_after += units_after

    def amounts(self) -> Amounts:
        return Amounts(self.decisions, self.cash_before, self.cash_after, self.units_before, self.units_after)


class Behind:
    """How many decisions there are behind a figure, and those that differ most; of two alike, the older one.

    They come in the order of their refs, so that one which weighs no more than the lightest kept is let go unseen.
    """

    __slots__ = ("_kept", "_least", "count")

    def __init__(self) -> None:
        self.count, self._least = 0, (-1, -1)
        self._kept = list[tuple[int, int, int, str]]()  # a heap, the lightest and newest first

    def add(self, ref: int, order_no: str, weight: tuple[int, int] = (0, 0)) -> None:
        self.count += 1
        if len(self._kept) < BEHIND:
            heappush(self._kept, (*weight, -ref, order_no))
        elif weight > self._least:
            heapreplace(self._kept, (*weight, -ref, order_no))
        else:
            return
        if len(self._kept) == BEHIND:
            self._least = self._kept[0][:2]

    def samples(self) -> tuple[Sample, ...]:
        """The heaviest first."""
        return tuple(Sample(-ref, order_no) for _, _, ref, order_no in sorted(self._kept, reverse=True))


class Person:
    """A buyer or developer; of every one there is one of these, so it keeps what is needed and no more."""

    __slots__ = (
        "behind",
        "better",
        "borne",
        "cash",
        "decisions",
        "most",
        "order_no",
        "ref",
        "units",
        "worse",
    )

    def __init__(self) -> None:
        self.decisions = self.cash = self.units = self.borne = self.better = self.worse = self.ref = 0
        self.most, self.order_no, self.behind = (0, 0), "", array("q")

    def add(self, *, verdict: str, cash: int, units: int, ref: int, order_no: str, borne: int = 0) -> None:
        self.decisions += 1
        self.cash += cash
        self.units += units
        self.borne += borne
        self.better += verdict == BETTER
        self.worse += verdict == WORSE
        if len(self.behind) < BEHIND:
            self.behind.append(ref)
        weight = (abs(cash), abs(units))
        if verdict != SAME and (weight > self.most or not self.ref):
            self.most, self.ref, self.order_no = weight, ref, order_no

    @property
    def verdict(self) -> str:
        """By all their decisions: one that gains here and loses there is both, whatever the sum says."""
        if self.better and self.worse:
            return BOTH
        return BETTER if self.better else WORSE if self.worse else SAME

    def hit(self, who: int) -> Hit:
        sample = Sample(self.ref, self.order_no)
        return Hit(who, self.decisions, self.cash, self.units, sample, self.borne, tuple(self.behind))


def side(people: Iterable[tuple[int, Person]], *, sign: int = 0) -> Side:
    """All of them summed; first those with most: who gains most (1), who loses most (−1), or whatever differs most."""
    listed = list(people)
    first = nsmallest(MOST, listed, key=lambda row: (*_weight(row[1], sign), row[0]))
    return Side(
        len(listed),
        sum(person.cash for _, person in listed),
        sum(person.units for _, person in listed),
        tuple(person.hit(who) for who, person in first),
    )


def _weight(person: Person, sign: int) -> tuple[int, int]:
    """Cash before units, the heaviest first."""
    if sign:
        return -sign * person.cash, -sign * person.units
    return -abs(person.cash), -abs(person.units)
