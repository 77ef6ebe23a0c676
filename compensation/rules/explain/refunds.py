"""The sums of a refund: what is used, what is left, what that is worth, what was paid back before."""

from __future__ import annotations

from common.money import half_up
from compensation.rules.amounts import asked_back, remaining_seconds, unused, used, worth_of_time
from compensation.rules.facts import Facts
from compensation.rules.figures import yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, say
from compensation.rules.vocabulary import Vocabulary


def unmeasurable(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.delivered_uncountable)]


def stopping(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.amount_not_settled), say(v.ask_to_stop)]


def trial(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    spent = used(f, p)
    return [
        _elapsed(v.within_trial(p), f, v),
        Step(
            v.trial_units(p),
            f"{spent} ÷ {f.ordered}",
            {"used": spent, "ordered": f.ordered},
            v.percent(spent, f.ordered),
        ),
        say(v.trial_fits),
        *rest(f, v),
    ]


def trial_of_time(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [
        _elapsed(v.within_trial(p), f, v),
        Step(v.trial_time(p), None, {"used_seconds": f.used_seconds}, v.span(f.used_seconds)),
        say(v.trial_fits),
        *rest(f, v),
    ]


def of_unused(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    """Pro rata by units; the cooling-off refund is the same sum, bounded by a time."""
    spent, left = used(f, p), unused(f, p)
    sum_ = f"{f.ordered} − {spent} − {f.refunded_units}"
    if spent + f.refunded_units > f.ordered:
        sum_ = v.not_below_0(sum_)
    inputs = {"ordered": f.ordered, "used": spent, "refunded_units": f.refunded_units}
    steps = [*_time_bound(f, p, v), Step(v.refundable(p), sum_, inputs, v.units(left))]
    if f.quantity is not None and f.quantity < left:
        steps.append(Step(v.asked_for, None, {"quantity": f.quantity}, v.units(f.quantity)))
        left = f.quantity
    # Where refunds before paid less than their units are worth, the difference is still owed.
    owed = left or half_up(f.paid_fen * f.refunded_units, f.ordered) > f.refunded_fen
    return steps + (_cumulative(f, left, v) if owed else [say(v.nothing_left)])


def of_time(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    elapsed = max(0, f.elapsed_seconds - f.outage_seconds)
    remaining, worth = remaining_seconds(f), worth_of_time(f)
    steps = []
    if f.outage_seconds:
        steps.append(
            Step(
                v.time_gone,
                f"{v.span(f.elapsed_seconds)} − {v.span(f.outage_seconds)}",
                {"elapsed_seconds": f.elapsed_seconds, "outage_seconds": f.outage_seconds},
                v.span(elapsed),
            )
        )
    return [
        *steps,
        Step(
            v.time_left,
            f"{v.span(f.total_seconds)} − {v.span(elapsed)}",
            {"total_seconds": f.total_seconds, "elapsed_seconds": elapsed},
            v.span(remaining),
        ),
        Step(
            v.time_worth,
            f"{yuan(f.paid_fen)} × {remaining} ÷ {f.total_seconds}",
            {"paid_fen": f.paid_fen, "remaining_seconds": remaining, "total_seconds": f.total_seconds},
            yuan(worth),
        ),
        _less_refunded(f, worth, v),
    ]


def too_late(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [
        _elapsed(v.since_start, f, v),
        *_not_a_trial(f, p, v),
        say(v.outside_all(p)),
        say(v.defects_differ),
    ]


def _not_a_trial(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    """Within the days of the trial: which of its other conditions isn't met."""
    if "refund.trial" not in p.clauses or f.elapsed_seconds > p.trial_seconds:
        return []
    if f.trial_taken:
        return [say(v.trial_was_taken)]
    spent = used(f, p)
    inputs = {"used": spent, "ordered": f.ordered}
    return [Step(v.trial_units(p), f"{spent} ÷ {f.ordered}", inputs, v.percent(spent, f.ordered))]


def rest(f: Facts, v: Vocabulary) -> list[Step]:
    """The whole rest, or the part of it that was asked for."""
    if f.quantity is None:
        return [_less_refunded(f, f.paid_fen, v)]
    return _cumulative(f, asked_back(f), v)


def _cumulative(f: Facts, count: int, v: Vocabulary) -> list[Step]:
    """The share of all units refunded so far, this time's included: so that parts add up to the whole."""
    total = f.refunded_units + count
    worth = half_up(f.paid_fen * total, f.ordered)
    text = v.all_worth(f.refunded_units) if f.refunded_units else v.units_worth
    inputs = {"paid_fen": f.paid_fen, "units": total, "ordered": f.ordered}
    return [
        Step(text, f"{yuan(f.paid_fen)} × {total} ÷ {f.ordered}", inputs, yuan(worth)),
        _less_refunded(f, worth, v),
    ]


def _less_refunded(f: Facts, worth: int, v: Vocabulary) -> Step:
    sum_ = f"{yuan(worth)} − {yuan(f.refunded_fen)}"
    inputs = {"worth_fen": worth, "refunded_fen": f.refunded_fen}
    formula = sum_ if worth >= f.refunded_fen else v.not_below_0(sum_)
    return Step(v.less_refunded, formula, inputs, yuan(max(0, worth - f.refunded_fen)))


def _time_bound(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    """Only the cooling-off and a bounded pro rata look at the clock."""
    if "refund.cooling_off" in p.clauses:
        return [_elapsed(v.within_cooling_off(p), f, v)]
    if p.pro_rata_seconds is not None:
        return [_elapsed(v.within_pro_rata(p.pro_rata_seconds), f, v)]
    return []


def _elapsed(text: str, f: Facts, v: Vocabulary) -> Step:
    return Step(text, None, {"elapsed_seconds": f.elapsed_seconds}, v.span(f.elapsed_seconds))
