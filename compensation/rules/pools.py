"""Several lines on one target have one counter: what is missing of all of them, and the part of each. §1."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from compensation.rules.lines import Grant, Line, Look
from orders.rules.line import Count, read_counts


@dataclass(frozen=True, slots=True)
class Part:
    """A line's weight in a gap, and what of its loss was recognised before."""

    order_no: str
    delivered: int
    recognised: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """A look at the counter under any line's number. `count` is None where the source can't be trusted."""

    at: datetime
    count: int | None
    row: int
    line: int


@dataclass(frozen=True, slots=True)
class Member:
    """A line that counts on this target."""

    id: int
    order_no: str
    began_at: datetime  # when it was paid for; a gift: when it was given
    baseline: int
    line: Line
    is_open: bool = True
    gift: bool = False

    @property
    def delivered(self) -> int:
        return self.line.delivered or 0

    @property
    def place(self) -> tuple[datetime, int]:
        return self.began_at, self.id

    def recognised(self, since: datetime) -> int:
        """What it was given back, one for one, of losses of this counter since then."""
        return sum(
            _one_for_one(grant, self.gift)
            for grant in self.line.grants
            if grant.given_at is None or grant.given_at >= since
        )


def shares(gap: int, parts: Sequence[Part]) -> tuple[int, ...]:
    """The gap divided by N, largest remainder first, ties by order number; together exactly the gap.

    What was recognised before is part of the whole that is divided: otherwise whoever claims first would be given a
    part of the others' loss by claiming again. Nobody is given less than nothing or more than N.
    """
    if not 0 <= gap <= sum(part.delivered for part in parts):
        raise ValueError("a gap is never more than everything that was delivered")
    found = [0] * len(parts)
    active, left = [k for k, part in enumerate(parts) if part.delivered], gap
    while active and left:
        whole = left + sum(parts[k].recognised for k in active)
        weight = sum(parts[k].delivered for k in active)
        # How far each would be below nothing, or beyond its N, in units of 1 / weight.
        over = {k: whole * parts[k].delivered - parts[k].recognised * weight for k in active}
        low = {k: -over[k] for k in active if over[k] < 0}
        high = {k: excess for k in active if (excess := over[k] - parts[k].delivered * weight) > 0}
        if not low and not high:
            for k, units in _largest_remainder(whole, weight, {k: parts[k] for k in active}).items():
                found[k] = units - parts[k].recognised
            return tuple(found)
        # The side that is further out is settled for good, as the rest can only move towards it.
        settled = high if sum(high.values()) > sum(low.values()) else low
        for k in settled:
            found[k] = parts[k].delivered if settled is high else 0
            left -= found[k]
        active = [k for k in active if k not in settled]
    return tuple(found)


def _largest_remainder(whole: int, weight: int, parts: dict[int, Part]) -> dict[int, int]:
    floors = {k: divmod(whole * part.delivered, weight) for k, part in parts.items()}
    left = whole - sum(units for units, _ in floors.values())
    first = sorted(parts, key=lambda k: (-floors[k][1], parts[k].order_no))[:left]
    return {k: floors[k][0] + (k in first) for k in parts}


def read(own: Member, others: Sequence[Member], counts: Sequence[Counted]) -> Line:
    """The line with its measurements read in the pool. `counts` of all lines of the target.

    From its completion on, the newest count of any line is its newest too; before that, only its own are.
    """
    usable = [seen for seen in counts if seen.line == own.id or seen.at >= own.line.completed_at]
    if not usable:  # what a gift was born with stands until somebody counts
        return own.line
    series = sorted(usable, key=lambda seen: (seen.at, seen.row))
    window = [seen for seen in series if seen.at <= own.line.window_ends_at]
    every = sorted(counts, key=lambda seen: (seen.at, seen.row))
    return replace(
        own.line,
        window=_look(own, others, window, every) if window else None,
        newest=_look(own, others, series, every),
    )


