"""Refunds a buyer asks for (rules §4): trial, cooling-off, pro rata by units or by time, or none."""

from __future__ import annotations

from compensation.rules.amounts import of_unused, part_of, used, whole_rest, worth_of_time
from compensation.rules.decision import Verdict, cash
from compensation.rules.explain import refunds as explain
from compensation.rules.facts import Facts
from compensation.rules.policy import Policy


def unmeasurable(f: Facts, p: Policy) -> Verdict | None:
    if f.measurable:
        return None
    return Verdict("refund.unmeasurable", explain.unmeasurable, outcome="review", reasons=("unmeasurable",))


def stopping(f: Facts, p: Policy) -> Verdict | None:
    if not f.delivering:
        return None
    return Verdict("refund.stopping", explain.stopping, outcome="guide")


def trial(f: Facts, p: Policy) -> Verdict | None:
    """Inside the trial's time and its share of units: no reason asked, once per buyer and product."""
    if f.trial_taken or f.elapsed_seconds > p.trial_seconds:
        return None
    if used(f, p) * p.trial_units[1] > f.ordered * p.trial_units[0]:
        return None
    return Verdict("refund.trial", explain.trial, cash(whole_rest(f)))


def trial_of_time(f: Facts, p: Policy) -> Verdict | None:
    """The same for time-based goods, whose usage is the time they were used."""
    if f.trial_taken or f.elapsed_seconds > p.trial_seconds:
        return None
    if p.trial_used_seconds is not None and f.used_seconds > p.trial_used_seconds:
        return None
    return Verdict("refund.trial", explain.trial_of_time, cash(whole_rest(f)))


def cooling_off(f: Facts, p: Policy) -> Verdict | None:
    if f.elapsed_seconds > p.cooling_off_seconds:
        return None
    return Verdict("refund.cooling_off", explain.of_unused, cash(part_of(f, of_unused(f, p))))


def pro_rata(f: Facts, p: Policy) -> Verdict | None:
    if p.pro_rata_seconds is not None and f.elapsed_seconds > p.pro_rata_seconds:
        return None
    return Verdict("refund.pro_rata", explain.of_unused, cash(part_of(f, of_unused(f, p))))


def pro_rata_of_time(f: Facts, p: Policy) -> Verdict | None:
    if p.pro_rata_seconds is not None and f.elapsed_seconds > p.pro_rata_seconds:
        return None
    return Verdict("refund.pro_rata", explain.of_time, cash(worth_of_time(f) - f.refunded_fen))


def too_late(f: Facts, p: Policy) -> Verdict:
    return Verdict("refund.after_cooling_off", explain.too_late, outcome="refuse")


def has_trial(p: Policy) -> bool:
    """Whether the policy has a trial that can be taken once."""
    return any(name.partition(":")[0] == "refund.trial" for name in p.clauses)


# Goods that are used up little by little. A code or an item is used or not, and the service that takes it back knows.
_RESTS_ON_USAGE = {
    "course": ("refund.trial", "refund.cooling_off", "refund.pro_rata"),
    "subscription": ("refund.trial",),  # pro rata runs on the calendar
}


def rests_on_usage(*, kind: str, clause: str) -> bool:
    """Whether what this clause gives depends on how much was used, and only a report can tell."""
    return clause in _RESTS_ON_USAGE.get(kind, ())
