"""What the counts of one order line say: completion, what was delivered, what is held now. `rules.md` §1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """One look at the outside counter. `count` is None where the source gave none."""

    at: datetime
    count: int | None
    measurable: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed for the line; `window_s` from completion is the drop window, closed on both ends."""

    quantity: int
    baseline: int
    deadline_at: datetime
    final_at: datetime | None
    window_s: int


@dataclass(frozen=True, slots=True)
class Seen:
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
    """Counts in time order → what may be believed of them.

    Missing, hidden, below the baseline, and a zero after something was there (a removal) are no measurements.
    """
    seen: list[Seen] = []
    was_positive = False
    for look in counts:
        trusted = (
            look.measurable
            and look.count is not None
            and look.count >= baseline
            and not (look.count == 0 and was_positive)
        )
        seen.append(Seen(look.at, look.count - baseline if trusted and look.count is not None else None))
        was_positive = was_positive or bool(trusted and look.count)
    return seen


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


def _measure(terms: Terms, seen: Sequence[Seen]) -> Frozen:
    at, by = completion(terms, seen)
    base = newest_until(seen, at) or next((s for s in seen if s.at > at), None)
    delivered = None if base is None or base.present is None else min(terms.quantity, base.present)
    return Frozen(at, by, delivered, base.at if base else None)


def contradicts(frozen: Frozen, terms: Terms, counts: Sequence[Count]) -> bool:
    """True where today's facts would give another completion or delivered count than the frozen one."""
    fresh = _measure(terms, read_counts(counts, baseline=terms.baseline))
    return (fresh.completed_at, fresh.delivered) != (frozen.completed_at, frozen.delivered)
