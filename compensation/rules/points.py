"""Points of a buyer (rules §5): when the last window of a line ends, and whether the line has earned them then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from compensation.rules import effects
from compensation.rules.facts import TIME_BASED
from compensation.rules.policy import Policy

FEN_A_POINT = 100
NO_REMEDY = frozenset({"question", "suggestion", "other"})  # what asks for none is no claim
EARNED, CLAIMED, REFUNDED, GIFT, SMALL, OPEN = "earned", "claimed", "refunded", "gift", "small", ""


def worth(paid_fen: int) -> int:
    """What a line of that price earns, if it earns anything."""
    return paid_fen // FEN_A_POINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the windows of a line run from. `started_at`: the later of payment and first delivery; None: of goods that
    are handed over, nothing was yet, and days that run from it have not begun."""

    completed_at: datetime
    window_ends_at: datetime
    warranty_ends_at: datetime
    started_at: datetime | None
    total_seconds: int = 0
    outage_seconds: int = 0


def last_window_ends(times: Times, policy: Policy) -> datetime | None:
    """The last instant of the last window in which the line could be claimed for; None where it isn't known yet.

    A refund of what is unused that ends with no day is no window: only with the units.
    """
    ends = [times.warranty_ends_at]
    if policy.kind == "metered":  # of the rest nothing can be counted, so that nothing drops
        ends += [times.window_ends_at, times.completed_at + timedelta(seconds=policy.filing_seconds)]
    if due := effects.due_at(times.completed_at, policy):
        ends.append(due)
    running = _running(times, policy)
    if running and times.started_at is None:
        return None
    if running and times.started_at is not None:
        ends.append(times.started_at + timedelta(seconds=max(running)))
    return max(ends)


def at_least(times: Times, policy: Policy) -> timedelta:
    """How long the windows last that begin with the first unit: what has not come by now can't end sooner."""
    return timedelta(seconds=max(_running(times, policy), default=0))


def _running(times: Times, policy: Policy) -> list[int]:
    """Seconds of each window that runs from payment or first delivery; an outage counts as time that remains."""
    heads = {clause.partition(":")[0] for clause in policy.clauses}
    found = []
    if "refund.trial" in heads:
        found.append(policy.trial_seconds)
    if "refund.cooling_off" in heads:
        found.append(policy.cooling_off_seconds)
    if "refund.pro_rata" in heads and policy.pro_rata_seconds is not None:
        found.append(policy.pro_rata_seconds)
    if policy.kind in TIME_BASED:
        found.append(times.total_seconds + times.outage_seconds)
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """A case on the line. `by_system`: a warning's link, a recall or a check of ours wrote it, not the buyer."""

    reason: str
    by_system: bool
    at: datetime

    @property
    def is_claim(self) -> bool:
        return self.reason not in NO_REMEDY and not self.by_system


@dataclass(frozen=True, slots=True)
class Refund:
    """Cash given back on the line; one that came to nothing is none."""

    by_system: bool
    settled: bool
    at: datetime


def came_to(
    *,
    paid_fen: int,
    is_gift: bool,
    cases: Iterable[Case],
    refunds: Iterable[Refund],
    ends_at: datetime | None,
) -> str:
    """Whether the line has earned its points when its last window ends, or why not; OPEN: cash is still on its way.

    As of that instant, whenever it is asked: what was filed or given back later costs nothing any more. Asked before
    it, EARNED is what it will be if nothing else happens.
    """
    if is_gift:
        return GIFT
    if not worth(paid_fen):
        return SMALL
    if any(case.is_claim for case in cases if ends_at is None or case.at <= ends_at):
        return CLAIMED
    given = [one for one in refunds if not one.by_system and (ends_at is None or one.at <= ends_at)]
    if any(one.settled for one in given):
        return REFUNDED
    return OPEN if given else EARNED