def _look(own: Member, others: Sequence[Member], series: Sequence[Counted], every: Sequence[Counted]) -> Look:
    """What the last of these counts says of the line."""
    at, under = series[-1].at, None if series[-1].line == own.id else series[-1].line
    joined = [one for one in others if one.is_open and one.delivered > 0 and one.line.completed_at <= at]
    pool = sorted([own, *joined], key=lambda one: one.place) if own.delivered and joined else [own]
    looks = [Count(seen.at, seen.count, seen.count is not None) for seen in series]
    present = read_counts(looks, baseline=pool[0].baseline)[-1].present
    if len(pool) == 1:
        return Look(at, present, under=under)
    ids = tuple(one.id for one in pool)
    if present is None:
        return Look(at, None, lines=ids, under=under)
    share = _share_of(own, pool, present, at, [seen for seen in every if seen.at <= at])
    held = own.delivered - share
    pending = min(_pending(own, at), held)
    return Look(at, held - pending, pending, ids, under)


def _share_of(
    own: Member, pool: Sequence[Member], present: int, at: datetime, counts: Sequence[Counted]
) -> int:
    shown = sum(one.delivered for one in pool) - never_shown(pool, counts)
    gap = max(0, shown - present - sum(_pending(one, at) for one in pool))
    joined_at = max(one.line.completed_at for one in pool)
    parts = [Part(one.order_no, one.delivered, one.recognised(joined_at)) for one in pool]
    share = shares(gap, parts)[pool.index(own)]
    if not own.gift:
        return share
    # A gift is covered for what is lost of it, so for no more than has fallen since it began.
    since = sum(one.delivered for one in pool if one.place >= own.place)
    fallen = own.baseline + since - (pool[0].baseline + present) - _pending(own, at)
    return max(0, min(share, fallen))


def never_shown(pool: Sequence[Member], counts: Sequence[Counted]) -> int:
    """Units that several lines were credited with at once, and that the counter has never shown.

    Lines that are delivered side by side see each other's units, and each is complete before all of them are there.
    What was never counted has not dropped. `counts` in time order.
    """
    begun = sorted(((_begun(one, counts), one.place, one) for one in pool), key=lambda row: row[:2])
    groups: list[list[Member]] = []
    starts: list[datetime] = []
    end = None
    for start, _, one in begun:
        if end is None or start >= end:
            groups.append([])
            starts.append(start)
            end = one.line.completed_at
        groups[-1].append(one)
        end = max(end, one.line.completed_at)
    hidden = 0
    for k, group in enumerate(groups):
        if len(group) == 1:
            continue
        until = starts[k + 1] if k + 1 < len(starts) else None
        seen = (look.count for look in _between(counts, starts[k], until or counts[-1].at))
        top = max((count for count in seen if count is not None), default=0)
        first = min(group, key=lambda one: one.place)
        hidden += max(0, sum(one.delivered for one in group) - max(0, top - first.baseline))
    return hidden


def _begun(one: Member, counts: Sequence[Counted]) -> datetime:
    """The last instant before its completion at which the counter showed nothing of it yet, else its payment."""
    before = _between(counts, one.began_at, one.line.completed_at)
    empty = (seen.at for seen in before if seen.count is not None and seen.count <= one.baseline)
    return max(empty, default=one.began_at)


def _between(counts: Sequence[Counted], start: datetime, end: datetime) -> Sequence[Counted]:
    """Those from the one instant to the other, both included; `counts` in time order."""
    return counts[bisect_left(counts, start, key=_at) : bisect_right(counts, end, key=_at)]


def _at(seen: Counted) -> datetime:
    return seen.at


def _pending(one: Member, at: datetime) -> int:
    return sum(grant.pending_at(at) for grant in one.line.grants)


def _one_for_one(grant: Grant, gift: bool) -> int:
    restored, given = grant.counts_as()
    if grant.cover == "window":
        return restored
    return given if grant.cover == "slow" or gift else 0
