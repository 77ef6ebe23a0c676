"""The sums of refunds (rules §4): what is used, what is left, what that is worth; exact, in fen and units."""

from __future__ import annotations

from common.money import half_up
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def used(f: Facts, p: Policy) -> int:
    """Units that can't be given back: delivered or used ones, at least those revealed for good."""
    # §4 says revealed units count as used and exempts no kind of goods, so metered goods aren't exempt here.
    spent = f.delivered if p.kind == "metered" else f.used_units
    if f.revocable or f.supplier_unused:
        return spent
    return max(spent, f.revealed_units)


def unused(f: Facts, p: Policy) -> int:
    """Units that can still be refunded."""
    return max(0, f.ordered - used(f, p) - f.refunded_units)


def asked_back(f: Facts) -> int:
    """Units that a refund or replacement of "the rest" covers: the quantity asked for, else all left."""
    left = f.ordered - f.refunded_units
    return left if f.quantity is None else min(left, f.quantity)


def whole_rest(f: Facts) -> int:
    """Fen of everything not refunded yet, bounded by the quantity where one is asked for."""
    if f.quantity is None:
        return f.paid_fen - f.refunded_fen
    return part_of(f, asked_back(f))


def part_of(f: Facts, count: int) -> int:
    """Fen that `count` more units are worth: the cumulative share less what was refunded, so parts add up."""
    return max(0, half_up(f.paid_fen * (f.refunded_units + count), f.ordered) - f.refunded_fen)


def of_unused(f: Facts, p: Policy) -> int:
    """Units refunded now: the unused ones, at most as many as asked for."""
    left = unused(f, p)
    return left if f.quantity is None else min(left, f.quantity)


def remaining_seconds(f: Facts) -> int:
    """Time not consumed; an outage is given back, though never more than was bought."""
    return f.total_seconds - min(f.total_seconds, max(0, f.elapsed_seconds - f.outage_seconds))


def worth_of_time(f: Facts) -> int:
    """Fen that the remaining time is worth, before refunds are taken off."""
    # Facts made without parse_facts may lack the bought time; then nothing is known to remain.
    return half_up(f.paid_fen * remaining_seconds(f), max(1, f.total_seconds))
