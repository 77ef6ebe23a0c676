"""The sums of a drop: what was there, what is there, what is missing, which tier, what is granted."""

from __future__ import annotations

from functools import lru_cache

from common.money import ceil_div
from compensation.rules.facts import Facts
from compensation.rules.figures import Ratio, decimal, yuan
from compensation.rules.policy import Policy
from compensation.rules.steps import Step, make, say
from compensation.rules.vocabulary import Vocabulary


def delivering(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    inputs = {"delivered": f.delivered, "ordered": f.ordered}
    return [Step(v.delivered_so_far, None, inputs, v.units(f.delivered)), say(v.still_delivering)]


def unmeasurable(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.uncountable)]


def abnormal_data(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [say(v.data_in_doubt)]


def outside(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    reason = v.gift_is_over if f.gift else v.warranty_is_over
    return [*_counts(f, v), say(reason), say(v.dates_can_be_appealed)]


def nothing_lost(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(f, v), say(v.nothing_missing)]


def slow(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    missing = _missing(f)
    steps = [*_counts(f, v), _one_to_one(v.slow_one_to_one, missing, v)]
    total = f.slow_granted + missing
    if total > f.delivered:
        inputs = {"slow_granted": f.slow_granted, "grant": missing, "delivered": f.delivered}
        formula = f"{f.slow_granted} + {missing}"
        steps.append(Step(v.slow_beyond(f.delivered), formula, inputs, v.units(total)))
    return steps


def gift(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return [*_counts(f, v), _one_to_one(v.gift_one_to_one, _missing(f), v)]


def tier_a(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    return _tier(f, v, p.factor_a, _line(v, p, "A", f.long_term))


def tier_b(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    factor = p.factor_b_long_term if f.long_term else p.factor_b
    return _tier(f, v, factor, _line(v, p, "B", f.long_term))


def tier_c(f: Facts, p: Policy, v: Vocabulary) -> list[Step]:
    left = f.ordered - f.refunded_units
    refund = f.paid_fen - f.refunded_fen
    sum_ = f"{yuan(f.paid_fen)} − {yuan(f.refunded_fen)}"
    inputs = {"paid_fen": f.paid_fen, "refunded_fen": f.refunded_fen}
    smaller = v.smaller_of(f.delivered, f"{f.ordered} − {f.refunded_units}")
    given = {"delivered": f.delivered, "ordered": f.ordered, "refunded_units": f.refunded_units}
    return [
        *_loss(f, v),
        _line(v, p, "C", f.long_term),
        make(Step, (v.whole_refund, sum_, inputs, yuan(refund))),
        make(Step, (v.premium_too, smaller, given, v.units(min(f.delivered, left)))),
    ]


@lru_cache(maxsize=1024)
def _line(v: Vocabulary, p: Policy, tier: str, long_term: bool) -> Step:
    """What a tier gives reads alike in each of its decisions: put into words once."""
    text = v.tier_line(p, tier, long_term=long_term)
    if tier == "C":
        return say(text)
    return Step(text, None, {}, f"× {decimal(p.factor_of(tier, long_term=long_term))}")


def _tier(f: Facts, v: Vocabulary, factor: Ratio, line: Step) -> list[Step]:
    lost, granted = f.restored + max(0, f.delivered - f.present - f.pending), f.granted
    by, due = decimal(factor), ceil_div(factor[0] * lost, factor[1])
    owed = v.owed if factor[0] * lost == due * factor[1] else v.owed_rounded_up
    rest = due - granted
    sum_ = f"{due} − {granted}"
    return [
        *_loss(f, v),
        line,
        make(Step, (owed, f"{lost} × {by}", {"loss": lost}, v.units(due))),
        make(
            Step,
            (
                v.less_granted,
                sum_ if rest >= 0 else v.not_below_0(sum_),
                {"entitled": due, "granted": granted},
                v.units(rest if rest > 0 else 0),
            ),
        ),
    ]


def _loss(f: Facts, v: Vocabulary) -> list[Step]:
    """The counts, what earlier claims found missing, and the rate of both together."""
    delivered, restored = f.delivered, f.restored
    lost = missing = max(0, delivered - f.present - f.pending)
    steps = _counts(f, v)
    if restored:
        lost += restored
        inputs = {"restored": restored, "missing": missing}
        steps.append(make(Step, (v.with_restored, f"{restored} + {missing}", inputs, v.units(lost))))
    inputs = {"loss": lost, "delivered": delivered}
    steps.append(make(Step, (v.share, f"{lost} ÷ {delivered}", inputs, v.percent(lost, delivered))))
    return steps


def _counts(f: Facts, v: Vocabulary) -> list[Step]:
    """Then, now, and the difference."""
    delivered, present, pending = f.delivered, f.present, f.pending
    held = present + pending
    missing = delivered - held
    sum_ = f"{delivered} − {held}"
    if pending:
        inputs = {"present": present, "pending": pending}
        now = make(Step, (v.present_and_pending, f"{present} + {pending}", inputs, v.units(held)))
    else:
        now = make(Step, (v.present, None, {"present": present}, v.units(present)))
    return [
        make(Step, (v.delivered, None, {"delivered": delivered}, v.units(delivered))),
        now,
        make(
            Step,
            (
                v.missing,
                sum_ if missing >= 0 else v.not_below_0(sum_),
                {"delivered": delivered, "held": held},
                v.units(missing if missing > 0 else 0),
            ),
        ),
    ]


def _one_to_one(text: str, missing: int, v: Vocabulary) -> Step:
    return Step(text, f"{missing} × 1", {"missing": missing}, v.units(missing))


def _missing(f: Facts) -> int:
    return max(0, f.delivered - f.present - f.pending)
