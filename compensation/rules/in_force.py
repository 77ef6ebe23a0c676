"""From when until when each version of a policy was the one that a new order got."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Term(NamedTuple):
    """When a version begins, and when it was retired if it was."""

    version: int
    begins: datetime
    retired: datetime | None = None

    def covers(self, at: datetime) -> bool:
        return self.begins <= at and (self.retired is None or at < self.retired)


class Span(NamedTuple):
    """The end is the first moment at which it is another version's; None: no end is known yet."""

    begins: datetime
    ends: datetime | None


def spans(terms: Iterable[Term]) -> dict[int, list[Span]]:
    """Per version, in order of time; at every moment the highest version that has begun and isn't retired.

    A version comes back when a later one is retired; one that was retired before it began was never in force.
    """
    terms = list(terms)
    found: dict[int, list[Span]] = {term.version: [] for term in terms}
    moments = sorted({term.begins for term in terms} | {term.retired for term in terms if term.retired})
    for at, until in zip(moments, [*moments[1:], None], strict=True):
        holder = max((term.version for term in terms if term.covers(at)), default=None)
        if holder is None:
            continue
        mine = found[holder]
        if mine and mine[-1].ends == at:
            mine[-1] = Span(mine[-1].begins, until)
        else:
            mine.append(Span(at, until))
    return found


def state_of(term: Term, held: Iterable[Span], now: datetime) -> str:
    """retired | announced (not begun) | in_force (what a new order gets now) | past (another one took over)."""
    if term.retired is not None and term.retired <= now:
        return "retired"
    if term.begins > now:
        return "announced"
    if any(span.begins <= now and (span.ends is None or now < span.ends) for span in held):
        return "in_force"
    return "past"
