"""What the counts of one order line say: completion, what was delivered, what is held now. `rules.md` §1."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

_AT = attrgetter("at")


class Count(NamedTuple):
    """One look at the outside counter. `count` is None where the source gave none."""

    at: datetime
    count: int | None  # type: ignore[assignment]  # not the method of a tuple
    measurable: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for the line; `window_s` from completion is the drop window, closed on both ends."""

    quantity: int
    baseline: int
    deadline_at: datetime
    final_at: datetime | None
    window_s: int


class Seen(NamedTuple):
    """An observation as the rules read it: present = max(0, count − baseline), None where it can't be trusted."""

    at: datetime
    present: int | None


@dataclass(frozen=True, slots=True)
class Rolled:
    """The rollup of a line. `delivered` None: unmeasurable, or nothing was seen yet (`delivered_seen_at` None)."""

    completed_at: datetime
    completed_by: str  # count | final | deadline
    delivered: int | None
    delivered_seen_at: datetime | None
    window: Seen | None
    newest: Seen | None


@dataclass(frozen=True, slots=True)
class Frozen:
    """Completion and delivered units as the line's first stored decision used them: they don't move again."""

    completed_at: datetime
    completed_by: str
    delivered: int | None
    delivered_seen_at: datetime | None


def read_counts(counts: Sequence[Count], *, baseline: int) -> list[Seen]:
    """Counts in time order → what may be believed of them."""
    present = _present(counts, baseline)
    return [Seen(look.at, units) for look, units in zip(counts, present, strict=True)]


def _present(counts: Iterable[Count], baseline: int) -> list[int | None]:
    """How many units each count, in time order, shows; None where it is no measurement.

    Missing, hidden, below the baseline, and a zero after something was there (a removal) are none.
    """
    present: list[int | None] = []
    was_positive = False
    for _, count, measurable in counts:
        if not measurable or count is None or count < baseline or (count == 0 and was_positive):
            present.append(None)
        else:
            present.append(count - baseline)
            was_positive = was_positive or count > 0
    return present


def completion(terms: Terms, seen: Sequence[Seen]) -> tuple[datetime, str]:
    """T_c: the first full count, the final delivery or the deadline, whichever comes first."""
    full = next((s.at for s in seen if s.present is not None and s.present >= terms.quantity), None)
    candidates = [(terms.deadline_at, 2, "deadline")]
    if terms.final_at is not None:
        candidates.append((terms.final_at, 1, "final"))
    if full is not None:
        candidates.append((full, 0, "count"))
    at, _, by = min(candidates)
    return at, by


def newest_until(seen: Sequence[Seen], until: datetime) -> Seen | None:
    """The newest observation at or before `until`."""
    return next((s for s in reversed(seen) if s.at <= until), None)


def roll_up(terms: Terms, counts: Sequence[Count], *, frozen: Frozen | None = None) -> Rolled:
    """The rollup from all facts known, whatever order they arrived in. `counts` sorted by time."""
    seen = read_counts(counts, baseline=terms.baseline)
    fixed = frozen or _measure(terms, seen)
    return Rolled(
        completed_at=fixed.completed_at,
        completed_by=fixed.completed_by,
        delivered=fixed.delivered,
        delivered_seen_at=fixed.delivered_seen_at,
        window=newest_until(seen, fixed.completed_at + timedelta(seconds=terms.window_s)),
        newest=seen[-1] if seen else None,
    )


def roll_on(terms: Terms, rolled: Rolled, later: Sequence[Count], *, frozen: bool) -> Rolled | None:
    """The rollup after more counts, in time order; None where the earlier counts have to be read again for it.

    That is where one is not later than all that were read, or a zero, which is a removal if something was there before,
    or one from before the completion that is held on to, which contradicts it.
    """
    if rolled.newest is not None and later[0].at <= rolled.newest.at:
        return None
    if rolled.newest is not None and terms.baseline == 0 and any(count == 0 for _, count, _ in later):
        return None
    if frozen and later[0].at <= rolled.completed_at:
        return None
    present = _present(later, terms.baseline)
    at, by = rolled.completed_at, rolled.completed_by
    delivered, seen_at = rolled.delivered, rolled.delivered_seen_at
    if not frozen:
        full = next(
            (i for i, units in enumerate(present) if units is not None and units >= terms.quantity), None
        )
        if full is not None and later[full].at <= at:
            at, by = later[full].at, "count"
        base = _last_until(later, at)
        if base is None and rolled.newest is None:
            base = 0
        if base is not None:
            units, seen_at = present[base], later[base].at
            delivered = None if units is None else min(terms.quantity, units)
    inside = _last_until(later, at + timedelta(seconds=terms.window_s))
    window = rolled.window if inside is None else Seen(later[inside].at, present[inside])
    return Rolled(at, by, delivered, seen_at, window, Seen(later[-1].at, present[-1]))


def _last_until(counts: Sequence[Count], until: datetime) -> int | None:
    """The place of the newest count at or before `until`."""
    after = bisect_right(counts, until, key=_AT)
    return after - 1 if after else None


def _measure(terms: Terms, seen: Sequence[Seen]) -> Frozen:
    at, by = completion(terms, seen)
    base = newest_until(seen, at) or next((s for s in seen if s.at > at), None)
    delivered = None if base is None or base.present is None else min(terms.quantity, base.present)
    return Frozen(at, by, delivered, base.at if base else None)


def contradicts(frozen: Frozen, terms: Terms, counts: Sequence[Count]) -> bool:
    """True where today's facts would give another completion or delivered count than the frozen one."""
    fresh = _measure(terms, read_counts(counts, baseline=terms.baseline))
    return (fresh.completed_at, fresh.delivered) != (frozen.completed_at, frozen.delivered)
